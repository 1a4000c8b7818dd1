"""An application as the pages show it: steps, fields, answers in words, files, and where each error belongs."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from zhengtong.capabilities.cases.public import (
    Case,
    CaseMaterial,
    ItemDefinition,
    LegalState,
    SectionForm,
    SectionSpec,
    correctable_fields,
    list_materials,
)
from zhengtong.core.identity.public import mask_id, mask_phone
from zhengtong.desks.hall import prefill
from zhengtong.kernel.policy import Actor


def list_steps(case: Case, definition: ItemDefinition) -> list[tuple[str, str]]:
    """Return the steps of filling in, each with its address."""
    sections = [
        (section.title, reverse("hall:section", args=[case.public_id, section.key]))
        for section in definition.list_asked(case.form)
    ]
    return [
        *sections,
        (_("上传材料"), reverse("hall:materials", args=[case.public_id])),
        (_("核对提交"), reverse("hall:review", args=[case.public_id])),
    ]


def describe_fields(
    actor: Actor, form: SectionForm, spec: SectionSpec, definition: ItemDefinition, case: Case
) -> list[dict[str, Any]]:
    """Return the fields with where a prefilled answer came from and how wide each is."""
    notes = prefill.gather(actor).notes(definition, case.form)
    widths = {"number": "medium", "date": "medium", "phone": "medium", "id_number": "medium", "credit_code": "medium"}
    deciding = _deciding_fields(definition)
    return [
        {
            "bound": form[field.key],
            "decides": field.key in deciding[spec.key],
            "prefilled": "" if form.errors.get(field.key) else notes.get(field.key, ""),
            "width": widths.get(field.type, ""),
            "is_counted": field.type == "textarea",
        }
        for field in spec.fields
    ]


def _deciding_fields(definition: ItemDefinition) -> dict[str, set[str]]:
    """Return, by section, the fields whose answers decide what else that section asks."""
    found: dict[str, set[str]] = defaultdict(set)
    for section in definition.sections:
        for spec in section.fields:
            if spec.condition is not None:
                found[section.key].update(spec.condition.fields())
    return found


def marked_section(case: Case, definition: ItemDefinition) -> SectionSpec:
    """Return the fields that the open correction notice marks, and those that corrections newly ask for, as one
    section."""
    wanted = correctable_fields(case)
    fields = tuple(spec for spec in definition.fields() if spec.key in wanted)
    return SectionSpec("correction", _("补正"), "", fields)


def locate(case: Case, section: str, field: str) -> str:
    """Return the address of the place that an error of the whole application concerns."""
    if section == "materials":
        return reverse("hall:materials", args=[case.public_id]) + f"#id_{field}"
    return reverse("hall:section", args=[case.public_id, section]) + f"?back&check#id_{field}"


def show_answers(section: SectionSpec, form: Mapping[str, Any], *, is_masked: bool = False) -> list[tuple[str, str]]:
    """Return label and answer of each field, in words; ``is_masked`` hides numbers that identify a person."""
    return [(spec.label, show_answer(spec.type, form.get(spec.key), is_masked=is_masked)) for spec in section.fields]


def show_answer(kind: str, value: Any, *, is_masked: bool) -> str:
    if kind == "boolean":
        return _("是") if value in (True, "on", "true") else _("否")
    if isinstance(value, list):
        return "、".join(map(str, value))
    text = "" if value is None else str(value)
    if is_masked and kind == "id_number":
        return mask_id(text)
    return mask_phone(text) if is_masked and kind == "phone" else text


def show_materials(case: Case, definition: ItemDefinition) -> list[dict[str, Any]]:
    """Return the materials that this application needs or holds, with their files.

    Of a draft only those that its answers ask for: what was given for others stays, unseen, until they do again.
    """
    is_draft = case.state == LegalState.DRAFT
    reused = dict(case.reused)
    given: dict[str, list[dict[str, Any]]] = {}
    for material in list_materials(case):
        given.setdefault(material.key, []).append(show_file(case, material))
    return [
        {"spec": spec, "files": given.get(spec.key, []), "source": reused.get(spec.key, "")}
        for spec in definition.materials
        if spec.is_asked(case.form) or (not is_draft and (spec.key in given or spec.key in reused))
    ]


def show_file(case: Case, material: CaseMaterial) -> dict[str, Any]:
    return {
        "id": material.pk,
        "name": material.file.name,
        "size": material.file.size,
        "kind": material.file.content_type,
        "url": reverse("hall:file", args=[case.public_id, material.pk]),
        "delete_url": reverse("hall:remove_file", args=[case.public_id, material.pk]),
    }
