"""Addresses of the desk."""

from django.urls import URLPattern

app_name = "nodes_desk"
urlpatterns: list[URLPattern] = []
