"""Addresses of the auditor's desk, and the public page of roots."""

from django.urls import path

from zhengtong.desks.oversight.views import blocks, evidence, journal, roots

app_name = "oversight_desk"
DESK = "desk/oversight/"
urlpatterns = [
    path(DESK, journal.show_journal, name="journal"),
    path(f"{DESK}export.csv", journal.export_journal, name="export"),
    path(f"{DESK}records/<int:pk>/", journal.show_record, name="record"),
    path(f"{DESK}people/<uuid:account>/", journal.show_person, name="person"),
    path(f"{DESK}objects/<str:kind>/<str:key>/", journal.show_object, name="object"),
    path(f"{DESK}cases/<str:number>/", journal.show_case, name="case"),
    path(f"{DESK}evidence/", evidence.export_evidence, name="evidence"),
    path(f"{DESK}blocks/", blocks.show_blocks, name="blocks"),
    path(f"{DESK}blocks/<int:number>/", blocks.show_block, name="block"),
    path(f"{DESK}checks/", blocks.show_checks, name="checks"),
    path(f"{DESK}checks/start/", blocks.begin_check, name="check_start"),
    path(f"{DESK}checks/<int:pk>/", blocks.show_check, name="check"),
    path(f"{DESK}checks/<int:pk>/stop/", blocks.stop_check, name="check_stop"),
    path(f"{DESK}roots/", roots.show_roots, name="roots"),
    path(f"{DESK}roots/publish/", roots.publish, name="publish"),
    path("open/journal-roots/", roots.show_public_roots, name="public_roots"),
    path("open/journal-roots/<int:number>/", roots.show_public_root, name="public_root"),
    path("open/journal-roots/<int:number>.zip", roots.download_root, name="public_root_file"),
]
