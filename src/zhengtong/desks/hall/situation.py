"""The questions before a bundle (情形导办) as they stand in an address: anybody may try them, nothing is kept."""

from dataclasses import dataclass
from typing import Any

from django.http import QueryDict

from zhengtong.capabilities.bundles.public import SITUATION
from zhengtong.capabilities.cases.public import ItemDefinition, SectionForm


@dataclass(frozen=True)
class Situation:
    """``answers`` holds only what was answered, and right; ``form`` shows the rest with what is wrong about it."""

    form: SectionForm
    answers: dict[str, Any]
    is_complete: bool


def read_situation(definition: ItemDefinition, query: QueryDict) -> Situation:
    """Read the answers out of an address. What isn't answered yet is no error: one answers a question at a time."""
    section = definition.section(SITUATION)
    assert section is not None  # every bundle begins with its questions
    is_asked = any(spec.key in query for spec in section.fields)
    form = SectionForm(section, query) if is_asked else SectionForm(section)
    for field in form.fields.values():
        field.required = False
    if not is_asked:
        return Situation(form, {}, is_complete=False)
    wrong = set(form.errors)
    kept = form.kept()
    answers = {key: value for key, value in kept.items() if key not in wrong and value not in ("", [], False)}
    return Situation(form, answers, is_complete=all(spec.key in answers for spec in section.fields))
