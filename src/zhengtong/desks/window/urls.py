"""Addresses of this desk."""

from django.urls import URLPattern

app_name = "window"
urlpatterns: list[URLPattern] = []
