"""What the benchmarks of the exchange share: two databases, a table of twelve columns, the raw pipe, and the path."""

import os
from collections.abc import Callable, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from time import perf_counter
from typing import Any
from uuid import uuid4

import psycopg
from django.db import connections

from benchmarks.figure import say
from zhengtong.capabilities.contracts.public import ContractContent, ContractField, Held, Masks
from zhengtong.capabilities.exchange.engine.feeds import TableFeed
from zhengtong.capabilities.exchange.engine.path import Path, Sealed, Tally
from zhengtong.capabilities.exchange.models import Stage
from zhengtong.capabilities.sources.drivers.postgresql import aim, connect
from zhengtong.capabilities.sources.public import Column, ColumnKind

ROWS = int(os.environ.get("EXCHANGE_ROWS", 1_000_000))
ROUNDS = int(os.environ.get("EXCHANGE_ROUNDS", 5))
COLUMNS = """
    id bigint PRIMARY KEY, credit_code varchar(18) NOT NULL, name varchar(100) NOT NULL, person varchar(50),
    number varchar(18), phone varchar(20), address varchar(200), born date, registered_at timestamptz NOT NULL,
    capital numeric(18,2), staff integer, is_active boolean
"""
_FILL = """
INSERT INTO given SELECT i, '91350100M000100Y43', '安澜市第' || i || '商贸有限责任公司',
    (array['王小明','李芳','张伟强','欧阳娜娜'])[1 + i %% 4], '11010519491231002X', '138' || lpad((i %% 100000000)::text, 8, '0'),
    '浙江省湖州市吴兴区滨江路' || (i %% 3000) || '号' || (i %% 31) || '室', date '1950-01-01' + (i %% 20000)::int,
    timestamptz '2020-01-01' + i * interval '1 second', (i %% 1000000) * 1.37, i %% 500, i %% 3 = 0
FROM generate_series(1, %s) i
"""
_RULES: dict[str, dict[str, Any]] = {
    "credit_code": {"check": "GB32100"},
    "number": {"check": "GB11643"},
    "phone": {"pattern": r"1\d{10}"},
    "born": {"least": "1900-01-01"},
    "capital": {"least": "0"},
    "staff": {"most": "1000000"},
}
_MASKS = {"person": "name", "number": "number", "phone": "phone"}


def _column(name: str, kind: ColumnKind, **more: Any) -> ContractField:
    return ContractField(name, Column(name, kind, **more), _MASKS.get(name, "none"), _RULES.get(name))


FIELDS = (
    _column("id", ColumnKind.INTEGER, is_nullable=False),
    _column("credit_code", ColumnKind.TEXT, length=18, is_nullable=False),
    _column("name", ColumnKind.TEXT, length=100, is_nullable=False),
    _column("person", ColumnKind.TEXT, length=50),
    _column("number", ColumnKind.TEXT, length=18),
    _column("phone", ColumnKind.TEXT, length=20),
    _column("address", ColumnKind.TEXT, length=200),
    _column("born", ColumnKind.DATE),
    _column("registered_at", ColumnKind.DATETIME, has_zone=True, is_nullable=False),
    _column("capital", ColumnKind.DECIMAL, precision=18, scale=2),
    _column("staff", ColumnKind.INTEGER),
    _column("is_active", ColumnKind.BOOLEAN),
)
CONTENT = ContractContent(
    number="HY-BENCH",
    resource="3/0001",
    version=1,
    provider="安澜市市场监督管理局",
    consumer="安澜市税务局",
    purpose="核验企业",
    matter="",
    legal_basis="政务数据共享条例",
    mode="snapshot",
    fields=FIELDS,
    key=("id",),
    conditions=(),
    source="given",
    place="given",
    watermark="registered_at",
    target="taken",
    target_table="taken",
    schedule="",
    working_days_only=False,
    most_rejected=0.1,
    most_deleted=0.5,
    calls_a_day=0,
    rows_a_call=0,
    valid_from="2026-01-01",
    valid_until="2036-01-01",
)


def parameters(database: str) -> dict[str, Any]:
    known = connections["default"].get_connection_params()
    return {key: known[key] for key in ("user", "password", "host", "port") if known.get(key)} | {"dbname": database}


def settings_of(database: str) -> tuple[dict[str, Any], dict[str, Any]]:
    words = parameters(database)
    password = words.pop("password", "")
    return {**words, "database": words.pop("dbname")}, {"password": password}


@dataclass
class Places:
    """The two databases, by name."""

    source: str
    target: str
    rows: int

    def ask(self, database: str, *statements: str) -> Any:
        with psycopg.connect(**parameters(database), autocommit=True) as made:
            for statement in statements:
                answer = made.execute(statement)  # type: ignore[call-overload]  # our own text
            return answer.fetchone() if answer.description else None

    def empty_target(self) -> None:
        self.ask(self.target, "DROP TABLE IF EXISTS taken", "DROP TABLE IF EXISTS raw", "CHECKPOINT")
        self.ask(self.target, f"CREATE TABLE taken ({COLUMNS})", f"CREATE TABLE raw ({COLUMNS})")

    def copy_raw(self) -> float:
        """Return the seconds of ``COPY`` text out of the source into a like table, by a pipe."""
        with psycopg.connect(**parameters(self.source)) as given, psycopg.connect(**parameters(self.target)) as taken:
            began = perf_counter()
            with given.cursor().copy("COPY given TO STDOUT") as out, taken.cursor().copy("COPY raw FROM STDIN") as into:
                for part in out:
                    into.write(part)
            taken.commit()
            return perf_counter() - began


@contextmanager
def places(rows: int = ROWS) -> Any:
    """Make the two databases and fill the source; they go at the end."""
    name = str(connections["default"].settings_dict["NAME"])
    made = Places(f"{name}_given", f"{name}_taken", rows)
    with psycopg.connect(**parameters("postgres"), autocommit=True) as server:
        for each in (made.source, made.target):
            server.execute(f'DROP DATABASE IF EXISTS "{each}" WITH (FORCE)')  # type: ignore[call-overload]  # own text
            server.execute(f"CREATE DATABASE \"{each}\" TEMPLATE template0 ENCODING 'UTF8'")  # type: ignore[call-overload]  # own text
        try:
            say(f"filling {rows} rows …")
            with psycopg.connect(**parameters(made.source), autocommit=True) as given:
                given.execute(f"CREATE TABLE given ({COLUMNS})")  # type: ignore[call-overload]  # own text
                given.execute(_FILL, [rows])
                given.execute("VACUUM ANALYZE given")
            yield made
        finally:
            for each in (made.source, made.target):
                with suppress(psycopg.Error):
                    server.execute(f'DROP DATABASE IF EXISTS "{each}" WITH (FORCE)')  # type: ignore[call-overload]  # own text


@dataclass
class Watch:
    """A book that only looks at the clock."""

    merged_at: float = 0.0
    sealed: list[Sealed] = field(default_factory=list)

    def advance(self, stage: Stage, tally: Tally) -> None:
        """Nobody wishes anything."""

    def hold(self, held: Sequence[Held], normalised: Sequence[Held]) -> None:
        raise AssertionError(held[:1] or normalised[:1])

    def seal(self, sealed: Sealed) -> None:
        self.sealed.append(sealed)

    def recheck(self) -> None:
        self.merged_at = perf_counter()


@dataclass(frozen=True)
class Carried:
    stage: float
    full: float
    outcome: Any


def carry(found: Places, *, mode: str = "snapshot", plan: dict[str, Any] | None = None) -> Carried:
    """Carry one window and return the seconds until all is staged, and until all is reconciled."""
    began = perf_counter()
    watch, content = Watch(), replace(CONTENT, mode=mode)
    connection = connect(*settings_of(found.source))
    target = aim(*settings_of(found.target))
    try:
        feed = TableFeed(connection, content, {"window": str(uuid4()), **(plan or {})})
        path = Path(content, str(uuid4()), feed, target, watch, Masks(FIELDS, b"k" * 32))
        outcome = path.carry()
    finally:
        connection.close()
        target.close()
    return Carried(watch.merged_at - began, perf_counter() - began, outcome)


def rate(rows: int, measure: Callable[[], float]) -> Callable[[], float]:
    return lambda: rows / measure()
