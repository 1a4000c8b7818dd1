"""Addresses of a person's messages."""

from django.urls import path

from zhengtong.core.messages import views

app_name = "messages"
urlpatterns = [
    path("", views.show_messages, name="list"),
    path("read-all/", views.read_all, name="read_all"),
    path("<uuid:public_id>/open/", views.open_message, name="open"),
]
