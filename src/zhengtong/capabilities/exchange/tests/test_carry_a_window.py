"""A window goes from its source to its target, and ends with one clear line, whatever it holds."""

from datetime import timedelta

import pytest
from django.utils import timezone

from zhengtong.capabilities.contracts.public import Contract, ContractField
from zhengtong.capabilities.exchange.engine.path import Path
from zhengtong.capabilities.exchange.models import HeldRow, Run, RunState
from zhengtong.capabilities.exchange.services.running import start_run
from zhengtong.capabilities.exchange.tests.conftest import Exchange
from zhengtong.capabilities.exchange.tests.deals import FIELDS
from zhengtong.capabilities.sources.public import Column, ColumnKind
from zhengtong.core.audit.public import AuditRecord
from zhengtong.kernel.policy import SYSTEM


def test_a_snapshot_arrives_changes_follow_and_what_is_gone_goes(exchange: Exchange) -> None:
    exchange.give(1, 100)
    contract = exchange.agree()
    run = exchange.run(contract)
    assert run.state == RunState.DONE, run.message
    assert (run.rows_expected, run.rows_read, run.rows_held, run.inserted) == (100, 100, 0, 100)
    assert exchange.count_different() == 0

    exchange.database.execute(
        "UPDATE giver.people SET note = '改' WHERE id <= 10; DELETE FROM giver.people WHERE id > 95"
    )
    exchange.give(101, 103)
    run = exchange.run(contract)
    assert (run.inserted, run.updated, run.deleted, run.unchanged) == (3, 10, 5, 85)
    assert exchange.count_different() == 0
    assert "已对账一致" in run.message
    assert AuditRecord.objects.filter(action="exchange.finish_run", object_id=str(run.pk)).count() == 1


def test_a_window_that_is_run_again_changes_nothing(exchange: Exchange) -> None:
    exchange.give(1, 20)
    run = exchange.run(exchange.agree())
    Run.objects.filter(pk=run.pk).update(state=RunState.WAITING)
    run.receipt.delete()
    exchange.database.execute("UPDATE giver.people SET note = '后来'")
    run = exchange.again(run)
    assert (run.state, run.inserted, run.attempt) == (RunState.DONE, 20, 2)
    assert exchange.ask("SELECT count(*) FROM taker.people WHERE note IS NULL") == 20
    assert exchange.ask("SELECT count(*) FROM taker.zhengtong_received") == 1


def test_an_increment_takes_what_changed_since(exchange: Exchange) -> None:
    exchange.give(1, 50)
    contract = exchange.agree(mode="increment")
    first = exchange.run(contract)
    assert first.inserted == 50
    exchange.give(51, 60)
    exchange.database.execute("UPDATE giver.people SET note = 'x', changed_at = clock_timestamp() WHERE id = 7")
    second = exchange.run(contract)
    assert (second.inserted, second.updated, second.rows_read) == (10, 1, 11)
    assert exchange.count_different() == 0
    third = exchange.run(contract)
    assert (third.state, third.rows_read) == (RunState.DONE, 0)
    fourth = exchange.run(contract)
    assert (fourth.state, fourth.rows_read) == (RunState.DONE, 0)


def test_bad_rows_are_held_back_and_the_rest_lands(exchange: Exchange) -> None:
    exchange.give(1, 20)
    exchange.database.execute("UPDATE giver.people SET number = '3.30102E+17' WHERE id = 3")
    exchange.database.execute("UPDATE giver.people SET note = repeat('长', 101) WHERE id = 4")
    exchange.database.execute("UPDATE giver.people SET born = '0044-03-15 BC' WHERE id = 5")
    exchange.database.execute("UPDATE giver.people SET number = '11010519491231002x' WHERE id = 6")
    run = exchange.run(exchange.agree())
    assert (run.state, run.rows_read, run.rows_held, run.inserted) == (RunState.DONE, 20, 3, 17), run.message
    held = {(row.key_text, row.column, row.rule) for row in HeldRow.objects.filter(run=run)}
    assert held == {
        ("3", "number", "spreadsheet-number"),
        ("3", "number", "check-GB11643"),
        ("4", "note", "too-long"),
        ("5", "born", "date-range"),
        ("6", "number", "normalised"),
    }
    kept = HeldRow.objects.get(run=run, rule="normalised")
    assert (kept.original, kept.state) == ({"number": "11010519491231002x"}, HeldRow.State.REPLAYED)
    assert exchange.ask("SELECT number FROM taker.people WHERE id = 6") == "11010519491231002X"
    assert exchange.count_different("id NOT IN (3, 4, 5, 6)") == 1


def test_an_attempt_that_is_repeated_does_not_hold_its_rows_twice(exchange: Exchange) -> None:
    exchange.give(1, 20)
    exchange.database.execute("UPDATE giver.people SET number = '1' WHERE id <= 5")
    exchange.database.execute("CREATE TABLE taker.people (id bigint PRIMARY KEY)")
    run = exchange.run(exchange.agree())
    assert (run.state, run.code) == (RunState.FAILED, "column-missing")
    exchange.database.execute("DROP TABLE taker.people")
    for _turn in range(2):
        Run.objects.filter(pk=run.pk).update(state=RunState.WAITING)
        exchange.database.execute("DELETE FROM taker.zhengtong_received")
        if hasattr(run, "receipt"):
            run.receipt.delete()
        run = exchange.again(run)
        assert run.state == RunState.DONE, run.message
        assert HeldRow.objects.filter(run=run).count() == 5


def test_too_many_bad_rows_stop_the_run_before_the_target_is_touched(exchange: Exchange) -> None:
    exchange.give(1, 20)
    exchange.database.execute("UPDATE giver.people SET number = '1' WHERE id <= 11")
    run = exchange.run(exchange.agree())
    assert (run.state, run.code) == (RunState.STOPPED, "too-many-rejected")
    assert "没有改动目标" in run.message
    assert exchange.ask("SELECT count(*) FROM taker.people") == 0


def test_a_snapshot_that_would_delete_too_much_stops(exchange: Exchange) -> None:
    exchange.give(1, 20)
    contract = exchange.agree(most_deleted=0.2)
    exchange.run(contract)
    exchange.database.execute("DELETE FROM giver.people WHERE id > 10")
    run = exchange.run(contract)
    assert (run.state, run.code) == (RunState.STOPPED, "too-many-deleted")
    assert exchange.ask("SELECT count(*) FROM taker.people") == 20


def test_columns_are_projected_and_masked(exchange: Exchange) -> None:
    exchange.give(1, 5)
    fields = (
        FIELDS[0],
        ContractField("number", Column("number", ColumnKind.TEXT, 18), "number", {"check": "GB11643"}),
        ContractField("name", Column("who", ColumnKind.TEXT, 64), "digest"),
        ContractField("born", Column("born", ColumnKind.DATE), "year"),
        ContractField("capital", Column("capital", ColumnKind.DECIMAL, precision=18, scale=2), "hidden"),
    )
    run = exchange.run(exchange.agree(fields=fields))
    assert run.state == RunState.DONE, run.message
    row = exchange.database.execute("SELECT * FROM taker.people WHERE id = 1").fetchone()
    assert row is not None
    assert (row[1], str(row[3]), row[4]) == ("110***********002X", "1990-01-01", None)
    assert len(row[2]) == 64


def test_a_contract_revoked_in_mid_run_leaves_the_target_untouched(
    exchange: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    exchange.give(1, 20)
    contract = exchange.agree()
    judged = Path._judge_counts

    def revoke(path: Path) -> None:
        """The moment between staging and merge."""
        Contract.objects.filter(pk=contract.pk).update(state="revoked", reason="提供方收回授权。")
        judged(path)

    monkeypatch.setattr(Path, "_judge_counts", revoke)
    run = exchange.run(contract)
    assert (run.state, run.code) == (RunState.CANCELLED, "contract-ended")
    assert "提供方收回授权" in run.message
    assert exchange.ask("SELECT count(*) FROM taker.people") == 0


def test_wishes_are_obeyed_between_chunks(exchange: Exchange) -> None:
    exchange.give(1, 20)
    contract = exchange.agree()
    run = start_run(actor=SYSTEM, contract=contract, trigger="hand")
    Run.objects.filter(pk=run.pk).update(wish="pause")
    run = exchange.again(run)
    assert (run.state, run.wish) == (RunState.PAUSED, "")
    Run.objects.filter(pk=run.pk).update(state=RunState.WAITING, wish="cancel")
    run = exchange.again(run)
    assert (run.state, run.code) == (RunState.CANCELLED, "cancelled")
    Run.objects.filter(pk=run.pk).update(state=RunState.WAITING)
    run = exchange.again(run)
    assert (run.state, run.inserted) == (RunState.DONE, 20)


def test_the_second_of_two_runs_waits_and_a_dead_worker_is_replaced(exchange: Exchange) -> None:
    exchange.give(1, 20)
    contract = exchange.agree()
    first = start_run(actor=SYSTEM, contract=contract, trigger="hand")
    second = start_run(actor=SYSTEM, contract=contract, trigger="hand")
    now = timezone.now()
    Run.objects.filter(pk=first.pk).update(
        state=RunState.RUNNING, leased_by="elsewhere", lease_until=now + timedelta(minutes=1)
    )
    assert exchange.again(second).state == RunState.WAITING
    assert exchange.again(first).leased_by == "elsewhere"
    Run.objects.filter(pk=first.pk).update(lease_until=now - timedelta(seconds=1))
    assert exchange.again(second).state == RunState.WAITING
    assert exchange.again(first).state == RunState.DONE
    assert exchange.again(second).state == RunState.DONE


def test_a_source_that_is_down_is_asked_again_later(exchange: Exchange) -> None:
    exchange.giver.settings |= {"host": "127.0.0.1", "port": 1}
    exchange.giver.save()
    run = exchange.run(exchange.agree())
    assert run.state == RunState.WAITING
    assert "再试" in run.message
    assert run.detail["not_before"] > timezone.now().isoformat()


def test_a_password_that_was_changed_is_said_and_not_tried_again(exchange: Exchange) -> None:
    exchange.giver.settings |= {"user": "nobody_of_that_name"}
    exchange.giver.save()
    run = exchange.run(exchange.agree())
    assert (run.state, run.code) == (RunState.FAILED, "credentials"), run.message


def test_a_column_that_was_renamed_at_the_source_is_named(exchange: Exchange) -> None:
    exchange.give(1, 3)
    exchange.database.execute("ALTER TABLE giver.people RENAME note TO remark")
    run = exchange.run(exchange.agree())
    assert (run.state, run.code) == (RunState.FAILED, "column-missing")
    assert "note" in run.message
