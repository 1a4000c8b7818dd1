"""The timeline of a case with its evidence: the papers, what it did to the clocks, the record in the journal."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from zhengtong.capabilities.cases.public import Case, CaseEvent, Clock, ClockView, list_happenings
from zhengtong.capabilities.supervision.public import AT_COUNTER
from zhengtong.core.audit.public import AuditRecord, list_for_object
from zhengtong.screens.formats import cn_date, cn_datetime

# A paper's moment and its event's are those of one transaction, taken one after the other.
_SAME = timedelta(seconds=1)


@dataclass
class Evidence:
    """One event and what proves it. ``records`` are those of the journal, by their numbers."""

    title: str
    at: datetime
    who: str
    text: str
    video_url: str = ""
    papers: list[dict[str, str]] = field(default_factory=list)
    effects: list[str] = field(default_factory=list)
    records: list[AuditRecord] = field(default_factory=list)


def gather_evidence(case: Case, clocks: Sequence[ClockView], *, cameras: bool = False) -> list[Evidence]:
    """Return what happened in ``case``, the newest first, each with its evidence; four queries.

    ``cameras``: there are some at the counter, and the reader may look at what they recorded.
    """
    events = list(case.events.order_by("id"))
    told = list(reversed(list_happenings(case)))
    found = [Evidence(each["title"], each["at"], each["who"], each["text"]) for each in told]
    if not found:
        return []
    if cameras:
        for event, evidence in zip(events, found, strict=True):
            if event.act in AT_COUNTER:
                evidence.video_url = reverse("supervision:video", args=[case.number, event.pk])
    for document in case.documents.select_related("paper").order_by("id"):
        paper = document.paper
        url = reverse("supervision:paper", args=[case.number, paper.code])
        place = _place(events, paper.issued_at)
        found[place].papers.append({"title": paper.title, "number": paper.number or "", "url": url})
    for view in clocks:
        for at, words in _list_effects(view.clock):
            found[_place(events, at)].effects.append(words)
    records: dict[str, list[AuditRecord]] = defaultdict(list)
    for record in list_for_object(case).order_by("id"):
        records[record.action.rpartition(".")[2]].append(record)
    for event, evidence in zip(events, found, strict=True):
        # One record an event, in the same order: both are written by the same act.
        waiting = records.get(event.act)
        if waiting:
            evidence.records.append(waiting.pop(0))
    return list(reversed(found))


def _place(events: Sequence[CaseEvent], at: datetime) -> int:
    """Return the index of the event to which something of the moment ``at`` belongs."""
    for index, event in enumerate(events):
        if event.at == at:
            return index
    before = [index for index, event in enumerate(events) if event.at <= at + _SAME]
    return before[-1] if before else 0


def _list_effects(clock: Clock) -> list[tuple[datetime, str]]:
    """Return what happened to ``clock`` and when, in words."""
    name = f"{clock.get_basis_display()} · {clock.get_purpose_display()}"
    unit = _("个工作日") if clock.unit == "working_days" else _("日")
    effects = [
        (
            clock.started_at,
            _("%(clock)s开始计时，%(days)d%(unit)s") % {"clock": name, "days": clock.budget, "unit": unit},
        )
    ]
    for pause in clock.intervals.all():
        effects.append(
            (
                pause.started_at,
                _("%(clock)s中止计时，%(days)d%(unit)s不计入：%(reason)s")
                % {"clock": name, "days": pause.allowed_days, "unit": unit, "reason": pause.reason},
            )
        )
        if pause.ended_at and pause.ended_at != clock.finished_at:
            effects.append((pause.ended_at, _("%(clock)s恢复计时") % {"clock": name}))
    if clock.finished_at:
        words = _("%(clock)s停止计时，按期") if clock.finished_at <= clock.due_at else _("%(clock)s停止计时，超期")
        effects.append((clock.finished_at, words % {"clock": name}))
    return effects


def account_for(view: ClockView) -> list[tuple[str, Any]]:
    """Return how a clock's end was computed, line by line: start, days, what doesn't count, extension, end."""
    clock = view.clock
    working = clock.unit == "working_days"
    unit = _("个工作日") if working else _("日")
    lines: list[tuple[str, Any]] = [
        (_("起算"), _("%(at)s，次日起第1日") % {"at": cn_datetime(clock.started_at)}),
        (_("期限"), f"{clock.budget}{unit}，{clock.article}"),
    ]
    for pause in clock.intervals.all():
        until = cn_date(pause.ended_at) if pause.ended_at else _("现在")
        lines.append(
            (
                _("中止"),
                _("%(start)s至%(end)s，%(reason)s，%(days)d%(unit)s不计入；%(notice)s，%(article)s")
                % {
                    "start": cn_date(pause.started_at),
                    "end": until,
                    "reason": pause.reason,
                    "days": pause.allowed_days,
                    "unit": unit,
                    "notice": pause.paper.number or pause.paper.title,
                    "article": pause.article,
                },
            )
        )
    if clock.extension:
        lines.append((_("延长"), f"{clock.extension}{unit}"))
    lines.append(
        (_("到期"), cn_date(view.last_moment) + (_("（暂定，下一年放假安排未公布）") if clock.is_provisional else ""))
    )
    used = _("%(days)d%(unit)s") % {"days": view.used, "unit": unit}
    rest = _("余%(days)d%(unit)s") if view.remaining >= 0 else _("超%(days)d%(unit)s")
    lines.append((_("已用"), f"{used}，{rest % {'days': abs(view.remaining), 'unit': unit}}"))
    lines.append((_("节假日历"), _("第%(n)d版") % {"n": clock.calendar_version}))
    if clock.finished_at:
        lines.append((_("停止"), cn_datetime(clock.finished_at)))
    return lines
