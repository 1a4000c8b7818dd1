"""The compiled text of an item (``seed/items/*.toml``, ``ItemVersion.definition``) as typed values.

A clerk compiles items; a programmer only fixes the vocabulary: the types of fields, where a value can be
prefilled from, what a material's condition may say.
"""

import re
from collections.abc import Collection, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from zhengtong.capabilities.cases.domain import AllOf, Condition, OneOf, UnreadableCondition, read_condition
from zhengtong.capabilities.cases.fees import FeeSpec, UnusableFee, read_fees
from zhengtong.kernel.expressions import Expression, ExpressionError, parse

FIELD_TYPES = frozenset(
    {
        "address",
        "boolean",
        "calculated",
        "choice",
        "credit_code",
        "date",
        "dictionary",
        "id_number",
        "map_point",
        "multichoice",
        "number",
        "phone",
        "repeat",
        "text",
        "textarea",
        "upload",
    }
)
# What a row of a repeating group can't hold: a group in a group, a file that belongs to no row that is stored yet.
NOT_IN_ROWS = frozenset({"repeat", "upload", "map_point"})
UPLOAD_KINDS = ("pdf", "jpg", "png")
ROWS, MOST_ROWS = 20, 200
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

# The section that the questions of a text make (情形导办): they are asked before the form, and with it.
SITUATION = "situation"


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
    decimals: int = 2
    dictionary: str = ""
    formula: Expression | None = None
    fields: "tuple[FieldSpec, ...]" = ()
    min_rows: int = 0
    max_rows: int = ROWS
    kinds: tuple[str, ...] = ()
    max_files: int = 5

    def is_asked(self, form: Mapping[str, Any]) -> bool:
        return self.condition is None or self.condition.holds(form)

    def list_asked_in(self, row: Mapping[str, Any]) -> "tuple[FieldSpec, ...]":
        """Return the columns that a row of this repeating group is asked for."""
        return tuple(spec for spec in self.fields if spec.is_asked(row))

    def as_material(self) -> "MaterialSpec":
        """Return a field that takes files as the material that its files are kept as."""
        return MaterialSpec(
            key=self.key,
            name=self.label,
            is_required=self.is_required,
            kinds=self.kinds,
            help=self.help,
            max_files=self.max_files,
            condition=self.condition,
        )


@dataclass(frozen=True)
class SectionSpec:
    """A page of questions. A section's own condition is one of each of its fields."""

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
    fees: tuple[FeeSpec, ...] = ()

    @cached_property
    def calculated(self) -> tuple[FieldSpec, ...]:
        """The fields that are calculated, each after those that it needs."""
        found = {spec.key: spec for spec in self.fields() if spec.formula is not None}
        if not found:
            return ()
        order = list_in_order({key: needs_of(spec, self.by_key) & found.keys() for key, spec in found.items()})
        return tuple(found[key] for key in order)

    @cached_property
    def by_key(self) -> Mapping[str, FieldSpec]:
        return {spec.key: spec for spec in self.fields()}

    @cached_property
    def is_calculating(self) -> bool:
        return any(spec.formula or any(each.formula for each in spec.fields) for spec in self.fields())

    def list_asked(self, form: Mapping[str, Any]) -> tuple[SectionSpec, ...]:
        """Return the sections with the fields that the answers so far leave to be asked; none that is empty.

        Conditions on what is calculated go by ``form`` as it is completed (``calculating.complete``).
        """
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

    def list_uploads(self) -> tuple[FieldSpec, ...]:
        """Return the fields that take files."""
        return tuple(spec for spec in self.fields() if spec.type == "upload")

    def slot(self, key: str) -> MaterialSpec | None:
        """Return where files of ``key`` belong: a material, or a field that takes files."""
        field = next((spec for spec in self.list_uploads() if spec.key == key), None)
        return field.as_material() if field else self.material(key)

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


def _formula(raw: Mapping[str, Any], place: str) -> Expression | None:
    if raw["type"] != "calculated":
        return None
    try:
        return parse(str(raw.get("formula", "")))
    except ExpressionError as error:
        raise UnusableDefinition(f"{place}.formula: {error}") from error


def _field(raw: Mapping[str, Any], where: str, fields: frozenset[str], around: Condition | None = None) -> FieldSpec:
    place = f"{where}.{raw.get('key', '?')}"
    inner = frozenset(str(each["key"]) for each in raw.get("fields", ()))
    own = _condition(raw, fields, place)
    spec = FieldSpec(
        key=raw["key"],
        label=raw["label"],
        type=_known("type", FIELD_TYPES, raw["type"], place),
        is_required=raw.get("required", True) and raw["type"] != "calculated",
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
        condition=AllOf((around, own)) if around and own else around or own,
        decimals=raw.get("decimals", 2),
        dictionary=raw.get("dictionary", ""),
        formula=_formula(raw, place),
        fields=tuple(_field(each, place, inner) for each in raw.get("fields", ())) if raw["type"] == "repeat" else (),
        min_rows=raw.get("min_rows", 1 if raw.get("required", True) else 0),
        max_rows=raw.get("max_rows", ROWS),
        kinds=tuple(raw.get("kinds", UPLOAD_KINDS)) if raw["type"] == "upload" else (),
        max_files=raw.get("max_files", 5),
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


def needs_of(spec: FieldSpec, by_key: Mapping[str, FieldSpec]) -> set[str]:
    """Return the fields that a calculated one depends on: what its formula names, and what decides whether they are
    asked."""
    named = {name.partition(".")[0] for name in spec.formula.names} if spec.formula else set()
    deciding = {key for name in named if name in by_key and (on := by_key[name].condition) for key in on.fields()}
    return named | deciding


def list_in_order(needs: Mapping[str, Collection[str]]) -> list[str]:
    """Return the keys, each after those that it needs. Raises UnusableDefinition naming a circle."""
    order: list[str] = []
    waiting = dict(needs)
    while waiting:
        ready = [key for key, wanted in waiting.items() if not any(each in waiting for each in wanted)]
        if not ready:
            raise UnusableDefinition(f"{'、'.join(sorted(waiting))}: each is calculated from another of them")
        order += ready
        for key in ready:
            del waiting[key]
    return order


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


def list_form(raw: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the sections of a text's form: its questions are the first of them."""
    if not raw.get("questions"):
        return list(raw["form"])
    title = raw.get("situation", "您的情况")
    return [{"key": SITUATION, "title": title, "fields": list(raw["questions"])}, *raw["form"]]


def parse_definition(raw: Mapping[str, Any]) -> ItemDefinition:
    """Return the item's text as typed values; raise UnusableDefinition naming the place that is wrong."""
    try:
        form = list_form(raw)
        keys = [str(each["key"]) for section in form for each in section["fields"]]
        if len(keys) != len(set(keys)):
            raise UnusableDefinition("a field's key is used twice")
        known = frozenset(keys)
        sections = tuple(
            SectionSpec(
                key=section["key"],
                title=section["title"],
                help=section.get("help", ""),
                fields=tuple(
                    _field(each, section["key"], known, _condition(section, known, section["key"]))
                    for each in section["fields"]
                ),
            )
            for section in form
        )
        for number, each in enumerate(raw.get("steps", ()), 1):
            _condition(each, known, f"steps.{number}")
        materials = tuple(_material(each, known) for each in raw["materials"])
        outputs = tuple(_output(each, known) for each in raw.get("outputs", ()))
        _check_licence(raw, known)
        fees = read_fees(raw, known)
        definition = ItemDefinition(raw["code"], raw["name"], sections, materials, raw, outputs, fees)
        _ordered = definition.calculated
        return definition
    except KeyError as error:
        raise UnusableDefinition(f"{raw.get('code', '?')}: {error} is missing") from error
    except UnusableFee as error:
        raise UnusableDefinition(str(error)) from error
