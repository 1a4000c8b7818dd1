"""Addresses of the letters desk."""

from django.urls import URLPattern

app_name = "letters_desk"
urlpatterns: list[URLPattern] = []
