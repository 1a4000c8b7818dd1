"""Addresses of the desk. The register itself, with one source's page, is the capability's own screens."""

from django.urls import path

from zhengtong.desks.sources import views

SOURCE = "desk/sources/manage/<slug:code>/"

app_name = "sources_desk"
urlpatterns = [
    path("desk/sources/new/", views.choose, name="choose"),
    path("desk/sources/new/<slug:source_kind>/", views.register, name="register"),
    path(f"{SOURCE}amend/", views.amend, name="amend"),
    path(f"{SOURCE}secrets/", views.change_secrets, name="secrets"),
    path(f"{SOURCE}check/", views.check, name="check"),
    path(f"{SOURCE}tables/", views.show_tables, name="tables"),
]
