"""Addresses of the cashier desk."""

from django.urls import URLPattern

app_name = "cashier_desk"
urlpatterns: list[URLPattern] = []
