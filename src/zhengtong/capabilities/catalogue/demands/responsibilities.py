"""Writing 责任清单: an organisation is made responsible for data by a day, answers with an entry, or is released.

What is owed is fulfilled when the entry that answers it is published, by whoever publishes it.
"""

from datetime import date, datetime

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from zhengtong.capabilities.catalogue.demands.services import (
    DEMAND_WORK,
    RESPONSIBILITIES_KEY,
    demand_url,
    find_entry,
    lock_demand,
    next_number,
    require_open,
)
from zhengtong.capabilities.catalogue.indexing import SHOWN
from zhengtong.capabilities.catalogue.models import Demand, DemandState, Responsibility, ResponsibilityState
from zhengtong.capabilities.catalogue.permissions_finding import ANSWER, ASSIGN
from zhengtong.core.audit.public import record
from zhengtong.core.identity.public import Organisation, Refused
from zhengtong.core.worklist.public import close_item, open_item, reschedule_items
from zhengtong.kernel.calendars import get_calendar
from zhengtong.kernel.policy import SYSTEM, Actor, Denied, require
from zhengtong.kernel.rows import find_sole
from zhengtong.kernel.steps import step

RESPONSIBILITY_WORK = "catalogue.responsibility"
MOST_DAYS = 250


def due_after(at: datetime, days: int, region: str) -> tuple[date, datetime]:
    """Return the last day and when it ends: the ``days``-th working day after ``at`` (民法典 第二百零一条)."""
    calendar = get_calendar(region)
    day = calendar.add_working_days(calendar.local_date(at), days)
    return day, calendar.end_of_day(day)


def responsibility_url(responsibility: Responsibility) -> str:
    return reverse(f"screens:{RESPONSIBILITIES_KEY}.detail", args=[responsibility.pk])


def _lock(responsibility: Responsibility, *, actor: Actor, permission: str) -> Responsibility:
    rows = Responsibility.objects.select_for_update(of=("self",)).select_related("demand", "organisation__region")
    locked = find_sole(rows.filter(pk=responsibility.pk))
    if locked is None:
        raise Denied(permission, visible=False)
    require(actor, permission, locked)
    return locked


def _require_owed(responsibility: Responsibility) -> None:
    if responsibility.state != ResponsibilityState.OWED:
        raise Refused(
            "not-owed", _("这项责任%(state)s，不能再这样办。") % {"state": responsibility.get_state_display()}
        )


def add_responsibility(
    *,
    actor: Actor,
    organisation: Organisation,
    name: str,
    basis: str,
    days: int,
    demand: Demand | None = None,
    number: str = "",
) -> Responsibility:
    """Keep a responsibility and put it on its organisation's list. Part of the caller's act and its journal record."""
    if len(name.strip()) < 2:
        raise Refused("missing", _("请写明应发布什么数据。"), "name")
    if len(basis.strip()) < 2:
        raise Refused("missing", _("请写明依据。"), "basis")
    if not 1 <= days <= MOST_DAYS:
        raise Refused("days", _("期限应在1到%(most)s个工作日之间。") % {"most": MOST_DAYS}, "days")
    if not organisation.is_active:
        raise Refused(
            "ended", _("“%(name)s”已经撤销，请选择承接它职责的单位。") % {"name": organisation.name}, "organisation"
        )
    day, moment = due_after(timezone.now(), days, organisation.region.code)
    taken, next_one = next_number(Responsibility, "ZR")
    number = number or next_one
    owed = Responsibility.objects.create(
        pk=taken,
        number=number,
        demand=demand,
        organisation=organisation,
        name=name.strip(),
        basis=basis.strip(),
        days=days,
        due_on=day,
        due_at=moment,
        assigned_by_id=actor.appointment,
    )
    open_item(
        kind=RESPONSIBILITY_WORK,
        object_id=owed.pk,
        organisation_id=organisation.pk,
        permission=ANSWER,
        reference=number,
        title=owed.name,
        party=demand.organisation.name[:120] if demand else "",
        step="落实数据责任",
        url=responsibility_url(owed),
        due_at=moment,
        next_alert_at=moment,
    )
    return owed


@step()
def assign_demand(
    *, actor: Actor, demand: Demand, organisation: Organisation, days: int, opinion: str = ""
) -> Responsibility:
    """Make an organisation publish what a demand asks for within so many working days. Raises Refused and Denied."""
    locked = lock_demand(demand, actor=actor, permission=ASSIGN)
    require_open(locked)
    if organisation.pk == locked.organisation_id:
        raise Refused("itself", _("责任单位不能是提出需求的单位。"), "organisation")
    if organisation.pk not in actor.reach(ASSIGN):
        raise Refused("reach", _("“%(name)s”不在您统筹的范围内。") % {"name": organisation.name}, "organisation")
    locked.state, locked.opinion = DemandState.ASSIGNED, opinion.strip()[:500]
    locked.save(update_fields=["state", "opinion"])
    owed = add_responsibility(
        actor=actor, organisation=organisation, name=locked.name, basis=locked.basis, days=days, demand=locked
    )
    close_item(kind=DEMAND_WORK, object_id=locked.pk, done_by_id=actor.appointment, done_by_agent_id=actor.agent)
    record(actor, "catalogue.assign_responsibility", owed, after={"number": owed.number, "due_on": str(owed.due_on)})
    return owed


@step()
def assign_responsibility(
    *, actor: Actor, organisation: Organisation, name: str, basis: str, days: int
) -> Responsibility:
    """Make an organisation publish data that the law or a plan asks for, without a demand. Raises Refused, Denied."""
    require(actor, ASSIGN, Responsibility(organisation=organisation))
    owed = add_responsibility(actor=actor, organisation=organisation, name=name, basis=basis, days=days)
    record(actor, "catalogue.assign_responsibility", owed, after={"number": owed.number, "due_on": str(owed.due_on)})
    return owed


@step()
def answer_responsibility(*, actor: Actor, responsibility: Responsibility, resource_code: str) -> Responsibility:
    """Say which of the organisation's own entries answers what it owes: published, it is fulfilled at once.

    Raises Refused for another organisation's entry, and Denied.
    """
    locked = _lock(responsibility, actor=actor, permission=ANSWER)
    _require_owed(locked)
    resource = find_entry(resource_code)
    if resource.provider_id != locked.organisation_id:
        raise Refused("other", _("“%(name)s”不是责任单位自己的资源。") % {"name": resource.name}, "resource_code")
    locked.resource = resource
    locked.save(update_fields=["resource"])
    if resource.state in SHOWN:
        _fulfil(locked, actor)
    else:
        record(actor, "catalogue.answer_responsibility", locked, after={"resource": resource.code})
    return locked


@step()
def release_responsibility(*, actor: Actor, responsibility: Responsibility, opinion: str) -> Responsibility:
    """Release an organisation from what it owes, with the reason; the demand is open again. Raises Refused, Denied."""
    locked = _lock(responsibility, actor=actor, permission=ASSIGN)
    _require_owed(locked)
    if len(opinion.strip()) < 2:
        raise Refused("no-reason", _("请写明免除的理由。"), "opinion")
    locked.state, locked.opinion = ResponsibilityState.RELEASED, opinion.strip()[:500]
    locked.save(update_fields=["state", "opinion"])
    close_item(kind=RESPONSIBILITY_WORK, object_id=locked.pk, done_by_id=None)
    if locked.demand is not None:
        reopen_demand(locked.demand)
    record(actor, "catalogue.release_responsibility", locked, after={"state": locked.state, "number": locked.number})
    return locked


def reopen_demand(demand: Demand) -> None:
    demand.state = DemandState.OPEN
    demand.save(update_fields=["state"])
    open_item(
        kind=DEMAND_WORK,
        object_id=demand.pk,
        organisation_id=demand.organisation_id,
        permission=ASSIGN,
        reference=demand.number,
        title=demand.name,
        party=demand.organisation.name[:120],
        step="需求统筹",
        url=demand_url(demand),
    )


def _fulfil(owed: Responsibility, actor: Actor) -> None:
    now = timezone.now()
    owed.state, owed.fulfilled_at, owed.is_late = ResponsibilityState.FULFILLED, now, now > owed.due_at
    owed.save(update_fields=["state", "fulfilled_at", "is_late"])
    close_item(kind=RESPONSIBILITY_WORK, object_id=owed.pk, done_by_id=actor.appointment, done_by_agent_id=actor.agent)
    if owed.demand_id is not None:
        Demand.objects.filter(pk=owed.demand_id).update(
            state=DemandState.FULFILLED, resource=owed.resource, settled_at=now
        )
    record(
        actor,
        "catalogue.fulfil_responsibility",
        owed,
        after={"state": owed.state, "number": owed.number, "is_late": owed.is_late},
    )


@step()
def settle_published(resource_id: int | None = None, limit: int = 500) -> int:
    """Fulfil what is owed and answered by an entry that is published by now; return how many. Run again it finds none.

    For one entry when it is published, and by the clock for all.
    """
    waiting = Responsibility.objects.filter(
        Q(resource=resource_id) if resource_id else Q(resource__isnull=False),
        state=ResponsibilityState.OWED,
        resource__state__in=SHOWN,
    )
    found = list(waiting.select_for_update(of=("self",), skip_locked=True).order_by("pk")[:limit])
    for owed in found:
        _fulfil(owed, SYSTEM)
    return len(found)


def show_due(owed: Responsibility) -> None:
    reschedule_items(
        kind=RESPONSIBILITY_WORK,
        object_ids=[owed.pk],
        due_at=owed.due_at,
        next_alert_at=owed.due_at,
        level="red" if owed.is_late else "green",
    )


@step()
def show_overdue(limit: int = 500) -> int:
    """Turn the lamp of what is overdue red on the worklist; return how many responsibilities are overdue."""
    late = list(
        Responsibility.objects.filter(state=ResponsibilityState.OWED, is_late=False, due_at__lte=timezone.now())
        .select_for_update(of=("self",), skip_locked=True)
        .order_by("due_at")[:limit]
    )
    for owed in late:
        reschedule_items(
            kind=RESPONSIBILITY_WORK, object_ids=[owed.pk], due_at=owed.due_at, next_alert_at=None, level="red"
        )
    Responsibility.objects.filter(pk__in=[owed.pk for owed in late]).update(is_late=True)
    return len(late)
