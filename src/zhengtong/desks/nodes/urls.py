"""Addresses of the desk, and the door for other nodes."""

from django.urls import include, path

app_name = "nodes_desk"
urlpatterns = [
    path("exchange/v1/nodes/", include("zhengtong.capabilities.nodes.urls")),
]
