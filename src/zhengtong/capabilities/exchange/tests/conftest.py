"""Both places of a contract, emptied before each test; two offices with their people; a database whose log is read."""

from collections.abc import Callable, Iterator
"""Both places for all tests of the exchange, emptied before each."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import psycopg
import pytest
from django.db import connections

from tests.cast import Cast
from zhengtong.capabilities.contracts.public import Contract
from zhengtong.capabilities.exchange.models import Run
from zhengtong.capabilities.exchange.permissions import CORRECT, OPERATE, REVEAL, VIEW
from zhengtong.capabilities.exchange.services.running import run_window, start_run
from zhengtong.capabilities.exchange.tests import samples
from zhengtong.capabilities.exchange.tests.deals import GOOD_NUMBER, TABLE, make_contract, make_sources
from zhengtong.capabilities.exchange.tests.places import make_database, parameters
from zhengtong.capabilities.sources.public import Source
from zhengtong.core.identity.public import Organisation
from zhengtong.kernel.policy import SYSTEM, Actor, ActorKind, Grant

SOURCE = "zt_test_capture"

from zhengtong.capabilities.contracts.public import Contract
from zhengtong.capabilities.exchange.models import Run
from zhengtong.capabilities.exchange.services.running import run_window, start_run
from zhengtong.capabilities.exchange.tests.deals import GOOD_NUMBER, TABLE, make_contract, make_sources
from zhengtong.capabilities.exchange.tests.places import make_database, parameters
from zhengtong.capabilities.exchange.tests.watching import (
    contract,
    corrector,
    execute,
    offices,
    operator,
    outsider,
    source_settings,
)
from zhengtong.capabilities.sources.public import Source
from zhengtong.kernel.policy import SYSTEM

__all__ = [
    "contract",
    "corrector",
    "execute",
    "offices",
    "operator",
    "outsider",
    "source_settings",
]

_DIFFERENT = """
SELECT count(*) FROM (({given} EXCEPT ALL {taken}) UNION ALL ({taken} EXCEPT ALL {given})) d
"""


@dataclass
class Exchange:
    """A contract between two places, and what is to be seen there."""

    database: psycopg.Connection[Any]
    giver: Source
    taker: Source

    def agree(self, number: str = "HY2026000001", **changes: Any) -> Contract:
        return make_contract(self.giver, self.taker, number, **changes)

    def give(self, first: int, last: int) -> None:
        self.database.execute(
            "INSERT INTO giver.people "
            "SELECT i, %s, '第' || i || '号', NULL, date '1990-01-01' + i, i * 1.25, i %% 2 = 0, "
            "INSERT INTO giver.people SELECT i, %s, '第' || i || '号', NULL, date '1990-01-01' + i, i * 1.25, i %% 2 = 0, "
            "clock_timestamp() FROM generate_series(%s::int, %s::int) i",
            [GOOD_NUMBER, first, last],
        )

    def run(self, contract: Contract, window: str | None = None) -> Run:
        run = start_run(actor=SYSTEM, contract=contract, trigger="hand", window=window)
        return self.again(run)

    def again(self, run: Run) -> Run:
        run_window(run.pk)
        return Run.objects.get(pk=run.pk)

    def ask(self, query: str, *values: object) -> Any:
        row = self.database.execute(query, values or None).fetchone()
        row = self.database.execute(query, values or None).fetchone()  # type: ignore[call-overload]  # test's own text
        return row[0] if row else None

    def count_different(self, where: str = "true") -> int:
        """Return how many rows only one of the two places has."""
        columns = "number, {}, note, born, capital, is_active, changed_at"
        given = f"SELECT id, {columns.format('name')} FROM giver.people WHERE {where}"
        taken = f"SELECT id, {columns.format('full_name')} FROM taker.people"
        return int(self.ask(_DIFFERENT.format(given=given, taken=taken)))


@pytest.fixture(scope="session")
def places(django_db_setup: None, django_db_blocker: Any) -> Iterator[str]:
    with django_db_blocker.unblock(), make_database("places") as name:
        yield name


@pytest.fixture
def exchange(places: str, transactional_db: None) -> Iterator[Exchange]:
    with psycopg.connect(**parameters(places), autocommit=True) as database:
        database.execute(
            "DROP SCHEMA giver CASCADE; DROP SCHEMA taker CASCADE; CREATE SCHEMA giver; CREATE SCHEMA taker"
        )
        database.execute(TABLE)
        yield Exchange(database, *make_sources(places))


@pytest.fixture
def offices(cast: Cast) -> tuple[Organisation, Organisation]:
    """Who provides, and who uses."""
    provider = Organisation.objects.get(name="澄波区人民政府")
    return provider, Organisation.objects.get(name="禾溪县人民政府")


def staff(organisation: Organisation, *permissions: str, appointment: int | None = None) -> Actor:
    grant = Grant("test", frozenset(permissions), frozenset({organisation.pk}))
    return Actor(ActorKind.STAFF, "试", appointment=appointment, organisation=organisation.pk, grants=(grant,))


@pytest.fixture
def operator(cast: Cast, offices: tuple[Organisation, Organisation]) -> Actor:
    return staff(offices[0], VIEW, OPERATE, REVEAL, appointment=cast.approver.appointment)


@pytest.fixture
def corrector(cast: Cast, offices: tuple[Organisation, Organisation]) -> Actor:
    return staff(offices[0], VIEW, CORRECT, appointment=cast.reviewer.appointment)


@pytest.fixture
def outsider(offices: tuple[Organisation, Organisation]) -> Actor:
    other = Organisation.objects.exclude(pk__in=[each.pk for each in offices]).order_by("id")[0]
    return staff(other, VIEW, OPERATE, CORRECT, REVEAL)


@pytest.fixture
def contract(offices: tuple[Organisation, Organisation]) -> Contract:
    return samples.make_contract(*offices, schedule="0 2 * * *")


Execute = Callable[[str], Any]


def _parameters(database: str) -> dict[str, Any]:
    known = connections["default"].get_connection_params() | {"dbname": database}
    return {key: known[key] for key in ("dbname", "user", "password", "host", "port") if known.get(key)}


@pytest.fixture(scope="module")
def source_settings(django_db_setup: None) -> Iterator[dict[str, Any]]:
    """A database of the same real server, made for this file of tests; its slots are dropped with it."""
    name = f"{SOURCE}_{connections['default'].settings_dict['NAME']}"[:60]
    with psycopg.connect(**_parameters("postgres"), autocommit=True) as server:
        _drop(server, name)
        server.execute(f'CREATE DATABASE "{name}" TEMPLATE template0')
        parameters = _parameters(name)
        yield {
            "settings": {
                "host": parameters.get("host", ""),
                "port": parameters.get("port", ""),
                "database": name,
                "user": parameters.get("user", ""),
            },
            "secrets": {"password": parameters.get("password", "")},
        }
        _drop(server, name)


def _drop(server: psycopg.Connection[Any], name: str) -> None:
    slots = server.execute("SELECT slot_name, active_pid FROM pg_replication_slots WHERE database = %s", (name,))
    for slot, active in slots.fetchall():
        if active:
            server.execute("SELECT pg_terminate_backend(%s)", (active,))
        server.execute("SELECT pg_drop_replication_slot(%s)", (slot,))
    server.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@pytest.fixture
def execute(source_settings: dict[str, Any]) -> Iterator[Execute]:
    """Run statements at the source, each its own transaction; the table ``people`` is made anew."""
    with psycopg.connect(**_parameters(source_settings["settings"]["database"]), autocommit=True) as connection:
        connection.execute("DROP TABLE IF EXISTS people")
        connection.execute(
            "CREATE TABLE people (id int PRIMARY KEY, name varchar(100), born date, story text, secret text)"
        )
        # Out of line and not compressed: what an update leaves alone isn't in the log.
        connection.execute("ALTER TABLE people ALTER story SET STORAGE EXTERNAL")
        yield lambda statement: connection.execute(statement)
        for (slot,) in connection.execute(
            "SELECT slot_name FROM pg_replication_slots WHERE database = current_database()"
        ).fetchall():
            connection.execute("SELECT pg_drop_replication_slot(%s)", (slot,))
        for (name,) in connection.execute("SELECT pubname FROM pg_publication").fetchall():
            connection.execute(f'DROP PUBLICATION "{name}"')
