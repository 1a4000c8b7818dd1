"""Addresses of the items desk."""

from django.urls import URLPattern

app_name = "items_desk"
urlpatterns: list[URLPattern] = []
