"""Addresses of the administration's own pages; most of it is declared screens, which have theirs by themselves."""

from django.urls import path

from zhengtong.desks.administration import template_acts, template_pages

KIND = "desk/administration/templates/<str:kind>/"

app_name = "administration"
urlpatterns = [
    path("desk/administration/templates/", template_pages.show_kinds, name="templates"),
    path(KIND, template_pages.show_kind, name="template"),
    path(f"{KIND}versions/<int:number>/", template_pages.show_version, name="template_version"),
    path(f"{KIND}draft/", template_pages.show_draft, name="template_draft"),
    path(f"{KIND}preview.pdf", template_pages.show_pdf, name="template_pdf"),
    path(f"{KIND}start/", template_acts.start, name="template_start"),
    path(f"{KIND}restore/", template_acts.restore, name="template_restore"),
    path(f"{KIND}draft/save/", template_acts.save, name="template_save"),
    path(f"{KIND}draft/submit/", template_acts.submit, name="template_submit"),
    path(f"{KIND}draft/return/", template_acts.return_draft, name="template_return"),
    path(f"{KIND}draft/publish/", template_acts.publish, name="template_publish"),
    path(f"{KIND}draft/abandon/", template_acts.abandon, name="template_abandon"),
]
