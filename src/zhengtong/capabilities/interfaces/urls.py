"""Addresses that other systems call. What counts there is the envelope's signature, not a session."""

from django.urls import path

from zhengtong.capabilities.interfaces.gateway import views

app_name = "interfaces"
urlpatterns = [
    path("exchange/v1/services/<slug:code>/call", views.call_service, name="call"),
    path("exchange/v1/subscriptions/<slug:code>/changes", views.fetch_changes, name="changes"),
    path("exchange/v1/keys/<slug:key_id>", views.show_key, name="key"),
]
