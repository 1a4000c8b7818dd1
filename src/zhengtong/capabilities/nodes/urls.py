"""Addresses for other nodes, below /exchange/v1/nodes/."""

from django.urls import path

from zhengtong.capabilities.nodes import views

app_name = "nodes"
urlpatterns = [
    path("card.json", views.card, name="card"),
    path("hello", views.hello, name="hello"),
    path("messages", views.messages, name="messages"),
    path("messages/<uuid:message_id>/body", views.body, name="body"),
]
