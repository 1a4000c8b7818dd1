"""Addresses of the desk, and those that other systems call."""

from django.urls import URLPattern, path

from zhengtong.desks.interfaces.views import calls, services

SERVICE = "desk/interfaces/<slug:code>/"

app_name = "interfaces_desk"
urlpatterns: list[URLPattern] = [
    path("desk/interfaces/", services.show_home, name="home"),
    path("desk/interfaces/calls/", calls.list_all, name="calls"),
    path("desk/interfaces/calls/<int:pk>/", calls.show, name="call"),
    path(f"{SERVICE}guide/", services.show_guide, name="guide"),
    path(f"{SERVICE}openapi.json", services.show_openapi, name="openapi"),
    path(f"{SERVICE}try/", services.try_out, name="try"),
]
