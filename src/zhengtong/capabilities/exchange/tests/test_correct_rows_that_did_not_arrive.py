"""Corrected rows whose new run came to nothing: tried again some times, then back to the provider with the reason."""

from datetime import timedelta

import pytest
from django.utils import timezone

from zhengtong.capabilities.contracts.public import Contract
from zhengtong.capabilities.exchange.models import CorrectionTicket, HeldRow, Run, RunState, TicketState
from zhengtong.capabilities.exchange.services.quarantine import (
    MOST_REPLAYS,
    REPLAY_PAUSE,
    answer_ticket,
    open_ticket,
    settle_tickets,
)
from zhengtong.capabilities.exchange.tests.samples import make_held, make_run
from zhengtong.core.audit.public import AuditRecord
from zhengtong.core.worklist.public import WorkItem, WorkState
from zhengtong.kernel.policy import SYSTEM, Actor

pytestmark = pytest.mark.django_db
State = HeldRow.State


@pytest.fixture
def ticket(contract: Contract, operator: Actor, corrector: Actor) -> CorrectionTicket:
    """A ticket of three rows that the provider says are corrected; their run has been started."""
    run = make_run(contract)
    for n in (1, 2, 3):
        make_held(run, n)
    made = open_ticket(actor=operator, contract=contract, note="日期不对")
    return answer_ticket(actor=corrector, ticket=made, is_corrected=True, answer="已在业务库更正")


def end(ticket: CorrectionTicket, state: str, *, ago: timedelta = timedelta(0), **more: str) -> Run:
    """Let the run of the ticket end so."""
    assert ticket.replay is not None
    Run.objects.filter(pk=ticket.replay.pk).update(state=state, ended_at=timezone.now() - ago, **more)
    settle_tickets(actor=SYSTEM)
    ticket.refresh_from_db()
    return Run.objects.get(pk=ticket.replay_id) if ticket.replay_id else Run.objects.get(trigger="ticket")


def states() -> set[str]:
    return set(HeldRow.objects.values_list("state", flat=True))


def test_a_run_that_failed_is_tried_again_after_a_while_and_then_the_rows_have_arrived(
    ticket: CorrectionTicket,
) -> None:
    run = end(ticket, RunState.FAILED, code="unreachable", message="连不上业务库")
    assert run.state == RunState.FAILED, "not at once"
    run = end(ticket, RunState.FAILED, ago=REPLAY_PAUSE)
    assert (run.state, run.message) == (RunState.WAITING, "")
    assert states() == {State.TICKETED}
    end(ticket, RunState.DONE)
    assert states() == {State.REPLAYED}
    assert ticket.state == TicketState.CORRECTED


def test_a_run_that_goes_on_failing_sends_the_ticket_back_with_the_reason(
    ticket: CorrectionTicket, corrector: Actor
) -> None:
    for _turn in range(MOST_REPLAYS - 1):
        assert end(ticket, RunState.FAILED, ago=REPLAY_PAUSE, message="连不上业务库。").state == RunState.WAITING
    end(ticket, RunState.FAILED, ago=REPLAY_PAUSE, code="unreachable", message="连不上业务库。")
    assert (ticket.state, ticket.replay, ticket.answer) == (TicketState.WAITING, None, "")
    assert ticket.note == "日期不对\n重新交换没有完成：连不上业务库。请再核对后答复。"
    assert ticket.due_at > timezone.now()
    assert states() == {State.TICKETED}
    item = WorkItem.objects.get(kind="exchange.ticket", state=WorkState.OPEN)
    assert item.object_id == ticket.pk
    told = AuditRecord.objects.get(action="exchange.reopen_ticket")
    assert told.object_id == str(ticket.pk)
    # It is answered again, and its rows are read by the same run.
    again = answer_ticket(actor=corrector, ticket=ticket, is_corrected=True, answer="源库已恢复")
    assert again.replay is not None
    assert (again.replay.state, again.replay.trigger) == (RunState.WAITING, "ticket")
    end(again, RunState.DONE)
    assert states() == {State.REPLAYED}


@pytest.mark.parametrize("state", [RunState.STOPPED, RunState.CANCELLED])
def test_rows_that_are_still_wrong_go_back_to_the_provider_and_are_not_held_twice(
    ticket: CorrectionTicket, state: str
) -> None:
    assert ticket.replay is not None
    make_held(ticket.replay, 1)
    end(ticket, state, code="too-many-rejected", message="来源 3 行中已有 3 行不合规则。")
    assert ticket.state == TicketState.WAITING
    assert "来源 3 行中已有 3 行不合规则" in ticket.note
    assert HeldRow.objects.count() == 3
    assert states() == {State.TICKETED}


def test_of_a_contract_that_has_ended_the_rows_are_given_up_and_it_is_said_why(
    contract: Contract, ticket: CorrectionTicket
) -> None:
    Contract.objects.filter(pk=contract.pk).update(state="revoked", reason="提供方收回授权。")
    end(ticket, RunState.CANCELLED, code="contract-ended", message="合约已撤销")
    assert states() == {State.DROPPED}
    assert "提供方收回授权" in HeldRow.objects.all()[0].note
    assert settle_tickets(actor=SYSTEM) == 0


def test_a_ticket_sent_back_twice_says_the_last_reason_only(ticket: CorrectionTicket, corrector: Actor) -> None:
    end(ticket, RunState.STOPPED, message="第一次。")
    again = answer_ticket(actor=corrector, ticket=ticket, is_corrected=True, answer="又改了")
    end(again, RunState.STOPPED, message="第二次。")
    assert again.note == "日期不对\n重新交换没有完成：第二次。请再核对后答复。"
