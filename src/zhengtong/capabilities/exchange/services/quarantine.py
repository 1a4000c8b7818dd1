"""Held rows: to the provider by ticket, given up with a reason, or exchanged again once the source is right."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import uuid4

from django.db.models import QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from zhengtong.capabilities.contracts.public import Contract, ContractState
from zhengtong.capabilities.exchange.capture.replay import replay_window
from zhengtong.capabilities.exchange.domain import BY_TICKET
from zhengtong.capabilities.exchange.messages import tell_opener, tell_provider, ticket_url
from zhengtong.capabilities.exchange.models import (
    CorrectionTicket,
    HeldRow,
    Run,
    RunState,
    TicketLimit,
    TicketState,
)
from zhengtong.capabilities.exchange.permissions import CORRECT, OPERATE
from zhengtong.capabilities.exchange.services.running import start_run
from zhengtong.capabilities.exchange.services.scheduling import find_crowd, find_halt, hold_turns
from zhengtong.capabilities.exchange.services.steering import AGAIN
from zhengtong.capabilities.exchange.sides import require_side
from zhengtong.capabilities.exchange.work_kinds import TICKET
from zhengtong.core.audit.public import record
from zhengtong.core.identity.public import Refused
from zhengtong.core.worklist.public import close_item, open_item
from zhengtong.kernel.calendars import get_calendar
from zhengtong.kernel.policy import Actor, require
from zhengtong.kernel.steps import step

MOST_AT_ONCE = 5000
# How often rows are read again by themselves, and after what pause, before their ticket goes back to the provider.
MOST_REPLAYS: Final = 3
# Between what the opener wrote and what became of the last answer.
_BREAK: Final = "\n"
REPLAY_PAUSE: Final = timedelta(hours=1)
State = HeldRow.State


def choose_held(contract: Contract, ids: Sequence[int] | None, rule: str = "") -> QuerySet[HeldRow]:
    """Return the waiting rows of ``contract``: those with ``ids``, or all (of ``rule``)."""
    found = HeldRow.objects.filter(contract=contract, state=State.WAITING)
    if rule:
        found = found.filter(rule=rule)
    return found if ids is None else found.filter(pk__in=ids)


def _take(found: QuerySet[HeldRow]) -> list[int]:
    ids = list(found.order_by("pk").select_for_update().values_list("pk", flat=True)[: MOST_AT_ONCE + 1])
    if not ids:
        raise Refused("nothing", _("没有待处理的隔离数据，可能别人已经处理了。"))
    if len(ids) > MOST_AT_ONCE:
        raise Refused("too-many", _("一次最多处理 %(n)s 行，请按规则分批。") % {"n": MOST_AT_ONCE})
    return ids


def _text(value: str, field: str) -> str:
    text = " ".join(value.replace("\x00", "").split())
    if len(text) < 2:
        raise Refused("too-short", _("请写明，至少两个字。"), field)
    return text


def find_days() -> int:
    """Return within how many working days a ticket opened today is answered."""
    today = timezone.localdate()
    found = TicketLimit.objects.filter(effective_from__lte=today).order_by("-effective_from").first()
    if found is None:
        raise Refused("no-limit", _("还没有设定更正期限，请先由管理员设定。"))
    return found.days


def find_due() -> datetime:
    """Return until when a ticket that is handed over today is answered."""
    calendar = get_calendar()
    return calendar.end_of_day(calendar.add_working_days(timezone.localdate(), find_days()))


@step()
def open_ticket(
    *, actor: Actor, contract: Contract, note: str, ids: Sequence[int] | None = None, rule: str = ""
) -> CorrectionTicket:
    """Send waiting rows to the provider, to be put right at the source within the limit. Raises Refused."""
    require_side(actor, OPERATE, contract, HeldRow(contract=contract))
    note = _text(note, "note")
    rows = _take(choose_held(contract, ids, rule))
    ticket = CorrectionTicket.objects.create(
        number=uuid4().hex[:20],
        contract=contract,
        provider=contract.provider,
        rows=len(rows),
        note=note[:500],
        opened_by_id=actor.appointment,
        due_at=find_due(),
    )
    ticket.number = f"GZ{timezone.localdate():%Y}{ticket.pk:06d}"
    ticket.save(update_fields=["number"])
    HeldRow.objects.filter(pk__in=rows).update(state=State.TICKETED, ticket=ticket)
    record(actor, "exchange.open_ticket", ticket, after={"contract": contract.number, "rows": len(rows), "rule": rule})
    _hand_to_provider(ticket, actor)
    return ticket


def _hand_to_provider(ticket: CorrectionTicket, actor: Actor) -> None:
    """Put the ticket on the provider's list, and tell who answers it."""
    contract = ticket.contract
    with translation.override("zh-hans"):
        title = _("更正 %(n)s 行：%(name)s") % {"n": ticket.rows, "name": contract.resource.name}
        words = _("数据更正")
    open_item(
        kind=TICKET,
        object_id=ticket.pk,
        organisation_id=contract.provider_id,
        permission=CORRECT,
        reference=ticket.number,
        title=title[:200],
        party=contract.consumer.name[:100],
        step=words,
        url=ticket_url(ticket),
        due_at=ticket.due_at,
    )
    due = get_calendar().last_date(ticket.due_at)
    tell_provider(ticket, f"{due.year}年{due.month}月{due.day}日", actor=actor)


@step()
def answer_ticket(*, actor: Actor, ticket: CorrectionTicket, is_corrected: bool, answer: str) -> CorrectionTicket:
    """Say that the rows were put right at the source, or why they can't be. Corrected rows are exchanged again.

    The exchange starts at once where nothing else of the contract runs; else the next turn brings the rows.
    """
    related = ("contract__resource", "contract__source", "contract__target", "opened_by__staff__account")
    hold_turns()
    row = CorrectionTicket.objects.select_for_update(of=("self",)).select_related(*related).get(pk=ticket.pk)
    require(actor, CORRECT, row)
    if row.state != TicketState.WAITING:
        raise Refused("answered", _("这张更正单已经答复。"))
    row.answer = _text(answer, "answer")[:500]
    row.state = TicketState.CORRECTED if is_corrected else TicketState.IMPOSSIBLE
    row.answered_by_id, row.answered_at = actor.held_appointment, timezone.now()
    if is_corrected:
        row.replay = _replay(actor, row)
    else:
        now = timezone.now()
        row.held.filter(state=State.TICKETED).update(
            state=State.DROPPED, settled_at=now, note=_("提供方无法更正：%(why)s")[:60] % {"why": row.answer[:200]}
        )
    row.save()
    close_item(kind=TICKET, object_id=row.pk, done_by_id=actor.appointment, done_by_agent_id=actor.agent)
    record(actor, "exchange.answer_ticket", row, after={"state": row.state, "rows": row.rows})
    tell_opener(row, actor=actor)
    return row


def _replay(actor: Actor, ticket: CorrectionTicket) -> Run | None:
    """Start the run that reads the ticket's rows again, None while something else of the contract or link runs."""
    contract = ticket.contract
    if find_halt(contract, timezone.localdate()) or find_crowd(contract):
        return None
    return start_run(actor=actor, contract=contract, trigger=BY_TICKET, window=replay_window(ticket))


@step()
def drop_held(
    *, actor: Actor, contract: Contract, reason: str, ids: Sequence[int] | None = None, rule: str = ""
) -> int:
    """Give waiting rows up: they aren't exchanged, and it is on record why. Returns how many."""
    require_side(actor, OPERATE, contract, HeldRow(contract=contract))
    reason = _text(reason, "reason")
    rows = _take(choose_held(contract, ids, rule))
    found = HeldRow.objects.filter(pk__in=rows)
    found.update(state=State.DROPPED, settled_at=timezone.now(), note=reason[:300])
    record(
        actor,
        "exchange.drop_held",
        contract,
        after={"contract": contract.number, "rows": len(rows), "rule": rule, "reason": reason[:300]},
    )
    return len(rows)


# What became of corrected rows ---------------------------------------------------------------------------


def settle_tickets(*, actor: Actor) -> int:
    """Start what couldn't be exchanged again at once, look at what was; return how many tickets were settled."""
    waiting = CorrectionTicket.objects.filter(state=TicketState.CORRECTED, held__state=State.TICKETED).distinct()
    return sum(settle_ticket(actor=actor, ticket_id=each) for each in waiting.values_list("pk", flat=True))


@step()
def settle_ticket(*, actor: Actor, ticket_id: int) -> bool:
    """Mark the rows of a corrected ticket by what the run came to that read them again.

    A row that a rule held again is given up here: it waits anew, as a row of that run. The others are 已重新交换. A run
    that failed is tried again some times; one that is stopped, cancelled or fails for good sends the ticket back.
    """
    hold_turns()
    related = ("contract__resource", "contract__source", "contract__target", "contract__consumer", "replay")
    ticket = CorrectionTicket.objects.select_for_update(of=("self",)).select_related(*related).get(pk=ticket_id)
    run = ticket.replay
    if ticket.state != TicketState.CORRECTED:
        return False
    if (run is None or run.state in AGAIN) and _is_over(ticket.contract):
        return _give_up(actor, ticket)
    if run is None:
        ticket.replay = _replay(actor, ticket)
        ticket.save(update_fields=["replay"])
        return False
    if run.state == RunState.FAILED and run.detail.get("replays", 1) < MOST_REPLAYS:
        _replay_again(actor, ticket, run)
        return False
    if run.state in AGAIN:
        _hand_back(actor, ticket, run)
        return False
    if run.state != RunState.DONE:
        return False
    rows = ticket.held.filter(state=State.TICKETED).select_for_update()
    again = set(run.held.values_list("key_digest", flat=True))
    ids = {pk: digest in again for pk, digest in rows.values_list("pk", "key_digest")}
    now = timezone.now()
    held = HeldRow.objects.filter(pk__in=[pk for pk, is_again in ids.items() if is_again])
    passed = HeldRow.objects.filter(pk__in=[pk for pk, is_again in ids.items() if not is_again])
    passed.update(state=State.REPLAYED, settled_at=now)
    with translation.override("zh-hans"):
        words = _("重新交换仍不合格，见新的隔离记录")
    held.update(state=State.DROPPED, settled_at=now, note=words)
    after = {"contract": ticket.contract.number, "rows": len(ids), "again": sum(ids.values()), "window": run.window}
    record(actor, "exchange.settle_ticket", ticket, after=after)
    return True


def _is_over(contract: Contract) -> bool:
    """Return whether nothing will move by the contract any more: a suspended one may go on."""
    if contract.state not in (ContractState.EFFECTIVE, ContractState.SUSPENDED):
        return True
    return contract.valid_until < timezone.localdate()


def _give_up(actor: Actor, ticket: CorrectionTicket) -> bool:
    """Give up rows that no run will read again, because the contract has ended."""
    why = find_halt(ticket.contract, timezone.localdate())
    words = _("合约已经结束，不再交换：%(why)s") % {"why": why}
    rows = ticket.held.filter(state=State.TICKETED)
    count = rows.update(state=State.DROPPED, settled_at=timezone.now(), note=words[:300])
    after = {"contract": ticket.contract.number, "rows": count, "reason": words[:300]}
    record(actor, "exchange.settle_ticket", ticket, after=after)
    return True


def _replay_again(actor: Actor, ticket: CorrectionTicket, run: Run) -> None:
    """Try a failed run once more after a pause, when nothing else of the contract or link runs."""
    if run.ended_at is not None and timezone.now() - run.ended_at < REPLAY_PAUSE:
        return
    if (again := _replay(actor, ticket)) is not None:
        Run.objects.filter(pk=again.pk).update(detail=run.detail | {"replays": run.detail.get("replays", 1) + 1})


def _hand_back(actor: Actor, ticket: CorrectionTicket, run: Run) -> None:
    """Open the ticket anew, saying why its rows didn't arrive; what that run held back is what the ticket holds."""
    before = {"state": ticket.state, "answer": ticket.answer}
    run.held.filter(state=State.WAITING).delete()
    Run.objects.filter(pk=run.pk).update(detail={key: run.detail[key] for key in run.detail if key != "replays"})
    why = (run.message or str(run.get_state_display())).rstrip("。")[:250]
    said = _("重新交换没有完成：%(why)s。请再核对后答复。") % {"why": why}
    ticket.note = f"{ticket.note.partition(_BREAK)[0][:200]}{_BREAK}{said}"[:500]
    ticket.state, ticket.replay, ticket.due_at = TicketState.WAITING, None, find_due()
    ticket.answer, ticket.answered_by, ticket.answered_at = "", None, None
    ticket.save()
    record(actor, "exchange.reopen_ticket", ticket, before=before, after={"state": ticket.state, "code": run.code})
    _hand_to_provider(ticket, actor)
