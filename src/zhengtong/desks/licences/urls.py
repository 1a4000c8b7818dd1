"""Addresses of electronic licences: of those who hold them, of organs that ask to see one, of whoever scans a code."""

from django.urls import path

from zhengtong.desks.licences.views import holder, lookups, scanning, types

app_name = "licences_desk"
urlpatterns = [
    path("hall/licences/lookups/", holder.list_asked, name="asked"),
    path("hall/licences/lookups/<int:pk>/", holder.answer, name="answer"),
    path("hall/licences/<str:number>/present/", holder.present, name="present"),
    path("hall/licences/<str:number>/present/code/", holder.show_code, name="code"),
    path("verify/shown/", scanning.judge, name="scanned"),
    path("verify/shown/certificates.pem", scanning.list_certificates, name="certificates"),
    path("desk/licences/lookups/", lookups.list_all, name="lookups"),
    path("desk/licences/lookups/<int:pk>/", lookups.show, name="lookup"),
    path("desk/licences/lookups/<int:pk>/licence.pdf", lookups.download, name="lookup_file"),
    path("desk/licences/types/", types.list_types, name="types"),
]
