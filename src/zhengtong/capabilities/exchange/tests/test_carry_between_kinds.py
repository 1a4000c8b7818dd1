"""A whole contract between every kind of place: counted, held back, proven; unchanged, then changed, in the target."""

import csv
import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from tests.servers import MariaDBServer, SSHServer
from zhengtong.capabilities.contracts.public import ContractField
from zhengtong.capabilities.exchange.models import HeldRow, Run, RunState
from zhengtong.capabilities.exchange.tests.conftest import Exchange
from zhengtong.capabilities.sources.public import Column, ColumnKind, Source
from zhengtong.capabilities.sources.tests.test_read_and_write_http import Interface

NAMES = ("code", "name", "staff", "capital", "since", "seen")
FIELDS = (
    ContractField("code", Column("code", ColumnKind.TEXT, 20, is_nullable=False, is_key=True)),
    ContractField("name", Column("full_name", ColumnKind.TEXT, 50)),
    ContractField("staff", Column("staff", ColumnKind.INTEGER)),
    ContractField("capital", Column("capital", ColumnKind.DECIMAL, precision=18, scale=2)),
    ContractField("since", Column("since", ColumnKind.DATE)),
    ContractField("seen", Column("seen", ColumnKind.DATETIME)),
)
TABLE = """CREATE TABLE {} (code varchar(20) PRIMARY KEY, name varchar(200), staff int,
capital decimal(18,2), since date, seen {})"""
WAYS = [
    ("mariadb", "postgresql"),
    ("postgresql", "mariadb"),
    ("mariadb", "mariadb"),
    ("folder", "postgresql"),
    ("folder", "mariadb"),
    ("sftp", "postgresql"),
    ("http", "postgresql"),
    ("http", "mariadb"),
]
Row = dict[str, str | None]
Give = Callable[[list[Row]], None]
Found = Callable[[], list[tuple[str | None, ...]]]


def firms(count: int) -> list[Row]:
    """Return rows with Chinese text, what CSV has to quote, and absent values; two names are too long."""
    return [
        {
            "code": f"F{n:04d}",
            "name": "长" * 51 if n in (3, 4) else f"澜水“面馆”,{n}\n分店😀",
            "staff": None if n % 7 == 0 else str(n),
            "capital": f"{n * 1000}.{n % 100:02d}",
            "since": f"19{n % 90 + 10}-02-28",
            "seen": f"2026-03-0{n % 9 + 1} 08:30:00.12{n % 10}000",
        }
        for n in range(count)
    ]


class Places:
    """The places of one test. A giver takes the rows that it shall have; a taker says the rows that it has."""

    def __init__(self, exchange: Exchange, request: pytest.FixtureRequest) -> None:
        self._exchange, self._request = exchange, request

    def giver(self, kind: str) -> Give:
        give: Give = getattr(self, f"_give_{kind}")()
        return give

    def taker(self, kind: str) -> Found:
        if kind == "mariadb":
            server: MariaDBServer = self._request.getfixturevalue("mariadb")
            self._settle(self._exchange.taker, kind, {**server.settings, "database": "taker"}, server.secrets)
            with server.connect(as_root=True) as session, session.cursor() as cursor:
                cursor.execute("CREATE OR REPLACE DATABASE taker")
                cursor.execute("GRANT ALL ON taker.* TO 'office'@'%'")
            query = "SELECT code, full_name, {}, {}, {}, {} FROM taker.landed ORDER BY code"
            asked = query.format(*(f"CAST({name} AS CHAR)" for name in NAMES[2:]))
            return lambda: [tuple(row) for row in server.run(asked)]
        query = "SELECT code, full_name, {}, {}, {}, {} FROM taker.landed ORDER BY code"
        asked = query.format(*(f"{name}::text" for name in NAMES[2:]))
        return lambda: list(self._exchange.database.execute(asked.encode()).fetchall())

    def files(self, kind: str) -> Callable[[], list[Path]]:
        """Let files be delivered to a folder here or by SFTP; return what says which ones are there."""
        if kind == "sftp":
            server: SSHServer = self._request.getfixturevalue("sshd")
            settings, secrets, folder = server.settings, server.secrets, server.files
        else:
            root: Path = self._request.getfixturevalue("tmp_path")
            self._request.getfixturevalue("settings").SOURCE_FOLDERS = root
            settings, secrets, folder = {"folder": "out"}, {}, root / "out"
            folder.mkdir()
        self._settle(self._exchange.taker, kind, {**settings, "format": "csv"}, secrets)
        return lambda: sorted(folder.glob("landed*"), key=lambda path: path.stat().st_mtime_ns)

    def _settle(self, source: Source, kind: str, settings: dict[str, Any], secrets: dict[str, Any]) -> None:
        source.kind, source.settings, source.secrets = kind, settings, secrets
        source.save()

    def _give_postgresql(self) -> Give:
        database = self._exchange.database
        database.execute(TABLE.format("giver.firms", "timestamp").encode())

        def give(rows: list[Row]) -> None:
            database.execute("TRUNCATE giver.firms")
            with database.cursor() as cursor:
                cursor.executemany(
                    "INSERT INTO giver.firms VALUES (%s, %s, %s::int, %s::numeric, %s::date, %s::timestamp)",
                    [tuple(row.values()) for row in rows],
                )

        return give

    def _give_mariadb(self) -> Give:
        server: MariaDBServer = self._request.getfixturevalue("mariadb")
        server.run(TABLE.format("firms", "datetime(6)"))
        self._settle(self._exchange.giver, "mariadb", server.settings, server.secrets)

        def give(rows: list[Row]) -> None:
            with server.connect() as session, session.cursor() as cursor:
                cursor.execute("DELETE FROM firms")
                cursor.executemany(
                    "INSERT INTO firms VALUES (%s, %s, %s, %s, %s, %s)", [tuple(row.values()) for row in rows]
                )

        return give

    def _give_folder(self) -> Give:
        root: Path = self._request.getfixturevalue("tmp_path")
        self._request.getfixturevalue("settings").SOURCE_FOLDERS = root
        (root / "in").mkdir()
        self._settle(self._exchange.giver, "folder", {"folder": "in"}, {})
        return lambda rows: _put(root / "in" / "firms.csv", rows, "gb18030")

    def _give_sftp(self) -> Give:
        server: SSHServer = self._request.getfixturevalue("sshd")
        self._settle(self._exchange.giver, "sftp", server.settings, server.secrets)
        return lambda rows: _put(server.files / "firms.csv", rows, "utf-8-sig")

    def _give_http(self) -> Give:
        interface: Interface = self._request.getfixturevalue("interface")
        columns = [{"name": name, "is_key": name == "code"} for name in NAMES]
        self._settle(self._exchange.giver, "http", interface.settings | {"columns": columns, "table": "firms.csv"}, {})

        def give(rows: list[Row]) -> None:
            interface.rows = json.loads(json.dumps(rows))

        return give


def _put(path: Path, rows: list[Row], encoding: str) -> None:
    """Write a file as departments do: aside, then under its name."""
    text = io.StringIO()
    writer = csv.DictWriter(text, NAMES)
    writer.writeheader()
    writer.writerows(rows)
    aside = path.with_name(f".{path.name}")
    aside.write_bytes(text.getvalue().encode(encoding))
    aside.rename(path)


@pytest.fixture
def interface(settings: Settings) -> Iterator[Interface]:
    settings.DEMO = True  # the provider's interface is on this machine
    made = Interface()
    yield made
    made.server.shutdown()
    made.server.server_close()


def landed(rows: list[Row]) -> list[tuple[str | None, ...]]:
    return [tuple(row.values()) for row in rows if len(row["name"] or "") <= 50]


def counts(run: Run) -> tuple[int, int, int, int, int, int]:
    return run.rows_read, run.rows_held, run.inserted, run.updated, run.deleted, run.unchanged


def reconciled(run: Run, rows: list[Row]) -> bool:
    """Return whether the run says of ``rows`` what there was to say, and its receipt the same."""
    assert run.state == RunState.DONE, (run.code, run.message)
    assert run.rows_expected == run.rows_read == len(rows)
    assert f"来源 {len(rows)} 行 = 落地 {len(rows) - 2} 行 + 隔离 2 行" in run.message
    assert HeldRow.objects.filter(run=run).count() == 2
    return bool(run.receipt.rows == len(rows) - 2 and run.receipt.is_stamped)


@pytest.mark.parametrize(("source", "target"), WAYS, ids=["-".join(way) for way in WAYS])
def test_a_contract_is_carried_from_one_kind_of_place_to_another(
    exchange: Exchange, request: pytest.FixtureRequest, source: str, target: str
) -> None:
    places = Places(exchange, request)
    give, found = places.giver(source), places.taker(target)
    rows = firms(60)
    give(rows)
    place = "firms.csv" if source in ("folder", "sftp", "http") else "firms"
    contract = exchange.agree(fields=FIELDS, key=("code",), place=place, target_table="landed")

    first = exchange.run(contract)
    assert reconciled(first, rows)
    assert counts(first) == (60, 2, 58, 0, 0, 0)
    assert [tuple(map(plain, row)) for row in found()] == landed(rows)

    second = exchange.run(contract)
    assert reconciled(second, rows)
    assert counts(second) == (60, 2, 0, 0, 0, 58)

    rows = [dict(row) for row in firms(64) if row["code"] not in ("F0010", "F0011", "F0059")]
    for row in rows[20:25]:
        row["capital"], row["name"] = "0.10", None if row["code"] == "F0022" else "改名"
    give(rows)
    third = exchange.run(contract)
    assert reconciled(third, rows)
    assert counts(third) == (61, 2, 4, 5, 3, 50)
    assert [tuple(map(plain, row)) for row in found()] == landed(rows)


@pytest.mark.parametrize("kind", ["folder", "sftp"])
def test_a_contract_that_ends_in_a_folder_leaves_one_whole_file_a_run(
    exchange: Exchange, request: pytest.FixtureRequest, kind: str
) -> None:
    places = Places(exchange, request)
    give, files = places.giver("postgresql"), places.files(kind)
    contract = exchange.agree(fields=FIELDS, key=("code",), place="firms", target_table="landed")
    for turn, count in enumerate((60, 64), start=1):
        rows = firms(count)
        give(rows)
        run = exchange.run(contract)
        assert reconciled(run, rows)
        assert counts(run) == (count, 2, count - 2, 0, 0, 0)
        assert len(files()) == turn
        with files()[-1].open(encoding="utf-8-sig", newline="") as file:
            taken = [tuple(value or None for value in line) for line in csv.reader(file)][1:]
        assert sorted(taken, key=str) == [(*row[:5], (row[5] or "").replace(" ", "T")) for row in landed(rows)]


def plain(value: str | None) -> str | None:
    """Return a moment with six digits after the point, as it was given: PostgreSQL leaves the zeros out."""
    if value is None or not value.startswith("2026-03-0"):
        return value
    whole, _dot, part = value.partition(".")
    return f"{whole}.{part:0<6}"
