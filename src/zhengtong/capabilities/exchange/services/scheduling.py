"""Turns: the contracts that are due are started, the most important first; never two runs of one contract."""

import logging
from datetime import date, datetime

from django.db import connection
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from zhengtong.capabilities.contracts.public import Contract, ContractContent, ContractState, Mode, may_run
from zhengtong.capabilities.exchange.domain import BY_TURN, IN_LINE, RUNS_AT_ONCE
from zhengtong.capabilities.exchange.engine.stamps import why_unproven
from zhengtong.capabilities.exchange.models import OPEN, LinkLimit, Run, RunState, Schedule
from zhengtong.capabilities.exchange.permissions import OPERATE
from zhengtong.capabilities.exchange.services.running import find_spent, start_run
from zhengtong.capabilities.exchange.sides import require_side
from zhengtong.capabilities.exchange.turns import Turns, UnreadableTurns, read_turns
from zhengtong.capabilities.sources.public import Source, SourceState
from zhengtong.core.audit.public import record
from zhengtong.core.identity.public import Refused
from zhengtong.kernel.calendars import get_calendar
from zhengtong.kernel.policy import Actor, require
from zhengtong.kernel.rows import find_sole
from zhengtong.kernel.steps import step

logger = logging.getLogger(__name__)


def find_hindrance(contract: Contract, day: date, run: Run | None = None) -> str:
    """Return why ``contract`` may not run on ``day``, "" when it may; ``run`` is one of its runs that would go on."""
    return find_halt(contract, day) or find_spent(contract, run)


def find_halt(contract: Contract, day: date) -> str:
    """Return why nothing of ``contract`` may move on ``day``, not even rows that are read again, "" when it may."""
    if why := may_run(contract, day):
        return why
    for source in (contract.source, contract.target):
        if source is not None and source.state != SourceState.ACTIVE:
            return _("数据源“%(name)s”已经停用") % {"name": source.name}
    return ""


def hold_turns() -> None:
    """Let no other worker start runs until the end of this transaction: what is counted stays true."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('exchange.turns'))")


def find_crowd(contract: Contract) -> str:
    """Return what else has to end before a run of ``contract`` can begin, "" when nothing has."""
    if unproven := why_unproven():
        return unproven
    running = Run.objects.filter(contract=contract, state__in=OPEN).order_by("id").first()
    if running is not None:
        if running.state == RunState.PAUSED:
            return _("上一次任务暂停着，继续或者取消以后才开始")
        return _("上一次任务还没有结束")
    for source in (contract.source, contract.target):
        if source is not None and count_on_link(source) >= limit_of(source):
            return _("数据源“%(name)s”同时进行的任务已到上限 %(n)s") % {"name": source.name, "n": limit_of(source)}
    return ""


def count_on_link(source: Source) -> int:
    """Return how many runs read from or write to ``source`` now, or wait to do so; not those that wait for a node."""
    at_work = Run.objects.filter(state__in=(RunState.WAITING, RunState.RUNNING))
    at_work = at_work.exclude(state=RunState.WAITING, code=IN_LINE)
    return at_work.filter(Q(contract__source=source) | Q(contract__target=source)).count()


def limit_of(source: Source) -> int:
    found = LinkLimit.objects.filter(source=source).values_list("runs_at_once", flat=True).first()
    return RUNS_AT_ONCE if found is None else found


def turns_of(contract: Contract) -> Turns | None:
    """Return the turns that were agreed, None of a contract that runs by hand. Raises UnreadableTurns."""
    content = ContractContent.from_json(contract.content)
    if not content.schedule or contract.mode == Mode.INTERFACE:
        return None
    return read_turns(content.schedule, working_days_only=content.working_days_only)


def enlist_contracts(now: datetime) -> int:
    """Give every effective contract with turns its row, and return how many got one."""
    found = Contract.objects.filter(state=ContractState.EFFECTIVE, turns=None).exclude(content__schedule="")
    made = []
    for contract in found.exclude(mode=Mode.INTERFACE):
        turn, hindrance = _find_next(contract, now)
        made.append(Schedule(contract=contract, next_turn_at=turn, hindrance=hindrance))
    # Another worker may do the same at this moment.
    return len(Schedule.objects.bulk_create(made, ignore_conflicts=True))


def _find_next(contract: Contract, now: datetime) -> tuple[datetime | None, str]:
    try:
        turns = turns_of(contract)
    except UnreadableTurns:
        return None, _("合约约定的时间无法识别")
    return (turns.find_next(now, get_calendar()) if turns else None), ""


def start_due(*, actor: Actor, now: datetime | None = None) -> list[Run]:
    """Start what is due at ``now``: by priority (1 first), then by how long it has been due.

    Turns that were missed are one run. A contract that may not run today loses the turn, and it is said why; one whose
    last run or whose link is busy keeps it, and is looked at again in a minute.
    """
    now = now or timezone.now()
    enlist_contracts(now)
    due = Schedule.objects.filter(is_paused=False, next_turn_at__lte=now)
    ids = list(due.order_by("contract__priority", "next_turn_at", "id").values_list("id", flat=True))
    started = (_take_turn(actor=actor, schedule_id=each, now=now) for each in ids)
    return [run for run in started if run is not None]


def _take_turn(*, actor: Actor, schedule_id: int, now: datetime) -> Run | None:
    try:
        return take_turn(actor=actor, schedule_id=schedule_id, now=now)
    except Exception:  # one contract that can't be started doesn't keep the others waiting
        logger.exception("turn not taken", extra={"schedule": schedule_id})
        Schedule.objects.filter(pk=schedule_id).update(hindrance=_("启动时出错，下一分钟再试"))
        return None


@step()
def take_turn(*, actor: Actor, schedule_id: int, now: datetime) -> Run | None:
    """Start the run of one schedule if it is still due, and set its next turn. None: it isn't, or something hinders."""
    hold_turns()
    due = Schedule.objects.select_for_update(of=("self",)).filter(is_paused=False, next_turn_at__lte=now)
    related = ("contract__source", "contract__target", "contract__resource")
    schedule = find_sole(due.filter(pk=schedule_id).select_related(*related))
    if schedule is None:
        return None
    contract, turn = schedule.contract, schedule.next_turn_at
    next_turn, unreadable = _find_next(contract, now)
    lost = find_hindrance(contract, timezone.localdate(now)) or unreadable
    if not lost and (busy := find_crowd(contract)):
        if schedule.hindrance != busy:
            schedule.hindrance = busy
            schedule.save(update_fields=["hindrance"])
        return None
    run = None if lost else start_run(actor=actor, contract=contract, trigger=BY_TURN)
    schedule.next_turn_at, schedule.hindrance = next_turn, lost[:200]
    if run is not None:
        schedule.last_turn_at, schedule.last_run = turn, run
    schedule.save()
    return run


# What people set -----------------------------------------------------------------------------------------


@step()
def pause_schedule(*, actor: Actor, schedule: Schedule) -> Schedule:
    """Take no more turns until :func:`resume_schedule`; a run that is under way goes on."""
    return _set_paused(actor, schedule, is_paused=True, action="exchange.pause_schedule")


@step()
def resume_schedule(*, actor: Actor, schedule: Schedule) -> Schedule:
    """Take turns again, from the next one: what was left out while it was paused isn't made up for."""
    return _set_paused(actor, schedule, is_paused=False, action="exchange.resume_schedule")


def _set_paused(actor: Actor, schedule: Schedule, *, is_paused: bool, action: str) -> Schedule:
    row = Schedule.objects.select_for_update(of=("self",)).select_related("contract").get(pk=schedule.pk)
    require_side(actor, OPERATE, row.contract, row)
    if row.is_paused == is_paused:
        raise Refused("same", _("排程已经是这样。"))
    row.is_paused, row.hindrance = is_paused, ""
    if not is_paused:
        row.next_turn_at, row.hindrance = _find_next(row.contract, timezone.now())
    row.save()
    record(actor, action, row, after={"contract": row.contract.number})
    return row


@step()
def set_link_limit(*, actor: Actor, source: Source, runs_at_once: int) -> LinkLimit:
    """Set how many runs ``source`` bears at once. Raises Refused."""
    require(actor, OPERATE, LinkLimit(source=source))
    if not 1 <= runs_at_once <= 50:
        raise Refused("out-of-range", _("同时任务数应在 1 到 50 之间。"), "runs_at_once")
    before = limit_of(source)
    row, _made = LinkLimit.objects.update_or_create(source=source, defaults={"runs_at_once": runs_at_once})
    after = {"runs_at_once": runs_at_once}
    record(actor, "exchange.set_link_limit", row, before={"runs_at_once": before}, after=after)
    return row
