"""Rows go to a real MariaDB and come back; what goes wrong there has a code and says what to do."""

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from tests.servers import MariaDBServer
from zhengtong.capabilities.sources.domain import (
    Column,
    ColumnKind,
    Condition,
    Merged,
    Operator,
    SourceError,
    TooManyDeleted,
)
from zhengtong.capabilities.sources.drivers import mariadb as driver
from zhengtong.capabilities.sources.tests.rows import (
    COLUMNS,
    NAME,
    SMALL,
    batch,
    by_code,
    firm,
    firms,
    gathered,
    land,
    landing,
    reading,
    rows_of,
)


@pytest.fixture
def target(mariadb: MariaDBServer) -> Iterator[Any]:
    opened = driver.aim(mariadb.settings, mariadb.secrets)
    yield opened
    opened.close()


@pytest.fixture
def source(mariadb: MariaDBServer) -> Iterator[Any]:
    opened = driver.connect(mariadb.settings, mariadb.secrets)
    yield opened
    opened.close()


def make(mariadb: MariaDBServer, rows: list[dict[str, Any]]) -> None:
    mariadb.run(
        "CREATE TABLE firms (code VARCHAR(20) PRIMARY KEY COMMENT '编号', name VARCHAR(100), staff INT, "
        "since DATE, changed TIMESTAMP(6) NULL) COMMENT '企业'"
    )
    with mariadb.connect() as connection, connection.cursor() as cursor:
        values = [(row["code"], row["name"], row["staff"]) for row in rows]
        cursor.executemany("INSERT INTO firms (code, name, staff) VALUES (%s, %s, %s)", values)


def refused(act: Any) -> SourceError:
    with pytest.raises(SourceError) as caught:
        act()
    return caught.value


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=rows_of())
def test_every_kind_of_value_comes_back_as_it_was(mariadb_process: MariaDBServer, rows: list[dict[str, Any]]) -> None:
    mariadb_process.run("DROP TABLE IF EXISTS firms", "DROP TABLE IF EXISTS zhengtong_received")
    target = driver.aim(mariadb_process.settings, mariadb_process.secrets)
    where = landing(columns=COLUMNS)
    assert land(target, where, rows, COLUMNS).inserted == len(rows)
    assert gathered(target.read_landed(where)) == by_code(rows)
    target.close()
    source = driver.connect(mariadb_process.settings, mariadb_process.secrets)
    # DATETIME has no zone: a moment is kept in UTC.
    plain = [{**row, "changed": row["changed"] and row["changed"].replace(tzinfo=None)} for row in rows]
    assert by_code(gathered(source.read(reading(COLUMNS)))) == by_code(plain)
    assert source.count(reading(COLUMNS)) == len(rows)
    source.close()


def test_a_table_is_described_as_it_is(mariadb: MariaDBServer, source: Any) -> None:
    make(mariadb, firms(3))
    table = source.read_table("firms")
    assert (table.comment, table.key) == ("企业", ("code",))
    assert [(c.name, c.kind, c.length, c.is_nullable, c.has_zone) for c in table.columns] == [
        ("code", ColumnKind.TEXT, 20, False, False),
        ("name", ColumnKind.TEXT, 100, True, False),
        ("staff", ColumnKind.INTEGER, None, True, False),
        ("since", ColumnKind.DATE, None, True, False),
        ("changed", ColumnKind.DATETIME, None, True, True),
    ]
    assert table.columns[0].comment == "编号"
    assert source.list_tables() == ["firms"]
    assert source.check().startswith("MariaDB 10.")


def test_rows_come_in_chunks_from_one_state_of_the_database(mariadb: MariaDBServer, source: Any) -> None:
    make(mariadb, firms(250))
    asked = reading(chunk_rows=100)
    assert source.count(asked) == 250
    batches = source.read(asked)
    first = next(batches)
    mariadb.run("DELETE FROM firms WHERE staff > 120", "INSERT INTO firms (code, staff) VALUES ('ZZ', 999)")
    rest = list(batches)
    assert [each.num_rows for each in (first, *rest)] == [100, 100, 50]


def test_conditions_and_watermarks_narrow_what_is_read(mariadb: MariaDBServer, source: Any) -> None:
    make(mariadb, [firm("A", "甲", 1), firm("B", "甲乙", 2), firm("C", None, 3), firm("D", "ABC", 4)])

    def codes(**more: Any) -> list[str]:
        return [row["code"] for row in gathered(source.read(reading(**more)))]

    mariadb.run("INSERT INTO firms (code, name, staff) VALUES ('E', 'abc', 5)")
    assert codes(conditions=(Condition("name", Operator.BEGINS_WITH, ("甲",)),)) == ["A", "B"]
    # The column's collation takes ABC and abc for the same text; a contract doesn't.
    assert codes(conditions=(Condition("name", Operator.EQUAL, ("abc",)),)) == ["E"]
    assert codes(conditions=(Condition("name", Operator.IS_EMPTY),)) == ["C"]
    assert codes(conditions=(Condition("staff", Operator.ONE_OF, ("1", "4")),)) == ["A", "D"]
    assert codes(watermark="staff", after="2", until="4") == ["C", "D"]
    assert source.count(reading(watermark="staff", after="2", until="4")) == 2
    assert source.find_watermark("firms", "staff") == "5"
    assert source.find_watermark("firms", "since") == ""
    error = refused(lambda: codes(conditions=(Condition("staff", Operator.AT_LEAST, ("五",)),)))
    assert error.code == "value-unfit"


def test_a_watermark_waits_for_lower_values_that_are_still_held_back(mariadb: MariaDBServer, source: Any) -> None:
    make(mariadb, firms(3))
    slow = mariadb.connect()
    slow.begin()
    slow.cursor().execute("INSERT INTO firms (code, staff) VALUES ('slow', 50)")
    mariadb.run("INSERT INTO firms (code, staff) VALUES ('fast', 51)")
    found: list[str] = []
    asking = threading.Thread(target=lambda: found.append(source.find_watermark("firms", "staff")))
    asking.start()
    asking.join(0.3)
    assert found == []
    slow.commit()
    asking.join(10)
    slow.close()
    assert found == ["51"]
    window = reading(watermark="staff", after="2", until="51")
    assert sorted(row["code"] for row in gathered(source.read(window))) == ["fast", "slow"]


def test_a_day_that_never_was_is_told_and_may_travel_as_text(mariadb: MariaDBServer) -> None:
    make(mariadb, firms(1))
    mariadb.run("SET sql_mode = ''", "INSERT INTO firms (code, since) VALUES ('X', '0000-00-00')")
    columns = (*SMALL, Column("since", ColumnKind.DATE))
    source = driver.connect(mariadb.settings, mariadb.secrets)
    error = refused(lambda: gathered(source.read(reading(columns))))
    assert (error.code, error.is_passing) == ("value-unfit", False)
    assert "0000-00-00" in error.message
    assert "since" in error.message
    source.close()
    source = driver.connect({**mariadb.settings, "text_columns": ["firms.since"]}, mariadb.secrets)
    assert {row["since"] for row in gathered(source.read(reading(columns)))} == {None, "0000-00-00"}
    source.close()


def test_a_merge_counts_exactly_and_a_second_one_does_nothing(mariadb: MariaDBServer, target: Any) -> None:
    first = [firm("A", "甲", 1), firm("B", None, None), firm("C", "丙", 3), firm("D", "丁", 4)]
    assert land(target, landing("r1"), first) == Merged(inserted=4)
    # NULL with NULL is the same; a blank at the end and another case are not.
    second = [firm("A", "甲 ", 1), firm("B", None, None), firm("C", "丙", None), firm("E", "戊", 5)]
    where = landing("r2", is_whole=True)
    assert land(target, where, second) == Merged(inserted=1, updated=2, deleted=1, unchanged=1)
    assert gathered(target.read_landed(where)) == second
    mariadb.run("UPDATE firms SET name = '后来改的'")
    assert land(target, where, first) == Merged(inserted=1, updated=2, deleted=1, unchanged=1, was_done=True)
    assert {row[0] for row in mariadb.run("SELECT DISTINCT name FROM firms")} == {"后来改的"}
    assert target.is_merged(where)
    assert not target.is_merged(landing("r3"))
    marks = mariadb.run("SELECT run, inserted, updated, deleted, unchanged FROM zhengtong_received ORDER BY run")
    assert marks == [("r1", 4, 0, 0, 0), ("r2", 1, 2, 1, 1)]
    for each in (where, landing("r1")):
        target.drop_staging(each)
    assert mariadb.run("SHOW TABLES LIKE 'zt_stage%'") == []


def test_removed_rows_are_taken_out(target: Any, mariadb: MariaDBServer) -> None:
    land(target, landing("r1"), firms(5))
    where = landing("r2", removed="gone")
    target.prepare(where)
    columns = (*SMALL, Column("gone", ColumnKind.BOOLEAN))
    rows = [
        {**firm("F000000", "改名", 0), "gone": False},
        {**firm("F000001", None, None), "gone": True},
        {**firm("F000009", None, None), "gone": True},
        {**firm("new"), "gone": False},
    ]
    target.stage(where, [batch(rows, columns)])
    assert target.merge(where) == Merged(inserted=1, updated=1, deleted=1)
    assert [row["code"] for row in gathered(target.read_landed(where))] == ["F000000", "new"]
    assert mariadb.run("SELECT COUNT(*) FROM firms")[0][0] == 5


def test_a_whole_that_lacks_too_much_changes_nothing(target: Any, mariadb: MariaDBServer) -> None:
    land(target, landing("r1"), firms(10))
    where = landing("r2", is_whole=True, most_deleted=0.3)
    with pytest.raises(TooManyDeleted) as caught:
        land(target, where, firms(6, "改"))
    assert (caught.value.would_delete, caught.value.has) == (4, 10)
    assert mariadb.run("SELECT COUNT(*), SUM(name LIKE '改%') FROM firms")[0] == (10, 0)
    assert not target.is_merged(where)
    assert land(target, landing("r2", is_whole=True, most_deleted=0.4), firms(6)).deleted == 4


def test_two_merges_of_one_run_at_once_do_it_once(target: Any, mariadb: MariaDBServer) -> None:
    where = landing("r1")
    target.prepare(where)
    done: list[Merged] = []
    ready = threading.Barrier(3)

    def merge() -> None:
        other = driver.aim(mariadb.settings, mariadb.secrets)
        other.prepare(where)
        other.stage(where, [batch(firms(2000))])
        ready.wait(30)
        done.append(other.merge(where))
        other.close()

    threads = [threading.Thread(target=merge) for _each in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    # Those that come later say what the first one did.
    assert [each.inserted for each in done] == [2000] * 3
    assert [each.was_done for each in done].count(True) == 2
    assert mariadb.run("SELECT COUNT(*) FROM firms")[0][0] == 2000


def test_a_difference_found_before_the_commit_takes_the_merge_back(target: Any, mariadb: MariaDBServer) -> None:
    land(target, landing("r1"), firms(10))
    where = landing("r2", is_whole=True)
    shown: list[dict[str, Any]] = []

    def refuse(rows: Iterator[Any]) -> None:
        shown.extend(next(rows).to_pylist())
        raise LookupError

    def merge(confirm: Callable[[Iterator[Any]], None]) -> Merged:
        again = driver.aim(mariadb.settings, mariadb.secrets)
        again.prepare(where)
        again.stage(where, [batch(firms(6, "改"))])
        try:
            return again.merge_confirmed(where, confirm)
        finally:
            again.close()

    with pytest.raises(LookupError):
        merge(refuse)
    assert [row["name"] for row in shown] == [row["name"] for row in firms(6, "改")]
    assert mariadb.run("SELECT COUNT(*), SUM(name LIKE '改%') FROM firms")[0] == (10, 0)
    assert not target.is_merged(where)
    assert merge(lambda rows: shown.extend(gathered(rows))) == Merged(updated=6, deleted=4)
    assert target.is_merged(where)


def test_what_is_confirmed_is_what_is_committed(target: Any, mariadb: MariaDBServer) -> None:
    """A row of the batch that somebody else wrote after the merge's transaction began is seen as it is by then."""
    land(target, landing("r1"), firms(3))
    where, seen = landing("r2"), list[dict[str, Any]]()
    target.prepare(where)
    target.stage(where, [batch(firms(3))])
    update = target._update

    def meddle(*given: Any) -> int:
        mariadb.run("UPDATE firms SET name = '别人改的' WHERE code = 'F000001'")
        return int(update(*given))

    target._update = meddle
    merged = target.merge_confirmed(where, lambda rows: seen.extend(gathered(rows)))
    assert (merged.updated, seen) == (1, firms(3))


def test_what_the_target_cannot_take_is_told_before_anything_is_written(mariadb: MariaDBServer, target: Any) -> None:
    mariadb.run("CREATE TABLE firms (code VARCHAR(20) PRIMARY KEY, staff DATE)")
    assert refused(lambda: target.prepare(landing())).code == "column-missing"
    mariadb.run("ALTER TABLE firms ADD name VARCHAR(5)")
    error = refused(lambda: target.prepare(landing()))
    assert (error.code, "staff" in error.message) == ("column-other", True)
    mariadb.run("ALTER TABLE firms MODIFY staff INT, MODIFY code VARCHAR(10)")
    assert refused(lambda: target.prepare(landing())).code == "column-narrow"
    mariadb.run("ALTER TABLE firms MODIFY code VARCHAR(20)")
    error = refused(lambda: land(target, landing(), [firm("A", "澜水面馆第二分店")]))
    assert (error.code, "name" in error.message) == ("column-narrow", True)
    assert refused(lambda: land(target, landing(), [firm("A", "甲", 2**40)])).code == "column-narrow"
    assert mariadb.run("SELECT COUNT(*) FROM firms")[0][0] == 0


def test_doubled_keys_are_told(target: Any) -> None:
    error = refused(lambda: land(target, landing(), [firm("A"), firm("A")]))
    assert (error.code, "'A'" in error.message) == ("key-doubled", True)


def test_names_with_odd_signs_are_names(mariadb: MariaDBServer) -> None:
    columns = (Column("code", ColumnKind.TEXT, 20, is_key=True), Column('占比%"s`', ColumnKind.TEXT))
    target, rows = driver.aim(mariadb.settings, mariadb.secrets), [{"code": "A", '占比%"s`': "%s"}]
    where = landing(columns=columns)
    assert land(target, where, rows, columns).inserted == 1
    assert gathered(target.read_landed(where)) == rows
    target.close()
    source = driver.connect(mariadb.settings, mariadb.secrets)
    asked = reading(columns, conditions=(Condition('占比%"s`', Operator.EQUAL, ("%s",)),))
    assert gathered(source.read(asked)) == rows
    source.close()


def test_wrong_words_and_names_have_their_codes(mariadb: MariaDBServer, source: Any) -> None:
    make(mariadb, firms(1))
    error = refused(lambda: driver.connect(mariadb.settings, {"password": "wrong"}))
    assert (error.code, error.is_passing) == ("credentials", False)
    assert "口令" in error.message
    error = refused(lambda: driver.connect({**mariadb.settings, "database": "none"}, mariadb.secrets))
    assert error.code in ("database-missing", "denied")
    assert refused(lambda: source.read_table("none")).code == "table-missing"
    assert refused(lambda: gathered(source.read(reading(table="none")))).code == "table-missing"
    error = refused(lambda: gathered(source.read(reading((*SMALL, Column("renamed", ColumnKind.TEXT))))))
    assert (error.code, "renamed" in error.message) == ("column-missing", True)


def test_a_source_that_is_down_may_be_tried_again(mariadb: MariaDBServer) -> None:
    mariadb.kill()
    try:
        error = refused(lambda: driver.connect(mariadb.settings, mariadb.secrets))
        assert (error.code, error.is_passing) == ("unreachable", True)
    finally:
        mariadb.start()
    driver.connect(mariadb.settings, mariadb.secrets).close()


def test_a_reading_that_is_cut_off_says_so(mariadb: MariaDBServer, source: Any) -> None:
    make(mariadb, firms(2))
    mariadb.run(
        "ALTER TABLE firms MODIFY name LONGTEXT",
        "INSERT INTO firms (code, name) SELECT CONCAT('S', seq), REPEAT('字', 2000) FROM seq_1_to_20000",
    )
    batches = source.read(reading((SMALL[0], NAME), chunk_rows=10))
    next(batches)
    mariadb.cut()
    error = refused(lambda: gathered(batches))
    assert (error.code, error.is_passing) == ("cut", True)


def test_a_merge_that_is_cut_off_has_changed_nothing(mariadb: MariaDBServer, target: Any) -> None:
    where = landing("r1")
    target.prepare(where)
    target.stage(where, [batch(firms(10))])
    blocker = mariadb.connect(as_root=True)
    blocker.begin()
    blocker.cursor().execute("SELECT * FROM office.zhengtong_received FOR UPDATE")
    errors: list[SourceError] = []
    merging = threading.Thread(target=lambda: errors.append(refused(lambda: target.merge(where))))
    merging.start()
    # Until the merge stands before the lock.
    while not any(
        row[0]
        for row in mariadb.run("SELECT COUNT(*) FROM information_schema.processlist WHERE info LIKE 'INSERT IGNORE%'")
    ):
        merging.join(0.02)
    mariadb.cut()
    merging.join(10)
    blocker.close()
    assert [(each.code, each.is_passing) for each in errors] == [("cut", True)]
    again = driver.aim(mariadb.settings, mariadb.secrets)
    assert not again.is_merged(where)
    assert land(again, where, firms(10)) == Merged(inserted=10)
    again.close()


def test_a_full_target_says_so_and_may_be_tried_again(mariadb: MariaDBServer, target: Any) -> None:
    mariadb.run(
        "CREATE TABLE firms (code VARCHAR(20) PRIMARY KEY, name VARCHAR(100), staff INT) ENGINE=MEMORY MAX_ROWS=100"
    )
    with mariadb.connect(as_root=True) as root:
        root.cursor().execute("SET GLOBAL max_heap_table_size = 16384")
        mariadb.run("ALTER TABLE firms ENGINE=MEMORY")
    fresh = driver.aim(mariadb.settings, mariadb.secrets)
    error = refused(lambda: land(fresh, landing(), firms(5000)))
    fresh.close()
    with mariadb.connect(as_root=True) as root:
        root.cursor().execute("SET GLOBAL max_heap_table_size = DEFAULT")
    assert (error.code, error.is_passing) == ("target-full", True)


def test_moments_of_a_timestamp_are_utc(mariadb: MariaDBServer, source: Any) -> None:
    make(mariadb, firms(1))
    mariadb.run("SET time_zone = '+08:00'", "UPDATE firms SET changed = '2026-03-02 08:30:00.5'")
    (row,) = gathered(source.read(reading((Column("changed", ColumnKind.DATETIME, has_zone=True),))))
    assert row["changed"] == datetime(2026, 3, 2, 0, 30, 0, 500000, tzinfo=UTC)
