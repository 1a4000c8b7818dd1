"""Addresses of the desk."""

from django.urls import URLPattern

app_name = "sources_desk"
urlpatterns: list[URLPattern] = []
