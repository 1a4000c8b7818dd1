"""Addresses of the processes desk."""

from django.urls import URLPattern

app_name = "processes_desk"
urlpatterns: list[URLPattern] = []
