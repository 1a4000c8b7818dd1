"""Workers that carry rows into a real MariaDB are killed at every step: nothing is lost, or lands or is told twice."""

import os
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from tests.servers import MariaDBServer
from zhengtong.capabilities.contracts.public import Contract
from zhengtong.capabilities.exchange.engine import feeds
from zhengtong.capabilities.exchange.models import HeldRow, Receipt, Run, RunState
from zhengtong.capabilities.exchange.services.running import start_run
from zhengtong.capabilities.exchange.tests.conftest import Exchange
from zhengtong.capabilities.exchange.tests.deals import GOOD_NUMBER
from zhengtong.capabilities.exchange.tests.faulty import ROWS_A_CHUNK, STEPS, Nursery
from zhengtong.capabilities.exchange.tests.test_tell_subscribers import subscribe
from zhengtong.capabilities.interfaces.public import Change
from zhengtong.capabilities.sources.public import Condition, Operator, Reading, Source, open_source
from zhengtong.kernel.policy import SYSTEM

ROWS = 200
# Steps that come once a run; the others come once for each chunk.
_ONCE = ("merge", "merged", "reconcile", "committed", "receipt")
# After these the target has the rows: what is left to do is to find that out.
_LANDED = ("committed", "receipt")
COLUMNS = ("number", "note", "born", "capital", "is_active", "changed_at")
# Which rows the target should have: those that no rule holds back.
_GOOD = Condition("number", Operator.EQUAL, (GOOD_NUMBER,))


@pytest.fixture
def nursery() -> Iterator[Nursery]:
    name = str(connection.settings_dict["NAME"])
    environ = {**os.environ, "TEST_DATABASE": name, "DATA_DIR": str(settings.DATA_DIR)}
    with Nursery(environ | {"SIGNER_SOCKET": str(settings.SIGNER_SOCKET)}) as made:
        yield made


@pytest.fixture
def agreed(exchange: Exchange, mariadb: MariaDBServer) -> Contract:
    exchange.taker.kind, exchange.taker.settings = "mariadb", mariadb.settings
    exchange.taker.secrets = mariadb.secrets
    exchange.taker.save()
    return exchange.agree(most_deleted=1.0)


def rows_of(source: Source, name: str, *conditions: Condition) -> "Counter[tuple[Any, ...]]":
    """Return the rows of a table, however often each is there."""
    reading = Reading("people", ("id", name, *COLUMNS), conditions)
    with open_source(source) as opened:
        rows = [row for batch in opened.read(reading) for row in batch.to_pylist()]
    # The target's moments have no zone: they are in UTC.
    return Counter((row.pop("changed_at").replace(tzinfo=None), *row.values()) for row in rows)


def change_source(exchange: Exchange, turn: int) -> None:
    """Add, alter and remove rows; put right what was bad, and spoil others."""
    ask, last = exchange.database.execute, ROWS + turn * 10
    exchange.give(last + 1, last + 10)
    ask("UPDATE giver.people SET number = %s WHERE number = '1'", [GOOD_NUMBER])
    ask("UPDATE giver.people SET number = '1' WHERE id %% 41 = %s", [turn])
    ask("UPDATE giver.people SET note = %s WHERE id %% 7 = %s", [f"改{turn}", turn % 7])
    ask("DELETE FROM giver.people WHERE id %% 53 = %s", [turn])


def test_a_worker_is_killed_at_each_step_and_another_takes_over(
    exchange: Exchange, agreed: Contract, mariadb: MariaDBServer, nursery: Nursery, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feeds, "CHUNK_ROWS", ROWS_A_CHUNK)
    exchange.give(1, ROWS)
    subscription = subscribe(agreed)
    assert exchange.run(agreed).inserted == ROWS
    for turn, step in enumerate(STEPS, 1):
        change_source(exchange, turn)
        run = start_run(actor=SYSTEM, contract=agreed, trigger="hand")
        nursery.start(run.pk, f"maria-{step}", 1 if step in _ONCE else 3)
        assert nursery.wait() == -9, step
        dead = Run.objects.get(pk=run.pk)
        assert (dead.state, dead.inserted) == (RunState.RUNNING, 0)
        name = f"{agreed.number}/{run.window}"
        assert _count_marks(mariadb, name) == (step in _LANDED), step
        Run.objects.filter(pk=run.pk).update(lease_until="2020-01-01T00:00:00Z")
        run = exchange.again(run)

        assert run.state == RunState.DONE, (step, run.code, run.message)
        assert rows_of(exchange.giver, "name", _GOOD) == rows_of(exchange.taker, "full_name"), step
        assert _count_marks(mariadb, name) == 1
        assert run.inserted >= 9, step
        assert run.updated > 20
        assert run.deleted > 1
        assert run.rows_read == run.rows_held + run.inserted + run.updated + run.unchanged
        assert HeldRow.objects.filter(run=run).count() == run.rows_held > 0
        assert Receipt.objects.filter(run=run).count() == 1
        subscription.refresh_from_db()
        assert subscription.last == 1 + turn
        assert Change.objects.get(sequence=1 + turn).content["inserted"] == run.inserted
    assert mariadb.run("SHOW TABLES LIKE 'zt_stage%'") == []


def _count_marks(mariadb: MariaDBServer, name: str) -> int:
    with mariadb.connect() as session, session.cursor() as cursor:
        cursor.execute("SELECT COUNT(*) FROM zhengtong_received WHERE run = %s", [name])
        return int(cursor.fetchone()[0])


def test_a_target_that_is_altered_before_the_commit_is_left_as_it_was(
    exchange: Exchange, agreed: Contract, mariadb: MariaDBServer
) -> None:
    """A trigger of the target's owner changes what is written: the merge is taken back, and it is said why."""
    exchange.give(1, 50)
    assert exchange.run(agreed).inserted == 50
    mariadb.run("CREATE TRIGGER odd BEFORE UPDATE ON people FOR EACH ROW SET NEW.note = 'x'")
    exchange.database.execute("UPDATE giver.people SET note = '改' WHERE id <= 10")
    run = exchange.run(agreed)
    assert (run.state, run.code) == (RunState.WAITING, "reconcile-differs"), run.message
    assert mariadb.run("SELECT COUNT(*) FROM people WHERE note IS NOT NULL")[0][0] == 0
    mariadb.run("DROP TRIGGER odd")
    Run.objects.filter(pk=run.pk).update(state=RunState.WAITING)
    assert exchange.again(run).updated == 10
