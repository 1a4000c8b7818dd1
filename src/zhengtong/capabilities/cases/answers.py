"""Answers in words, as pages show them: personal ones masked, entries of dictionaries by their names."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from zhengtong.capabilities.cases.calculating import is_blank_row, rows_of
from zhengtong.capabilities.cases.definitions import get_definition
from zhengtong.capabilities.cases.dictionaries import name_entry
from zhengtong.capabilities.cases.item_definition import FieldSpec
from zhengtong.capabilities.cases.models import Case
from zhengtong.capabilities.cases.selectors import list_materials
from zhengtong.screens.formats import mask_id, mask_name, mask_phone


@dataclass(frozen=True, slots=True)
class Answer:
    key: str
    label: str
    text: str
    is_masked: bool
    mark: str = ""  # what the approver wants looked at again
    table: "AnswerTable | None" = None
    files: tuple[dict[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class AnswerTable:
    """The rows of a repeating group."""

    titles: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class AnswerSection:
    key: str
    title: str
    answers: tuple[Answer, ...]


def show_value(value: object) -> str:
    """Return an answer as a person reads it."""
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if isinstance(value, list):
        return "、".join(str(each) for each in value)
    return "" if value is None else str(value)


def show_answer(spec: FieldSpec, value: object) -> str:
    """Return the answer to a field as a person reads it: an entry of a dictionary by its name."""
    match spec.type:
        case "boolean":
            return _("是") if value in (True, "on", "true") else _("否")
        case "dictionary":
            return name_entry(spec.dictionary, str(value)) if value else ""
        case "map_point" if value:
            east, _comma, north = str(value).partition(",")
            return _("东经 %(east)s，北纬 %(north)s") % {"east": east, "north": north}
        case "repeat":
            table = tabulate(spec, value)
            return "；".join("，".join(filter(None, row)) for row in table.rows)
    return show_value(value)


def tabulate(spec: FieldSpec, value: object, *, is_masked: bool = False) -> AnswerTable:
    """Return the rows of a repeating group in words; personal columns masked where ``is_masked``."""
    rows = []
    for row in rows_of(value):
        if is_blank_row(spec, row):
            continue
        asked = spec.list_asked_in(row)
        texts = [show_answer(each, row.get(each.key)) if each in asked else "" for each in spec.fields]
        rows.append(
            tuple(
                mask_answer(each, text) if is_masked and (each.is_personal or spec.is_personal) and text else text
                for each, text in zip(spec.fields, texts, strict=True)
            )
        )
    return AnswerTable(tuple(each.label for each in spec.fields), tuple(rows))


def mask_answer(spec: FieldSpec, text: str) -> str:
    """Return a personal answer so that a colleague can tell it apart but not use it."""
    masks = {"id_number": mask_id, "phone": mask_phone, "text": mask_name}
    return masks[spec.type](text) if spec.type in masks else "＊" * min(len(text), 8)


def list_answers(case: Case, *, is_revealed: bool = False, desk: str = "") -> list[AnswerSection]:
    """Return the answers of ``case`` by section; personal ones masked unless ``is_revealed``.

    ``desk`` names the address space whose ``file`` view shows the files of fields that take some.
    """
    definition = get_definition(case.item_version_id)
    files = files_by_key(case, desk) if definition.list_uploads() else {}
    sections = []
    for section in definition.list_asked(case.form):
        answers = tuple(_answer(spec, case, files.get(spec.key, ()), is_revealed) for spec in section.fields)
        sections.append(AnswerSection(section.key, section.title, answers))
    return sections


def _answer(spec: FieldSpec, case: Case, files: Sequence[dict[str, Any]], is_revealed: bool) -> Answer:
    value = case.form.get(spec.key)
    if spec.type == "upload":
        return Answer(spec.key, spec.label, "、".join(each["name"] for each in files), False, files=tuple(files))
    if spec.type == "repeat":
        table = tabulate(spec, value, is_masked=not is_revealed)
        is_masked = not is_revealed and (spec.is_personal or any(each.is_personal for each in spec.fields))
        text = "；".join("，".join(filter(None, row)) for row in table.rows)
        return Answer(spec.key, spec.label, text, is_masked and bool(text), table=table)
    text = show_answer(spec, value)
    is_masked = spec.is_personal and bool(text) and not is_revealed
    return Answer(spec.key, spec.label, mask_answer(spec, text) if is_masked else text, is_masked)


def files_by_key(case: Case, desk: str) -> dict[str, list[dict[str, Any]]]:
    given: dict[str, list[dict[str, Any]]] = {}
    for material in list_materials(case):
        file = material.file
        given.setdefault(material.key, []).append(
            {
                "id": material.pk,
                "name": file.name,
                "size": file.size,
                "kind": file.content_type,
                "url": reverse(f"{desk}:file", args=[case.number, material.pk]) if case.number and desk else "",
            }
        )
    return given
