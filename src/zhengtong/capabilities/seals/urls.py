"""Addresses that other programs and people call directly."""

from django.urls import URLPattern

app_name = "seals"
urlpatterns: list[URLPattern] = []
