"""Addresses of the lists of power for the public; those of the desk follow from their declared screens."""

from django.urls import path

from zhengtong.desks.powers import views

app_name = "powers_desk"
urlpatterns = [
    path("open/powers/", views.show_list, name="list"),
    path("open/powers/<str:power>/", views.show_entry, name="entry"),
]
