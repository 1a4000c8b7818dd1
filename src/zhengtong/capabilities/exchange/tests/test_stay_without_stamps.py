"""Receipts that stay without a stamp (待补戳): operators are told once, and after the limit nothing more is given."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings

from tests.cast import Cast
from zhengtong.capabilities.contracts.public import Contract
from zhengtong.capabilities.exchange.engine.receipts import stamp_waiting
from zhengtong.capabilities.exchange.models import Receipt, Run, RunState, Schedule
from zhengtong.capabilities.exchange.services.alerting import watch_stamps
from zhengtong.capabilities.exchange.services.running import start_run
from zhengtong.capabilities.exchange.services.scheduling import start_due
from zhengtong.capabilities.exchange.services.steering import run_now
from zhengtong.capabilities.exchange.tests.conftest import Exchange
from zhengtong.capabilities.exchange.tests.watching import staff
from zhengtong.capabilities.interfaces.public import get_patience
from zhengtong.core.audit.public import AuditRecord
from zhengtong.core.identity.public import Refused
from zhengtong.core.worklist.public import WorkItem, WorkState
from zhengtong.kernel.policy import SYSTEM


@pytest.fixture
def agreed(exchange: Exchange, settings: Settings, tmp_path: Path) -> Contract:
    """A contract whose first run is done, its receipt without a stamp: nobody answered at the signer's address."""
    exchange.give(1, 20)
    contract = exchange.agree(schedule="0 2 * * *")
    usual, settings.SIGNER_SOCKET = settings.SIGNER_SOCKET, tmp_path / "nobody"
    run = exchange.run(contract)
    settings.SIGNER_SOCKET = usual
    assert (run.state, run.inserted) == (RunState.DONE, 20), run.message
    assert not run.receipt.is_stamped
    return contract


def wait(minutes: float) -> None:
    """Let so much time pass for receipts that wait."""
    Receipt.objects.filter(is_stamped=False).update(made_at=timezone.now() - timedelta(minutes=minutes))


def limit() -> float:
    return get_patience() / timedelta(minutes=1)


def test_the_provider_is_told_once_until_the_stamps_are_made_up_for(agreed: Contract) -> None:
    assert watch_stamps(actor=SYSTEM) == (0, 0), "the job that makes up for them comes in a moment"
    wait(10)
    assert watch_stamps(actor=SYSTEM) == (1, 0)
    assert watch_stamps(actor=SYSTEM) == (0, 0)
    item = WorkItem.objects.get(kind="exchange.unstamped")
    assert (item.organisation_id, item.state, item.step) == (agreed.provider_id, WorkState.OPEN, "检查时间戳服务")
    assert "1 份" in item.title
    assert stamp_waiting() == 1
    assert watch_stamps(actor=SYSTEM) == (0, 1)
    item.refresh_from_db()
    assert item.state == WorkState.CANCELLED
    for action in ("miss_stamps", "make_up_stamps"):
        assert AuditRecord.objects.filter(action=f"exchange.{action}").count() == 1


def test_runs_go_on_until_the_limit_and_not_beyond(exchange: Exchange, agreed: Contract) -> None:
    wait(limit() - 1)
    assert exchange.run(agreed).state == RunState.DONE
    exchange.database.execute("UPDATE giver.people SET note = '改'")
    waiting = start_run(actor=SYSTEM, contract=agreed, trigger="hand")
    wait(limit() + 1)
    run = exchange.again(waiting)
    assert (run.state, run.code) == (RunState.WAITING, "stamps-missing"), run.message
    assert "请检查时间戳服务" in run.message
    assert "没有改动目标" in run.message
    assert exchange.ask("SELECT count(*) FROM taker.people WHERE note IS NOT NULL") == 0
    assert stamp_waiting() == 1
    Run.objects.filter(pk=run.pk).update(state=RunState.WAITING)
    run = exchange.again(run)
    assert (run.state, run.updated) == (RunState.DONE, 20), run.message


def test_beyond_the_limit_turns_wait_and_nobody_starts_a_run_by_hand(
    cast: Cast, exchange: Exchange, agreed: Contract
) -> None:
    row = Schedule.objects.create(contract=agreed, next_turn_at=timezone.now() - timedelta(minutes=5))
    operator = staff(agreed.provider, "exchange.operate", appointment=cast.approver.appointment)
    wait(limit() + 1)
    assert start_due(actor=SYSTEM) == []
    row.refresh_from_db()
    assert "时间戳" in row.hindrance
    with pytest.raises(Refused) as refused:
        run_now(actor=operator, contract=agreed)
    assert "检查时间戳服务" in str(refused.value.message)
    assert stamp_waiting() == 1
    assert len(start_due(actor=SYSTEM)) == 1, "the turn was kept"
    row.refresh_from_db()
    assert row.hindrance == ""


def test_what_had_landed_before_is_still_written_down(exchange: Exchange, agreed: Contract) -> None:
    """The worker died after the target's commit; meanwhile the limit was passed."""
    done = Run.objects.get()
    Run.objects.filter(pk=done.pk).update(state=RunState.WAITING)
    kept = Receipt.objects.get()
    other = exchange.agree("HY2026000002")
    wait(limit() + 1)
    Receipt.objects.filter(pk=kept.pk).delete()
    unstamped = Run.objects.create(contract=other, window="w", trigger="hand", state=RunState.DONE)
    Receipt.objects.create(run=unstamped, digest="0" * 64, archive=b"{}", rows=0, chunks=0, is_stamped=False)
    wait(limit() + 1)
    run = exchange.again(done)
    assert (run.state, run.inserted) == (RunState.DONE, 20), run.message
