"""Database servers are restarted in the middle of a batch, at random: nothing is lost, and nothing lands twice."""

import os
import random
from collections import Counter
from collections.abc import Iterator
from threading import Event
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from tests.servers import MariaDBServer, PostgresServer, postgres_server
from zhengtong.capabilities.contracts.public import Contract
from zhengtong.capabilities.exchange.engine import feeds
from zhengtong.capabilities.exchange.models import Receipt, Run, RunState
from zhengtong.capabilities.exchange.services.running import start_run
from zhengtong.capabilities.exchange.tests.conftest import Exchange
from zhengtong.capabilities.exchange.tests.deals import TABLE
from zhengtong.capabilities.exchange.tests.faulty import ROWS_A_CHUNK, Nursery
from zhengtong.capabilities.exchange.tests.test_nothing_is_lost_on_the_way_to_mariadb import rows_of
from zhengtong.kernel.policy import SYSTEM

ROWS = 400
# Seconds within which the server is restarted: about as long as such a run takes.
LONG = 0.5
ROUNDS = 12


@pytest.fixture
def nursery() -> Iterator[Nursery]:
    name = str(connection.settings_dict["NAME"])
    environ = {**os.environ, "TEST_DATABASE": name, "DATA_DIR": str(settings.DATA_DIR)}
    with Nursery(environ | {"SIGNER_SOCKET": str(settings.SIGNER_SOCKET)}) as made:
        yield made


@pytest.fixture
def server() -> Iterator[PostgresServer]:
    with postgres_server() as made:
        yield made


def let_finish(exchange: Exchange, run: Run, met: "Counter[str]") -> Run:
    """Let the run be taken up again, as it is by itself after its pause, until it is done."""
    for _attempt in range(3):
        found = Run.objects.get(pk=run.pk)
        if found.state == RunState.DONE:
            break
        assert (found.state, found.code != "internal") == (RunState.WAITING, True), (found.code, found.message)
        assert "再试" in found.message
        met[found.code] += 1
        exchange.again(found)
    found = Run.objects.get(pk=run.pk)
    assert found.state == RunState.DONE, (found.code, found.message)
    assert Receipt.objects.filter(run=run).count() == 1
    assert found.rows_read == found.inserted + found.updated + found.unchanged == found.rows_expected
    return found


def test_the_server_of_source_and_target_is_restarted_in_mid_batch(
    exchange: Exchange, server: PostgresServer, nursery: Nursery, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feeds, "CHUNK_ROWS", ROWS_A_CHUNK)
    for source, schema in ((exchange.giver, "giver"), (exchange.taker, "taker")):
        source.settings, source.secrets = {**server.settings, "schema": schema}, {}
        source.save()
    exchange.database = server.connect()
    exchange.database.execute("CREATE SCHEMA giver; CREATE SCHEMA taker")
    exchange.database.execute(TABLE.encode())
    contract, met = exchange.agree(most_deleted=1.0), Counter[str]()
    seed = random.SystemRandom().randrange(1 << 32)
    chance = random.Random(seed)
    for turn in range(ROUNDS):
        _change(exchange, turn)
        run = start_run(actor=SYSTEM, contract=contract, trigger="hand")
        exchange.database.close()
        nursery.start(run.pk)
        Event().wait(chance.random() * LONG)
        server.restart()
        assert nursery.wait() == 0
        exchange.database = server.connect()
        run = let_finish(exchange, run, met)
        assert exchange.count_different() == 0, (seed, turn)
        marks = exchange.ask("SELECT count(*) FROM taker.zhengtong_received")
        assert marks == turn + 1, (seed, turn)
    exchange.database.close()
    assert met.total() >= 2, f"hardly a restart met a run: {met}; seed {seed}"


def _change(exchange: Exchange, turn: int) -> None:
    last = ROWS + turn * 10
    exchange.give(1 if turn == 0 else last - 9, last)
    exchange.database.execute(f"UPDATE giver.people SET note = '改{turn}' WHERE id % 7 = {turn % 7}".encode())
    exchange.database.execute(f"DELETE FROM giver.people WHERE id % 53 = {turn}".encode())


@pytest.mark.parametrize("side", ["giver", "taker"])
def test_a_mariadb_is_killed_in_mid_batch_and_started_again(
    exchange: Exchange, mariadb: MariaDBServer, nursery: Nursery, monkeypatch: pytest.MonkeyPatch, side: str
) -> None:
    monkeypatch.setattr(feeds, "CHUNK_ROWS", ROWS_A_CHUNK)
    contract, met = _move_to(exchange, mariadb, side), Counter[str]()
    seed = random.SystemRandom().randrange(1 << 32)
    chance = random.Random(seed)
    for turn in range(3):
        _change(exchange, turn)
        if side == "giver":
            _copy(exchange, mariadb)
        run = start_run(actor=SYSTEM, contract=contract, trigger="hand")
        nursery.start(run.pk)
        Event().wait(chance.random() * LONG)
        mariadb.kill()
        mariadb.start()
        assert nursery.wait() == 0
        let_finish(exchange, run, met)
        assert rows_of(exchange.giver, "name") == rows_of(exchange.taker, "full_name"), (seed, turn)


def _move_to(exchange: Exchange, mariadb: MariaDBServer, side: str) -> Contract:
    source = exchange.giver if side == "giver" else exchange.taker
    source.kind, source.settings, source.secrets = "mariadb", mariadb.settings, mariadb.secrets
    source.save()
    return exchange.agree(most_deleted=1.0)


def _copy(exchange: Exchange, mariadb: MariaDBServer) -> None:
    """Let the MariaDB have the rows of the schema that gives."""
    mariadb.run(
        "CREATE TABLE IF NOT EXISTS people (id bigint PRIMARY KEY, number varchar(18), name varchar(50), note text, "
        "born date, capital decimal(18,2), is_active tinyint(1), changed_at datetime(6))",
        "DELETE FROM people",
    )
    rows: list[Any] = exchange.database.execute("SELECT * FROM giver.people").fetchall()
    with mariadb.connect() as session, session.cursor() as cursor:
        cursor.executemany("INSERT INTO people VALUES (%s, %s, %s, %s, %s, %s, %s, %s)", rows)
