"""Addresses of the powers desk."""

from django.urls import URLPattern

app_name = "powers_desk"
urlpatterns: list[URLPattern] = []
