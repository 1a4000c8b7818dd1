"""Addresses of the lobby desk."""

from django.urls import URLPattern

app_name = "lobby_desk"
urlpatterns: list[URLPattern] = []
