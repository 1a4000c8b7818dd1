"""An application as the pages show it: steps, fields, answers in words, files, and where each error belongs."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from zhengtong.capabilities.cases.public import (
    Case,
    CaseMaterial,
    FieldSpec,
    ItemDefinition,
    LegalState,
    SectionForm,
    SectionSpec,
    UploadSlot,
    correctable_fields,
    list_materials,
    make_schema,
    needs_of,
    show_answer,
)
from zhengtong.core.files.public import FileKind, accept_attribute, describe_kinds, upload_limit
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
    widths = {
        "calculated": "medium",
        "dictionary": "medium",
        "number": "medium",
        "date": "medium",
        "phone": "medium",
        "id_number": "medium",
        "credit_code": "medium",
    }
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
        if field.key in form.fields
    ]


def list_slots(
    case: Case, section: SectionSpec, errors: Mapping[str, list[str]] | None = None
) -> dict[str, UploadSlot]:
    """Return where the section's fields that take files send them, with those that are there."""
    uploads = [spec for spec in section.fields if spec.type == "upload"]
    if not uploads:
        return {}
    given: dict[str, list[dict[str, Any]]] = {}
    for material in list_materials(case):
        given.setdefault(material.key, []).append(show_file(case, material))
    kinds = {spec.key: frozenset(FileKind(kind) for kind in spec.kinds) for spec in uploads}
    return {
        spec.key: UploadSlot(
            reverse("hall:upload", args=[case.public_id]),
            tuple(given.get(spec.key, ())),
            hint=f"{spec.help}{describe_kinds(kinds[spec.key])}",
            accept=accept_attribute(kinds[spec.key]),
            max_mb=upload_limit() >> 20,
            errors=tuple((errors or {}).get(spec.key, ())),
        )
        for spec in uploads
    }


def browser_rules(definition: ItemDefinition, case: Case, section: SectionSpec) -> dict[str, Any]:
    """Return what the page's script checks by: the form as JSON Schema, and the answers given on other pages."""
    here = {spec.key for spec in section.fields}
    elsewhere = {key: value for key, value in case.form.items() if key not in here and key in definition.by_key}
    used = _used_beside(definition, section)
    return {"schema": make_schema(definition), "answers": {key: elsewhere[key] for key in used if key in elsewhere}}


def _used_beside(definition: ItemDefinition, section: SectionSpec) -> set[str]:
    """Return the fields of other sections that this one's conditions and formulas look at: no others leave."""
    wanted, seen = [spec.key for spec in section.fields], set[str]()
    while wanted:
        key = wanted.pop()
        if key in seen or key not in definition.by_key:
            continue
        seen.add(key)
        spec = definition.by_key[key]
        wanted += [*needs_of(spec, definition.by_key), *(spec.condition.fields() if spec.condition else ())]
    return seen


def _deciding_fields(definition: ItemDefinition) -> dict[str, set[str]]:
    """Return, by section, the fields whose answers decide what else that section asks."""
    found: dict[str, set[str]] = defaultdict(set)
    for section in definition.sections:
        for spec in section.fields:
            if spec.condition is not None:
                found[section.key].update(_roots(definition, spec.condition.fields()))
    return found


def _roots(definition: ItemDefinition, keys: Iterable[str]) -> set[str]:
    """Return the fields themselves, and those from which calculated ones among them come."""
    found, waiting = set[str](), list(keys)
    while waiting:
        key = waiting.pop()
        if key not in found and key in definition.by_key:
            found.add(key)
            waiting += needs_of(definition.by_key[key], definition.by_key)
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
    return [
        (
            spec.label,
            _masked(spec, show_answer(spec, form.get(spec.key)))
            if is_masked
            else show_answer(spec, form.get(spec.key)),
        )
        for spec in section.fields
        if spec.type != "upload"
    ]


def _masked(spec: FieldSpec, text: str) -> str:
    if spec.type == "id_number":
        return mask_id(text)
    return mask_phone(text) if spec.type == "phone" else text


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
        "digest": material.file.sha256,
        "url": reverse("hall:file", args=[case.public_id, material.pk]),
        "delete_url": reverse("hall:remove_file", args=[case.public_id, material.pk]),
    }
