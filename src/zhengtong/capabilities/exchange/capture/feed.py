"""What the engine reads of a contract by change capture: the whole table once, then what changed, window by window.

The order that loses nothing and gives nothing twice: peek, land, merge with its mark, and only then confirm and advance
(``settle``). See docs/adr/peek-then-advance.md.
"""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from itertools import count
from typing import Final

import pyarrow as pa
from django.utils.translation import gettext as _

from zhengtong.capabilities.contracts.public import Contract, ContractContent
from zhengtong.capabilities.exchange.capture.collapsing import Collapsed, Collapser, Key, Wanted
from zhengtong.capabilities.exchange.capture.pgoutput import (
    UNCHANGED,
    RelationColumn,
    Row,
    read_position,
    write_position,
)
from zhengtong.capabilities.exchange.capture.slots import Log, open_log
from zhengtong.capabilities.exchange.capture.values import make_batch, satisfies
from zhengtong.capabilities.exchange.services.capturing import confirm_changes, confirm_whole, stand
from zhengtong.capabilities.sources.public import CHUNK_ROWS, Column, Connection, Reading, SourceError, open_source

REMOVED: Final = "zt_removed"
# Messages of one window, about; a longer transaction makes a longer window, it is never cut.
MOST_CHANGES: Final = 200_000
_WHOLE: Final = "whole@"


class CaptureFeed:
    """The next window of a contract, or again the one that ``window`` names."""

    def __init__(
        self,
        contract: Contract,
        content: ContractContent,
        window: str = "",
        *,
        chunk_rows: int = CHUNK_ROWS,
        most_changes: int = MOST_CHANGES,
    ) -> None:
        """Peek into the log; the source keeps what was seen. Raises SourceError."""
        self._contract, self._content, self._chunk_rows = contract, content, chunk_rows
        self._columns = [field.source for field in content.fields]
        self._stack = ExitStack()
        self._connection: Connection | None = None
        self._floor = self._until = 0
        self._rows: dict[Key, Row | None] = {}
        self.window, self.is_whole, self.removed, self.is_unique = window, False, REMOVED, True
        window = window.partition(" ")[0]  # behind a blank the engine keeps apart windows of one name
        with open_log(contract.source) as log:
            self._standing = stand(contract, content, log)
            position = self._standing.position
            if self._standing.is_whole:
                if window and window != _name_whole(position):
                    raise _gone()
                self.window, self.is_whole, self.removed = self.window or _name_whole(position), True, ""
                self.is_unique = _is_unique(log.read_columns(content.place), key_of(content))
                return
            self._until = _read_end(window, position)
            if window and self._until <= position:
                self._until = position  # settled already, by an attempt that ended right after: nothing is left
                return
            found = self._collapse(log, most_changes)
            self._rows, self.is_whole = self._complete(log, found), found.is_whole
        self.window = self.window or f"{write_position(position)}..{write_position(self._until)}"

    def expected(self) -> int | None:
        """Return how many rows :meth:`batches` gives."""
        if not self._standing.is_whole:
            return len(self._rows)
        return self._open().count(self._reading)

    def batches(self) -> Iterator[pa.RecordBatch]:
        """Yield the rows by the names of the source, and for changes the flag ``removed``."""
        if self._standing.is_whole:
            with self._stack:
                yield from self._open().read(self._reading)
            # Changes up to here may be in what was read; the first window of changes goes at least so far.
            with open_log(self._contract.source) as log:
                self._floor = log.find_end()
            return
        columns = [_named(field.column, field.source) for field in self._content.fields]
        rows = list(self._rows.items())
        for start in range(0, len(rows), self._chunk_rows):
            part = rows[start : start + self._chunk_rows]
            texts = [self._write(key, row) for key, row in part]
            yield make_batch(columns, texts, [row is None for _key, row in part], REMOVED)

    def settle(self) -> None:
        """Confirm the window after its merge: first in our books, then at the source. May be called again."""
        standing = self._standing
        if standing.is_whole:
            with open_log(
                self._contract.source
            ) as log:  # of an attempt that died after its merge we don't know the end
                floor = self._floor or log.find_end()
            confirm_whole(standing.capture, position=standing.position, floor=floor)
            return
        confirm_changes(standing.capture, until=self._until)
        with open_log(self._contract.source) as log:
            log.advance(standing.capture.slot, self._until)

    def close(self) -> None:
        self._stack.close()

    # The whole

    @property
    def _reading(self) -> Reading:
        columns = tuple(field.source for field in self._content.fields)
        return Reading(self._content.place, columns, self._content.conditions, chunk_rows=self._chunk_rows)

    def _open(self) -> Connection:
        if self._connection is None:
            self._connection = self._stack.enter_context(open_source(self._contract.source))
        return self._connection

    # Changes

    @property
    def _wanted(self) -> Wanted:
        columns = dict.fromkeys([*self._columns, *(each.column for each in self._content.conditions)])
        return Wanted(key_of(self._content), tuple(columns))

    def _collapse(self, log: Log, most: int) -> Collapsed:
        standing, fixed = self._standing, self._until
        horizon = fixed or log.find_end()
        # The first window after a whole isn't limited: it has to go as far as the whole was read.
        limit = None if fixed or standing.floor > standing.position else most
        collapser = Collapser(self._wanted, standing.was)
        peeked = log.peek(standing.capture.slot, standing.capture.publication, horizon, limit)
        seen = count()
        found = collapser.take((message for message, _place in zip(peeked, seen, strict=False)), until=horizon)
        # The server stops behind the transaction in which it had enough.
        is_cut = limit is not None and next(seen) >= limit and found.end
        self._until = found.end if is_cut else max(horizon, standing.position)
        return found

    def _complete(self, log: Log, found: Collapsed) -> dict[Key, Row | None]:
        """Fill in long values that the log left out, and turn rows that the contract doesn't cover into removals."""
        wanted, conditions = self._wanted, self._content.conditions
        lacking = [key for key, row in found.rows.items() if row is not None and UNCHANGED in row]
        now: dict[Key, Row] = {}
        for start in range(0, len(lacking), 1000):
            keys = lacking[start : start + 1000]
            now.update(log.read_rows(self._content.place, wanted.columns, wanted.key, keys))
        for key in lacking:
            # Deleted since then: its deletion comes with a later window, and no window can tell what it was.
            found.rows[key] = _fill(found.rows[key], now.get(key))
        if conditions:
            kinds = {field.source: field.column.kind for field in self._content.fields}
            if not {each.column for each in conditions} <= kinds.keys():
                with open_source(self._contract.source) as source:
                    described = source.read_table(self._content.place).columns
                kinds = {column.name: column.kind for column in described} | kinds
            for key, row in found.rows.items():
                if row is not None and not satisfies(dict(zip(wanted.columns, row, strict=True)), conditions, kinds):  # type: ignore[arg-type]  # filled in above
                    found.rows[key] = None
        if found.is_whole:
            return {key: row for key, row in found.rows.items() if row is not None}
        return found.rows

    def _write(self, key: Key, row: Row | None) -> tuple[str | None, ...]:
        if row is not None:
            return row[: len(self._columns)]  # type: ignore[return-value]  # filled in by _complete
        by_name = dict(zip(key_of(self._content), key, strict=True))
        return tuple(by_name.get(name) for name in self._columns)


def key_of(content: ContractContent) -> tuple[str, ...]:
    """Return the contract's key by the names of the source."""
    source_of = {field.column.name: field.source for field in content.fields}
    return tuple(source_of[name] for name in content.key)


def _is_unique(columns: Sequence[RelationColumn], key: tuple[str, ...]) -> bool:
    primary = {column.name for column in columns if column.is_key}
    return bool(primary) and primary <= set(key)


def _named(column: Column, name: str) -> Column:
    return Column(name, column.kind, column.length, column.precision, column.scale, has_zone=column.has_zone)


def _fill(row: Row | None, now: Row | None) -> Row | None:
    if row is None or now is None:
        return None
    return tuple(new if value is UNCHANGED else value for value, new in zip(row, now, strict=True))


def _name_whole(position: int) -> str:
    return f"{_WHOLE}{write_position(position)}"


def _gone() -> SourceError:
    return SourceError("window-gone", _("变更捕获已经重新开始，这个窗口不再有效。请启动新的任务。"))


def _read_end(window: str, position: int) -> int:
    """Return where the named window ends, 0 for a new one. Raises SourceError for one of before a new beginning."""
    if not window or window.startswith(_WHOLE):
        return 0
    begin, _dots, end = window.partition("..")
    try:
        if read_position(begin) > position:
            raise _gone()
        return read_position(end)
    except ValueError:
        raise _gone() from None
