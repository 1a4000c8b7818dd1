"""A source says one number and gives another, or its columns aren't what was agreed: one sentence, nothing touched."""

import json
from collections.abc import Iterator

import pytest
from pytest_django.fixtures import Settings

from zhengtong.capabilities.contracts.public import ContractField
from zhengtong.capabilities.exchange.models import HeldRow, Receipt, Run, RunState
from zhengtong.capabilities.exchange.tests.conftest import Exchange
from zhengtong.capabilities.sources.public import Column, ColumnKind
from zhengtong.capabilities.sources.tests.test_read_and_write_http import Answer, Interface

# Answers each question with one row less than the one before, within one snapshot.
LIAR = """
CREATE FUNCTION giver.fewer() RETURNS bigint LANGUAGE plpgsql VOLATILE AS $$
DECLARE turn int := coalesce(nullif(current_setting('zt.turn', true), ''), '0')::int + 1;
BEGIN PERFORM set_config('zt.turn', turn::text, false); RETURN 100 - turn; END $$;
CREATE VIEW giver.liar AS SELECT * FROM giver.people WHERE id <= (SELECT giver.fewer());
"""
FIRMS = (
    ContractField("code", Column("code", ColumnKind.TEXT, 20, is_nullable=False, is_key=True)),
    ContractField("name", Column("name", ColumnKind.TEXT, 50)),
    ContractField("staff", Column("staff", ColumnKind.INTEGER)),
)


@pytest.fixture
def interface(settings: Settings) -> Iterator[Interface]:
    settings.DEMO = True  # the provider's interface is on this machine
    made = Interface()
    yield made
    made.server.shutdown()
    made.server.server_close()


def untouched(exchange: Exchange) -> bool:
    """Return whether the target has the hundred rows of before, and no proof of anything else."""
    rows = exchange.ask("SELECT count(*) FROM taker.people WHERE note IS NULL")
    return bool(rows == 100 and Receipt.objects.count() == 1)


@pytest.mark.parametrize("mode", ["snapshot", "increment"])
def test_a_database_that_says_more_rows_than_it_gives_is_not_believed(exchange: Exchange, mode: str) -> None:
    exchange.give(1, 100)
    exchange.database.execute(LIAR)
    contract = exchange.agree(place="liar", mode=mode)
    run = exchange.run(contract)
    assert (run.state, run.code) == (RunState.WAITING, "count-differs"), run.message
    assert run.rows_expected is not None
    assert run.rows_expected == run.rows_read + 1
    assert f"来源说有 {run.rows_expected} 行，实际读到 {run.rows_read} 行" in run.message
    assert "没有改动目标" in run.message
    assert exchange.ask("SELECT count(*) FROM taker.people") == 0
    assert not Receipt.objects.exists()
    # The source's owner puts it right, and the same run arrives.
    exchange.database.execute("CREATE OR REPLACE VIEW giver.liar AS SELECT * FROM giver.people")
    Run.objects.filter(pk=run.pk).update(state=RunState.WAITING)
    run = exchange.again(run)
    # An increment ends where it ended when it was asked for: the last row comes with the next.
    given = 100 if mode == "snapshot" else 99
    assert (run.state, run.rows_expected, run.inserted) == (RunState.DONE, given, given), run.message
    assert exchange.run(contract).rows_read == (100 if mode == "snapshot" else 1)
    assert exchange.count_different() == 0


def test_a_source_that_goes_on_lying_is_given_up_with_the_same_sentence(exchange: Exchange) -> None:
    exchange.give(1, 100)
    exchange.database.execute(LIAR)
    run = exchange.run(exchange.agree(place="liar"))
    for _attempt in range(5):
        Run.objects.filter(pk=run.pk).update(state=RunState.WAITING)
        run = exchange.again(run)
    assert (run.state, run.code, run.attempt) == (RunState.FAILED, "count-differs", 6)
    assert "来源说有" in run.message
    assert "已经试了 6 次，不再自动重试" in run.message


@pytest.mark.parametrize("said", [98, 101])
def test_an_interface_whose_total_is_not_what_its_pages_hold_is_not_believed(
    exchange: Exchange, interface: Interface, said: int
) -> None:
    exchange.giver.kind, exchange.giver.settings, exchange.giver.secrets = "http", interface.settings, {}
    exchange.giver.save()
    contract = exchange.agree(fields=FIRMS, key=("code",), place="rows", target_table="firms")
    truth = interface.answer

    def lie(asked: dict[str, str], body: bytes, headers: dict[str, str]) -> Answer:
        code, about, content = truth(asked, body, headers)
        page = json.loads(content)
        page["data"]["total"] = said
        return code, about, json.dumps(page).encode()

    interface.answer = lie
    run = exchange.run(contract)
    assert (run.state, run.code) == (RunState.WAITING, "count-differs"), run.message
    assert f"来源说有 {said} 行，实际读到 100 行" in run.message
    assert exchange.ask("SELECT count(*) FROM taker.firms") == 0
    interface.answer = truth
    Run.objects.filter(pk=run.pk).update(state=RunState.WAITING)
    run = exchange.again(run)
    assert (run.state, run.inserted) == (RunState.DONE, 100), run.message


@pytest.mark.parametrize("mode", ["snapshot", "increment"])
@pytest.mark.parametrize("column", ["note", "id", "changed_at"])
def test_a_column_that_was_dropped_at_the_source_is_named(exchange: Exchange, mode: str, column: str) -> None:
    exchange.give(1, 100)
    contract = exchange.agree(mode=mode)
    assert exchange.run(contract).inserted == 100
    exchange.database.execute(f'ALTER TABLE giver.people DROP COLUMN "{column}"')
    run = exchange.run(contract)
    assert (run.state, run.code) == (RunState.FAILED, "column-missing"), run.message
    assert column in run.message
    assert untouched(exchange)


@pytest.mark.parametrize("mode", ["snapshot", "increment"])
@pytest.mark.parametrize(
    ("column", "kind", "value", "rule"),
    [
        ("name", "text", "repeat('长', 51)", "too-long"),
        ("name", "varchar(200)", "repeat('长', 51)", "too-long"),
        ("capital", "numeric(20,4)", "1.2345", "number-size"),
        ("capital", "numeric(30,2)", "12345678901234567890.5", "number-size"),
        ("id", "numeric(30,0)", "id + 100000000000000000000", "number-form"),
    ],
)
def test_a_column_that_was_widened_holds_back_only_what_no_longer_fits(
    exchange: Exchange, mode: str, column: str, kind: str, value: str, rule: str
) -> None:
    exchange.give(1, 100)
    contract = exchange.agree(mode=mode)
    assert exchange.run(contract).inserted == 100
    exchange.database.execute(f"ALTER TABLE giver.people ALTER {column} TYPE {kind}")
    exchange.give(101, 120)
    exchange.database.execute(f"UPDATE giver.people SET {column} = {value} WHERE id IN (119, 120)")
    run = exchange.run(contract)
    assert (run.state, run.rows_held, run.inserted) == (RunState.DONE, 2, 18), run.message
    held = HeldRow.objects.filter(run=run)
    assert {(row.rule, row.column) for row in held} == {(rule, "full_name" if column == "name" else column)}
    assert "隔离 2 行" in run.message
    assert exchange.count_different("id < 119") == 0


@pytest.mark.parametrize("mode", ["snapshot", "increment"])
def test_a_column_widened_so_that_most_rows_do_not_fit_stops_before_the_target(exchange: Exchange, mode: str) -> None:
    exchange.give(1, 100)
    contract = exchange.agree(mode=mode)
    assert exchange.run(contract).inserted == 100
    exchange.database.execute("ALTER TABLE giver.people ALTER name TYPE text")
    exchange.database.execute(
        "UPDATE giver.people SET name = repeat('长', 80), note = '改', changed_at = clock_timestamp()"
    )
    run = exchange.run(contract)
    assert (run.state, run.code) == (RunState.STOPPED, "too-many-rejected"), run.message
    assert "没有改动目标" in run.message
    assert untouched(exchange)


@pytest.mark.parametrize(
    ("column", "kind"),
    [
        ("id", "text USING 'x' || id"),
        ("number", "bytea USING '\\x00ff'::bytea"),
        ("name", "jsonb USING to_jsonb(name)"),
        ("note", "int[] USING '{1}'"),
        ("born", "timestamptz"),
        ("born", "bigint USING 5"),
        ("born", "boolean USING true"),
        ("born", "bytea USING '\\x01'::bytea"),
        ("capital", "double precision"),
        ("capital", "date USING '2020-01-01'"),
        ("capital", "bytea USING '\\x01'::bytea"),
        ("is_active", "date USING '2020-01-01'"),
        ("is_active", "int USING 7"),
        ("is_active", "time USING '10:00'"),
        ("born", "timestamp USING born + interval '9 hours'"),
        ("is_active", "bigint USING 7"),
        ("changed_at", "text"),
        ("changed_at", "bigint USING 1700000000000000"),
        ("changed_at", "timestamp"),
        ("changed_at", "date"),
        ("changed_at", "boolean USING true"),
        ("id", "uuid USING gen_random_uuid()"),
    ],
)
def test_a_column_of_another_type_never_ends_in_an_inner_fault(exchange: Exchange, column: str, kind: str) -> None:
    exchange.give(1, 100)
    contract = exchange.agree(most_rejected=0.9)
    assert exchange.run(contract).inserted == 100
    exchange.database.execute(f"ALTER TABLE giver.people ALTER {column} TYPE {kind}")
    run = exchange.run(contract)
    assert run.code != "internal", run.message
    assert run.state in (RunState.DONE, RunState.STOPPED, RunState.FAILED), run.message
    if run.state != RunState.DONE:
        assert untouched(exchange)
        assert "没有改动目标" in run.message, run.message


@pytest.mark.parametrize(
    ("column", "kind"),
    [
        ("born", "timestamptz USING born::timestamp AT TIME ZONE 'Asia/Shanghai'"),
        ("born", "timestamp USING born + interval '9 hours'"),
        ("is_active", "bigint USING 7"),
        ("changed_at", "bigint USING 1700000000000000"),
    ],
)
def test_a_value_of_another_type_is_held_and_not_made_into_what_was_agreed(
    exchange: Exchange, column: str, kind: str
) -> None:
    """A moment isn't the day that it is in London, seven isn't true, and a number isn't a moment."""
    exchange.give(1, 100)
    contract = exchange.agree(most_rejected=0.9)
    exchange.database.execute(f"ALTER TABLE giver.people ALTER {column} TYPE {kind}".encode())
    run = exchange.run(contract)
    assert (run.state, run.code) == (RunState.STOPPED, "too-many-rejected"), run.message
    assert set(HeldRow.objects.filter(run=run).values_list("column", flat=True)) == {column}


def test_days_that_came_as_midnights_are_days(exchange: Exchange) -> None:
    exchange.give(1, 100)
    exchange.database.execute("ALTER TABLE giver.people ALTER born TYPE timestamp")
    run = exchange.run(exchange.agree())
    assert (run.state, run.inserted) == (RunState.DONE, 100), run.message
    assert (
        exchange.ask("SELECT count(*) FROM taker.people t JOIN giver.people g USING (id) WHERE t.born = g.born") == 100
    )
