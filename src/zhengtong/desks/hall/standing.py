"""How a submitted bundle stands for its applicant: each part in plain words, what waits for her, what comes next."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from zhengtong.capabilities.bundles.public import BundlePart, PartState, get_bundle_of, is_granted
from zhengtong.capabilities.cases.public import (
    ENDED,
    WITHDRAWABLE,
    Case,
    CaseDocument,
    CaseEvent,
    LegalState,
    SiteVisit,
)
from zhengtong.core.papers.public import Paper
from zhengtong.desks.hall.status import Status, get_chip, get_status

# What a part ends with, or what is asked of the applicant, among the papers of a case.
_RESULTS = {"cases.grant", "cases.refusal", "cases.rejection_not_competent", "cases.rejection_not_required"}


@dataclass(frozen=True)
class ShownPart:
    """A part as a row: ``status`` only where its case runs, ``waits`` in words where it hasn't begun."""

    part: BundlePart
    word: str
    tone: str
    status: Status | None
    waits: str
    papers: tuple[Paper, ...]

    @property
    def case(self) -> Case | None:
        return self.part.case

    @property
    def is_mine(self) -> bool:
        """Whether the applicant has to do something before it goes on."""
        return self.part.case is not None and self.part.case.state == LegalState.NEED_MATERIALS

    @property
    def is_granted(self) -> bool:
        return is_granted(self.part)

    @property
    def can_withdraw(self) -> bool:
        return self.part.case is not None and self.part.case.state in WITHDRAWABLE


@dataclass(frozen=True)
class ShownVisit:
    """Officers of one or more departments who come at one time to one place."""

    planned_at: datetime
    place: str
    organs: tuple[str, ...]
    items: tuple[str, ...]


@dataclass(frozen=True)
class Progress:
    """How many of the parts are done, and how many wait for the applicant."""

    done: int
    granted: int
    total: int
    mine: int
    starting: int


def is_part_done(part: BundlePart) -> bool:
    """Return whether the part's outcome is known, though its papers may still be on their way."""
    decided = {*ENDED, LegalState.GRANTED, LegalState.REFUSED}
    return part.state == PartState.STOPPED or (part.case is not None and part.case.state in decided)


def is_starting(part: BundlePart, parts: Iterable[BundlePart]) -> bool:
    """Return whether nothing keeps the part from beginning but the job that begins it."""
    granted = {each.item.code for each in parts if is_granted(each)}
    return part.state == PartState.WAITING and set(part.after) <= granted


def count_progress(parts: Sequence[BundlePart]) -> Progress:
    return Progress(
        done=sum(map(is_part_done, parts)),
        granted=sum(map(is_granted, parts)),
        total=len(parts),
        mine=sum(part.case is not None and part.case.state == LegalState.NEED_MATERIALS for part in parts),
        starting=sum(is_starting(part, parts) for part in parts),
    )


def show_parts(parts: Sequence[BundlePart], *, with_status: bool = True) -> list[ShownPart]:
    """Return the parts in their order; ``with_status`` reads the clocks of those that run."""
    papers: dict[int, list[Paper]] = {}
    found = CaseDocument.objects.filter(case__in=[part.case_id for part in parts if part.case_id])
    for document in found.select_related("paper").order_by("id"):
        if document.paper.kind in _RESULTS or not document.paper.kind.startswith("cases."):
            papers.setdefault(document.case_id, []).append(document.paper)
    return [_show_part(part, parts, papers.get(part.case_id or 0, []), with_status) for part in parts]


def _show_part(part: BundlePart, parts: Sequence[BundlePart], papers: list[Paper], with_status: bool) -> ShownPart:
    if part.case is not None:
        word, tone = get_chip(part.case)
        runs = with_status and part.case.state not in ENDED
        licences_first = sorted(papers, key=lambda paper: paper.kind.startswith("cases."))
        return ShownPart(part, word, tone, get_status(part.case) if runs else None, "", tuple(licences_first))
    if part.state == PartState.STOPPED:
        return ShownPart(
            part, _("没有启动"), "neutral", None, _("%(why)s，所以没有启动。") % {"why": part.stopped_why}, ()
        )
    if is_starting(part, parts):
        return ShownPart(part, _("正在分派"), "info", None, _("正在交给办理机关，一般只要几秒钟。"), ())
    names = "、".join(f"“{each.item.name}”" for each in parts if each.item.code in part.after and not is_granted(each))
    waits = _("等%(names)s办好后自动开始，不用您再提交。") % {"names": names}
    return ShownPart(part, _("等待中"), "paused", None, waits, ())


def say_dependants(part: BundlePart, parts: Sequence[BundlePart]) -> str:
    """Return in words what else won't begin when the part is withdrawn."""
    lost, names = {part.item.code}, []
    for each in parts:
        if each.state == PartState.WAITING and lost & set(each.after):
            lost.add(each.item.code)
            names.append(f"“{each.item.name}”")
    running = [f"“{each.item.name}”" for each in parts if each.pk != part.pk and _runs(each)]
    lines = []
    if names:
        lines.append(_("%(names)s要等它办好才能开始，撤回后也不再启动。") % {"names": "、".join(names)})
    if running:
        lines.append(_("%(names)s照常办理，不受影响。") % {"names": "、".join(running)})
    return "".join(lines)


def _runs(part: BundlePart) -> bool:
    return part.case is not None and part.case.state not in ENDED


def say_whole_withdrawal(parts: Sequence[BundlePart]) -> str:
    """Return in words what withdrawing everything ends, and what stays."""
    ends = [f"“{each.item.name}”" for each in parts if each.case is not None and each.case.state in WITHDRAWABLE]
    waiting = [f"“{each.item.name}”" for each in parts if each.state == PartState.WAITING]
    kept = [f"“{each.item.name}”" for each in parts if each.case is not None and each.case.state not in WITHDRAWABLE]
    lines = []
    if ends:
        lines.append(_("%(names)s的办理终止。") % {"names": "、".join(ends)})
    if waiting:
        lines.append(_("%(names)s不再启动。") % {"names": "、".join(waiting)})
    if kept:
        lines.append(_("%(names)s已有结果，不受影响。") % {"names": "、".join(kept)})
    return "".join(lines)


def can_withdraw_whole(parts: Sequence[BundlePart]) -> bool:
    return any(part.case.state in WITHDRAWABLE if part.case else part.state == PartState.WAITING for part in parts)


def list_visits(parts: Sequence[BundlePart]) -> list[ShownVisit]:
    """Return the visits that are still to come, those of several departments at one time and place as one."""
    by_case = {part.case_id: part for part in parts if part.case_id}
    together: dict[tuple[datetime, str], list[BundlePart]] = {}
    for visit in SiteVisit.objects.filter(case__in=by_case, finished_at=None).order_by("planned_at", "id"):
        together.setdefault((visit.planned_at, visit.place), []).append(by_case[visit.case_id])
    return [
        ShownVisit(
            planned_at,
            place,
            tuple(dict.fromkeys(part.office.organisation.name for part in found)),
            tuple(part.item.name for part in found),
        )
        for (planned_at, place), found in together.items()
    ]


def get_joined_timeline(parent: Case, parts: Sequence[BundlePart], headline: str = "") -> list[Mapping[str, Any]]:
    """Return what happened to the bundle and to its parts, in the order in which it did; then where it is now."""
    names = {part.case_id: part.item.name for part in parts if part.case_id}
    events = CaseEvent.objects.filter(case__in=[parent.pk, *names]).exclude(words="").order_by("at", "id")
    told: list[Mapping[str, Any]] = [
        {
            "title": _(event.words),
            "text": names.get(event.case_id, ""),
            "at": event.at,
            "who": event.organisation_name or event.actor_name,
        }
        for event in events
    ]
    return [*told, {"title": headline, "state": "current"}] if headline else told


def get_bundle_status(parent: Case, parts: Sequence[BundlePart]) -> Status:
    """Return what the bundle's page says on top: how much is done, and whether anything waits for the applicant."""
    status, progress = get_status(parent), count_progress(parts)
    said = {"n": progress.done, "total": progress.total, "granted": progress.granted}
    if parent.state == LegalState.UNDERWAY:
        headline = (
            _("%(total)d 个事项，办完 %(n)d 个") % said if progress.done else _("%(total)d 个事项正在办理") % said
        )
    elif parent.state == LegalState.COMPLETED:
        headline = _("%(total)d 个事项全部办结，办成 %(granted)d 个") % said
    else:
        headline = status.headline
    text, tone = status.text, status.tone
    if parent.state == LegalState.COMPLETED and progress.granted < progress.total:
        tone = "warning" if progress.granted else "neutral"
        text = _("没有办成的写明了理由，在那一项的决定书里。改好后可以单独再申请。")
    return Status(
        tone,
        status.word,
        headline,
        text,
        status.by,
        status.due,
        status.days,
        status.unit,
        status.is_paused,
        status.is_provisional,
    )


def get_belonging(case: Case) -> dict[str, Any] | None:
    """Return the bundle that ``case`` is a part of, with the other parts in short; None when it is none's."""
    if case.parent_id is None:
        return None
    found = get_bundle_of(case)
    assert found is not None  # it has a parent
    parent, parts = found
    own = next((part for part in parts if part.case_id == case.pk), None)
    others = [part for part in show_parts(parts, with_status=False) if part.part is not own]
    return {"bundle": parent, "siblings": others, "dependants": say_dependants(own, parts) if own else ""}
