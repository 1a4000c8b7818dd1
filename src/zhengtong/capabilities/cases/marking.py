"""Marks on cases (密级标识): what a case holds and what is made from it, and what its mark hides on lists."""

import json
from collections.abc import Iterator

from django.core.serializers.json import DjangoJSONEncoder

from zhengtong.capabilities.cases.models import Case, CaseDocument, CaseMaterial
from zhengtong.capabilities.cases.services.steps import describe_on_lists
from zhengtong.core.files.public import FileHolder, StoredFile
from zhengtong.core.marks.public import Markable
from zhengtong.core.worklist.public import rename_items
from zhengtong.kernel.policy import can

MARK_CONTENT = "marks.mark_content"


def _hide_on_lists(case: Case) -> None:
    if case.number:
        rename_items(**describe_on_lists(case))


def _content(case: Case) -> bytes:
    files = case.materials.filter(replaced_at=None).order_by("pk").values_list("file__sha256", flat=True)
    told = {"number": case.number, "item": case.item_name, "form": case.form, "files": list(files)}
    return json.dumps(told, sort_keys=True, ensure_ascii=False, cls=DjangoJSONEncoder).encode()


def _materials(case: Case) -> Iterator[StoredFile]:
    for material in case.materials.filter(replaced_at=None).select_related("file"):
        yield material.file


def _papers(case: Case) -> Iterator[StoredFile]:
    for document in case.documents.select_related("paper__file").exclude(paper__file=None):
        if document.paper.file is not None:
            yield document.paper.file


def _holding(file: StoredFile) -> Iterator[Case]:
    for material in CaseMaterial.objects.filter(file=file, replaced_at=None).select_related("case"):
        yield material.case


def _behind(file: StoredFile) -> Iterator[Case]:
    for document in CaseDocument.objects.filter(paper__file=file).select_related("case"):
        yield document.case


MARKABLE_CASE = Markable(
    Case,
    may=lambda actor, case: can(actor, MARK_CONTENT, case),
    name=lambda case: f"{case.number or ''} {case.item_name}".strip(),
    url=lambda case: f"/desk/cases/{case.number}/",
    content=_content,
    organisation=lambda case: case.organisation_id,
    parents=_materials,
    children=_papers,
    on_marked=_hide_on_lists,
)
FILE_HOLDER = FileHolder("cases", list_holders=_holding, list_sources=_behind)
