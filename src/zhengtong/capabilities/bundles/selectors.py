"""Reading bundles: what the answers lead to before anything is submitted, and how the parts stand afterwards."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from zhengtong.capabilities.bundles.definitions import PartText, list_part_texts
from zhengtong.capabilities.bundles.models import BundlePart
from zhengtong.capabilities.bundles.services.parts import list_parts
from zhengtong.capabilities.cases.public import Case, CaseKind, ItemDefinition, MaterialSpec


@dataclass(frozen=True, slots=True)
class Outline:
    """What the answers to a bundle's questions lead to: the items, those spared, and the papers to hand in."""

    items: tuple[PartText, ...]
    spared: tuple[PartText, ...]
    materials: tuple[MaterialSpec, ...]
    questions: int  # fields of the form that are asked after the situation


def outline(definition: ItemDefinition, form: Mapping[str, Any]) -> Outline:
    """Return what these answers lead to."""
    parts = list(list_part_texts(definition))
    asked = definition.list_asked(form)
    return Outline(
        items=tuple(part for part in parts if part.applies(form)),
        spared=tuple(part for part in parts if not part.applies(form)),
        materials=tuple(spec for spec in definition.materials if spec.is_required and spec.is_asked(form)),
        questions=sum(len(section.fields) for section in asked[1:]),
    )


def is_bundle(case: Case) -> bool:
    return case.kind == CaseKind.BUNDLE


def get_bundle_of(case: Case) -> tuple[Case, list[BundlePart]] | None:
    """Return the bundle that ``case`` is, or is a part of, with its parts; None for an ordinary case.

    Whoever may see one part may know how the others stand: their names, organs, states and deadlines.
    """
    parent = case if is_bundle(case) else case.parent
    return (parent, list_parts(parent.pk)) if parent is not None else None
