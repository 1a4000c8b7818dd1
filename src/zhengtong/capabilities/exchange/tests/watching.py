"""Fixtures of who watches over the exchange: two offices, an operator, a database whose log is read."""

from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from django.db import connections

from tests.cast import Cast
from zhengtong.capabilities.contracts.public import Contract
from zhengtong.capabilities.exchange.permissions import CORRECT, OPERATE, REVEAL, VIEW
from zhengtong.capabilities.exchange.tests import samples
from zhengtong.core.identity.public import Organisation
from zhengtong.kernel.policy import Actor, ActorKind, Grant

SOURCE = "zt_test_capture"


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
    # The log is read as far as it is flushed: each change is, before the statement returns.
    parameters = _parameters(source_settings["settings"]["database"]) | {"options": "-c synchronous_commit=on"}
    with psycopg.connect(**parameters, autocommit=True) as connection:
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
