"""Addresses of the desk, and those that other systems call."""

from django.urls import URLPattern, URLResolver, include, path

app_name = "interfaces_desk"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("zhengtong.capabilities.interfaces.urls")),
]
