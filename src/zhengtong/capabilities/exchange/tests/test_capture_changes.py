"""Change capture against a real server: peek, land, confirm, advance; the target ends with what the source has."""

from typing import Any

import pytest

from zhengtong.capabilities.contracts.public import Contract, ContractContent, ContractState, Mode
from zhengtong.capabilities.exchange.capture.feed import REMOVED, CaptureFeed
from zhengtong.capabilities.exchange.capture.slots import open_log
from zhengtong.capabilities.exchange.models import Capture, CaptureState
from zhengtong.capabilities.exchange.services.capturing import end_captures, measure_captures, restart_capture
from zhengtong.capabilities.exchange.tests.samples import make_contract, make_source
from zhengtong.capabilities.exchange.tests.watching import Execute
from zhengtong.capabilities.sources.public import Condition, Operator, SourceError
from zhengtong.core.identity.public import Organisation
from zhengtong.kernel.policy import SYSTEM, Actor

pytestmark = pytest.mark.django_db(transaction=True)
LONG = "长" * 5000
Landed = dict[int, dict[str, Any]]


@pytest.fixture
def captured(offices: tuple[Organisation, Organisation], source_settings: dict[str, Any], execute: Execute) -> Contract:
    execute(f"INSERT INTO people VALUES (1, '王晓岚', '1990-05-17', '{LONG}', 'x'), (2, '李', NULL, NULL, 'x')")
    source = make_source(offices[0], **source_settings)
    return make_contract(*offices, mode=Mode.CAPTURE, source=source)


def feed_of(contract: Contract, window: str = "", **options: Any) -> CaptureFeed:
    return CaptureFeed(contract, ContractContent.from_json(contract.content), window, **options)


def land(feed: CaptureFeed, landed: Landed) -> int:
    """Do to ``landed`` what a merge does to the target; return how many rows the feed gave."""
    expected, rows = feed.expected(), 0
    whole: Landed = {}
    for batch in feed.batches():
        for row in batch.to_pylist():
            rows += 1
            if row.pop(REMOVED, False):
                landed.pop(row["id"], None)
            else:
                (whole if feed.is_whole else landed)[row["id"]] = row
    if feed.is_whole:
        landed.clear()
        landed.update(whole)
    assert rows == expected
    return rows


def source_rows(execute: Execute, where: str = "") -> Landed:
    rows = execute(f"SELECT id, name, born, story FROM people {where}").fetchall()
    return {row[0]: dict(zip(("id", "name", "born", "story"), row, strict=True)) for row in rows}


def begin(contract: Contract) -> Landed:
    landed: Landed = {}
    feed = feed_of(contract)
    assert feed.is_whole
    land(feed, landed)
    feed.settle()
    return landed


def test_the_whole_comes_first_and_then_what_changed(captured: Contract, execute: Execute) -> None:
    landed = begin(captured)
    assert landed == source_rows(execute)
    execute("INSERT INTO people VALUES (3, '赵', '2001-01-01', 's', 'x')")
    execute("UPDATE people SET name = '王晓' WHERE id = 1")  # leaves the long story alone
    execute("UPDATE people SET id = 20 WHERE id = 2")
    execute("UPDATE people SET name = '钱' WHERE id = 3")
    execute("DELETE FROM people WHERE id = 3")
    feed = feed_of(captured)
    assert not feed.is_whole
    assert feed.removed == REMOVED
    assert land(feed, landed) == 4, "one row a key, and the old key of the one that moved"
    feed.settle()
    assert landed == source_rows(execute)
    assert landed[1]["story"] == LONG
    assert land(feed_of(captured), landed) == 0


def test_what_changes_while_the_whole_is_read_comes_with_the_first_window(captured: Contract, execute: Execute) -> None:
    landed: Landed = {}
    feed = feed_of(captured)
    execute("INSERT INTO people VALUES (3, '赵', NULL, NULL, 'x')")  # after the slot, before the reading
    execute("DELETE FROM people WHERE id = 2")
    land(feed, landed)
    feed.settle()
    assert landed == source_rows(execute)
    changes = feed_of(captured, most_changes=1)
    land(changes, landed)
    changes.settle()
    assert landed == source_rows(execute), "a limit doesn't cut the window that makes up for the reading"


def test_killed_between_merge_and_advance_nothing_comes_twice_and_nothing_is_lost(
    captured: Contract, execute: Execute
) -> None:
    landed = begin(captured)
    execute("UPDATE people SET name = '一' WHERE id = 1")
    first = feed_of(captured)
    land(first, landed)  # merged, and then the worker is killed: settle() isn't reached
    execute("INSERT INTO people VALUES (4, '四', NULL, NULL, 'x')")
    again = feed_of(captured, first.window)
    assert again.window == first.window
    assert land(again, dict(landed)) == 1, "the same window has the same content whatever came since"
    again.settle()
    third = feed_of(captured, first.window)
    assert land(third, landed) == 0, "a window that is settled has nothing more to give"
    third.settle()
    rest = feed_of(captured)
    assert land(rest, landed) == 1
    rest.settle()
    assert landed == source_rows(execute)


def test_killed_between_our_books_and_the_slot_the_next_window_begins_where_the_books_end(
    captured: Contract, execute: Execute, monkeypatch: pytest.MonkeyPatch
) -> None:
    landed = begin(captured)
    execute("UPDATE people SET name = '一' WHERE id = 1")
    feed = feed_of(captured)
    land(feed, landed)

    def die(*_given: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("zhengtong.capabilities.exchange.capture.slots.Log.advance", die)
        with pytest.raises(KeyboardInterrupt):
            feed.settle()
    assert land(feed_of(captured), landed) == 0


def test_windows_are_limited_and_never_cut_a_transaction(captured: Contract, execute: Execute) -> None:
    landed = begin(captured)
    feed_of(captured).settle()
    for n in range(10, 16):
        execute(f"INSERT INTO people SELECT g, '某', NULL, NULL, 'x' FROM generate_series({n}00, {n}09) g")
    sizes = []
    while True:
        feed = feed_of(captured, most_changes=5, chunk_rows=4)
        if not (rows := land(feed, landed)):
            break
        feed.settle()
        sizes.append(rows)
    assert sizes == [10] * 6
    assert landed == source_rows(execute)


def test_a_truncated_table_comes_as_a_whole(captured: Contract, execute: Execute) -> None:
    landed = begin(captured)
    execute("TRUNCATE people")
    execute("INSERT INTO people VALUES (7, '七', NULL, NULL, 'x'), (8, '八', NULL, NULL, 'x')")
    execute("DELETE FROM people WHERE id = 8")
    feed = feed_of(captured)
    assert feed.is_whole
    land(feed, landed)
    assert landed == source_rows(execute)


def test_rows_that_leave_the_filter_are_removed(
    offices: tuple[Organisation, Organisation], source_settings: dict[str, Any], execute: Execute
) -> None:
    execute("INSERT INTO people VALUES (1, '甲', '1990-01-01', NULL, 'a'), (2, '乙', '2010-01-01', NULL, 'a')")
    conditions = (
        Condition("born", Operator.AT_MOST, ("2000-01-01",)),
        Condition("secret", Operator.ONE_OF, ("a", "b")),
    )
    source = make_source(offices[0], **source_settings)
    contract = make_contract(*offices, mode=Mode.CAPTURE, source=source, conditions=conditions)
    where = "WHERE born <= '2000-01-01' AND secret IN ('a', 'b')"
    landed = begin(contract)
    assert landed == source_rows(execute, where)
    execute("UPDATE people SET secret = 'z' WHERE id = 1")
    execute("UPDATE people SET born = '1999-01-01' WHERE id = 2")
    execute("INSERT INTO people VALUES (3, '丙', NULL, NULL, 'a')")
    land(feed_of(contract), landed)
    assert landed == source_rows(execute, where)
    assert set(landed) == {2}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ("ALTER TABLE people RENAME name TO full_name", "column-missing"),
        ("ALTER TABLE people DROP story", "column-missing"),
        ("ALTER TABLE people ALTER name TYPE varchar(400)", "column-wider"),
        ("ALTER TABLE people ALTER born TYPE text", "column-other"),
    ],
)
def test_a_column_renamed_dropped_widened_or_of_another_type_stops_with_a_line(
    captured: Contract, execute: Execute, operator: Actor, change: str, code: str
) -> None:
    begin(captured)
    execute(change)
    execute("INSERT INTO people (id) VALUES (9)")
    with pytest.raises(SourceError) as refused:
        feed_of(captured)
    assert refused.value.code == code
    assert "“" in refused.value.message


def test_a_slot_that_somebody_dropped_is_noticed_and_begun_anew(
    captured: Contract, execute: Execute, operator: Actor
) -> None:
    landed = begin(captured)
    execute("SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE database = current_database()")
    execute("DELETE FROM people WHERE id = 1")
    with pytest.raises(SourceError) as refused:
        feed_of(captured)
    assert refused.value.code == "slot-lost"
    restart_capture(actor=operator, capture=Capture.objects.get())
    landed = begin(captured)
    assert landed == source_rows(execute)


def test_a_slot_that_another_reader_advanced_is_noticed(captured: Contract, execute: Execute) -> None:
    begin(captured)
    execute("DELETE FROM people WHERE id = 1")
    execute(
        "SELECT pg_replication_slot_advance(slot_name, pg_current_wal_lsn()) "
        "FROM pg_replication_slots WHERE database = current_database()"
    )
    with pytest.raises(SourceError) as refused:
        feed_of(captured)
    assert refused.value.code == "slot-lost"


def test_an_account_without_the_right_is_told_what_the_administrator_runs(
    offices: tuple[Organisation, Organisation], source_settings: dict[str, Any], execute: Execute
) -> None:
    execute("DROP ROLE IF EXISTS zt_plain")
    execute("CREATE ROLE zt_plain LOGIN PASSWORD 'plain'")
    execute("GRANT zt_plain TO CURRENT_USER")
    try:
        with open_log(make_source(offices[0], **source_settings)) as log:
            log._connection.execute("SET ROLE zt_plain")
            with pytest.raises(SourceError) as refused:
                log.make_slot("zt_x", "zt_x", "people")
            assert refused.value.code == "no-publication"
            assert "CREATE PUBLICATION" in refused.value.message
            execute("CREATE PUBLICATION zt_x FOR TABLE people")
            with pytest.raises(SourceError) as refused:
                log.make_slot("zt_x", "zt_x", "people")
            assert refused.value.code == "no-replication"
            assert "REPLICATION" in refused.value.message
    finally:
        execute("DROP ROLE zt_plain")


def test_the_slots_lag_is_shown_and_an_ended_contracts_slot_is_dropped(captured: Contract, execute: Execute) -> None:
    begin(captured)
    execute("INSERT INTO people SELECT g, repeat('x', 100), NULL, NULL, 'x' FROM generate_series(100, 2000) g")
    assert measure_captures() == 1
    capture = Capture.objects.get()
    assert (capture.kept_bytes or 0) >= (capture.lag_bytes or 0) > 100_000
    assert capture.checked_at is not None
    assert end_captures(actor=SYSTEM) == 0
    Contract.objects.filter(pk=captured.pk).update(state=ContractState.REVOKED)
    assert end_captures(actor=SYSTEM) == 1
    assert Capture.objects.get().state == CaptureState.ENDED
    assert execute("SELECT count(*) FROM pg_replication_slots WHERE database = current_database()").fetchone() == (0,)
