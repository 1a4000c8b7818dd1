"""Django forms made from an item's text, one a section; used wherever an application is filled in.

They are the authority: what a browser checks beforehand (``json_schema``) says the same, and decides nothing.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from zhengtong.capabilities.cases.calculating import calculate, is_blank_row, rows_of
from zhengtong.capabilities.cases.form_fields import CleanCharField, IdentifierField, make_field
from zhengtong.capabilities.cases.form_words import sentences_of
from zhengtong.capabilities.cases.item_definition import MOST_ROWS, FieldSpec, ItemDefinition, SectionSpec

__all__ = [
    "CleanCharField",
    "IdentifierField",
    "SectionForm",
    "UploadSlot",
    "bind_section",
    "clean_form",
    "make_field",
    "plain",
]


@dataclass(frozen=True)
class UploadSlot:
    """Where the files of a field go, and those that are there: what ``screens/components/upload.html`` shows."""

    url: str
    files: tuple[Mapping[str, Any], ...] = ()
    hint: str = ""
    accept: str = ""
    max_mb: int = 0
    errors: tuple[str, ...] = ()


class SectionForm(forms.Form):
    """The fields of one section. ``slots`` are those of its fields that take files; without them none is shown."""

    def __init__(
        self, section: SectionSpec, *args: Any, slots: Mapping[str, UploadSlot] | None = None, **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self.section = section
        for spec in section.fields:
            if spec.type == "repeat":
                self.fields[spec.key] = RowsField(spec, is_bound=self.is_bound)
            elif spec.type != "upload":
                self.fields[spec.key] = make_field(spec)
            elif slots is not None and spec.key in slots:
                self.fields[spec.key] = UploadField(spec, slots[spec.key])

    def kept(self) -> dict[str, Any]:
        """Return what was typed, right or wrong, as it goes into a draft."""
        typed = {}
        for spec in self.section.fields:
            if spec.type in ("calculated", "upload") or spec.key not in self.fields:
                continue
            value = self.fields[spec.key].widget.value_from_datadict(self.data, self.files, self.add_prefix(spec.key))
            if isinstance(value, str):
                value = value.replace("\x00", "")[: spec.max_length * 2]
            elif isinstance(value, list) and spec.type != "repeat":
                value = [str(each).replace("\x00", "")[:200] for each in value[:100]]
            if value is not None:
                typed[spec.key] = value
        return typed

    @property
    def is_rearranged(self) -> bool:
        """Whether a row is to be added or taken out (a browser without script): nothing is checked then."""
        return any(
            f"{self.add_prefix(spec.key)}-{act}" in self.data
            for spec in self.section.fields
            if spec.type == "repeat"
            for act in ("add", "remove")
        )


class UploadWidget(forms.Widget):
    """The upload box of a field, whole with its label."""

    draws_whole_field = True

    def __init__(self, spec: FieldSpec, slot: UploadSlot) -> None:
        super().__init__()
        self.spec, self.slot = spec, slot

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        return None

    def id_for_label(self, id_: str) -> str:
        return id_

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        context = {"name": name, "spec": self.spec, "slot": self.slot}
        return SafeString(render_to_string("cases/fields/upload.html", context))


class UploadField(forms.Field):
    """Files are sent by themselves, as materials are: the form only asks whether one is there."""

    def __init__(self, spec: FieldSpec, slot: UploadSlot) -> None:
        self.slot, self.said = slot, sentences_of(spec)
        super().__init__(label=spec.label, required=spec.is_required, widget=UploadWidget(spec, slot))

    def clean(self, value: Any) -> None:
        if self.required and not self.slot.files:
            self.widget.slot = UploadSlot(**{**vars(self.slot), "errors": (self.said["required"],)})
            raise ValidationError(self.said["required"])


class RowsWidget(forms.Widget):
    """A repeating group: rows of fields, with buttons that add and take out one.

    Every row names itself (``<key>-row``), so that rows keep their order and one of unticked boxes alone exists.
    """

    draws_whole_field = True
    needs_multipart_form = False

    def __init__(self, spec: FieldSpec, *, is_bound: bool) -> None:
        super().__init__()
        self.spec, self.is_bound = spec, is_bound
        self.errors: list[str] = []

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        if f"{name}-row" not in data and f"{name}-add" not in data and f"{name}-there" not in data:
            return data.get(name) if isinstance(data.get(name), list) else None
        gone = data.get(f"{name}-remove")
        numbers = data.getlist(f"{name}-row") if hasattr(data, "getlist") else []
        numbers = [each for each in numbers if re.fullmatch(r"[0-9]{1,6}", each)][: MOST_ROWS + 1]
        rows = [self._read_row(data, f"{name}-{number}") for number in numbers if number != gone]
        if f"{name}-add" in data and len(rows) < self.spec.max_rows:
            rows.append({})
        return rows

    def _read_row(self, data: Any, prefix: str) -> dict[str, Any]:
        return SectionForm(self.section(self.spec.fields), data, prefix=prefix).kept()

    def section(self, fields: tuple[FieldSpec, ...]) -> SectionSpec:
        return SectionSpec(self.spec.key, self.spec.label, "", fields)

    def id_for_label(self, id_: str) -> str:
        return f"{id_}_add"

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        rows = rows_of(value)[: MOST_ROWS + 1]
        # One to begin with; a browser without script can only add more by sending the page.
        rows += [{}] * (max(self.spec.min_rows, 1) - len(rows))
        context = {
            "name": name,
            "spec": self.spec,
            "errors": self.errors,
            "rows": [self._describe_row(name, str(number), row) for number, row in enumerate(rows)],
            "empty": self._describe_row(name, "__row__", {}, is_bound=False),
            "id": (attrs or {}).get("id", f"id_{name}"),
        }
        return SafeString(render_to_string("cases/fields/repeat.html", context))

    def _describe_row(
        self, name: str, number: str, row: Mapping[str, Any], *, is_bound: bool | None = None
    ) -> dict[str, Any]:
        section, prefix = self.section(self.spec.fields), f"{name}-{number}"
        asked = {spec.key for spec in self.spec.list_asked_in(row)}
        is_bound = (self.is_bound and bool(row)) if is_bound is None else is_bound
        if is_bound:
            form = bind_section(section, row, prefix=prefix)
            for key in form.fields.keys() - asked:
                form.errors.pop(key, None)
        else:
            form = SectionForm(section, initial=dict(row), prefix=prefix)
        cells = [{"bound": form[spec.key], "spec": spec, "is_asked": spec.key in asked} for spec in self.spec.fields]
        return {"number": number, "cells": cells}


class RowsField(forms.Field):
    """The rows of a repeating group; cleans to them, each with its own checks."""

    widget: RowsWidget

    def __init__(self, spec: FieldSpec, *, is_bound: bool) -> None:
        self.spec, self.said = spec, sentences_of(spec)
        widget = RowsWidget(spec, is_bound=is_bound)
        super().__init__(label=spec.label, required=spec.is_required, widget=widget, help_text=spec.help)

    def clean(self, value: Any) -> list[dict[str, Any]]:
        rows = rows_of(value)
        given = [row for row in rows if not is_blank_row(self.spec, row)]
        self.widget.errors = []
        fewest = max(self.spec.min_rows, 1 if self.required else 0)
        if len(given) < fewest and (given or self.required):
            self.widget.errors = [self.said["required"]]
        if len(given) > self.spec.max_rows:
            self.widget.errors = [self.said["too_many"]]
        if self.widget.errors:
            raise ValidationError(self.widget.errors)
        cleaned, wrong = [], []
        for number, row in enumerate(rows, 1):
            if is_blank_row(self.spec, row):
                continue
            form = bind_section(self.widget.section(self.spec.list_asked_in(row)), row)
            if form.is_valid():
                cleaned.append({key: plain(each) for key, each in form.cleaned_data.items()})
            labels = {spec.key: spec.label for spec in self.spec.fields}
            for key, messages in form.errors.items():
                for message in messages:
                    wrong.append(self.said["row"] % {"row": number, "column": labels[key], "error": message})
        if wrong:
            raise ValidationError([ValidationError(each) for each in wrong])
        return cleaned


def plain(value: Any) -> Any:
    """Return a cleaned value as JSON can hold it."""
    if isinstance(value, date):
        return value.isoformat()
    return value if isinstance(value, str | list | bool | int) or value is None else str(value)


def clean_form(
    definition: ItemDefinition, form: Mapping[str, Any]
) -> tuple[dict[str, Any], list[tuple[str, str, str]]]:
    """Check the answers of a whole application.

    Returns the cleaned answers (only those that the definition asks for, and what is calculated from them) and the
    errors as triples of section key, field key and sentence. Whether files are there is another question
    (``drafting.check_application``).
    """
    form, troubles = calculate(definition, form)
    cleaned: dict[str, Any] = {}
    errors: list[tuple[str, str, str]] = []
    asked = definition.list_asked(form)
    for section in asked:
        bound = bind_section(section, form)
        if bound.is_valid():
            cleaned |= {key: plain(value) for key, value in bound.cleaned_data.items()}
        else:
            for key, messages in bound.errors.items():
                errors.extend((section.key, key, str(message)) for message in messages)
    places = {spec.key: section.key for section in asked for spec in section.fields}
    errors.extend((places[key], key, sentence) for key, _row, sentence in troubles if key in places)
    if definition.is_calculating:
        full = calculate(definition, cleaned)[0]
        cleaned = {key: full[key] for key in cleaned}
    return cleaned, errors


def clean_fields(
    specs: Sequence[FieldSpec], values: Mapping[str, Any]
) -> tuple[dict[str, Any], list[tuple[str, str, str]]]:
    """Check what was filled in at a node of a process; as :func:`clean_form`."""
    section = SectionSpec("node", "", "", tuple(specs))
    bound = bind_section(section, values)
    if bound.is_valid():
        return {key: plain(value) for key, value in bound.cleaned_data.items()}, []
    errors = [("node", key, str(message)) for key, messages in bound.errors.items() for message in messages]
    return {}, errors


def bind_section(
    section: SectionSpec,
    answers: Mapping[str, Any],
    *,
    slots: Mapping[str, UploadSlot] | None = None,
    prefix: str | None = None,
) -> SectionForm:
    """Return the section with stored answers as if they were just typed: bound, so that it tells what is wrong."""
    return SectionForm(section, data=_as_posted(section, answers, prefix), slots=slots, prefix=prefix)


def _as_posted(section: SectionSpec, form: Mapping[str, Any], prefix: str | None = None) -> Any:
    posted = QueryDict(mutable=True)
    for name, values in _post(section.fields, form, f"{prefix}-" if prefix else ""):
        posted.setlist(name, values)
    return posted


def _post(fields: tuple[FieldSpec, ...], form: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, list[str]]]:
    for spec in fields:
        name, value = f"{prefix}{spec.key}", form.get(spec.key)
        if spec.type == "repeat":
            rows = rows_of(value)[: MOST_ROWS + 1]
            yield f"{name}-there", ["1"]
            yield f"{name}-row", [str(number) for number in range(len(rows))]
            for number, row in enumerate(rows):
                yield from _post(spec.fields, row, f"{name}-{number}-")
        elif isinstance(value, list):
            yield name, [str(each) for each in value]
        elif value not in (None, "", False):
            yield name, ["on" if value is True else str(value)]
