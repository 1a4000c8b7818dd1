"""Addresses of the look: the switch of contrast and size, and the style guide."""

from django.urls import path

from zhengtong.screens import views

app_name = "screens"
urlpatterns = [
    path("switch/", views.switch_look, name="look"),
    path("", views.show_guide, name="guide"),
]
