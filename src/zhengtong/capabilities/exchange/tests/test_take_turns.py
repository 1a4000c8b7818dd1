"""Turns are taken by priority, once, never beside a run of the same contract, and it is said what hinders."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from zhengtong.capabilities.contracts.public import Contract, ContractState
from zhengtong.capabilities.exchange.models import LinkLimit, Run, RunState, Schedule
from zhengtong.capabilities.exchange.services.scheduling import (
    enlist_contracts,
    pause_schedule,
    resume_schedule,
    set_link_limit,
    start_due,
)
from zhengtong.capabilities.exchange.tests.samples import make_contract, make_run, make_source
from zhengtong.core.identity.public import Organisation, Refused
from zhengtong.kernel.policy import SYSTEM, Actor, Denied

Offices = tuple[Organisation, Organisation]
pytestmark = pytest.mark.django_db


def due(contract: Contract, **values: object) -> Schedule:
    long_ago = timezone.now() - timedelta(days=9)
    return Schedule.objects.create(contract=contract, **{"next_turn_at": long_ago, **values})


def test_a_contract_gets_its_turns_and_missed_ones_are_made_up_once(contract: Contract) -> None:
    assert enlist_contracts(timezone.now()) == 1
    assert enlist_contracts(timezone.now()) == 0
    row = Schedule.objects.get()
    assert row.next_turn_at is not None
    assert row.next_turn_at > timezone.now()
    Schedule.objects.update(next_turn_at=timezone.now() - timedelta(days=9))  # the platform was down
    (run,) = start_due(actor=SYSTEM)
    assert run.trigger == "schedule"
    row.refresh_from_db()
    assert row.last_run == run
    assert row.next_turn_at > timezone.now()
    Run.objects.update(state=RunState.DONE)
    assert start_due(actor=SYSTEM) == []


def test_a_contract_that_runs_keeps_its_turn_until_the_run_has_ended(contract: Contract) -> None:
    row = due(contract)
    run = make_run(contract, state=RunState.PAUSED)
    assert start_due(actor=SYSTEM) == []
    row.refresh_from_db()
    assert "暂停" in row.hindrance
    Run.objects.filter(pk=run.pk).update(state=RunState.DONE)
    assert len(start_due(actor=SYSTEM)) == 1


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"state": ContractState.SUSPENDED}, "暂停"),
        ({"state": ContractState.REVOKED}, "撤销"),
        ({"valid_until": timezone.localdate() - timedelta(days=1)}, "到期"),
        ({"valid_from": timezone.localdate() + timedelta(days=1)}, "起生效"),
        # As long as the reason may be, and in the contract's own words.
        ({"state": ContractState.SUSPENDED, "reason": "超出用途" * 100}, "超出用途"),
    ],
)
def test_a_contract_that_isnt_effective_today_isnt_started_and_it_is_said_why(
    offices: Offices, changes: dict[str, Any], why: str
) -> None:
    row = due(make_contract(*offices, schedule="0 2 * * *", **changes))
    assert start_due(actor=SYSTEM) == []
    row.refresh_from_db()
    assert why in row.hindrance
    assert row.next_turn_at is not None
    assert row.next_turn_at > timezone.now()


def test_a_link_bears_so_many_runs_and_the_important_ones_go_first(offices: Offices, operator: Actor) -> None:
    source = make_source(offices[0])
    contracts = [make_contract(*offices, source=source, schedule="* * * * *", priority=n) for n in (7, 1, 4)]
    rows = [due(each) for each in contracts]
    set_link_limit(actor=operator, source=source, runs_at_once=1)
    (run,) = start_due(actor=SYSTEM)
    assert run.contract == contracts[1]
    rows[0].refresh_from_db()
    assert source.name in rows[0].hindrance
    Run.objects.update(state=RunState.DONE)
    Schedule.objects.filter(pk=rows[1].pk).delete()
    assert [each.contract for each in start_due(actor=SYSTEM)] == [contracts[2]]


def test_a_window_that_waits_for_a_node_leaves_its_sources_link_to_others(offices: Offices, operator: Actor) -> None:
    source = make_source(offices[0])
    waiting, other = (make_contract(*offices, source=source, schedule="* * * * *") for _n in range(2))
    set_link_limit(actor=operator, source=source, runs_at_once=1)
    run = make_run(waiting, state=RunState.WAITING, code="node-waiting")
    due(other)
    assert [each.contract for each in start_due(actor=SYSTEM)] == [other]
    Run.objects.exclude(pk=run.pk).update(state=RunState.DONE)
    Run.objects.filter(pk=run.pk).update(code="cut-off")
    Schedule.objects.update(next_turn_at=timezone.now() - timedelta(days=1))
    assert start_due(actor=SYSTEM) == []


def test_paused_turns_arent_taken_nor_made_up_for(contract: Contract, operator: Actor, outsider: Actor) -> None:
    row = due(contract)
    with pytest.raises(Denied):
        pause_schedule(actor=outsider, schedule=row)
    pause_schedule(actor=operator, schedule=row)
    assert start_due(actor=SYSTEM) == []
    with pytest.raises(Refused):
        pause_schedule(actor=operator, schedule=row)
    resume_schedule(actor=operator, schedule=row)
    assert start_due(actor=SYSTEM) == []


def test_a_contract_that_breaks_the_start_doesnt_hold_up_the_others(
    offices: Offices, contract: Contract, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = due(make_contract(*offices, schedule="0 2 * * *", priority=1, content={"fields": "nonsense"}))
    due(contract)
    assert [run.contract for run in start_due(actor=SYSTEM)] == [contract]
    row.refresh_from_db()
    assert row.hindrance


def test_only_who_operates_the_source_sets_its_limit(contract: Contract, outsider: Actor) -> None:
    with pytest.raises(Denied):
        set_link_limit(actor=outsider, source=contract.source, runs_at_once=3)
    assert not LinkLimit.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_schedulers_at_once_start_one_run(contract: Contract) -> None:
    due(contract)
    ready = threading.Barrier(2)

    def schedule() -> None:
        ready.wait()
        start_due(actor=SYSTEM)
        connection.close()

    workers = [threading.Thread(target=schedule) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert Run.objects.count() == 1
