"""Pause, resume, cancel, again, now: who may, when, and what the engine is told."""

from collections.abc import Callable

import pytest

from zhengtong.capabilities.contracts.public import Contract, ContractState
from zhengtong.capabilities.exchange.models import Run, RunState
from zhengtong.capabilities.exchange.services.steering import cancel_run, pause_run, repeat_run, resume_run, run_now
from zhengtong.capabilities.exchange.tests.samples import make_run
from zhengtong.capabilities.exchange.tests.watching import staff
from zhengtong.core.audit.public import AuditRecord
from zhengtong.core.identity.public import Organisation, Refused
from zhengtong.kernel.policy import Actor, Denied

pytestmark = pytest.mark.django_db


def test_a_running_run_is_told_and_a_waiting_one_stops_at_once(contract: Contract, operator: Actor) -> None:
    run = make_run(contract, state=RunState.RUNNING)
    assert pause_run(actor=operator, run=run).wish == "pause"
    assert resume_run(actor=operator, run=run).wish == ""
    assert cancel_run(actor=operator, run=run).wish == "cancel"
    with pytest.raises(Refused):
        pause_run(actor=operator, run=run)
    waiting = make_run(contract, state=RunState.WAITING)
    assert pause_run(actor=operator, run=waiting).state == RunState.PAUSED
    assert resume_run(actor=operator, run=waiting).state == RunState.WAITING
    ended = cancel_run(actor=operator, run=waiting)
    assert (ended.state, ended.code) == (RunState.CANCELLED, "cancelled")
    assert ended.ended_at is not None
    assert AuditRecord.objects.filter(action="exchange.cancel_run").count() == 2


@pytest.mark.parametrize("state", [RunState.FAILED, RunState.STOPPED, RunState.CANCELLED])
def test_what_ended_badly_is_run_again_under_its_own_name(contract: Contract, operator: Actor, state: RunState) -> None:
    run = make_run(contract, state=state, code="cut-off", message="中断")
    again = repeat_run(actor=operator, run=run)
    assert (again.pk, again.window, again.state, again.message) == (run.pk, run.window, RunState.WAITING, "")


def test_what_is_done_isnt_repeated_and_a_busy_contract_isnt_run_beside(contract: Contract, operator: Actor) -> None:
    with pytest.raises(Refused):
        repeat_run(actor=operator, run=make_run(contract))
    failed = make_run(contract, state=RunState.FAILED)
    make_run(contract, state=RunState.RUNNING)
    with pytest.raises(Refused) as refused:
        repeat_run(actor=operator, run=failed)
    assert refused.value.code == "busy"
    with pytest.raises(Refused) as refused:
        run_now(actor=operator, contract=contract)
    assert refused.value.code == "busy"


def test_a_contract_is_run_now_unless_it_isnt_effective(contract: Contract, operator: Actor) -> None:
    run = run_now(actor=operator, contract=contract)
    assert (run.trigger, run.state) == ("hand", RunState.WAITING)
    Run.objects.all().delete()
    Contract.objects.update(state=ContractState.REVOKED)
    with pytest.raises(Refused) as refused:
        run_now(actor=operator, contract=contract)
    assert refused.value.code == "not-effective"


def test_both_sides_operators_steer_and_nobody_else(
    contract: Contract, offices: tuple[Organisation, Organisation], outsider: Actor
) -> None:
    consumer = staff(offices[1], "exchange.operate")
    viewer = staff(offices[0], "exchange.view")
    acts: list[Callable[..., Run]] = [pause_run, cancel_run]
    for act in acts:
        for actor in (outsider, viewer):
            with pytest.raises(Denied):
                act(actor=actor, run=make_run(contract, state=RunState.WAITING))
        act(actor=consumer, run=make_run(contract, state=RunState.WAITING))
