"""Addresses of the desk."""

from django.urls import URLPattern, path

from zhengtong.desks.catalogue.urls_finding import URLS_FINDING
from zhengtong.desks.catalogue.views import beginning, compiling, entries, lists, reviewing, sheets

ENTRY = "desk/catalogue/entries/<int:pk>/"
VERSION = "desk/catalogue/entries/versions/<int:pk>/"
SHEETS = "desk/catalogue/entries/sheets/"

app_name = "catalogue_desk"
urlpatterns: list[URLPattern] = [
    path("desk/catalogue/entries/", lists.show_list, name="entries"),
    path("desk/catalogue/entries/export.xlsx", lists.export, name="export"),
    path("desk/catalogue/entries/new/", beginning.begin, name="new"),
    path("desk/catalogue/entries/from-source/", beginning.choose_source, name="sources"),
    path("desk/catalogue/entries/from-source/<int:pk>/", beginning.read_source, name="read_source"),
    path(ENTRY, entries.show_entry, name="entry"),
    path(f"{ENTRY}change/", entries.change, name="change"),
    path(f"{ENTRY}retire/", entries.retire, name="retire"),
    path(f"{ENTRY}restore/", entries.restore, name="restore"),
    path(f"{ENTRY}mount/", entries.mount, name="mount"),
    path(f"{ENTRY}mounts/<int:mount>/remove/", entries.unmount, name="unmount"),
    path(f"{ENTRY}export.xlsx", entries.export_entry, name="export_entry"),
    path(VERSION, reviewing.show_version, name="version"),
    path(f"{VERSION}edit/", compiling.edit, name="edit"),
    path(f"{VERSION}confirm/", compiling.confirm, name="confirm"),
    path(f"{VERSION}submit/", reviewing.submit, name="submit"),
    path(f"{VERSION}withdraw/", reviewing.withdraw, name="withdraw"),
    path(f"{VERSION}approve/", reviewing.approve, name="approve"),
    path(f"{VERSION}return/", reviewing.send_back, name="return"),
    path(f"{VERSION}discard/", reviewing.discard, name="discard"),
    path(SHEETS, sheets.upload, name="upload"),
    path(f"{SHEETS}template.xlsx", sheets.download_template, name="template"),
    path(f"{SHEETS}<int:pk>/", sheets.show_sheet, name="sheet"),
    path(f"{SHEETS}<int:pk>/confirm/", sheets.confirm, name="sheet_confirm"),
    path(f"{SHEETS}<int:pk>/cancel/", sheets.cancel, name="sheet_cancel"),
    *URLS_FINDING,
]
