"""Who subscribes to a resource hears of rows that arrived: once a run, and of a run that changed nothing not at all."""

import pytest

from zhengtong.capabilities.contracts.public import Contract
from zhengtong.capabilities.exchange.models import Run, RunState
from zhengtong.capabilities.exchange.services import running
from zhengtong.capabilities.exchange.services.running import start_run
from zhengtong.capabilities.exchange.tests.conftest import Exchange
from zhengtong.capabilities.exchange.tests.faulty import Killed
from zhengtong.capabilities.interfaces.public import Change, Member, Subscription, Way
from zhengtong.kernel.policy import SYSTEM


def subscribe(contract: Contract) -> Subscription:
    member = Member.objects.create(code="hall-system", name="办事大厅系统", organisation=contract.consumer)
    return Subscription.objects.create(code="dy01", member=member, resource=contract.resource, way=Way.PULL)


def test_a_run_that_changed_rows_is_told_once_and_an_unchanged_one_is_not(exchange: Exchange) -> None:
    exchange.give(1, 20)
    contract = exchange.agree()
    subscription = subscribe(contract)
    run = exchange.run(contract)
    change = Change.objects.get(subscription=subscription)
    assert (change.kind, change.sequence) == ("data.arrived", 1)
    assert change.content == {
        "resource": "3/0001",
        "version": 1,
        "contract": contract.number,
        "window": run.window,
        "inserted": 20,
        "updated": 0,
        "deleted": 0,
    }
    assert exchange.run(contract).unchanged == 20
    assert Change.objects.count() == 1
    exchange.database.execute("DELETE FROM giver.people WHERE id = 3")
    assert exchange.run(contract).deleted == 1
    assert list(Change.objects.order_by("sequence").values_list("sequence", flat=True)) == [1, 2]


def test_a_run_whose_end_was_lost_is_told_of_when_it_has_ended(
    exchange: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    exchange.give(1, 20)
    contract = exchange.agree()
    subscribe(contract)

    def die(*_given: object, **_named: object) -> None:
        """The last moment before the run's own commit."""
        raise Killed

    run = start_run(actor=SYSTEM, contract=contract, trigger="hand")
    with monkeypatch.context() as patch:
        patch.setattr(running, "record", die)
        with pytest.raises(Killed):
            exchange.again(run)
    assert not Change.objects.exists()
    Run.objects.filter(pk=run.pk).update(state=RunState.WAITING, leased_by="")
    assert exchange.again(run).state == RunState.DONE
    assert Change.objects.get().content["inserted"] == 20


def test_a_run_that_did_not_reach_its_end_is_told_of_to_nobody(exchange: Exchange) -> None:
    exchange.give(1, 20)
    exchange.database.execute("UPDATE giver.people SET number = '1' WHERE id <= 11")
    contract = exchange.agree()
    subscribe(contract)
    assert exchange.run(contract).state == RunState.STOPPED
    assert not Change.objects.exists()
