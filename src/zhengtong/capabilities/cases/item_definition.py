"""The compiled text of an item (``seed/items/*.toml``, ``ItemVersion.definition``) as typed values.

A clerk compiles items; a programmer only fixes the vocabulary: the types of fields, where a value can be
prefilled from, what a material's condition may say.
"""

import re
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from zhengtong.capabilities.cases.domain import Condition, OneOf, UnreadableCondition, read_condition

FIELD_TYPES = frozenset(
    {
        "address",
        "boolean",
        "choice",
        "credit_code",
        "date",
        "id_number",
        "multichoice",
        "number",
        "phone",
        "text",
        "textarea",
    }
)
PREFILLS = frozenset(
    {
        "applicant.name",
        "applicant.id_number",
        "applicant.phone",
        "applicant.address",
        "enterprise.name",
        "enterprise.credit_code",
        "enterprise.legal_representative",
        "enterprise.address",
    }
)


class UnusableDefinition(ValueError):
    """An item's text names something that doesn't exist. Raised when it is loaded, never while a case runs."""


@dataclass(frozen=True)
class FieldSpec:
    """One question. ``element`` names what is asked (a data element): the same in several items of a bundle is asked
    once. ``condition``: only then it is asked. ``example``: an answer that fits, told with the help."""

    key: str
    label: str
    type: str
    is_required: bool = True
    help: str = ""
    options: tuple[str, ...] = ()
    max_length: int = 200
    pattern: str = ""
    message: str = ""
    prefill: str = ""
    is_personal: bool = False
    minimum: float | None = None
    maximum: float | None = None
    element: str = ""
    condition: Condition | None = None
    example: str = ""

    def is_asked(self, form: Mapping[str, Any]) -> bool:
        return self.condition is None or self.condition.holds(form)


@dataclass(frozen=True)
class SectionSpec:
    key: str
    title: str
    help: str
    fields: tuple[FieldSpec, ...]


@dataclass(frozen=True)
class MaterialSpec:
    """One paper to hand in. ``document`` names what it is: the same in several items of a bundle is handed in once."""

    key: str
    name: str
    is_required: bool
    kinds: tuple[str, ...]
    help: str = ""
    original: str = ""
    source: str = ""
    max_files: int = 5
    condition: Condition | None = None
    e_licence: str = ""
    document: str = ""

    def is_asked(self, form: Mapping[str, Any]) -> bool:
        return self.condition is None or self.condition.holds(form)

    def is_missing(self, form: Mapping[str, Any], given: Container[str]) -> bool:
        """Return whether the answers ask for this material and it is not among those ``given``."""
        return self.is_required and self.is_asked(form) and self.key not in given


@dataclass(frozen=True)
class OutputSpec:
    """What a granted case of the item tells the later parts of a bundle: the value of ``source`` (``licence.number``,
    ``form.<field>``) answers their fields of ``element``."""

    element: str
    source: str


@dataclass(frozen=True)
class ItemDefinition:
    code: str
    name: str
    sections: tuple[SectionSpec, ...]
    materials: tuple[MaterialSpec, ...]
    text: Mapping[str, Any] = field(repr=False)
    outputs: tuple[OutputSpec, ...] = ()

    def list_asked(self, form: Mapping[str, Any]) -> tuple[SectionSpec, ...]:
        """Return the sections with the fields that the answers so far leave to be asked; none that is empty."""
        asked = (
            replace(section, fields=tuple(spec for spec in section.fields if spec.is_asked(form)))
            for section in self.sections
        )
        return tuple(section for section in asked if section.fields)

    def fields(self) -> Iterator[FieldSpec]:
        for section in self.sections:
            yield from section.fields

    def section(self, key: str) -> SectionSpec | None:
        return next((section for section in self.sections if section.key == key), None)

    def material(self, key: str) -> MaterialSpec | None:
        return next((material for material in self.materials if material.key == key), None)

    def delivery_way(self, form: Mapping[str, Any]) -> str:
        """Return ``counter`` when the answers ask for paper, by the text's ``delivery`` rule, else ``electronic``."""
        rule = self.text.get("delivery")
        if rule and OneOf(rule["field"], tuple(rule["counter"])).holds(form):
            return "counter"
        return "electronic"

    def label(self, target: str) -> str | None:
        """Return the words for a correction's target (``field:<key>``, ``material:<key>``), None when unknown."""
        kind, _, key = target.partition(":")
        if kind == "field":
            return next((spec.label for spec in self.fields() if spec.key == key), None)
        material = self.material(key) if kind == "material" else None
        return material.name if material else None


def _known(key: str, values: frozenset[str], value: str, where: str) -> str:
    if value not in values:
        raise UnusableDefinition(f"{where}: {key} = {value!r} is not one of {', '.join(sorted(values))}")
    return value


def _condition(raw: Mapping[str, Any], fields: Container[str], place: str) -> Condition | None:
    if not (said := raw.get("condition")):
        return None
    try:
        condition = read_condition(said)
    except (UnreadableCondition, ArithmeticError) as error:
        raise UnusableDefinition(f"{place}.condition: {error}") from error
    for name in condition.fields():
        if name not in fields:
            raise UnusableDefinition(f"{place}.condition: there is no field {name!r}")
    return condition


def _help(raw: Mapping[str, Any]) -> str:
    """Return what helps to answer; an example of an answer is said with it."""
    said = str(raw.get("help", ""))
    return f"{said}例如：{raw['example']}。" if raw.get("example") else said


def _field(raw: Mapping[str, Any], where: str, fields: frozenset[str]) -> FieldSpec:
    place = f"{where}.{raw.get('key', '?')}"
    spec = FieldSpec(
        key=raw["key"],
        label=raw["label"],
        type=_known("type", FIELD_TYPES, raw["type"], place),
        is_required=raw.get("required", True),
        help=_help(raw),
        options=tuple(raw.get("options", ())),
        max_length=raw.get("max_length", 200),
        pattern=raw.get("pattern", ""),
        message=raw.get("message", ""),
        prefill=_known("prefill", PREFILLS, raw["prefill"], place) if raw.get("prefill") else "",
        is_personal=raw.get("personal", False),
        minimum=raw.get("min"),
        maximum=raw.get("max"),
        element=raw.get("element", ""),
        condition=_condition(raw, fields, place),
        example=raw.get("example", ""),
    )
    if spec.type in {"choice", "multichoice"} and not spec.options:
        raise UnusableDefinition(f"{place}: a {spec.type} needs options")
    return spec


def read_field_specs(raw: Iterable[Mapping[str, Any]]) -> tuple[FieldSpec, ...]:
    """Return the fields of a process's node. A kind of field that isn't known is a line of text: nobody is stuck."""
    return tuple(
        FieldSpec(
            key=str(each["key"]),
            label=str(each.get("label") or each["key"]),
            type=kind if (kind := str(each.get("type", "text"))) in NODE_FIELD_TYPES else "text",
            is_required=each.get("required", True) is True,
            help=str(each.get("help", "")),
            options=tuple(str(option) for option in each.get("options", ())),
            max_length=int(each.get("max_length", 500)),
        )
        for each in raw
    )


NODE_FIELD_TYPES = frozenset({"text", "textarea", "number", "date", "boolean", "choice", "multichoice"})


def _material(raw: Mapping[str, Any], fields: frozenset[str]) -> MaterialSpec:
    place = f"materials.{raw.get('key', '?')}"
    return MaterialSpec(
        key=raw["key"],
        name=raw["name"],
        is_required=raw.get("required", True),
        kinds=tuple(raw["kinds"]),
        help=raw.get("help", ""),
        original=raw.get("original", ""),
        source=raw.get("source", ""),
        max_files=raw.get("max_files", 5),
        condition=_condition(raw, fields, place),
        e_licence=raw.get("e_licence", ""),
        document=raw.get("document", ""),
    )


def _output(raw: Mapping[str, Any], fields: frozenset[str]) -> OutputSpec:
    spec = OutputSpec(raw["element"], raw["from"])
    kind, _, key = spec.source.partition(".")
    if spec.source != "licence.number" and not (kind == "form" and key in fields):
        raise UnusableDefinition(f"outputs.{spec.element}: from = {spec.source!r} names nothing that there is")
    return spec


_NUMBER_PLACES = re.compile(r"\{(division|year|month|sequence)(:\d)?\}")


def _check_licence(raw: Mapping[str, Any], fields: frozenset[str]) -> None:
    """Check what the text says of the licence it leads to: named at publishing, not when somebody's is granted."""
    licence = raw.get("licence")
    if not isinstance(licence, Mapping):
        return
    for key in licence["fields"]:
        if key not in fields:
            raise UnusableDefinition(f"licence.fields: there is no field {key!r}")
    number = str(licence["number"])
    rest = _NUMBER_PLACES.sub("", number)
    if "{sequence" not in number or "{" in rest or "}" in rest:
        raise UnusableDefinition(f"licence.number: {number!r} has no sequence or an unknown place")


def parse_definition(raw: Mapping[str, Any]) -> ItemDefinition:
    """Return the item's text as typed values; raise UnusableDefinition naming the place that is wrong."""
    try:
        keys = [str(each["key"]) for section in raw["form"] for each in section["fields"]]
        if len(keys) != len(set(keys)):
            raise UnusableDefinition("a field's key is used twice")
        known = frozenset(keys)
        sections = tuple(
            SectionSpec(
                key=section["key"],
                title=section["title"],
                help=section.get("help", ""),
                fields=tuple(_field(each, section["key"], known) for each in section["fields"]),
            )
            for section in raw["form"]
        )
        materials = tuple(_material(each, known) for each in raw["materials"])
        outputs = tuple(_output(each, known) for each in raw.get("outputs", ()))
        _check_licence(raw, known)
        return ItemDefinition(raw["code"], raw["name"], sections, materials, raw, outputs)
    except KeyError as error:
        raise UnusableDefinition(f"{raw.get('code', '?')}: {error} is missing") from error
