"""How far a run is, written on a connection of its own: the run's transaction shows nothing before it ends."""

from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic

from django.db import DatabaseError, connection

from zhengtong.screens.sheets.models import SheetRun

EVERY_SECONDS = 0.5


class Cancelled(Exception):
    """Somebody asked to cancel the run; what its transaction did is rolled back."""


class Progress:
    """Counts rows; says so at most twice a second, and learns then whether the run is to be cancelled."""

    def __init__(self, run: SheetRun) -> None:
        self.run, self.done, self._said = run, 0, 0.0
        self._connection = connection.copy()

    def start(self, total: int) -> None:
        self.done = 0
        self._tell("UPDATE {table} SET total = %s, done = 0 WHERE id = %s RETURNING cancel_asked_at", total)

    def advance(self, rows: int) -> None:
        """Raise :class:`Cancelled` when the run is to be cancelled."""
        self.done += rows
        if monotonic() - self._said >= EVERY_SECONDS:
            self._tell("UPDATE {table} SET done = %s WHERE id = %s RETURNING cancel_asked_at", self.done)

    def _tell(self, sql: str, number: int) -> None:
        self._said = monotonic()
        try:
            with self._connection.cursor() as cursor:
                # Whoever calls may hold the run's row in a transaction of her own.
                cursor.execute("SET lock_timeout = '200ms'")
                cursor.execute(sql.format(table=SheetRun._meta.db_table), [number, self.run.pk])
                row = cursor.fetchone()
        except DatabaseError:
            return
        if row is not None and row[0] is not None:
            raise Cancelled

    def close(self) -> None:
        self._connection.close()


@contextmanager
def showing(run: SheetRun) -> Iterator[Progress]:
    progress = Progress(run)
    try:
        yield progress
    finally:
        progress.close()
