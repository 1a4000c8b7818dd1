"""What a driver is asked for, whatever stands behind it."""

from collections.abc import Callable, Iterable, Iterator
from typing import Protocol, runtime_checkable

import pyarrow as pa

from zhengtong.capabilities.sources.domain import Landing, Merged, Reading, Table


class Connection(Protocol):
    """An open source or target. Everything raises :class:`~zhengtong.capabilities.sources.domain.SourceError`."""

    def check(self) -> str:
        """Return what answered, as it calls itself (``PostgreSQL 15.8``)."""
        ...

    def list_tables(self) -> list[str]:
        """Return the names that :meth:`read_table` takes, in the order of the alphabet."""
        ...

    def read_table(self, name: str) -> Table:
        """Return the columns of a table as they are now."""
        ...

    def find_watermark(self, table: str, column: str) -> str:
        """Return the greatest value of ``column`` that is complete by now, as the source writes it; "" of no rows."""
        ...

    def count(self, reading: Reading) -> int:
        """Return how many rows :meth:`read` would give, asked of the source by itself."""
        ...

    def read(self, reading: Reading) -> Iterator[pa.RecordBatch]:
        """Yield the rows in batches, all from one state of the source where it can give one."""
        ...

    def close(self) -> None: ...


class Target(Protocol):
    """An open target. What is staged isn't seen before :meth:`merge`, which is one transaction with its mark."""

    def prepare(self, landing: Landing) -> None:
        """Make the target's table when there is none, and an empty staging table of this run.

        Raises SourceError (``column-missing``, ``column-narrow``, ``column-other``) when the table can't take the rows.
        """
        ...

    def stage(self, landing: Landing, batches: Iterable[pa.RecordBatch]) -> int:
        """Write batches to the run's staging; return how many rows. May be called again for more."""
        ...

    def merge(self, landing: Landing) -> Merged:
        """Bring the staged rows into the table and write the run's mark in the same transaction.

        Raises TooManyDeleted. A run whose mark is there already changes nothing: ``was_done``.
        """
        ...

    def is_merged(self, landing: Landing) -> bool:
        """Return whether the run's mark is there."""
        ...

    def read_landed(self, landing: Landing) -> Iterator[pa.RecordBatch]:
        """Yield the target's rows with the staged keys, in any order, to be compared with what was sent."""
        ...

    def drop_staging(self, landing: Landing) -> None: ...

    def close(self) -> None: ...


@runtime_checkable
class ConfirmingTarget(Target, Protocol):
    """A target that shows its rows before it commits, so that a difference leaves it untouched."""

    def merge_confirmed(self, landing: Landing, confirm: Callable[[Iterator[pa.RecordBatch]], None]) -> Merged:
        """Merge as :meth:`merge`; before the commit call ``confirm`` with what :meth:`read_landed` gives.

        What ``confirm`` raises takes the merge back. It isn't called for a run that ``was_done``.
        """
        ...
