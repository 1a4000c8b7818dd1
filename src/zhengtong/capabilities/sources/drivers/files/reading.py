"""A folder of files as a source: each file is a table, and ``name-*.csv`` is one of all the files so called."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from fnmatch import fnmatchcase
from typing import Any

import pyarrow as pa

from zhengtong.capabilities.sources.casting import cast_batch
from zhengtong.capabilities.sources.declared import read_declared
from zhengtong.capabilities.sources.domain import Column, Reading, Table
from zhengtong.capabilities.sources.drivers.files.formats import EXTENSIONS, OpenedFile, extension_of, open_table
from zhengtong.capabilities.sources.drivers.files.stores import Entry, Store, check_name
from zhengtong.capabilities.sources.failures import failure
from zhengtong.capabilities.sources.filtering import filter_batch, find_columns, greatest, needed, say_watermark


class FileConnection:
    """Reads the files of a store. Files whose name begins with a dot are being written, or aren't ours."""

    def __init__(self, store: Store, settings: Mapping[str, Any]) -> None:
        self._store = store
        declared = settings.get("tables") or {}
        if not isinstance(declared, Mapping):
            raise failure("settings", name="tables", said="{}")
        self._declared = {str(name): read_declared(given, "tables") for name, given in declared.items()}

    def check(self) -> str:
        answered = self._store.check()
        return f"{answered} ({len(self.list_tables())})"

    def list_tables(self) -> list[str]:
        found = {each.name for each in self._store.entries() if _is_table(each.name)}
        return sorted(found | {name for name in self._declared if "*" in name})

    def read_table(self, name: str) -> Table:
        entries = self._find(name)
        with self._open(entries[-1]) as opened:
            columns = self._columns(name, opened)
            return Table(name, columns, rows=opened.rows if len(entries) == 1 else None)

    def find_watermark(self, table: str, column: str) -> str:
        found = None
        for batch in self.read(Reading(table, (column,))):
            found = greatest(batch.column(0), found)
        return say_watermark(found)

    def count(self, reading: Reading) -> int:
        # Asked again of the files: there is nobody who counts them for us.
        names = needed(reading)[:1] if not (reading.conditions or reading.watermark) else reading.columns
        narrow = Reading(
            reading.table,
            names,
            reading.conditions,
            reading.watermark,
            reading.after,
            reading.until,
            reading.chunk_rows,
        )
        return sum(batch.num_rows for batch in self.read(narrow))

    def read(self, reading: Reading) -> Iterator[pa.RecordBatch]:
        wanted = needed(reading)
        for entry in self._find(reading.table):
            with self._open(entry) as opened:
                known = self._columns(reading.table, opened)
                columns = find_columns(reading.table, known, wanted)
                for given in opened.batches(wanted, reading.chunk_rows):
                    batch = cast_batch(given, columns, reading.table)
                    batch = filter_batch(batch, reading, columns).select(list(reading.columns))
                    if batch.num_rows:
                        yield batch

    def close(self) -> None:
        self._store.close()

    def _find(self, name: str) -> list[Entry]:
        if "*" in name:
            known = [each for each in self._store.entries() if _is_table(each.name) and fnmatchcase(each.name, name)]
        else:
            found = self._store.find(check_name(name)) if _is_table(check_name(name)) else None
            known = [found] if found is not None else []
        if not known:
            raise failure("table-missing", name=name)
        return known

    @contextmanager
    def _open(self, entry: Entry) -> Iterator[OpenedFile]:
        with self._store.fetch(entry) as file:
            yield open_table(file, entry.name, entry.size)

    def _columns(self, table: str, opened: OpenedFile) -> tuple[Column, ...]:
        """Return the file's columns, those that were declared as declared."""
        declared = {column.name: column for column in self._declared.get(table, ())}
        present = {column.name for column in opened.columns}
        for name in declared:
            if name not in present:
                raise failure("column-missing", table=table, name=name)
        return tuple(declared.get(column.name, column) for column in opened.columns)


def _is_table(name: str) -> bool:
    return not name.startswith(".") and extension_of(name) in EXTENSIONS
