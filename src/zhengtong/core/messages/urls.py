"""Addresses of a person's messages."""

from django.urls import path

from zhengtong.core.messages import settings_views, views

app_name = "messages"
urlpatterns = [
    path("", views.show_messages, name="list"),
    path("read-all/", views.read_all, name="read_all"),
    path("settings/", settings_views.edit_settings, name="settings"),
    path("settings/mail/", settings_views.edit_mail, name="mail"),
    path("settings/mail/remove/", settings_views.remove_mail, name="remove_mail"),
    path("<uuid:public_id>/open/", views.open_message, name="open"),
]
