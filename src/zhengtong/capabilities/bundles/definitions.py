"""What a published bundle says about its parts, read from the text that its cases pin."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from zhengtong.capabilities.bundles.domain import PartPlan
from zhengtong.capabilities.cases.public import ItemDefinition, read_condition


@dataclass(frozen=True, slots=True)
class PartText:
    """One of the items: ``fields`` and ``materials`` lead from its own keys to the bundle's."""

    code: str
    name: str
    version: int
    when: Any
    after: tuple[str, ...]
    why: str
    answers: Mapping[str, Any]
    fields: Mapping[str, str]
    materials: Mapping[str, str]

    def applies(self, form: Mapping[str, Any]) -> bool:
        """Return whether the answers to the questions call for the item."""
        return bool(self.when) if isinstance(self.when, bool) else read_condition(self.when).holds(form)


def list_part_texts(definition: ItemDefinition) -> Iterator[PartText]:
    """Yield the items of a bundle in its order."""
    for each in definition.text["bundle"]["items"]:
        yield PartText(**{**each, "after": tuple(each["after"])})


def get_part_text(definition: ItemDefinition, code: str) -> PartText:
    each = next(each for each in definition.text["bundle"]["items"] if each["code"] == code)
    return PartText(**{**each, "after": tuple(each["after"])})


def plan_parts(definition: ItemDefinition, form: Mapping[str, Any]) -> list[PartPlan]:
    """Return the items that these answers lead to; each waits only for those that apply as well."""
    applying = [part for part in list_part_texts(definition) if part.applies(form)]
    codes = {part.code for part in applying}
    return [PartPlan(part.code, tuple(code for code in part.after if code in codes), part.why) for part in applying]
