"""Addresses of the desk."""

from django.urls import URLPattern

app_name = "contracts_desk"
urlpatterns: list[URLPattern] = []
