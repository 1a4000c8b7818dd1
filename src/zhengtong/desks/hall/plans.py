"""What the answers to a bundle's questions lead to, as its guide, its draft and the page before submission show it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from zhengtong.capabilities.bundles.public import SITUATION, PartText, is_bundle, list_part_texts, plan_parts
from zhengtong.capabilities.cases.public import (
    Case,
    FieldSpec,
    ItemDefinition,
    ItemOffice,
    ItemVersion,
    MaterialSpec,
    ServiceItem,
    get_definition,
    get_rulebook,
    read_condition,
)


@dataclass(frozen=True)
class PlannedItem:
    """An item that the answers lead to. ``office`` is None where nobody handles it, or no region is chosen."""

    item: ServiceItem
    why: str
    promised_days: int
    office: ItemOffice | None
    waits_for: tuple[str, ...]


@dataclass(frozen=True)
class SparedItem:
    """An item that needn't be applied for; ``source`` is the law that draws the line, where one does."""

    item: ServiceItem
    because: str
    source: str = ""


@dataclass(frozen=True)
class PlannedMaterial:
    """A paper to hand in, and for which items; ``condition`` says in words when."""

    spec: MaterialSpec
    wanted_by: tuple[str, ...]
    condition: str


@dataclass(frozen=True)
class Produced:
    """A paper that ``wanted_by`` needs and nobody hands in: the item ``by`` of the same application gives it."""

    name: str
    by: str
    wanted_by: str


@dataclass(frozen=True)
class Effort:
    """What an applicant has to do: forms to submit, questions to answer, papers to hand in."""

    applications: int
    questions: int
    materials: int


@dataclass(frozen=True)
class Plan:
    """``steps`` are the items in the order in which they can run; those of one step run at the same time."""

    steps: tuple[tuple[PlannedItem, ...], ...]
    spared: tuple[SparedItem, ...]
    undecided: tuple[ServiceItem, ...]
    unanswered: tuple[FieldSpec, ...]
    materials: tuple[PlannedMaterial, ...]
    produced: tuple[Produced, ...]
    together: Effort
    separately: Effort
    promised_days: int

    @property
    def items(self) -> tuple[PlannedItem, ...]:
        return tuple(each for step in self.steps for each in step)

    @property
    def organs(self) -> int:
        return len({each.office.organisation_id for each in self.items if each.office})

    @property
    def required(self) -> tuple[PlannedMaterial, ...]:
        return tuple(each for each in self.materials if each.spec.is_required)

    @property
    def optional(self) -> tuple[PlannedMaterial, ...]:
        return tuple(each for each in self.materials if not each.spec.is_required)


@dataclass(frozen=True)
class _Part:
    """One of the bundle's items with its own text and its own form as far as it is answered."""

    text: PartText
    version: ItemVersion
    definition: ItemDefinition
    form: Mapping[str, Any]

    def asks(self, key: str) -> bool:
        """Return whether the item asks for the bundle's material ``key``."""
        return any(
            own == spec.key and spec.is_asked(self.form)
            for own, merged in self.text.materials.items()
            if merged == key
            for spec in self.definition.materials
        )


def plan_application(definition: ItemDefinition, form: Mapping[str, Any], region_id: int | None = None) -> Plan:
    """Return what ``form`` leads to in the region. Questions that aren't answered leave items undecided."""
    parts = _read_parts(definition, form)
    plans = {plan.code: plan for plan in plan_parts(definition, form)}
    applying = {code: part for code, part in parts.items() if code in plans}
    questions = definition.section(SITUATION)
    unanswered = tuple(spec for spec in questions.fields if form.get(spec.key) in (None, "")) if questions else ()
    still_open = {spec.key for spec in unanswered}
    left = [part for code, part in parts.items() if code not in plans]
    undecided = [part for part in left if still_open & set(_fields_of(part.text))]
    materials = tuple(
        PlannedMaterial(
            spec,
            tuple(part.version.item.name for part in applying.values() if part.asks(spec.key)),
            _condition_in_words(definition, spec.key),
        )
        for spec in definition.materials
        if spec.is_asked(form)
    )
    return Plan(
        steps=_arrange(applying, {code: plan.after for code, plan in plans.items()}, region_id),
        spared=tuple(_spare(part, definition, form) for part in left if part not in undecided),
        undecided=tuple(part.version.item for part in undecided),
        unanswered=unanswered,
        materials=materials,
        produced=tuple(_list_produced(applying, {code: plan.after for code, plan in plans.items()})),
        together=Effort(1 if applying else 0, _count_questions(definition, form), _count_materials(definition, form)),
        separately=Effort(
            len(applying),
            sum(_count_questions(part.definition, part.form) for part in applying.values()),
            sum(_count_materials(part.definition, part.form) for part in applying.values()),
        ),
        promised_days=definition.text["limits"]["promised_days"],
    )


def plan_draft(case: Case, definition: ItemDefinition) -> Plan | None:
    """Return what a draft leads to; None when it isn't a bundle's."""
    return plan_application(definition, case.form, case.office.region_id) if is_bundle(case) else None


def list_changes(before: tuple[set[str], set[str]], plan: Plan) -> list[str]:
    """Return in words how ``plan`` differs from what was asked before: codes of items, keys of materials."""
    known = [*(each.item for each in plan.items), *(each.item for each in plan.spared), *plan.undecided]
    names = {item.code: item.name for item in known}
    items, materials = before
    now = {each.item.code for each in plan.items}
    now_asked = {each.spec.key: each.spec.name for each in plan.materials}
    said = [
        (_("增加了事项：%(names)s。"), [names[code] for code in names if code in now - items]),
        (
            _("不用再办：%(names)s，填过的内容会保留，需要时还在。"),
            [names[code] for code in names if code in items - now],
        ),
        (_("增加了材料：%(names)s。"), [name for key, name in now_asked.items() if key not in materials]),
    ]
    lines = [words % {"names": "、".join(found)} for words, found in said if found]
    if gone := len(materials - set(now_asked)):
        lines.append(_("少交 %(n)d 份材料。") % {"n": gone})
    return lines


def _read_parts(definition: ItemDefinition, form: Mapping[str, Any]) -> dict[str, _Part]:
    texts = list(list_part_texts(definition))
    versions = {
        (version.item.code, version.number): version
        for version in ItemVersion.objects.filter(item__code__in=[text.code for text in texts])
        .select_related("item")
        .defer("definition")
    }
    parts = {}
    for text in texts:
        version = versions[text.code, text.version]
        own = {key: form[merged] for key, merged in text.fields.items() if merged in form}
        parts[text.code] = _Part(text, version, get_definition(version.pk), {**own, **text.answers})
    return parts


def _arrange(
    parts: Mapping[str, _Part], after: Mapping[str, tuple[str, ...]], region_id: int | None
) -> tuple[tuple[PlannedItem, ...], ...]:
    offices: dict[str, ItemOffice] = {}
    if region_id is not None:
        found = ItemOffice.objects.filter(item__code__in=list(parts), region_id=region_id)
        offices = {office.item.code: office for office in found.select_related("item", "organisation")}
    placed: dict[str, int] = {}
    for code in parts:  # in their order: whoever is waited for comes first
        placed[code] = 1 + max((placed[each] for each in after[code]), default=-1)
    steps: list[list[PlannedItem]] = [[] for _step in range(1 + max(placed.values(), default=-1))]
    for code, part in parts.items():
        steps[placed[code]].append(
            PlannedItem(
                item=part.version.item,
                why=part.text.why,
                promised_days=part.version.promised_days,
                office=offices.get(code),
                waits_for=tuple(parts[each].version.item.name for each in after[code]),
            )
        )
    return tuple(map(tuple, steps))


def _fields_of(text: PartText) -> tuple[str, ...]:
    return () if isinstance(text.when, bool) else tuple(read_condition(text.when).fields())


def _spare(part: _Part, definition: ItemDefinition, form: Mapping[str, Any]) -> SparedItem:
    """Say why: by the answer that decided where one did."""
    item = part.version.item
    labels = {spec.key: spec.label for spec in definition.fields()}
    match part.text.when:
        case {"field": field, "values": [*values]}:
            said = {"question": labels[field], "values": "、".join(map(str, values)), "answer": form.get(field, "")}
            return SparedItem(item, _("“%(question)s”选“%(values)s”的才要办，您选的是“%(answer)s”。") % said)
        case {"field": field, "at_least": amount, "rule": rule}:
            threshold = get_rulebook().threshold(rule, timezone.localdate())
            said = {"n": f"{amount:g}", "unit": threshold.unit, "answer": form.get(field, "")}
            because = _("达到 %(n)s %(unit)s的才要办，您填的是 %(answer)s。") % said
            return SparedItem(item, because, f"{threshold.law} {threshold.article}".strip())
    return SparedItem(item, _("按您的回答，这一项不用办。"))


def _list_produced(parts: Mapping[str, _Part], after: Mapping[str, tuple[str, ...]]) -> list[Produced]:
    found = []
    for code, part in parts.items():
        earlier = {parts[each].version.licence_kind: parts[each].version.item.name for each in _before(code, after)}
        found += [
            Produced(spec.name, earlier[spec.e_licence], part.version.item.name)
            for spec in part.definition.materials
            if spec.e_licence and spec.e_licence in earlier
        ]
    return found


def _before(code: str, after: Mapping[str, tuple[str, ...]]) -> set[str]:
    found: set[str] = set()
    waiting = list(after[code])
    while waiting:
        each = waiting.pop()
        if each not in found:
            found.add(each)
            waiting += after[each]
    return found


def _count_questions(definition: ItemDefinition, form: Mapping[str, Any]) -> int:
    return sum(len(section.fields) for section in definition.list_asked(form))


def _count_materials(definition: ItemDefinition, form: Mapping[str, Any]) -> int:
    """Count the papers that everybody hands in; those that a register answers for aren't among them."""
    return sum(spec.is_required and not spec.e_licence and spec.is_asked(form) for spec in definition.materials)


def _condition_in_words(definition: ItemDefinition, key: str) -> str:
    raw = next(each for each in definition.text["materials"] if each["key"] == key)
    return str(raw.get("condition_text", ""))
