"""Reads a file as a table in batches. CSV, Excel and JSON give text: a type is never inferred from values.

What a spreadsheet has turned into ``3.30102E+17`` arrives as just that, for the rules to quarantine.
"""

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import IO, Any, Final

import pyarrow as pa

from zhengtong.capabilities.sources.declared import text_columns
from zhengtong.capabilities.sources.domain import Column, ColumnKind
from zhengtong.capabilities.sources.drivers.files.documents import find_names, read_objects, say_member
from zhengtong.capabilities.sources.drivers.untyped import ParquetFile, arrow_csv
from zhengtong.capabilities.sources.failures import failure
from zhengtong.screens.sheets.problems import FileRefused
from zhengtong.screens.sheets.reading import find_encoding
from zhengtong.screens.sheets.workbook import open_workbook

EXTENSIONS: Final = ("csv", "txt", "xlsx", "json", "jsonl", "ndjson", "parquet")
# calamine holds a worksheet in memory while it is read.
MOST_WORKBOOK_BYTES: Final = 100 << 20
MOST_LINE_BYTES: Final = 8 << 20
_BLOCK: Final = 4 << 20

Batches = Iterator[pa.RecordBatch]


@dataclass(frozen=True, slots=True)
class OpenedFile:
    """An opened file. ``batches(names, rows)`` yields the columns called ``names``, at most ``rows`` rows at a time."""

    columns: tuple[Column, ...]
    batches: Callable[[Sequence[str], int], Batches]
    rows: int | None = None


def extension_of(name: str) -> str:
    return PurePosixPath(name).suffix.lower().lstrip(".")


def open_table(file: IO[bytes], name: str, size: int) -> OpenedFile:
    """Open ``file`` by the end of its name. Raises SourceError: ``undecodable``, ``unreadable``, ``ragged``."""
    match extension_of(name):
        case "csv" | "txt":
            return _open_csv(file, name)
        case "xlsx":
            return _open_workbook(file, name, size)
        case "json" | "jsonl" | "ndjson":
            return _open_documents(file, name)
        case "parquet":
            return _open_parquet(file, name)
    raise failure("cannot", said=name)


def check_names(names: Sequence[str], name: str) -> tuple[str, ...]:
    """Return column titles without the blanks around them. Raises SourceError for none, empty or doubled ones."""
    titles = tuple(title.strip("\ufeff \t\r\n\u3000") for title in names)
    if not titles or "" in titles:
        raise failure("ragged", name=name, said=f"{len(titles)}: {titles!r}")
    if len(set(titles)) != len(titles):
        raise failure("ragged", name=name, said=", ".join(t for t in titles if titles.count(t) > 1))
    return titles


# --- CSV


class _Reencoded(io.RawIOBase):
    """A file of another encoding as UTF-8, for readers that know no other."""

    def __init__(self, file: IO[bytes], encoding: str) -> None:
        self._text = io.TextIOWrapper(file, encoding=encoding, newline="")
        self._left = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if not self._left:
            self._left = self._text.read(1 << 20).encode()
        taken = self._left[: len(buffer)]
        self._left = self._left[len(taken) :]
        buffer[: len(taken)] = taken
        return len(taken)

    def close(self) -> None:
        if not self.closed:
            self._text.detach()
        super().close()


def _open_csv(file: IO[bytes], name: str) -> OpenedFile:
    try:
        encoding, _newlines = find_encoding(file)
    except FileRefused as error:
        if error.code == "undecodable":
            raise failure("undecodable", name=name, **error.params) from None
        raise failure("unreadable", name=name, said=error.code) from None
    titles, delimiter = _head(file, encoding, name)

    def batches(wanted: Sequence[str], rows: int) -> Batches:
        file.seek(0)
        # Arrow passes over the mark of UTF-8 by itself.
        stream: Any = file if encoding.startswith("utf-8") else io.BufferedReader(_Reencoded(file, encoding), 1 << 20)
        broken: list[str] = []

        def refuse(row: Any) -> str:
            broken.append(f"{row.actual_columns} ≠ {row.expected_columns}: {str(row.text)[:80]}")
            return "error"

        try:
            reader = arrow_csv.open_csv(
                pa.PythonFile(stream, mode="r"),
                read_options=arrow_csv.ReadOptions(
                    use_threads=False, block_size=_BLOCK, column_names=list(titles), skip_rows_after_names=1
                ),
                parse_options=arrow_csv.ParseOptions(
                    delimiter=delimiter, newlines_in_values=True, invalid_row_handler=refuse
                ),
                convert_options=arrow_csv.ConvertOptions(
                    check_utf8=False,
                    column_types=dict.fromkeys(titles, pa.large_string()),
                    include_columns=list(wanted),
                    strings_can_be_null=True,
                    # An empty cell is no value, a quoted empty one is an empty text.
                    quoted_strings_can_be_null=False,
                    null_values=[""],
                ),
            )
            for batch in reader:
                for start in range(0, batch.num_rows, rows):
                    yield batch.slice(start, rows)
        except pa.ArrowInvalid as error:
            if "Empty CSV" in str(error):
                return
            raise failure("ragged", name=name, said=broken[0] if broken else error) from None
        finally:
            if stream is not file:
                stream.close()

    return OpenedFile(text_columns(titles, "CSV"), batches)


def _head(file: IO[bytes], encoding: str, name: str) -> tuple[tuple[str, ...], str]:
    file.seek(0)
    text = io.TextIOWrapper(file, encoding=encoding, newline="")
    try:
        line = text.readline(MOST_LINE_BYTES)
        delimiter = max(",\t;", key=line.count)
        # A title may hold a line break, within quotes.
        while line.count('"') % 2 and (more := text.readline(MOST_LINE_BYTES)):
            line += more
        return check_names(next(csv.reader([line], delimiter=delimiter), []), name), delimiter
    finally:
        text.detach()


# --- Excel


def _open_workbook(file: IO[bytes], name: str, size: int) -> OpenedFile:
    if size > MOST_WORKBOOK_BYTES:
        raise failure("too-large", place=name, limit=f"{MOST_WORKBOOK_BYTES >> 20} MB")
    titles: list[str] = []
    for texts in _rows_of_workbook(file, name):
        titles = list(texts)
        break
    while titles and not titles[-1]:
        titles.pop()
    checked = check_names(titles, name)

    def batches(wanted: Sequence[str], rows: int) -> Batches:
        places = [checked.index(each) for each in wanted]
        given = _rows_of_workbook(file, name)
        next(given, None)
        block: list[list[str | None]] = []
        for number, texts in enumerate(given, start=2):
            if len(texts) > len(checked) and any(texts[len(checked) :]):
                raise failure("ragged", name=name, said=f"#{number}: {len(texts)} ≠ {len(checked)}")
            if not any(texts):
                continue
            block.append([texts[place] or None if place < len(texts) else None for place in places])
            if len(block) == rows:
                yield _texts(block, wanted)
                block = []
        if block:
            yield _texts(block, wanted)

    return OpenedFile(text_columns(checked, "Excel"), batches)


def _rows_of_workbook(file: IO[bytes], name: str) -> Iterator[list[str]]:
    file.seek(0)
    try:
        with open_workbook(file) as book:
            for line in book.lines():
                texts = list(line.texts)
                for place, flaw in line.flaws.items():
                    # An error value, and a formula's that became one, come as an empty text: it would be "no value".
                    if place < len(texts) and (flaw == "cell_error" or not texts[place]):
                        texts[place] = "#N/A"
                yield texts
    except FileRefused as error:
        if error.code != "empty_sheet":
            raise failure("unreadable", name=name, said=error.code) from None


def _texts(rows: Sequence[Sequence[str | None]], names: Sequence[str]) -> pa.RecordBatch:
    columns = zip(*rows, strict=True) if names else ()
    return pa.RecordBatch.from_arrays([pa.array(each, pa.large_string()) for each in columns], names=list(names))


# --- JSON


def _open_documents(file: IO[bytes], name: str) -> OpenedFile:
    names = check_names(find_names(file, name), name)

    def batches(wanted: Sequence[str], rows: int) -> Batches:
        block: list[list[str | None]] = []
        for each in read_objects(file, name):
            block.append([say_member(each.get(key)) for key in wanted])
            if len(block) == rows:
                yield _texts(block, wanted)
                block = []
        if block:
            yield _texts(block, wanted)

    return OpenedFile(text_columns(names, "JSON"), batches)


# --- Parquet


def _kind_of(kind: pa.DataType) -> dict[str, Any]:
    types: Any = pa.types
    if types.is_dictionary(kind):
        return _kind_of(kind.value_type)
    if types.is_boolean(kind):
        return {"kind": ColumnKind.BOOLEAN}
    if types.is_uint64(kind):
        return {"kind": ColumnKind.DECIMAL, "precision": 20, "scale": 0}
    if types.is_integer(kind):
        return {"kind": ColumnKind.INTEGER}
    if types.is_decimal128(kind):
        return {"kind": ColumnKind.DECIMAL, "precision": kind.precision, "scale": kind.scale}
    if types.is_floating(kind):
        return {"kind": ColumnKind.REAL}
    if types.is_date(kind):
        return {"kind": ColumnKind.DATE}
    if types.is_timestamp(kind):
        return {"kind": ColumnKind.DATETIME, "has_zone": kind.tz is not None}
    if types.is_time(kind):
        return {"kind": ColumnKind.TIME}
    if types.is_binary(kind) or types.is_large_binary(kind) or types.is_fixed_size_binary(kind):
        return {"kind": ColumnKind.BINARY}
    return {"kind": ColumnKind.TEXT}


def _open_parquet(file: IO[bytes], name: str) -> OpenedFile:
    try:
        opened = ParquetFile(file, memory_map=False)
    except (pa.ArrowInvalid, OSError) as error:
        raise failure("unreadable", name=name, said=error) from None
    columns = tuple(
        Column(each.name, native=str(each.type), is_nullable=each.nullable, **_kind_of(each.type))
        for each in opened.schema_arrow
    )

    def batches(wanted: Sequence[str], rows: int) -> Batches:
        try:
            yield from opened.iter_batches(batch_size=rows, columns=list(wanted), use_threads=False)
        except (pa.ArrowInvalid, OSError) as error:
            raise failure("unreadable", name=name, said=error) from None

    return OpenedFile(columns, batches, opened.metadata.num_rows)
