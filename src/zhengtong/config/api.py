"""The JSON interface: public items, progress and results."""
from django.urls import path
urlpatterns: list = []
