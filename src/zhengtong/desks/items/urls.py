"""Addresses of the items desk."""

from django.urls import path

from zhengtong.desks.items.views import form_designer

app_name = "items_desk"
urlpatterns = [
    path("desk/items/drafts/<int:pk>/form/", form_designer.draw_form, name="form"),
]
