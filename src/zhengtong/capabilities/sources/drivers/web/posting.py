"""An interface as a target: rows are kept here until the merge, then posted in batches that may be sent twice.

Each batch has an idempotency key, so whoever receives it does nothing the second time; a last message without rows
says that the run is complete, and its answer may tell what was done.
"""

import hashlib
import json
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import pyarrow as pa

from zhengtong.capabilities.sources.casting import cast_batch, text_of
from zhengtong.capabilities.sources.domain import Column, ColumnKind, Landing, Merged, arrow_type
from zhengtong.capabilities.sources.drivers.files.documents import decode
from zhengtong.capabilities.sources.drivers.untyped import ParquetFile, ParquetWriter
from zhengtong.capabilities.sources.drivers.web.asking import Asker
from zhengtong.capabilities.sources.failures import failure

BATCH_ROWS: Final = 500


class HTTPTarget:
    """Posts to one address."""

    def __init__(self, settings: Mapping[str, Any], secrets: Mapping[str, Any]) -> None:
        self._asker = Asker(settings, secrets)
        self._rows = int(settings.get("batch_rows") or BATCH_ROWS)
        self._folder = tempfile.TemporaryDirectory(prefix="zt-post-")

    def prepare(self, landing: Landing) -> None:
        self.drop_staging(landing)

    def stage(self, landing: Landing, batches: Iterable[pa.RecordBatch]) -> int:
        columns = _columns(landing)
        schema = pa.schema([pa.field(column.name, arrow_type(column)) for column in columns])
        rows = 0
        path = Path(self._folder.name) / f"{len(self._parts(landing)):05d}-{_digest(landing.run)}"
        with ParquetWriter(path, schema, compression="zstd") as writer:
            for batch in batches:
                writer.write_batch(cast_batch(batch, columns, landing.table))
                rows += batch.num_rows
        return rows

    def merge(self, landing: Landing) -> Merged:
        parts = self._parts(landing)
        if not parts:
            raise failure("cut", place=self._asker.place)
        rows = gone = number = 0
        for number, batch in enumerate(self._batches(parts), start=1):
            objects = [_plain(row) for row in batch.to_pylist()]
            kept, keys = [], []
            for row in objects:
                if landing.removed and row.pop(landing.removed) == "true":
                    keys.append({name: row[name] for name in landing.key})
                else:
                    kept.append(row)
            self._post(landing, number, {"rows": kept, "removed": keys})
            rows, gone = rows + len(kept), gone + len(keys)
        code, said = self._post(landing, number + 1, {"is_complete": True, "batches": number, "count": rows + gone})
        if code == 409 or said.get("was_done") is True:
            return Merged(was_done=True)
        if "inserted" not in said:
            return Merged(inserted=rows, deleted=gone)
        told = [int(said.get(name) or 0) for name in ("inserted", "updated", "deleted", "unchanged")]
        return Merged(told[0], told[1], told[2], told[3])

    def is_merged(self, landing: Landing) -> bool:
        # Nobody can be asked; sending again under the same keys does nothing.
        return False

    def read_landed(self, landing: Landing) -> Iterator[pa.RecordBatch]:
        raise failure("cannot", said="read_landed")

    def drop_staging(self, landing: Landing) -> None:
        for path in self._parts(landing):
            path.unlink()

    def close(self) -> None:
        self._asker.close()
        self._folder.cleanup()

    def _parts(self, landing: Landing) -> list[Path]:
        return sorted(Path(self._folder.name).glob(f"*-{_digest(landing.run)}"))

    def _batches(self, parts: Iterable[Path]) -> Iterator[pa.RecordBatch]:
        for path in parts:
            with ParquetFile(path) as opened:
                yield from opened.iter_batches(self._rows, use_threads=False)

    def _post(self, landing: Landing, number: int, content: Mapping[str, Any]) -> tuple[int, Mapping[str, Any]]:
        about = {"table": landing.table, "key": list(landing.key), "is_whole": landing.is_whole, "run": landing.run}
        body = json.dumps({**about, "batch": number, **content}, ensure_ascii=False, separators=(",", ":")).encode()
        code, answered = self._asker.post(body, {"Idempotency-Key": f"{_digest(landing.run)}-{number}-{_hash(body)}"})
        try:
            said = decode(answered.decode()) if answered.strip() else {}
        except ValueError:
            said = {}
        return code, said if isinstance(said, dict) else {}


def _columns(landing: Landing) -> tuple[Column, ...]:
    if not landing.removed:
        return landing.columns
    return (*landing.columns, Column(landing.removed, ColumnKind.BOOLEAN))


def _plain(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row as JSON: values as text, so that no digit is lost on the way; null is null."""
    return {name: None if value is None else text_of(value) for name, value in row.items()}


def _digest(run: str) -> str:
    return hashlib.sha256(run.encode()).hexdigest()[:24]


def _hash(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()[:16]
