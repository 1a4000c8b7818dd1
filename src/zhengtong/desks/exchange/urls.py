"""Addresses of the desk."""

from django.urls import URLPattern

app_name = "exchange_desk"
urlpatterns: list[URLPattern] = []
