"""Addresses of the desk."""

from django.urls import URLPattern

app_name = "interfaces_desk"
urlpatterns: list[URLPattern] = []
