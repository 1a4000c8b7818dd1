"""A contract for once (一次性) gives its data once: not again by hand, by turn, or by a run that was waiting beside."""

import pytest
from django.utils import timezone

from tests.cast import Cast
from zhengtong.capabilities.contracts.public import Contract
from zhengtong.capabilities.exchange.models import HeldRow, Receipt, Run, RunState, Schedule
from zhengtong.capabilities.exchange.services.quarantine import answer_ticket, open_ticket
from zhengtong.capabilities.exchange.services.running import start_run
from zhengtong.capabilities.exchange.services.scheduling import start_due
from zhengtong.capabilities.exchange.services.steering import repeat_run, run_now
from zhengtong.capabilities.exchange.tests.conftest import Exchange
from zhengtong.capabilities.exchange.tests.deals import GOOD_NUMBER
from zhengtong.capabilities.exchange.tests.watching import staff
from zhengtong.core.identity.public import Refused
from zhengtong.kernel.policy import SYSTEM, Actor


@pytest.fixture
def once(exchange: Exchange) -> Contract:
    exchange.give(1, 20)
    return exchange.agree(mode="once", schedule="0 2 * * *")


def operator_of(contract: Contract, cast: Cast) -> Actor:
    rights = ("exchange.view", "exchange.operate", "exchange.correct")
    return staff(contract.provider, *rights, appointment=cast.approver.appointment)


def test_of_two_runs_that_were_asked_for_one_gives_and_the_other_says_why_not(
    exchange: Exchange, once: Contract
) -> None:
    first = start_run(actor=SYSTEM, contract=once, trigger="hand")
    second = start_run(actor=SYSTEM, contract=once, trigger="hand")
    first = exchange.again(first)
    assert (first.state, first.inserted) == (RunState.DONE, 20), first.message
    exchange.give(21, 30)
    second = exchange.again(second)
    assert (second.state, second.code) == (RunState.CANCELLED, "given-once")
    assert "只提供一次" in second.message
    assert "另行申请" in second.message
    assert exchange.ask("SELECT count(*) FROM taker.people") == 20
    assert Receipt.objects.count() == 1


def test_nobody_starts_it_again_by_hand_nor_does_its_turn(cast: Cast, exchange: Exchange, once: Contract) -> None:
    run = exchange.run(once)
    cancelled = Run.objects.create(contract=once, window="later", trigger="hand", state=RunState.CANCELLED)
    operator = operator_of(once, cast)
    with pytest.raises(Refused) as refused:
        run_now(actor=operator, contract=once)
    assert "只提供一次" in str(refused.value.message)
    with pytest.raises(Refused) as refused:
        repeat_run(actor=operator, run=cancelled)
    assert "只提供一次" in str(refused.value.message)
    row = Schedule.objects.create(contract=once, next_turn_at=timezone.now())
    assert start_due(actor=SYSTEM) == []
    row.refresh_from_db()
    assert "只提供一次" in row.hindrance
    assert Run.objects.filter(state=RunState.DONE).get() == run


def test_one_that_failed_has_given_nothing_and_is_tried_again(cast: Cast, exchange: Exchange, once: Contract) -> None:
    exchange.database.execute("ALTER TABLE giver.people RENAME TO hidden")
    failed = exchange.run(once)
    assert (failed.state, failed.code) == (RunState.FAILED, "table-missing")
    exchange.database.execute("ALTER TABLE giver.hidden RENAME TO people")
    repeat_run(actor=operator_of(once, cast), run=failed)
    assert exchange.again(failed).inserted == 20
    assert exchange.count_different() == 0


def test_the_same_window_taken_up_again_is_the_same_giving(exchange: Exchange, once: Contract) -> None:
    run = exchange.run(once)
    Run.objects.filter(pk=run.pk).update(state=RunState.WAITING)
    run.receipt.delete()
    run = exchange.again(run)
    assert (run.state, run.inserted, run.attempt) == (RunState.DONE, 20, 2)


def test_rows_that_were_held_then_are_corrected_and_follow(cast: Cast, exchange: Exchange, once: Contract) -> None:
    exchange.database.execute("UPDATE giver.people SET number = '1' WHERE id = 7")
    assert exchange.run(once).rows_held == 1
    actor = operator_of(once, cast)
    ticket = open_ticket(actor=actor, contract=once, note="号码不对")
    exchange.database.execute("UPDATE giver.people SET number = %s WHERE id = 7", [GOOD_NUMBER])
    replay = answer_ticket(actor=actor, ticket=ticket, is_corrected=True, answer="已更正").replay
    assert replay is not None
    replay = exchange.again(replay)
    assert (replay.state, replay.inserted) == (RunState.DONE, 1), replay.message
    assert exchange.count_different() == 0
    assert HeldRow.objects.count() == 1
