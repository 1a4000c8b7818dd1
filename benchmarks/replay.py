"""Capturing what a step says to the database, and saying it again about another case by bare psycopg.

The replay has to do the same work, so its rows must be new ones: every id that the captured run was given is moved
by as much as its table's sequence has moved since, and what has to be unique gets a fresh value. All of it is
worked out before the clock starts; then each statement is one ``execute`` and a fetch, each step one commit.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any
from uuid import UUID, uuid4

import psycopg
from django.db import connection

from benchmarks.city import range_of, read_sequences


@dataclass
class Statement:
    sql: str
    parameters: Any
    rows: int


@dataclass
class Recording:
    """The steps of one case, each the statements between two commits, and where the sequences stood before them."""

    case_id: int
    before: dict[int, int]
    steps: list[list[Statement]] = field(default_factory=list)
    unique: frozenset[Any] = frozenset()
    after: dict[int, int] = field(default_factory=dict)


@contextmanager
def capture() -> Iterator[list[Statement]]:
    """Yield a list that fills with the statements of the block, savepoints included."""
    said: list[Statement] = []

    def keep(execute: Callable[..., Any], sql: str, parameters: Any, many: bool, context: dict[str, Any]) -> Any:
        if many:
            raise NotImplementedError("executemany can't be replayed")
        result = execute(sql, parameters, many, context)
        said.append(Statement(sql, parameters, context["cursor"].rowcount))
        return result

    with connection.execute_wrapper(keep):
        yield said


class Script:
    """A recording made ready for one other case. ``shift`` says by how much each table's ids have moved."""

    def __init__(
        self, recording: Recording, case_id: int, shift: Mapping[int, int], fresh: Callable[[Any], Any]
    ) -> None:
        self._ids = {recording.case_id: case_id}
        self._recording, self._shift = recording, shift
        self._fresh = {value: fresh(value) for value in recording.unique}
        self.steps = [
            [Statement(each.sql, self._moved(each.parameters), each.rows) for each in step] for step in recording.steps
        ]

    def _moved(self, value: Any) -> Any:
        match value:
            case bool() | None:
                return value
            case int():
                if value in self._ids:
                    return type(value)(self._ids[value])
                # What was there before the recording (accounts, offices, files) is the same for both.
                table = range_of(value)
                is_new = table and value > self._recording.before.get(table, value)
                return type(value)(value + self._shift[table]) if is_new else value
            case str() | UUID():
                return self._fresh.get(value, value)
            case list() | tuple():
                return type(value)(self._moved(each) for each in value)
            case dict():
                return {key: self._moved(each) for key, each in value.items()}
            case _:
                return value


def write_scripts(recordings: list[Recording], case_ids: list[list[int]]) -> list[Script]:
    """Return scripts for the cases in ``case_ids`` (a list for each recording), to be played in this order."""
    now = read_sequences()
    scripts = []
    for recording, ids in zip(recordings, case_ids, strict=True):
        for case_id in ids:
            shift = {table: now[table] - last for table, last in recording.before.items()}
            scripts.append(Script(recording, case_id, shift, _fresh))
            for table, last in recording.after.items():
                now[table] += last - recording.before[table]
    return scripts


def _fresh(value: Any) -> Any:
    if isinstance(value, UUID):
        return uuid4()
    return f"{uuid4().hex}{uuid4().hex}"[: max(len(value), 16)]


def open_bare() -> psycopg.Connection[Any]:
    """Return a connection to the same database by the same socket, with psycopg's own cursors."""
    parameters = {**connection.get_connection_params(), "cursor_factory": psycopg.ClientCursor}
    return psycopg.connect(**parameters)


def play(bare: psycopg.Connection[Any], scripts: list[Script]) -> float:
    """Play the scripts and return the seconds. Raises RuntimeError when a statement met other rows than captured."""
    met: list[tuple[Statement, int]] = []
    began = perf_counter()
    for script in scripts:
        for step in script.steps:
            with bare.cursor() as cursor:
                for statement in step:
                    cursor.execute(statement.sql, statement.parameters)
                    met.append((statement, cursor.rowcount))
                    if cursor.description:
                        cursor.fetchall()
            bare.commit()
    seconds = perf_counter() - began
    for statement, rows in met:
        if rows != statement.rows:
            raise RuntimeError(f"{rows} rows instead of {statement.rows}: {statement.sql[:200]}")
    return seconds
