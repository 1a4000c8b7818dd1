"""The guided questionnaire before an application (情形导办): the answers given so far, and what they lead to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from zhengtong.capabilities.cases.domain import Condition, read_condition
from zhengtong.capabilities.cases.forms import SectionForm
from zhengtong.capabilities.cases.item_definition import SITUATION, FieldSpec, ItemDefinition, MaterialSpec
from zhengtong.capabilities.cases.rules import get_rulebook


@dataclass(frozen=True)
class Answered:
    """``answers`` holds only what was answered, and right; ``form`` shows the rest with what is wrong about it."""

    form: SectionForm
    answers: dict[str, Any]
    is_complete: bool

    @property
    def wrong(self) -> list[tuple[str, str]]:
        """What is wrong, each with the id of its control."""
        bound = ((self.form[key], texts) for key, texts in self.form.errors.items())
        return [(each.id_for_label, f"{each.label}：{text}") for each, texts in bound for text in texts]

    @property
    def questions(self) -> list[tuple[Any, str]]:
        """The controls, each with how wide it is."""
        widths = {"number": "medium"}
        return [(self.form[spec.key], widths.get(spec.type, "")) for spec in self.form.section.fields]


def has_questions(definition: ItemDefinition) -> bool:
    return definition.section(SITUATION) is not None


def read_answers(definition: ItemDefinition, query: QueryDict) -> Answered:
    """Read the answers out of an address. What isn't answered yet is no error: one answers a question at a time."""
    section = definition.section(SITUATION)
    assert section is not None  # asked only where there are questions
    is_asked = any(spec.key in query for spec in section.fields)
    form = SectionForm(section, query) if is_asked else SectionForm(section)
    for field in form.fields.values():
        field.required = False
    if not is_asked:
        return Answered(form, {}, is_complete=False)
    wrong = set(form.errors)
    kept = form.kept()
    answers = {key: value for key, value in kept.items() if key not in wrong and value not in ("", [], False)}
    return Answered(form, answers, is_complete=all(spec.key in answers for spec in section.fields))


@dataclass(frozen=True)
class GuidedMaterial:
    """A paper with, in words, when it is asked for."""

    spec: MaterialSpec
    condition: str
    kinds: str


@dataclass(frozen=True)
class Guided:
    """What the answers to an item's questions lead to; what depends on more than was answered is ``open``."""

    unanswered: tuple[FieldSpec, ...]
    materials: tuple[GuidedMaterial, ...]
    open: tuple[GuidedMaterial, ...]
    spared: tuple[GuidedMaterial, ...]
    steps: tuple[Mapping[str, Any], ...]
    questions: int  # fields of the form after the situation


def describe_materials(definition: ItemDefinition) -> list[GuidedMaterial]:
    """Return the materials with what only the item's text says about them."""
    raw = {each["key"]: each for each in definition.text["materials"]}
    return [
        GuidedMaterial(spec, _say_condition(raw[spec.key]), "、".join(kind.upper() for kind in spec.kinds))
        for spec in definition.materials
    ]


def _say_condition(raw: Mapping[str, Any]) -> str:
    said = str(raw.get("condition_text", ""))
    return said or (_("按您的情况") if raw.get("condition") else "")


def guide_applicant(definition: ItemDefinition, answers: Mapping[str, Any]) -> Guided:
    """Return which materials, steps and fields these answers lead to."""
    situation = definition.section(SITUATION)
    questions = situation.fields if situation else ()
    asked: list[GuidedMaterial] = []
    later: list[GuidedMaterial] = []
    spared: list[GuidedMaterial] = []
    for each in describe_materials(definition):
        condition = each.spec.condition
        if condition is None or (_is_settled(condition, answers) and condition.holds(answers)):
            asked.append(each)
        elif _is_settled(condition, answers):
            spared.append(each)
        else:
            later.append(each)
    return Guided(
        unanswered=tuple(spec for spec in questions if spec.key not in answers),
        materials=tuple(asked),
        open=tuple(later),
        spared=tuple(spared),
        steps=tuple(_list_steps(definition.text.get("steps", ()), answers)),
        questions=sum(len(section.fields) for section in definition.list_asked(answers) if section.key != SITUATION),
    )


def _is_settled(condition: Condition, answers: Mapping[str, Any]) -> bool:
    return all(name in answers for name in condition.fields())


def _list_steps(steps: Sequence[Mapping[str, Any]], answers: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Leave out the steps that the answers rule out."""
    kept = []
    for each in steps:
        condition = read_condition(each["condition"]) if each.get("condition") else None
        if condition is None or not _is_settled(condition, answers) or condition.holds(answers):
            kept.append(each)
    return kept


def describe_guide(definition: ItemDefinition, query: QueryDict) -> dict[str, Any]:
    """Return the context of ``cases/guide.html``; with questions also what the answers in the address lead to."""
    limits = definition.text["limits"]
    context: dict[str, Any] = {
        "definition": definition,
        "text": definition.text,
        "materials": describe_materials(definition),
        "limit": get_rulebook().limit(limits["statutory"], timezone.localdate()),
        "promised_days": limits["promised_days"],
        "region": query.get("region", "")[:12],
    }
    if has_questions(definition):
        said = read_answers(definition, query)
        context |= {"situation": said, "questions": said.questions, "wrong": said.wrong}
        context["guided"] = guide_applicant(definition, said.answers)
    return context
