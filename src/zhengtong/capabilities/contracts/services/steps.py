"""What every act on a request shares: lock, sides, separation of duties, the clock, the work, the timeline."""

from datetime import date, datetime
from typing import Any

from django.db import connection
from django.db.models import Max, Model
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from zhengtong.capabilities.contracts.clocks import Clock
from zhengtong.capabilities.contracts.models import ActWords, DataRequest, RequestState, RequestStep, RuleKey
from zhengtong.capabilities.contracts.permissions import APPLY, APPROVE, COORDINATE, REVIEW, VIEW
from zhengtong.capabilities.contracts.selectors import get_rule
from zhengtong.capabilities.contracts.transitions import POSSIBLE, TIMED, Act
from zhengtong.core.audit.public import record
from zhengtong.core.identity.public import Refused
from zhengtong.core.worklist.public import close_item, open_item
from zhengtong.kernel.calendar import WorkingCalendar
from zhengtong.kernel.calendars import get_calendar
from zhengtong.kernel.policy import Actor, ActorKind, Denied, can, require

DAYS = {
    RequestState.COMPLIANCE: RuleKey.COMPLIANCE_DAYS,
    RequestState.PROVIDER: RuleKey.PROVIDER_DAYS,
    RequestState.CORRECTION: RuleKey.CORRECTION_DAYS,
    RequestState.DISPUTE: RuleKey.DISPUTE_DAYS,
}
# Whose turn it is in a state: the permission, and whether it is the applicant's or the provider's office.
TURN: dict[str, tuple[str, str]] = {
    RequestState.COMPLIANCE: (REVIEW, "organisation_id"),
    RequestState.PROVIDER: (APPROVE, "provider_id"),
    RequestState.CORRECTION: (APPLY, "organisation_id"),
    RequestState.DISPUTE: (COORDINATE, "provider_id"),
}
KINDS: dict[str, str] = {state: f"contracts.{RequestState(state).value}" for state in TURN}
CONSUMER_POSITION, PROVIDER_POSITION = "contracts.position.consumer", "contracts.position.provider"
# What the authority and the provider decide isn't decided by the person who asks, nor by one person twice.
_APART: dict[Act, tuple[Act, ...]] = {
    Act.PASS: (Act.SUBMIT, Act.RESUBMIT, Act.DRAFT),
    Act.APPROVE: (Act.SUBMIT, Act.RESUBMIT, Act.DRAFT, Act.PASS),
    Act.RETURN: (Act.SUBMIT, Act.RESUBMIT, Act.DRAFT),
    Act.REFUSE: (Act.SUBMIT, Act.RESUBMIT, Act.DRAFT),
    Act.DECIDE: (Act.SUBMIT, Act.RESUBMIT, Act.DRAFT, Act.REFUSE, Act.DISPUTE),
}


def lock_request(request_id: int) -> DataRequest:
    """Return the request locked, with what acts on it read."""
    related = (
        "resource__current",
        "version",
        "organisation__region",
        "provider",
        "applicant__staff__account",
        "target",
    )
    return DataRequest.objects.select_for_update(of=("self",)).select_related(*related).get(pk=request_id)


def require_side(actor: Actor, permission: str, organisation_id: int, row: Model) -> None:
    """Raise Denied unless ``actor`` may do this on the side of that organisation; invisible where she sees nothing."""
    if not can(actor, VIEW, row) and not can(actor, permission, row):
        raise Denied(permission, visible=False)
    require(actor, permission, row)
    if actor.kind is not ActorKind.SYSTEM and organisation_id not in actor.reach(permission):
        raise Denied(permission)


def require_turn(actor: Actor, request: DataRequest, act: Act) -> None:
    """Raise Denied or Refused unless it is the turn of ``actor`` to review or decide the request."""
    require_possible(request, act)
    permission, side = TURN[request.state]
    require_side(actor, permission, getattr(request, side), request)


def require_possible(request: DataRequest, act: Act) -> None:
    """Raise Refused where the request isn't in a state for the act: a colleague may have been faster."""
    if request.state not in POSSIBLE[act]:
        raise Refused(
            "not-now",
            _("这件申请现在是“%(state)s”，不能办“%(act)s”，可能别人刚刚办过。请刷新后再看。")
            % {"state": request.get_state_display(), "act": ActWords(act.value).label},
        )


def require_apart(actor: Actor, request: DataRequest, act: Act) -> None:
    """Raise Refused when the same person took a step that this one is there to watch."""
    if actor.kind is ActorKind.SYSTEM or actor.account_id is None or act not in _APART:
        return
    taken = request.steps.filter(act__in=[each.value for each in _APART[act]], account_id=actor.account_id).first()
    if taken is not None:
        raise Refused(
            "same-person",
            _("您已办过这件申请的“%(before)s”，不能再办“%(act)s”，请由另一个人办理。")
            % {"before": taken.get_act_display(), "act": ActWords(act.value).label},
        )


def next_number(prefix: str, model: type[Model]) -> str:
    """Return the next number of the year: GXSQ2026000012. Held until the transaction ends, so no two are alike."""
    head = f"{prefix}{timezone.localdate().year}"
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"contracts:{head}"])
    last = model._default_manager.filter(number__startswith=head).aggregate(last=Max("number"))["last"]
    return f"{head}{int(last[len(head) :]) + 1 if last else 1:06d}"


def calendar_of(request: DataRequest) -> WorkingCalendar:
    return get_calendar(request.organisation.region.code)


def turn_clock(request: DataRequest, to: str, today: date) -> None:
    """Stop the clock of the state that ends and start the one that begins, where it stopped before if it did.

    A correction and a coordination have their whole time whenever they begin. The request isn't saved.
    """
    calendar, left = calendar_of(request), dict(request.days_left)
    if request.state in TIMED and request.counts_from is not None:
        left[request.state] = Clock(left[request.state], request.counts_from).stopped(today, calendar).days
    request.counts_from, request.due_at = None, None
    if to in TIMED:
        whole = get_rule(DAYS[RequestState(to)], today)
        is_fresh = to in (RequestState.CORRECTION, RequestState.DISPUTE)
        left[to] = whole if is_fresh else left.get(to, whole)
        clock = Clock(left[to]).started(today)
        request.counts_from, request.due_at = today, clock.due_at(calendar)
    request.days_left = left


CHANGED = ("state", "due_at", "counts_from", "days_left", "returned_from", "opinion", "refusal", "decided_at")


def advance(
    *, actor: Actor, request: DataRequest, act: Act, to: str, opinion: str = "", after: dict[str, Any] | None = None
) -> None:
    """Take a step of a locked request: clock, work, timeline and the journal's record. Raises Refused."""
    require_possible(request, act)
    require_apart(actor, request, act)
    before, now = request.state, timezone.now()
    turn_clock(request, to, timezone.localdate())
    request.state = to
    if to in (RequestState.GRANTED, RequestState.REFUSED, RequestState.WITHDRAWN):
        request.decided_at = now
    request.save()
    note_step(actor=actor, request=request, act=act, opinion=opinion)
    close_work(actor, request)
    hand_on(request)
    record(
        actor,
        f"contracts.{act.value}",
        request,
        before={"state": before},
        after={"state": to, "due_at": request.due_at, "opinion": opinion, **(after or {})},
    )


def note_step(*, actor: Actor, request: DataRequest, act: Act, opinion: str = "") -> None:
    """Add a line to the timeline. An agent's step is hers: the account says who it was."""
    RequestStep.objects.create(
        request=request,
        act=ActWords(act.value),
        state=request.state,
        by_id=actor.agent or actor.appointment,
        account_id=actor.account_id,
        opinion=opinion[:1000],
        at=timezone.now(),
    )


def close_work(actor: Actor, request: DataRequest) -> None:
    """Close what is open of the request: done by whoever acted, cancelled where the platform did."""
    for kind in (*KINDS.values(), CONSUMER_POSITION, PROVIDER_POSITION):
        close_item(kind=kind, object_id=request.pk, done_by_id=actor.appointment, done_by_agent_id=actor.agent)


def hand_on(request: DataRequest) -> None:
    """Put the request on the list of whose turn it is."""
    if request.state in TURN:
        permission, side = TURN[request.state]
        is_correction = request.state == RequestState.CORRECTION
        open_work(
            request,
            KINDS[request.state],
            permission,
            getattr(request, side),
            request.get_state_display(),
            assignee_id=request.applicant_id if is_correction else None,
        )


def open_work(
    request: DataRequest,
    kind: str,
    permission: str,
    organisation_id: int,
    title: str,
    *,
    assignee_id: int | None = None,
) -> None:
    """Put something about the request on a list."""
    open_item(
        kind=kind,
        object_id=request.pk,
        organisation_id=organisation_id,
        permission=permission,
        reference=request.number,
        title=_("共享申请：%(name)s") % {"name": request.resource.name},
        party=str(request.organisation),
        step=str(title),
        url=url_of(request),
        assignee_id=assignee_id,
        due_at=request.due_at,
    )


def url_of(request: DataRequest) -> str:
    return reverse("contracts_desk:request", args=[request.number])


def say(text: str, field: str = "opinion", *, least: int = 2, most: int = 1000) -> str:
    """Return words as they are kept. Raises Refused when there are too few or too many."""
    said = " ".join(text.replace("\x00", "").split())
    if len(said) < least:
        raise Refused("no-words", _("请写明内容，对方会看到。"), field)
    if len(said) > most:
        raise Refused("too-long", _("最多 %(n)s 个字。") % {"n": most}, field)
    return said


def shown_day(moment: datetime | None) -> str:
    """Return the last day that a deadline allows, as it is said in messages."""
    if moment is None:
        return ""
    day = get_calendar().last_date(moment)
    return _("%(year)s年%(month)s月%(day)s日") % {"year": day.year, "month": day.month, "day": day.day}
