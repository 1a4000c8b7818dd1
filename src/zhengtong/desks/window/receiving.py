"""One window for all (一窗受理): the parts of one application are accepted one after another, each by itself."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from zhengtong.capabilities.bundles.public import BundlePart, PartState, list_part_texts, list_parts, precheck_part
from zhengtong.capabilities.cases.public import (
    Case,
    CaseKind,
    Conflict,
    LegalState,
    RuleBroken,
    accept_case,
    get_definition,
    say,
)
from zhengtong.kernel.policy import Actor, Denied

TO_ACCEPT = frozenset({LegalState.SUBMITTED, LegalState.RESUBMITTED})
MOST = 100


@dataclass(frozen=True)
class Receipt:
    """What became of one part: ``problem`` is the sentence that says why it isn't accepted."""

    part: BundlePart
    problem: str = ""


def list_to_accept(case: Case) -> list[BundlePart]:
    """Return the parts of a bundle that wait for acceptance."""
    if case.kind != CaseKind.BUNDLE:
        return []
    return [part for part in list_parts(case.pk) if part.case is not None and part.case.state in TO_ACCEPT]


def list_to_precheck(case: Case) -> list[tuple[BundlePart, list[str]]]:
    """Return the parts that wait for others and aren't checked yet, each with the names of its materials."""
    waiting = [part for part in list_parts(case.pk) if part.state == PartState.WAITING and not part.is_prechecked]
    if not waiting:
        return []
    definition = get_definition(case.item_version_id)
    texts = {text.code: text for text in list_part_texts(definition)}
    return [
        (
            part,
            [
                spec.name
                for spec in definition.materials
                if spec.key in texts[part.item.code].materials.values() and spec.is_asked(case.form)
            ],
        )
        for part in waiting
    ]


def accept_part(actor: Actor, part: BundlePart) -> Receipt:
    """Accept one part in a transaction of its own. One that a colleague accepted meanwhile is accepted: no problem."""
    assert part.case is not None  # it waits for acceptance
    try:
        accept_case(actor=actor, case_id=part.case.pk)
    except Denied:
        return Receipt(part, _("您的岗位不能受理这个事项，请由有权限的同事受理。"))
    except Conflict as error:
        state = Case.objects.values_list("state", flat=True).get(pk=part.case.pk)
        return Receipt(part, say(error) if state in TO_ACCEPT else "")
    except RuleBroken as error:
        return Receipt(part, say(error))
    return Receipt(part)


def precheck(actor: Actor, case: Case, ticked: Sequence[str]) -> list[Receipt]:
    """Note for the ticked parts that their materials are checked; return what couldn't be."""
    refused = []
    for part, _names in list_to_precheck(case):
        if str(part.pk) in ticked:
            try:
                precheck_part(actor=actor, part_id=part.pk)
            except Denied:
                refused.append(Receipt(part, _("您的岗位不能核对这个事项的材料。")))
    return refused
