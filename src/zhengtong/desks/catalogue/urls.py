"""Addresses of the desk."""

from django.urls import URLPattern

app_name = "catalogue_desk"
urlpatterns: list[URLPattern] = []
