"""Addresses of the desk."""

from django.urls import URLPattern, path

from zhengtong.desks.security.applications.views import show_new_secret

app_name = "security_desk"
urlpatterns: list[URLPattern] = [
    path("desk/security/applications/<int:application_id>/secret/", show_new_secret, name="issue_secret"),
]
