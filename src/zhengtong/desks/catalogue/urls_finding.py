"""Addresses of finding data; the lists follow from their declared screens."""

from django.urls import path

from zhengtong.desks.catalogue.finding import flows, views

DESK = "desk/catalogue/"
URLS_FINDING = [
    path(f"{DESK}find/", views.find, name="find"),
    path(f"{DESK}find/catalogue.csv", views.export, name="find_export"),
    path(f"{DESK}find/<int:pk>/", views.show, name="found"),
    path(f"{DESK}flows/", flows.show_flows, name="flows"),
    path("open/catalogue/", views.find_open, name="open"),
    path("open/catalogue/<int:pk>/", views.show_open, name="open_entry"),
]
