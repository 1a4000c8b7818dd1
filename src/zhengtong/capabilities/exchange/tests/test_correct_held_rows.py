"""Held rows go to the provider by ticket, come back, are read again or given up; failed runs are told of once."""

import pytest
from django.utils import timezone

from zhengtong.capabilities.contracts.public import Contract
from zhengtong.capabilities.exchange.models import CorrectionTicket, HeldRow, Run, RunAlert, RunState, TicketState
from zhengtong.capabilities.exchange.services.alerting import watch_runs
from zhengtong.capabilities.exchange.services.quarantine import (
    answer_ticket,
    drop_held,
    open_ticket,
    settle_tickets,
)
from zhengtong.capabilities.exchange.tests.samples import make_held, make_run
from zhengtong.core.identity.public import Refused
from zhengtong.core.worklist.public import WorkItem, WorkState
from zhengtong.kernel.calendars import get_calendar
from zhengtong.kernel.policy import SYSTEM, Actor, Denied

pytestmark = pytest.mark.django_db
State = HeldRow.State


@pytest.fixture
def held(contract: Contract) -> list[HeldRow]:
    run = make_run(contract)
    return [make_held(run, n) for n in range(1, 4)]


def test_rows_go_to_the_provider_with_a_deadline_in_working_days(
    contract: Contract, held: list[HeldRow], operator: Actor, outsider: Actor
) -> None:
    with pytest.raises(Denied):
        open_ticket(actor=outsider, contract=contract, note="日期不对")
    ticket = open_ticket(actor=operator, contract=contract, note="日期不对", ids=[held[0].pk, held[1].pk])
    assert ticket.rows == 2
    calendar = get_calendar()
    assert calendar.last_date(ticket.due_at) == calendar.add_working_days(timezone.localdate(), 10)
    states = dict(HeldRow.objects.values_list("pk", "state"))
    assert [states[row.pk] for row in held] == [State.TICKETED, State.TICKETED, State.WAITING]
    item = WorkItem.objects.get(kind="exchange.ticket")
    assert (item.organisation_id, item.due_at, item.state) == (contract.provider_id, ticket.due_at, WorkState.OPEN)
    with pytest.raises(Refused):
        open_ticket(actor=operator, contract=contract, note="日期不对", ids=[held[0].pk])


def test_corrected_rows_are_read_again_and_marked_by_what_that_came_to(
    contract: Contract, held: list[HeldRow], operator: Actor, corrector: Actor
) -> None:
    ticket = open_ticket(actor=operator, contract=contract, note="日期不对")
    with pytest.raises(Denied):
        answer_ticket(actor=operator, ticket=ticket, is_corrected=True, answer="已更正")
    answered = answer_ticket(actor=corrector, ticket=ticket, is_corrected=True, answer="已在业务库更正")
    assert answered.state == TicketState.CORRECTED
    assert WorkItem.objects.get(kind="exchange.ticket").state == WorkState.DONE
    replay = answered.replay
    assert replay is not None
    assert (replay.trigger, replay.window) == ("ticket", f"ticket:{ticket.number}")
    assert settle_tickets(actor=SYSTEM) == 0, "nothing is said before the run is done"
    make_held(replay, 2)  # the second is still wrong
    Run.objects.filter(pk=replay.pk).update(state=RunState.DONE)
    assert settle_tickets(actor=SYSTEM) == 1
    assert [HeldRow.objects.get(pk=row.pk).state for row in held] == [State.REPLAYED, State.DROPPED, State.REPLAYED]
    assert HeldRow.objects.get(run=replay).state == State.WAITING
    assert settle_tickets(actor=SYSTEM) == 0


def test_a_busy_contract_reads_corrected_rows_when_it_is_free(
    contract: Contract, held: list[HeldRow], operator: Actor, corrector: Actor
) -> None:
    ticket = open_ticket(actor=operator, contract=contract, note="日期不对")
    busy = make_run(contract, state=RunState.RUNNING)
    assert answer_ticket(actor=corrector, ticket=ticket, is_corrected=True, answer="已更正").replay is None
    settle_tickets(actor=SYSTEM)
    Run.objects.filter(pk=busy.pk).update(state=RunState.DONE)
    settle_tickets(actor=SYSTEM)
    assert CorrectionTicket.objects.get().replay is not None


def test_what_cant_be_corrected_is_given_up_with_the_providers_reason(
    contract: Contract, held: list[HeldRow], operator: Actor, corrector: Actor
) -> None:
    ticket = open_ticket(actor=operator, contract=contract, note="日期不对")
    answer_ticket(actor=corrector, ticket=ticket, is_corrected=False, answer="原件已毁")
    assert set(HeldRow.objects.values_list("state", flat=True)) == {State.DROPPED}
    assert "原件已毁" in HeldRow.objects.all()[0].note
    with pytest.raises(Refused):
        answer_ticket(actor=corrector, ticket=ticket, is_corrected=True, answer="又找到了")


def test_rows_are_given_up_by_rule_with_a_reason(contract: Contract, held: list[HeldRow], operator: Actor) -> None:
    make_held(held[0].run, 9, rule="length")
    with pytest.raises(Refused):
        drop_held(actor=operator, contract=contract, reason=" ")
    assert drop_held(actor=operator, contract=contract, reason="测试数据", rule="date") == 3
    assert HeldRow.objects.get(rule="length").state == State.WAITING


def test_a_failed_run_is_told_of_once_and_closed_by_the_next_good_one(contract: Contract) -> None:
    make_run(contract, state=RunState.FAILED, code="credentials", message="口令不对")
    assert watch_runs(actor=SYSTEM) == (1, 0)
    make_run(contract, state=RunState.FAILED)
    assert watch_runs(actor=SYSTEM) == (0, 0)
    item = WorkItem.objects.get(kind="exchange.failed")
    assert item.state == WorkState.OPEN
    make_run(contract)
    assert watch_runs(actor=SYSTEM) == (0, 1)
    item.refresh_from_db()
    assert item.state == WorkState.CANCELLED
    assert RunAlert.objects.get().closed_at is not None
    make_run(contract, state=RunState.STOPPED)
    assert watch_runs(actor=SYSTEM) == (1, 0)
