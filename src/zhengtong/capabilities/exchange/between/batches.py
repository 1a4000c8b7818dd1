"""A batch of data as a file: Parquet parts and their table in a sealed batch that anyone verifies without the platform.

``table.json`` says columns, key, rows, whether the batch is the whole and how much of the target it may delete then,
and which column marks deletions; ``rows/00001.parquet`` … are the rows. The manifest names the SM3 of each and is
signed and stamped (docs/reference/evidence.md).
"""

import io
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq
from django.conf import settings

from zhengtong.capabilities.nodes.public import seal_text
from zhengtong.capabilities.sources.public import Column, ColumnKind, arrow_type
from zhengtong_verify.archive import LARGEST_TOTAL, read_archive
from zhengtong_verify.batch import check_batch, read_manifest, write_batch
from zhengtong_verify.canonical import canonical
from zhengtong_verify.findings import Unusable, list_failed
from zhengtong_verify.sealing import Trust

KIND: Final = "data"
TABLE: Final = "table.json"


class BadBatch(ValueError):
    """A batch that isn't what it says; ``code`` is stable."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class TooLarge(ValueError):
    """The rows don't fit in one batch of ``most`` bytes."""


@dataclass(frozen=True)
class Stated:
    """What a batch says of its rows."""

    dataset: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    rows: int
    is_whole: bool
    removed: str = ""
    most_deleted: float = 1.0

    @property
    def given(self) -> tuple[Column, ...]:
        """The columns that travel."""
        return with_removed(self.columns, self.removed)


def with_removed(columns: tuple[Column, ...], removed: str) -> tuple[Column, ...]:
    """Return ``columns`` and the one that marks deletions ("" for none)."""
    return (*columns, Column(removed, ColumnKind.BOOLEAN)) if removed else columns


def write_data(
    *,
    dataset: str,
    title: str,
    made_by: str,
    columns: tuple[Column, ...],
    key: tuple[str, ...],
    batches: Iterable[pa.RecordBatch],
    is_whole: bool,
    most_bytes: int,
    removed: str = "",
    most_deleted: float = 1.0,
) -> tuple[bytes, int]:
    """Return the sealed file and the number of its rows. Raises TooLarge, and what signing and stamping raise."""
    files: dict[str, bytes] = {}
    rows = size = 0
    schema = pa.schema([(column.name, arrow_type(column)) for column in with_removed(columns, removed)])
    for number, batch in enumerate(batches, 1):
        table = pa.Table.from_batches([batch]).select(schema.names).cast(schema)
        written = io.BytesIO()
        pq.write_table(table, written, compression="zstd")  # type: ignore[no-untyped-call]  # pyarrow has no types here
        content = written.getvalue()
        rows, size = rows + table.num_rows, size + len(content)
        if size > most_bytes:
            raise TooLarge
        files[f"rows/{number:05d}.parquet"] = content
    files[TABLE] = canonical(
        {
            "dataset": dataset,
            "columns": [_describe(column) for column in columns],
            "key": list(key),
            "rows": rows,
            "is_whole": is_whole,
            "removed": removed,
            "most_deleted": most_deleted,
        }
    )
    sealed = write_batch(
        kind=KIND,
        files=files,
        seal=seal_text,
        made_at=datetime.now(UTC).isoformat(),
        made_by=made_by,
        installation=settings.SITE_NAME,
        about=title,
    )
    return sealed, rows


def read_data(content: bytes, roots: list[bytes]) -> tuple[Stated, Iterator[pa.RecordBatch]]:
    """Return what a batch states and its rows, after it was verified under ``roots``. Raises BadBatch.

    What is wrong with the rows themselves is only seen when they are read: the iterator raises BadBatch as well.
    """
    try:
        files = read_archive(content)
        manifest = read_manifest(files)
    except Unusable as error:
        raise BadBatch(error.code) from error
    failed = list_failed(check_batch(files, manifest, Trust(roots=tuple(roots))))
    if failed or not roots:
        raise BadBatch(failed[0].code if failed else "wrong-root")
    if manifest["kind"] != KIND or TABLE not in files:
        raise BadBatch("not-data")
    stated = _read_table(files[TABLE])
    return stated, _read_rows(files, stated)


def _read_rows(files: dict[str, bytes], stated: Stated) -> Iterator[pa.RecordBatch]:
    schema = pa.schema([(column.name, arrow_type(column)) for column in stated.given])
    rows = size = 0
    try:
        for name in sorted(each for each in files if each.startswith("rows/")):
            file: Any = pq.ParquetFile(io.BytesIO(files[name]))  # type: ignore[no-untyped-call]  # as above
            size += sum(file.metadata.row_group(at).total_byte_size for at in range(file.metadata.num_row_groups))
            if size > LARGEST_TOTAL:
                raise BadBatch("bomb")
            table = file.read(columns=schema.names).cast(schema)
            rows += table.num_rows
            yield from table.to_batches()
    except (pa.ArrowException, OSError, KeyError) as error:
        raise BadBatch("bad-rows") from error
    if rows != stated.rows:
        raise BadBatch("rows-missing")


def _describe(column: Column) -> dict[str, Any]:
    return {
        "name": column.name,
        "kind": column.kind.value,
        "length": column.length,
        "precision": column.precision,
        "scale": column.scale,
        "is_nullable": column.is_nullable,
        "has_zone": column.has_zone,
        "comment": column.comment,
    }


def _read_table(content: bytes) -> Stated:
    try:
        given = json.loads(content)
        columns = tuple(
            Column(
                name=_name(each["name"]),
                kind=ColumnKind(each["kind"]),
                length=_size(each["length"]),
                precision=_size(each["precision"]),
                scale=_size(each["scale"]),
                is_nullable=bool(each["is_nullable"]),
                is_key=each["name"] in given["key"],
                has_zone=bool(each["has_zone"]),
                comment=str(each["comment"])[:200],
            )
            for each in given["columns"][:500]
        )
        key = tuple(_name(each) for each in given["key"])
        stated = Stated(
            _name(given["dataset"]),
            columns,
            key,
            int(given["rows"]),
            given["is_whole"] is True,
            # Platforms of before change capture went between nodes don't say these.
            _name(given["removed"]) if given.get("removed") else "",
            _share(given.get("most_deleted", 1.0)),
        )
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise BadBatch("bad-table") from error
    names = [column.name for column in columns]
    if not key or not set(key) <= set(names) or len(set(names)) != len(names) or stated.removed in names:
        raise BadBatch("bad-table")
    return stated


def _name(value: Any) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= 63 or "\x00" in value:
        raise ValueError
    return value


def _size(value: Any) -> int | None:
    if value is not None and (type(value) is not int or not 0 <= value <= 10_000_000):
        raise ValueError
    return value


def _share(value: Any) -> float:
    if type(value) not in (int, float) or not 0 <= value <= 1:
        raise ValueError
    return float(value)
