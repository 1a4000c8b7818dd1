"""The canonical bytes of a chunk, the chain over chunks, a digest of rows in any order: docs/reference/exchange.md.

The bytes are Arrow's own columns with all that is free in that form fixed, so that hashing copies next to nothing.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from secrets import randbits
from typing import Any, Final

import polars as pl
import pyarrow as pa

from zhengtong.capabilities.contracts.public import write_json
from zhengtong.capabilities.sources.public import Column, ColumnKind, compute

MAGIC: Final = b"zhengtong-chunk-1\n"


@dataclass(frozen=True, slots=True)
class SealedChunk:
    """One chunk as a receipt lists it: rows, bytes of its canonical form, its SHA-256, and the chain up to it."""

    rows: int
    size: int
    sha256: str
    chain: str

    def to_json(self) -> dict[str, Any]:
        return {"rows": self.rows, "size": self.size, "sha256": self.sha256, "chain": self.chain}


@dataclass(slots=True)
class Chain:
    """Digests over chunks, each bound to the one before; ``head`` begins with what the whole is about."""

    head: str
    chunks: list[SealedChunk] = field(default_factory=list)

    @classmethod
    def begin(cls, about: bytes) -> "Chain":
        return cls(sha256(about).hexdigest())

    def add(self, batch: pa.RecordBatch) -> SealedChunk:
        hashed, size = sha256(), 0
        for part in write_chunk(batch):
            hashed.update(part)
            size += memoryview(part).nbytes
        digest = hashed.digest()
        self.head = sha256(bytes.fromhex(self.head) + digest).hexdigest()
        sealed = SealedChunk(batch.num_rows, size, digest.hex(), self.head)
        self.chunks.append(sealed)
        return sealed


def write_chunk(batch: pa.RecordBatch) -> Iterator[Any]:
    """Yield the canonical bytes of a batch, piece by piece.

    ``MAGIC``; rows and columns as 64-bit numbers; then each column: 0 or 1 (some value is absent), then for 1 a bitmap
    of those that are present (least significant bit first, unused bits 0), then the values: a bitmap of booleans,
    numbers at their width, or for text and bytes rows + 1 offsets of 64 bits from 0 and then the bytes. All numbers are
    little-endian; what is absent is 0, false or empty.
    """
    rows = batch.num_rows
    yield MAGIC + rows.to_bytes(8, "little") + batch.num_columns.to_bytes(8, "little")
    for values in batch.columns:
        if values.null_count:
            yield b"\1"
            yield _write_bits(values.is_valid(), rows)
            values = compute.fill_null(values, _zero(values.type))
        else:
            yield b"\0"
        if pa.types.is_boolean(values.type):
            yield _write_bits(values, rows)
        elif pa.types.is_large_string(values.type) or pa.types.is_large_binary(values.type):
            yield from _write_varying(values, rows)
        else:
            width = values.type.bit_width // 8
            content = values.buffers()[1]
            yield content.slice(values.offset * width, rows * width) if content is not None else b""


def _write_varying(values: pa.Array, rows: int) -> Iterator[Any]:
    _valid, offsets, content = values.buffers()
    if not rows or offsets is None:
        yield bytes(8)
        return
    places = pa.Array.from_buffers(pa.int64(), rows + 1, [None, offsets], offset=values.offset)
    first, last = places[0].as_py(), places[rows].as_py()
    if first:
        places = compute.subtract(places, first)
    yield places.buffers()[1].slice(places.offset * 8, (rows + 1) * 8)
    if content is not None:
        yield content.slice(first, last - first)


def _write_bits(values: pa.Array, rows: int) -> bytes:
    if not rows:
        return b""
    if values.offset % 8:
        values = compute.or_(values, values)
    start = values.offset // 8
    written = bytearray(memoryview(values.buffers()[1])[start : start + (rows + 7) // 8])
    if rows % 8:
        written[-1] &= (1 << rows % 8) - 1
    return bytes(written)


def _zero(kind: pa.DataType) -> pa.Scalar:
    if pa.types.is_large_string(kind):
        return pa.scalar("", kind)
    if pa.types.is_large_binary(kind):
        return pa.scalar(b"", kind)
    if pa.types.is_boolean(kind):
        return pa.scalar(False)
    return pa.scalar(0, kind)


class RowSum:
    """A digest of many rows in any order: two 64-bit hashes of each row, under seeds of this run alone, added up.

    The same rows always give the same sum, a row twice another. Rows that differ give the same sum by chance once in
    2**128, and since the seeds are drawn anew for each run and never told, nobody can make such rows on purpose.
    """

    def __init__(self, columns: Sequence[Column], seeds: tuple[int, int] | None = None) -> None:
        self.seeds = seeds or (randbits(63), randbits(63))
        self._json = [each.name for each in columns if each.kind is ColumnKind.JSON]
        self.rows = 0
        self._sums = [0, 0]

    def like(self) -> "RowSum":
        """Return an empty sum that can be compared with this one."""
        made = RowSum((), self.seeds)
        made._json = self._json
        return made

    def add(self, batch: pa.RecordBatch) -> None:
        for name in self._json:
            place = batch.schema.get_field_index(name)
            text = pa.array([write_json(each) for each in batch.column(place).to_pylist()], pa.large_string())
            batch = batch.set_column(place, name, text)
        frame = pl.DataFrame(batch)
        self.rows += batch.num_rows
        for place, seed in enumerate(self.seeds):
            hashes = frame.hash_rows(seed)
            # Halves, so that no sum is beyond what it is added up in.
            low, high = int((hashes & 0xFFFFFFFF).sum()), int((hashes // (1 << 32)).sum())
            self._sums[place] = (self._sums[place] + low + (high << 32)) % (1 << 64)

    @property
    def text(self) -> str:
        return f"{self.rows}:{self._sums[0]:016x}{self._sums[1]:016x}"
