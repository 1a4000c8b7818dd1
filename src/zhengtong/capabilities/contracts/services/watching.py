"""What happens by the day: reminders before a deadline and after it, lapsed corrections, contracts that end."""

from datetime import timedelta

from django.utils import timezone

from zhengtong.capabilities.contracts.clocks import Clock
from zhengtong.capabilities.contracts.messages import tell, tell_office
from zhengtong.capabilities.contracts.models import Contract, DataRequest, RequestState, RuleKey
from zhengtong.capabilities.contracts.permissions import APPLY
from zhengtong.capabilities.contracts.selectors import get_rule, iterate_ending
from zhengtong.capabilities.contracts.services import living
from zhengtong.capabilities.contracts.services.steps import (
    CONSUMER_POSITION,
    KINDS,
    PROVIDER_POSITION,
    TURN,
    advance,
    calendar_of,
    lock_request,
    shown_day,
    url_of,
)
from zhengtong.capabilities.contracts.transitions import TIMED, Act
from zhengtong.core.audit.public import record
from zhengtong.core.worklist.public import AlertLevel, reschedule_items
from zhengtong.kernel.calendars import get_calendar
from zhengtong.kernel.jobs import once
from zhengtong.kernel.policy import SYSTEM
from zhengtong.kernel.steps import step

BATCH = 200


def remind_of_requests() -> int:
    """Tell whoever's turn it is a few working days before the deadline, and both sides once it is over.

    Each is told once per deadline, whoever runs this how often. Returns how many were told.
    """
    now, told = timezone.now(), 0
    waiting = DataRequest.objects.filter(state__in=TIMED, due_at__isnull=False).order_by("id")
    for request in waiting.select_related("resource", "organisation__region", "applicant__staff__account"):
        if request.due_at is None:
            continue
        calendar, today = calendar_of(request), timezone.localdate()
        last = calendar.last_date(request.due_at)
        is_over = request.due_at <= now
        if not is_over and calendar.working_days_between(today, last) > get_rule(RuleKey.REMIND_DAYS, today):
            continue
        template = "overdue" if is_over else "due_soon"
        with once(f"contracts:{template}:{request.pk}:{request.state}:{last}") as is_new:
            if is_new:
                _remind(request, template, is_over=is_over)
                told += 1
    return told


@step()
def _remind(request: DataRequest, template: str, *, is_over: bool) -> None:
    permission, side = TURN[request.state]
    said = {"resource": request.resource.name, "number": request.number, "due": shown_day(request.due_at)}
    link = url_of(request)
    if request.state == RequestState.CORRECTION:
        tell(request.applicant, template, actor=SYSTEM, link=link, **said)
    else:
        tell_office(getattr(request, side), (permission,), template, actor=SYSTEM, link=link, **said)
        if is_over:
            tell(request.applicant, template, actor=SYSTEM, link=link, **said)
    level = AlertLevel.RED if is_over else AlertLevel.YELLOW
    for kind in (KINDS[request.state], CONSUMER_POSITION, PROVIDER_POSITION):
        reschedule_items(kind=kind, object_ids=[request.pk], due_at=request.due_at, next_alert_at=None, level=level)


def lapse_corrections() -> int:
    """Take back the requests that weren't corrected in time; return how many."""
    late = DataRequest.objects.filter(state=RequestState.CORRECTION, due_at__lte=timezone.now())
    return sum(_lapse(pk) for pk in late.order_by("id").values_list("pk", flat=True)[:BATCH])


@step()
def _lapse(request_id: int) -> bool:
    locked = lock_request(request_id)
    if locked.state != RequestState.CORRECTION or locked.due_at is None or locked.due_at > timezone.now():
        return False
    advance(actor=SYSTEM, request=locked, act=Act.LAPSE, to=RequestState.WITHDRAWN)
    tell(
        locked.applicant,
        "lapsed",
        actor=SYSTEM,
        link=url_of(locked),
        resource=locked.resource.name,
        number=locked.number,
    )
    return True


def end_contracts() -> int:
    """Expire the contracts whose last day is over; return how many."""
    yesterday = timezone.localdate() - timedelta(days=1)
    return sum(living.expire_contract(contract=each) for each in list(iterate_ending(yesterday)))


def remind_of_contracts() -> int:
    """Tell consumers that a contract ends soon: once by each of the two rules. Returns how many were told."""
    today, told = timezone.localdate(), 0
    first, last = get_rule(RuleKey.FIRST_NOTICE, today), get_rule(RuleKey.LAST_NOTICE, today)
    for contract in list(iterate_ending(today + timedelta(days=max(first, last)))):
        left = (contract.valid_until - today).days
        if left < 0:
            continue
        which = "last" if left <= last else "first"
        with once(f"contracts:ends:{contract.pk}:{which}") as is_new:
            if is_new:
                _tell_end(contract)
                told += 1
    return told


@step()
def _tell_end(contract: Contract) -> None:
    tell_office(
        contract.consumer_id,
        (APPLY,),
        "expires",
        actor=SYSTEM,
        link=living.url_of(contract),
        resource=contract.resource.name,
        contract=contract.number,
        until=shown_day(get_calendar().end_of_day(contract.valid_until)),
    )


@step()
def recompute_clocks() -> int:
    """Compute the deadlines of running requests anew after a calendar was imported; return how many moved."""
    moved = 0
    running = DataRequest.objects.filter(state__in=TIMED, counts_from__isnull=False).order_by("id")
    for request in running.select_related("organisation__region").select_for_update(of=("self",)):
        clock = Clock(request.days_left[request.state], request.counts_from)
        due_at = clock.due_at(calendar_of(request))
        if due_at == request.due_at:
            continue
        before, request.due_at = request.due_at, due_at
        request.save(update_fields=["due_at"])
        for kind in (KINDS[request.state], CONSUMER_POSITION, PROVIDER_POSITION):
            reschedule_items(
                kind=kind, object_ids=[request.pk], due_at=due_at, next_alert_at=None, level=AlertLevel.GREEN
            )
        record(SYSTEM, "contracts.recompute_clock", request, before={"due_at": before}, after={"due_at": due_at})
        moved += 1
    return moved
