"""Both places for all tests of the exchange, emptied before each."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import psycopg
import pytest

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
            "INSERT INTO giver.people SELECT i, %s, '第' || i || '号', NULL, date '1990-01-01' + i, i * 1.25, "
            "i %% 2 = 0, clock_timestamp() FROM generate_series(%s::int, %s::int) i",
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
