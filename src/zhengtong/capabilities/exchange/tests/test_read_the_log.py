"""The log's messages: what a server writes is read back, and no bytes make the reader do anything but refuse."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhengtong.capabilities.exchange.capture.collapsing import Collapsed, Collapser, Wanted, compare_columns
from zhengtong.capabilities.exchange.capture.pgoutput import (
    UNCHANGED,
    Begin,
    Commit,
    Delete,
    Insert,
    Message,
    Relation,
    RelationColumn,
    Row,
    Truncate,
    Unreadable,
    Update,
    read_message,
    read_position,
    write_position,
)
from zhengtong.capabilities.sources.public import SourceError

TABLE = 16_500
ID, NAME, STORY = (
    RelationColumn("id", 23, -1, True),
    RelationColumn("name", 1043, 54, False),
    RelationColumn("story", 25, -1, False),
)
RELATION = Relation(TABLE, "public", "people", "d", (ID, NAME, STORY))


def write_row(row: Row) -> bytes:
    parts = [struct.pack(">h", len(row))]
    for value in row:
        if value is None:
            parts.append(b"n")
        elif value is UNCHANGED:
            parts.append(b"u")
        else:
            text = str(value).encode()
            parts.append(b"t" + struct.pack(">i", len(text)) + text)
    return b"".join(parts)


def write_message(message: Message) -> bytes:
    """Write a message as the server would: the reader's counterpart, after the same chapter of the documentation."""
    match message:
        case Begin(final, xid):
            return b"B" + struct.pack(">QqI", final, 0, xid)
        case Commit(position, end):
            return b"C\0" + struct.pack(">QQq", position, end, 0)
        case Relation(relation, schema, name, identity, columns):
            head = b"R" + struct.pack(">I", relation) + schema.encode() + b"\0" + name.encode() + b"\0"
            parts = [
                bytes([each.is_key]) + each.name.encode() + b"\0" + struct.pack(">Ii", each.type_id, each.modifier)
                for each in columns
            ]
            return head + identity.encode() + struct.pack(">h", len(columns)) + b"".join(parts)
        case Insert(relation, new):
            return b"I" + struct.pack(">I", relation) + b"N" + write_row(new)
        case Update(relation, new, key, old):
            before = b"K" + write_row(key) if key is not None else b"O" + write_row(old) if old is not None else b""
            return b"U" + struct.pack(">I", relation) + before + b"N" + write_row(new)
        case Delete(relation, key, old):
            kind, row = (b"K", key) if key is not None else (b"O", old or ())
            return b"D" + struct.pack(">I", relation) + kind + write_row(row)
        case Truncate(relations):
            return (
                b"T" + struct.pack(">IB", len(relations), 0) + b"".join(struct.pack(">I", each) for each in relations)
            )
    raise AssertionError(message)


texts = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20)
rows = st.lists(st.one_of(st.none(), st.just(UNCHANGED), texts), max_size=6).map(tuple)
oids, positions = st.integers(0, 2**32 - 1), st.integers(0, 2**63)
columns = st.builds(RelationColumn, texts, oids, st.integers(-1, 2**31 - 1), st.booleans())
messages = st.one_of(
    st.builds(Begin, positions, oids),
    st.builds(Commit, positions, positions),
    st.builds(Relation, oids, texts, texts, st.sampled_from("dnfi"), st.lists(columns, max_size=5).map(tuple)),
    st.builds(Insert, oids, rows),
    st.builds(Update, oids, rows, rows, st.none()),
    st.builds(Update, oids, rows, st.none(), st.one_of(st.none(), rows)),
    st.builds(Delete, oids, rows, st.none()),
    st.builds(Delete, oids, st.none(), rows),
    st.builds(Truncate, st.lists(oids, max_size=4).map(tuple)),
)


@given(messages)
def test_every_message_is_read_as_it_was_written(message: Message) -> None:
    assert read_message(write_message(message)) == message


@given(messages, st.data())
def test_a_message_cut_short_or_with_something_behind_it_is_refused(message: Message, data: st.DataObject) -> None:
    written = write_message(message)
    cut = data.draw(st.integers(0, len(written) - 1))
    for altered in (written[:cut], written + b"n"):
        with pytest.raises(Unreadable):
            read_message(altered)


@given(st.binary(max_size=60))
def test_any_bytes_are_read_or_refused(noise: bytes) -> None:
    try:
        read_message(noise)
    except Unreadable:
        return


@given(st.integers(0, 2**64 - 1))
def test_a_position_goes_round(position: int) -> None:
    assert read_position(write_position(position)) == position


# Collapsing ----------------------------------------------------------------------------------------------

WANTED = Wanted(("id",), ("id", "name", "story"))
keys = st.sampled_from(["1", "2", "3"])
acts = st.lists(
    st.one_of(
        st.tuples(st.just("put"), keys, texts, st.one_of(texts, st.just(UNCHANGED))),
        st.tuples(st.just("move"), keys, keys, texts),
        st.tuples(st.just("remove"), keys),
        st.tuples(st.just("truncate")),
    ),
    max_size=25,
)


def collapse(changes: list[Message], **options: int) -> Collapsed:
    return Collapser(WANTED).take([RELATION, Begin(9, 1), *changes, Commit(9, 10)], **options)


@given(acts)
def test_the_last_state_by_key_is_what_the_table_has(steps: list[tuple[object, ...]]) -> None:
    """A table kept beside, to which each change happens, ends as the collapsed window does."""
    table: dict[str, tuple[object, ...]] = {"1": ("1", "old", "long"), "2": ("2", "old", "long")}
    changes: list[Message] = []
    for step in steps:
        match step:
            case ("put", str(key), str(name), story) if key in table:
                known = table[key][2] if story is UNCHANGED else story
                table[key] = (key, name, known)
                changes.append(Update(TABLE, (key, name, story)))  # type: ignore[arg-type]  # text or UNCHANGED
            case ("put", str(key), str(name), story) if story is not UNCHANGED:
                table[key] = (key, name, story)
                changes.append(Insert(TABLE, (key, name, story)))  # type: ignore[arg-type]  # text
            case ("move", str(old), str(new), str(name)) if old in table and (new not in table or new == old):
                story = table.pop(old)[2]
                table[new] = (new, name, story)
                old_key = (old, None, None) if old != new else None
                changes.append(Update(TABLE, (new, name, UNCHANGED), old_key))
            case ("remove", str(key)) if key in table:
                del table[key]
                changes.append(Delete(TABLE, (key, None, None)))
            case ("truncate",):
                table.clear()
                changes.append(Truncate((TABLE,)))
    found = collapse(changes)
    landed: dict[str, tuple[object, ...]] = {"1": ("1", "old", "long"), "2": ("2", "old", "long")}
    before = dict(landed)
    if found.is_whole:
        landed = {}
    for (key,), row in found.rows.items():
        landed.pop(key, None)
        if row is not None:
            known = before.get(key, (key, "old", "long"))
            landed[key] = tuple(old if new is UNCHANGED else new for new, old in zip(row, known, strict=True))
    assert landed == table


def test_a_transaction_without_its_commit_or_behind_the_window_counts_for_nothing() -> None:
    put = Insert(TABLE, ("1", "a", "b"))
    assert Collapser(WANTED).take([RELATION, Begin(9, 1), put]).rows == {}
    assert collapse([put], until=9).rows == {}
    assert collapse([put], after=10).rows == {}
    assert collapse([put], until=10, after=9).rows == {("1",): ("1", "a", "b")}


def test_a_renamed_a_widened_and_another_column_are_refused_by_name() -> None:
    for now, code in (
        ((ID, RelationColumn("full_name", 1043, 54, False), STORY), "column-missing"),
        ((ID, RelationColumn("name", 1043, 204, False), STORY), "column-wider"),
        ((ID, RelationColumn("name", 25, -1, False), STORY), "column-wider"),
        ((RelationColumn("id", 20, -1, True), NAME, STORY), "column-other"),
    ):
        with pytest.raises(SourceError) as refused:
            compare_columns((ID, NAME, STORY), now, WANTED.columns)
        assert refused.value.code == code
    compare_columns((ID, NAME, STORY), (STORY, NAME, ID, RelationColumn("added", 25, -1, False)), WANTED.columns)


def test_a_table_whose_deletions_dont_name_the_contracts_key_is_refused() -> None:
    for identity, is_key in (("n", True), ("d", False)):
        columns = (RelationColumn("id", 23, -1, is_key), NAME, STORY)
        with pytest.raises(SourceError) as refused:
            Collapser(WANTED).take([Relation(TABLE, "public", "people", identity, columns)])
        assert refused.value.code == "identity-other"
        assert "REPLICA IDENTITY FULL" in refused.value.message
