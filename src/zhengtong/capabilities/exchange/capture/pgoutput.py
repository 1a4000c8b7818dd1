"""PostgreSQL's logical decoding messages (pgoutput, protocol version 1) taken apart.

Layout: PostgreSQL documentation, chapter "Logical Replication Message Formats". Integers are big-endian, names end with
a zero byte, values come as text. Nothing here talks to a server.
"""

import struct
from dataclasses import dataclass
from typing import Final


class Unreadable(ValueError):
    """The bytes aren't a message of protocol version 1."""


class Unchanged:
    """A long value (TOAST) that an update left alone: the log doesn't repeat it."""

    _only: "Unchanged | None" = None

    def __new__(cls) -> "Unchanged":
        cls._only = cls._only or super().__new__(cls)
        return cls._only

    def __repr__(self) -> str:
        return "UNCHANGED"


UNCHANGED: Final = Unchanged()
Value = str | None | Unchanged
Row = tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Begin:
    """``final`` is the position of the transaction's commit."""

    final: int
    xid: int


@dataclass(frozen=True, slots=True)
class Commit:
    """``end`` is the position behind the transaction: what is confirmed once its changes have landed."""

    position: int
    end: int


@dataclass(frozen=True, slots=True)
class RelationColumn:
    """``type_id`` and ``modifier`` are PostgreSQL's (pg_type.oid, atttypmod)."""

    name: str
    type_id: int
    modifier: int
    is_key: bool


@dataclass(frozen=True, slots=True)
class Relation:
    """A table as it was when the changes that follow were written. ``identity``: default, nothing, full, index."""

    relation: int
    schema: str
    name: str
    identity: str
    columns: tuple[RelationColumn, ...]


@dataclass(frozen=True, slots=True)
class Insert:
    relation: int
    new: Row


@dataclass(frozen=True, slots=True)
class Update:
    """``key``: the old key, where it changed. ``old``: the whole old row, of a table with REPLICA IDENTITY FULL."""

    relation: int
    new: Row
    key: Row | None = None
    old: Row | None = None


@dataclass(frozen=True, slots=True)
class Delete:
    """One of ``key`` (others are None in it) and ``old``."""

    relation: int
    key: Row | None = None
    old: Row | None = None


@dataclass(frozen=True, slots=True)
class Truncate:
    relations: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Other:
    """A message that says nothing of rows: origin, type, logical message."""

    kind: str


Message = Begin | Commit | Relation | Insert | Update | Delete | Truncate | Other


class _Reader:
    __slots__ = ("at", "data")

    def __init__(self, data: bytes) -> None:
        self.data, self.at = data, 0

    def take(self, count: int) -> bytes:
        end = self.at + count
        if count < 0 or end > len(self.data):
            raise Unreadable("message ends too soon")
        part, self.at = self.data[self.at : end], end
        return part

    def byte(self) -> str:
        return chr(self.take(1)[0])

    def number(self, layout: str) -> int:
        return int(struct.unpack(layout, self.take(struct.calcsize(layout)))[0])

    def name(self) -> str:
        end = self.data.find(b"\0", self.at)
        if end < 0:
            raise Unreadable("name without an end")
        found = self.take(end - self.at)
        self.at += 1
        return _decode(found)

    def row(self) -> Row:
        values: list[Value] = []
        for _ in range(self.number(">h")):
            match self.byte():
                case "n":
                    values.append(None)
                case "u":
                    values.append(UNCHANGED)
                case "t":
                    values.append(_decode(self.take(self.number(">i"))))
                case kind:
                    raise Unreadable(f"value of kind {kind!r}")
        return tuple(values)

    def end(self) -> None:
        if self.at != len(self.data):
            raise Unreadable("message is longer than its content")


def _decode(data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise Unreadable("text that isn't UTF-8") from error


def read_message(data: bytes) -> Message:
    """Take one message apart. Raises Unreadable."""
    reader = _Reader(data)
    kind = reader.byte()
    message = _read(kind, reader)
    if not isinstance(message, Other):
        reader.end()
    return message


def _read(kind: str, reader: _Reader) -> Message:
    match kind:
        case "B":
            final = reader.number(">Q")
            reader.number(">q")
            return Begin(final, reader.number(">I"))
        case "C":
            reader.take(1)
            position, end = reader.number(">Q"), reader.number(">Q")
            reader.number(">q")
            return Commit(position, end)
        case "R":
            return _read_relation(reader)
        case "I":
            relation = reader.number(">I")
            _expect(reader, "N")
            return Insert(relation, reader.row())
        case "U":
            return _read_update(reader)
        case "D":
            relation, which = reader.number(">I"), reader.byte()
            if which not in "KO":
                raise Unreadable(f"deletion of kind {which!r}")
            row = reader.row()
            return Delete(relation, key=row) if which == "K" else Delete(relation, old=row)
        case "T":
            count = reader.number(">I")
            reader.take(1)
            if count * 4 != len(reader.data) - reader.at:
                raise Unreadable("truncation of another number of tables")
            return Truncate(tuple(reader.number(">I") for _ in range(count)))
        case "O" | "Y" | "M":
            return Other(kind)
    raise Unreadable(f"message of kind {kind!r}")


def _expect(reader: _Reader, wanted: str) -> None:
    if (found := reader.byte()) != wanted:
        raise Unreadable(f"{found!r} instead of {wanted!r}")


def _read_relation(reader: _Reader) -> Relation:
    relation, schema, name, identity = reader.number(">I"), reader.name(), reader.name(), reader.byte()
    columns = []
    for _ in range(reader.number(">h")):
        is_key = bool(reader.take(1)[0] & 1)
        column = reader.name()
        columns.append(RelationColumn(column, reader.number(">I"), reader.number(">i"), is_key))
    return Relation(relation, schema, name, identity, tuple(columns))


def _read_update(reader: _Reader) -> Update:
    relation, which = reader.number(">I"), reader.byte()
    key = old = None
    if which in "KO":
        row = reader.row()
        key, old = (row, None) if which == "K" else (None, row)
        which = reader.byte()
    if which != "N":
        raise Unreadable(f"update of kind {which!r}")
    return Update(relation, reader.row(), key, old)


def read_position(text: str) -> int:
    """Return the number of a log position (``16/B374D848``). Raises ValueError."""
    high, slash, low = text.partition("/")
    if not slash or not high or not low or len(high) > 8 or len(low) > 8:
        raise ValueError(text)
    return (int(high, 16) << 32) | int(low, 16)


def write_position(position: int) -> str:
    return f"{position >> 32:X}/{position & 0xFFFFFFFF:X}"
