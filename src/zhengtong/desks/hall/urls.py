"""Addresses of the hall: what anyone may read, and what a signed-in applicant does."""

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from zhengtong.desks.hall.views import (
    apply,
    browsing,
    bundles,
    cases,
    corrections,
    drafts,
    home,
    items,
    library,
    licences,
    lookups,
    materials,
    pages,
    versions,
)


class CodeConverter(StringConverter):
    """A verification code as it is printed or as somebody typed it into the address."""

    regex = "[^/]{1,120}"


register_converter(CodeConverter, "code")

DRAFT = "hall/drafts/<uuid:public_id>/"
CASE = "hall/cases/<uuid:public_id>/"

app_name = "hall"
urlpatterns = [
    path("", home.show_home, name="home"),
    path("robots.txt", pages.robots, name="robots"),
    path("hall/", items.search, name="search"),
    path("hall/suggest/", home.show_suggestions, name="suggest"),
    path("hall/browse/", browsing.show_ways, name="browse"),
    path("hall/browse/<slug:by>/<slug:code>/", browsing.show_items, name="browse_items"),
    path("hall/items/<slug:code>/", items.show_item, name="item"),
    path("hall/items/<slug:code>/plan/", bundles.show_plan, name="plan"),
    path("hall/items/<slug:code>/apply/", apply.apply_for_item, name="apply"),
    path(DRAFT, drafts.open_draft, name="draft"),
    path(f"{DRAFT}autosave/", drafts.autosave, name="autosave"),
    path(f"{DRAFT}materials/", materials.edit_materials, name="materials"),
    path(f"{DRAFT}files/", materials.upload_file, name="upload"),
    path(f"{DRAFT}files/<int:file_id>/", materials.open_file, name="file"),
    path(f"{DRAFT}files/<int:file_id>/remove/", materials.remove, name="remove_file"),
    path(f"{DRAFT}correction/", corrections.correct, name="correction"),
    path(f"{DRAFT}version/", versions.adopt_version, name="version"),
    path(f"{DRAFT}review/", drafts.review, name="review"),
    path(f"{DRAFT}submit/", drafts.submit, name="submit"),
    path(f"{DRAFT}delete/", drafts.delete, name="delete_draft"),
    path(f"{DRAFT}form/<slug:section>/", drafts.edit_section, name="section"),
    path("hall/cases/", cases.list_cases, name="cases"),
    path(CASE, cases.show_case, name="case"),
    path(f"{CASE}receipt/", cases.show_receipt, name="receipt"),
    path(f"{CASE}starting/", bundles.show_starting, name="starting"),
    path(f"{CASE}papers/<slug:code>.pdf", cases.download_paper, name="paper"),
    path(f"{CASE}withdraw/", cases.withdraw, name="withdraw"),
    path(f"{CASE}appraise/", cases.appraise, name="appraise"),
    path(f"{CASE}appraise-again/", cases.appraise_again, name="appraise_again"),
    path(f"{DRAFT}reuse/", library.reuse, name="reuse"),
    path("hall/materials/", library.show_library, name="library"),
    path("hall/materials/<int:file_id>/", library.open_own, name="library_file"),
    path("hall/materials/<int:file_id>/describe/", library.describe, name="library_describe"),
    path("hall/materials/<int:file_id>/delete/", library.delete, name="library_delete"),
    path("hall/licences/", licences.list_own, name="licences"),
    path("hall/licences/<str:number>/request/", licences.ask, name="licence_request"),
    path("hall/licences/<str:number>.pdf", licences.download, name="licence"),
    path("hall/progress/", lookups.show_progress, name="progress"),
    path("hall/publicity/", lookups.list_grants, name="publicity"),
    path("hall/help/", pages.show_help, name="help"),
    path("verify/", lookups.verify, name="verify"),
    path("verify/<code:code>", lookups.verify_code, name="verify_code"),
    path("verify/<code:code>/", lookups.verify_code),
]
