"""An interface that gives a list in pages, or takes rows in batches. Limits of size and time hold for every answer."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import pyarrow as pa

from zhengtong.capabilities.sources.casting import batch_of, column_of
from zhengtong.capabilities.sources.declared import read_declared
from zhengtong.capabilities.sources.domain import Column, Reading, Table
from zhengtong.capabilities.sources.drivers.files.documents import Number, decode, say_member
from zhengtong.capabilities.sources.drivers.web.asking import Asker
from zhengtong.capabilities.sources.drivers.web.posting import HTTPTarget
from zhengtong.capabilities.sources.failures import failure
from zhengtong.capabilities.sources.filtering import filter_batch, find_columns, greatest, needed, say_watermark

MOST_PAGES: Final = 100_000
STYLES: Final = ("none", "number", "offset", "cursor")


def connect(settings: Mapping[str, Any], secrets: Mapping[str, Any]) -> "HTTPConnection":
    return HTTPConnection(settings, secrets)


def aim(settings: Mapping[str, Any], secrets: Mapping[str, Any]) -> HTTPTarget:
    return HTTPTarget(settings, secrets)


def walk(document: Any, path: str) -> Any:
    """Return the member at ``data.items`` of a document, None where there is none; the document itself for ""."""
    for name in path.split(".") if path else ():
        document = document.get(name) if isinstance(document, dict) else None
    return document


class HTTPConnection:
    """Reads one list: ``address``, where the rows are (``rows``), how pages are asked for (``page``), its columns."""

    def __init__(self, settings: Mapping[str, Any], secrets: Mapping[str, Any]) -> None:
        self._asker = Asker(settings, secrets)
        self._settings = settings
        self._table = str(settings.get("table") or "rows")
        page = settings.get("page") or {}
        if not isinstance(page, Mapping) or page.get("style", "none") not in STYLES:
            raise failure("settings", name="page", said=page)
        self._page: Mapping[str, Any] = page
        self._columns = read_declared(settings.get("columns") or [], "columns")
        self._optional = frozenset(str(name) for name in settings.get("optional") or ())
        if not self._columns:
            raise failure("settings", name="columns", said="[]")

    def check(self) -> str:
        page = self._ask_page({**self._first(), **self._size(1)})
        self._rows_of(page)
        return f"HTTP 200 {self._asker.answered}".strip()

    def list_tables(self) -> list[str]:
        return [self._table]

    def read_table(self, name: str) -> Table:
        self._check_table(name)
        return Table(name, self._columns, rows=self._total({}))

    def find_watermark(self, table: str, column: str) -> str:
        found = None
        for batch in self.read(Reading(table, (column,))):
            found = greatest(batch.column(0), found)
        return say_watermark(found)

    def count(self, reading: Reading) -> int:
        if not reading.conditions and not reading.watermark and (total := self._total({})) is not None:
            return total
        return sum(batch.num_rows for batch in self.read(reading))

    def read(self, reading: Reading) -> Iterator[pa.RecordBatch]:
        self._check_table(reading.table)
        columns = find_columns(reading.table, self._columns, needed(reading))
        block: list[Mapping[str, Any]] = []
        seen: set[str] = set()
        for rows in self._pages(reading):
            seen.update(*rows)
            block += rows
            while len(block) >= reading.chunk_rows:
                yield from self._batch(block[: reading.chunk_rows], reading, columns)
                block = block[reading.chunk_rows :]
        if block:
            yield from self._batch(block, reading, columns)
        # One that some rows lack is a missing value. One that no row has was renamed or dropped, and nothing is merged
        # after that; an interface that leaves out what is empty says so of its columns.
        missing = [c.name for c in columns if seen and c.name not in seen and c.name not in self._optional]
        if missing:
            raise failure("column-missing", table=reading.table, name=missing[0])

    def close(self) -> None:
        self._asker.close()

    def _check_table(self, name: str) -> None:
        if name != self._table:
            raise failure("table-missing", name=name)

    def _batch(self, rows: Sequence[Any], reading: Reading, columns: Sequence[Column]) -> Iterator[pa.RecordBatch]:
        arrays = {c.name: column_of([say_member(row.get(c.name)) for row in rows], c, reading.table) for c in columns}
        batch = filter_batch(batch_of(columns, arrays), reading, columns).select(list(reading.columns))
        if batch.num_rows:
            yield batch

    def _pages(self, reading: Reading) -> Iterator[list[dict[str, Any]]]:
        """Yield the rows of each page. A page that comes again ends in an error: pages aren't what they seem."""
        style, asked = self._page.get("style", "none"), {**self._first(), **self._size(), **self._window(reading)}
        seen, before = 0, ""
        for _turn in range(MOST_PAGES):
            page = self._ask_page(asked)
            rows = self._rows_of(page)
            if not rows:
                return
            digest = hashlib.sha256(repr(rows).encode()).hexdigest()
            if digest == before:
                raise failure("answer", place=self._asker.place, said=f"{asked}: =")
            before, seen = digest, seen + len(rows)
            yield rows
            match style:
                case "number":
                    asked = {**asked, self._parameter(): int(asked[self._parameter()]) + 1}
                case "offset":
                    asked = {**asked, self._parameter(): seen}
                case "cursor":
                    following = walk(page, str(self._page.get("next") or "next"))
                    if following in (None, "", False):
                        return
                    asked = {**asked, self._parameter(): str(following)}
                case _:
                    return
        raise failure("too-large", place=self._asker.place, limit=MOST_PAGES)

    def _parameter(self) -> str:
        return str(self._page.get("parameter") or "page")

    def _first(self) -> dict[str, Any]:
        match self._page.get("style", "none"):
            case "number":
                return {self._parameter(): int(self._page.get("first", 1))}
            case "offset":
                return {self._parameter(): 0}
        return {}

    def _size(self, rows: int | None = None) -> dict[str, Any]:
        if not self._page.get("size_parameter"):
            return {}
        return {str(self._page["size_parameter"]): rows or int(self._page.get("size") or 1000)}

    def _window(self, reading: Reading) -> dict[str, str]:
        """Return the parameters that let the interface give only the window; what it gives is filtered all the same."""
        asked = {}
        for setting, text in (("after_parameter", reading.after), ("until_parameter", reading.until)):
            if reading.watermark and text and self._settings.get(setting):
                asked[str(self._settings[setting])] = text
        return asked

    def _ask_page(self, asked: Mapping[str, Any]) -> Any:
        content = self._asker.get(asked)
        try:
            return decode(content.decode("utf-8-sig"))
        except (ValueError, RecursionError) as error:
            raise failure("answer", place=self._asker.place, said=error) from None

    def _rows_of(self, page: Any) -> list[dict[str, Any]]:
        path = str(self._settings.get("rows") or "")
        rows = walk(page, path)
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise failure("answer", place=self._asker.place, said=f"{path or '.'} ≠ [{{…}}]")
        return rows

    def _total(self, asked: Mapping[str, Any]) -> int | None:
        """Return how many rows the interface says it has; None when it says nothing of it."""
        if not self._settings.get("total"):
            return None
        said = walk(self._ask_page({**self._first(), **self._size(), **asked}), str(self._settings["total"]))
        if not isinstance(said, (Number, str)) or not str(said).isdecimal():
            raise failure("answer", place=self._asker.place, said=f"{self._settings['total']}: {said!r}")
        return int(said)
