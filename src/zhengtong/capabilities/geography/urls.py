"""Addresses of the base map."""

from django.urls import path

from zhengtong.capabilities.geography import views

app_name = "geography"
urlpatterns = [path("regions/<int:z>/<int:x>/<int:y>.mvt", views.region_tile, name="region_tile")]
