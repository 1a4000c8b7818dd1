"""Addresses that other programs and people call directly."""

from django.urls import path

from zhengtong.capabilities.timestamps import views

app_name = "timestamps"
urlpatterns = [
    path("trust/tsa", views.post_query, {"algorithm": "p256"}, name="tsa"),
    path("trust/tsa/sm2", views.post_query, {"algorithm": "sm2"}, name="tsa_sm2"),
]
