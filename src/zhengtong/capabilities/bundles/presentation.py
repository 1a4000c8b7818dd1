"""What the desks' pages show of a bundle: how its parts stand, who visits the site, what one organ told another."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from zhengtong.capabilities.bundles.definitions import get_part_text
from zhengtong.capabilities.bundles.models import BundlePart, JoiningState, JointVisit, PartState
from zhengtong.capabilities.bundles.selectors import get_bundle_of
from zhengtong.capabilities.bundles.services.opinions import list_opinions_around
from zhengtong.capabilities.bundles.services.visits import list_joint_visits
from zhengtong.capabilities.cases.public import (
    Case,
    Clock,
    ClockBasis,
    LegalState,
    Task,
    TaskNode,
    TaskStatus,
    days_left,
    get_definition,
    list_cases,
    state_chip,
)
from zhengtong.kernel.policy import Actor
from zhengtong.screens.templatetags.look import chip, deadline

TO_ACCEPT = frozenset({LegalState.SUBMITTED, LegalState.RESUBMITTED})
JOINING_TONES = {JoiningState.INVITED: "warning", JoiningState.CONFIRMED: "success", JoiningState.DECLINED: "neutral"}


@dataclass
class PartView:
    """How one part stands. ``url`` is "" unless the reader may see its case."""

    part: BundlePart
    state: str
    url: str = ""
    is_this: bool = False
    clocks: list[tuple[str, str]] = field(default_factory=list)
    steps: list[str] = field(default_factory=list)
    opinions: list[tuple[str, str]] = field(default_factory=list)

    @property
    def number(self) -> str:
        return (self.part.case.number if self.part.case else "") or ""

    @property
    def due(self) -> str:
        """The deadline that counts: of two clocks the promised one comes after the law's."""
        return self.clocks[-1][1] if self.clocks else ""

    @property
    def waits_for_acceptance(self) -> bool:
        return self.part.case is not None and self.part.case.state in TO_ACCEPT

    @property
    def may_be_prechecked(self) -> bool:
        return self.part.state == PartState.WAITING


def describe_bundle(case: Case, actor: Actor, desk: str) -> dict[str, Any]:
    """Return the context of ``bundles/panel.html``; empty for an ordinary case.

    The other parts are named with organ, state and deadline; what their organs said is shown to whoever may review or
    decide this one.
    """
    found = get_bundle_of(case)
    if found is None:
        return {}
    parent, parts = found
    cases = [part.case for part in parts if part.case is not None]
    readable = set(list_cases(actor).filter(pk__in=[each.pk for each in [parent, *cases]]).values_list("pk", flat=True))
    clocks, tasks = _clocks_of(cases), _tasks_of(cases)
    reads = case.organisation_id in actor.reach("cases.review_case") | actor.reach("cases.decide_case")
    names = {part.item.code: part.item.name for part in parts}
    now = timezone.now()
    views = []
    for part in parts:
        view = PartView(part, _say_state(part, names), is_this=part.case_id == case.pk)
        if part.case is not None:
            mine = tasks.get(part.case.pk, [])
            if part.case.pk in readable and not view.is_this:
                view.url = reverse(f"{desk}:case", args=[part.case.number])
            view.clocks = [_say_clock(clock, part, now) for clock in clocks.get(part.case.pk, ())]
            view.steps = [_say_step(task) for task in mine if task.status == TaskStatus.OPEN]
            if reads and not view.is_this and case.pk != parent.pk:
                view.opinions = list(_say_opinions(part.case, mine))
        views.append(view)
    is_part = case.pk != parent.pk
    return {
        "bundle": parent,
        "bundle_url": reverse(f"{desk}:case", args=[parent.number]) if is_part and parent.pk in readable else "",
        "bundle_state": state_chip(parent),
        "parts": views,
        "joint_visits": [_describe_visit(each, case) for each in list_joint_visits(parent.pk)],
        "asked_opinions": list_opinions_around(case) if is_part and reads else [],
    }


def _clocks_of(cases: Iterable[Case]) -> dict[int, list[Clock]]:
    running: dict[int, list[Clock]] = {}
    for clock in Clock.objects.filter(case__in=[case.pk for case in cases], finished_at=None).order_by("id"):
        running.setdefault(clock.case_id, []).append(clock)
    return running


def _tasks_of(cases: Iterable[Case]) -> dict[int, list[Task]]:
    found: dict[int, list[Task]] = {}
    tasks = Task.objects.filter(case__in=[case.pk for case in cases]).exclude(status=TaskStatus.CANCELLED)
    for task in tasks.select_related("assignee__staff").order_by("id"):
        found.setdefault(task.case_id, []).append(task)
    return found


def _say_state(part: BundlePart, names: dict[str, str]) -> str:
    if part.state == PartState.WAITING:
        before = "、".join(names.get(code, code) for code in part.after)
        return chip(_("等“%(names)s”办成") % {"names": before} if before else _("即将启动"), "neutral")
    if part.case is None:
        return chip(_("未启动"), "neutral")
    return state_chip(part.case)


def _say_clock(clock: Clock, part: BundlePart, now: datetime) -> tuple[str, str]:
    left = days_left(clock.due_at, part.office.region.code, now)
    shown = deadline(left, due=clock.due_at, state="paused" if clock.is_paused else "", unit="short")
    basis = clock.get_basis_display() if clock.basis == ClockBasis.STATUTORY else _("承诺")
    return f"{basis}{clock.get_purpose_display()}", shown


def _say_step(task: Task) -> str:
    who = task.assignee.staff.name if task.assignee else _("待领办")
    return f"{task.get_node_display()} · {who}"


def _say_opinions(case: Case, tasks: Iterable[Task]) -> Iterable[tuple[str, str]]:
    """Yield what the organ has said of its own part: the reviews and the decision."""
    said = {"grant": _("拟准予"), "refuse": _("拟不予")}
    for task in tasks:
        if task.node == TaskNode.REVIEW and task.status == TaskStatus.DONE:
            yield f"{_('审查')} · {said.get(task.outcome, '')}", task.opinion
    decision = getattr(case, "decision", None)
    if decision is not None:
        yield f"{_('决定')} · {decision.get_outcome_display()}", decision.reasons


def _describe_visit(joint: JointVisit, case: Case) -> dict[str, Any]:
    places = []
    for place in joint.parts.all():
        officers = place.visit.officers.all() if place.visit else ()
        state = JoiningState(place.state)
        words = place.get_state_display()
        if state == JoiningState.INVITED and place.visit:
            words = _("改期后待重新确认")
        elif place.visit and place.visit.finished_at:
            words = _("已核查")
        places.append(
            {
                "organ": place.case.organisation.name,
                "item": place.case.item_name,
                "chip": chip(words, JOINING_TONES[state]),
                "officers": "、".join(officer.staff.name for officer in officers),
                "reason": place.reason,
                "is_this": place.case_id == case.pk,
            }
        )
    return {"joint": joint, "places": places, "is_over": joint.planned_at <= timezone.now()}


def list_wanting(parent: Case, parts: Iterable[BundlePart]) -> dict[str, list[str]]:
    """Return for each material of the bundle the organs that want it, by the material's key."""
    definition = get_definition(parent.item_version_id)
    found: dict[str, list[str]] = {}
    for part in parts:
        for key in get_part_text(definition, part.item.code).materials.values():
            organ = part.office.organisation.short_name
            if organ not in found.setdefault(key, []):
                found[key].append(organ)
    return found
