"""Addresses of payments below the desks: the provider's door, and the test provider's page."""

from django.urls import path

from zhengtong.capabilities.payments import views

app_name = "payments"
urlpatterns = [
    path("notify/<slug:provider>/", views.notify, name="notify"),
    path("trial/<slug:trade>/", views.show_trial, name="trial"),
]
