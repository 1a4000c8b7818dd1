"""A folder of files as a target: each run becomes one file, complete when it is there under its name.

Rows are staged as Parquet parts with hidden names; the merge makes the file beside them, renames it in one step and
leaves a mark. The name holds the run, so that a second merge finds what the first one did, and the mark stays when
whoever watches the folder has taken the file away.
"""

import hashlib
import json
import re
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import IO, Any, Final

import polars as pl
import pyarrow as pa

from zhengtong.capabilities.sources.casting import cast_batch
from zhengtong.capabilities.sources.domain import CHUNK_ROWS, Column, ColumnKind, Landing, Merged, arrow_type
from zhengtong.capabilities.sources.drivers.files.formats import extension_of, open_table
from zhengtong.capabilities.sources.drivers.files.stores import Store, check_name
from zhengtong.capabilities.sources.drivers.untyped import ParquetFile, ParquetWriter, compute
from zhengtong.capabilities.sources.failures import failure

FORMATS: Final = ("parquet", "csv")
# What a spreadsheet would run (OWASP: CSV injection); the same rule as for lists that people export.
_RISKY: Final = r"^'*[=+\-@\t\r＝＋－＠]"
_QUOTED: Final = r"^'+[=+\-@\t\r＝＋－＠]"


def called(run: str) -> str:
    """Return a run's name as part of a file's: recognisable, and another for every run."""
    digest = hashlib.sha256(run.encode()).hexdigest()[:12]
    return f"{re.sub(r'[^0-9A-Za-z]+', '-', run).strip('-')[:40]}-{digest}"


class FileTarget:
    """Writes files into a store, in the format that ``settings`` name."""

    def __init__(self, store: Store, settings: Mapping[str, Any]) -> None:
        self._store = store
        self._format = str(settings.get("format") or "parquet")
        if self._format not in FORMATS:
            raise failure("settings", name="format", said=self._format)

    def prepare(self, landing: Landing) -> None:
        check_name(self._final(landing))
        self.drop_staging(landing)

    def stage(self, landing: Landing, batches: Iterable[pa.RecordBatch]) -> int:
        columns, schema = _staged_columns(landing)
        rows = 0
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "part"
            with ParquetWriter(path, schema, compression="zstd") as writer:
                for batch in batches:
                    writer.write_batch(cast_batch(batch, columns, landing.table))
                    rows += batch.num_rows
            self._store.put(f"{self._stem(landing)}-{len(self._parts(landing)):05d}.part", path)
        return rows

    def merge(self, landing: Landing) -> Merged:
        if self.is_merged(landing):
            return Merged(was_done=True)
        parts = self._parts(landing)
        if not parts:
            raise failure("cut", place=self._store.place)
        rows = deleted = 0
        digest = hashlib.sha256()
        making = f"{self._stem(landing)}.making"
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "whole"
            with path.open("wb") as file:
                _columns, schema = _staged_columns(landing)
                write = _write_csv if self._format == "csv" else _write_parquet
                for batch in write(file, schema, self._read_parts(parts)):
                    gone = batch[landing.removed].to_pylist().count(True) if landing.removed else 0
                    rows, deleted = rows + batch.num_rows - gone, deleted + gone
            with path.open("rb") as file:
                while block := file.read(1 << 20):
                    digest.update(block)
            self._store.put(making, path)
            self._store.rename(making, self._final(landing))
            mark = {"run": landing.run, "rows": rows, "deleted": deleted, "sha256": digest.hexdigest()}
            (Path(folder) / "mark").write_text(json.dumps(mark))
            self._store.put(f"{making}.mark", Path(folder) / "mark")
            self._store.rename(f"{making}.mark", f"{self._stem(landing)}.done")
        return Merged(inserted=rows, deleted=deleted)

    def is_merged(self, landing: Landing) -> bool:
        names = (f"{self._stem(landing)}.done", self._final(landing))
        return any(self._store.find(name) is not None for name in names)

    def read_landed(self, landing: Landing) -> Iterator[pa.RecordBatch]:
        """Yield the file's rows in the order of the key. They are held in memory while they are put in order."""
        entry = self._store.find(self._final(landing))
        if entry is None:
            raise failure("table-missing", name=self._final(landing))
        columns, _schema = _staged_columns(landing)
        batches = []
        with self._store.fetch(entry) as file:
            opened = open_table(file, entry.name, entry.size)
            for given in opened.batches([column.name for column in columns], CHUNK_ROWS):
                plain = restore(given, columns) if self._format == "csv" else given
                batches.append(cast_batch(plain, columns, landing.table))
        if not batches:
            return
        whole = pa.Table.from_batches(batches)
        if landing.removed:
            whole = whole.filter(compute.invert(whole[landing.removed]))
        ordered = whole.sort_by([(name, "ascending") for name in landing.key]) if landing.key else whole
        yield from ordered.select([c.name for c in landing.columns]).combine_chunks().to_batches(CHUNK_ROWS)

    def drop_staging(self, landing: Landing) -> None:
        for name in (*self._parts(landing), f"{self._stem(landing)}.making", f"{self._stem(landing)}.making.mark"):
            self._store.remove(name)

    def close(self) -> None:
        self._store.close()

    def _stem(self, landing: Landing) -> str:
        return f".zt-{called(landing.run)}"

    def _final(self, landing: Landing) -> str:
        table = landing.table
        if extension_of(table) in FORMATS:
            table = table.rpartition(".")[0]
        return check_name(f"{table}-{called(landing.run)}.{self._format}")

    def _parts(self, landing: Landing) -> list[str]:
        begins = f"{self._stem(landing)}-"
        names = [each.name for each in self._store.entries()]
        return sorted(name for name in names if name.startswith(begins) and name.endswith(".part"))

    def _read_parts(self, names: list[str]) -> Iterator[pa.RecordBatch]:
        for name in names:
            entry = self._store.find(name)
            if entry is None:
                raise failure("cut", place=self._store.place)
            with self._store.fetch(entry) as file:
                yield from ParquetFile(file).iter_batches(CHUNK_ROWS, use_threads=False)


def _staged_columns(landing: Landing) -> tuple[tuple[Column, ...], pa.Schema]:
    """Return the columns of the file. Deletions have a place in it: a file can't take a row out of another."""
    columns = landing.columns
    if landing.removed:
        columns = (*columns, Column(landing.removed, ColumnKind.BOOLEAN))
    return columns, pa.schema([pa.field(column.name, arrow_type(column)) for column in columns])


def _write_parquet(file: IO[bytes], schema: pa.Schema, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    with ParquetWriter(file, schema, compression="zstd") as writer:
        for batch in batches:
            writer.write_batch(batch)
            yield batch


def _write_csv(file: IO[bytes], schema: pa.Schema, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """UTF-8 with its mark. No value is an empty cell, an empty text is two quotes; no cell can be run as a formula."""
    file.write(b"\xef\xbb\xbf")
    file.write(_frame(pa.RecordBatch.from_pylist([], schema=schema)).write_csv().encode())
    for batch in batches:
        _frame(batch).write_csv(file, include_header=False)
        yield batch


def _frame(batch: pa.RecordBatch) -> pl.DataFrame:
    frame = pl.DataFrame(pl.from_arrow(batch))
    texts = [name for name, kind in frame.schema.items() if kind == pl.String]
    binaries = [name for name, kind in frame.schema.items() if kind == pl.Binary]
    zoned = [name for name, kind in frame.schema.items() if isinstance(kind, pl.Datetime) and kind.time_zone]
    plain = [name for name, kind in frame.schema.items() if isinstance(kind, pl.Datetime) and not kind.time_zone]
    risky = (pl.when(pl.col(name).str.contains(_RISKY)).then("'" + pl.col(name)) for name in texts)
    return frame.with_columns(
        *(each.otherwise(pl.col(name)).alias(name) for each, name in zip(risky, texts, strict=True)),
        *(pl.col(name).bin.encode("hex") for name in binaries),
        *(pl.col(name).dt.strftime("%Y-%m-%dT%H:%M:%S%.6f%:z") for name in zoned),
        *(pl.col(name).dt.strftime("%Y-%m-%dT%H:%M:%S%.6f") for name in plain),
    )


def restore(batch: pa.RecordBatch, columns: Iterable[Column]) -> pa.RecordBatch:
    """Return texts as they were before they were made harmless."""
    names = [column.name for column in columns if column.kind in (ColumnKind.TEXT, ColumnKind.JSON)]
    frame = pl.DataFrame(pl.from_arrow(batch)).with_columns(
        pl.when(pl.col(name).str.contains(_QUOTED)).then(pl.col(name).str.slice(1)).otherwise(pl.col(name)).alias(name)
        for name in names
    )
    return frame.to_arrow().cast(batch.schema).combine_chunks().to_batches()[0]
