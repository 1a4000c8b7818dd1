"""The canonical form of a journal record and its digest, computable by anyone who exported the record; its place."""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

# Added after the first records were written: left out of the canonical form when empty, so that those stay verifiable.
LATER_FIELDS: Final = frozenset({"agent", "subject"})

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


def canonical(fields: Mapping[str, Any]) -> bytes:
    """Return ``fields`` as JSON with sorted keys, no spaces, UTF-8: one text for one record.

    ``agent`` and ``subject`` are part of it only when they are set.
    """
    stated = {name: value for name, value in fields.items() if value is not None or name not in LATER_FIELDS}
    return json.dumps(stated, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str).encode()


def sm3(content: bytes) -> str:
    """Return the SM3 (GB/T 32905) of ``content`` in hex."""
    return hashlib.new("sm3", content).hexdigest()


def write_place(at: datetime, pk: int) -> str:
    """Return the place of a record in a list by time, newest first: ``<microseconds>-<id>``."""
    return f"{(at - _EPOCH) // _MICROSECOND}-{pk}"


def read_place(text: str) -> tuple[datetime, int] | None:
    """Return what :func:`write_place` wrote, None when ``text`` is anything else."""
    micros, _dash, pk = text.partition("-")
    # 16 digits of microseconds end in the year 2286, 18 digits fit an id.
    if not (text.isascii() and micros.isdigit() and pk.isdigit() and len(micros) <= 16 and len(pk) <= 18):
        return None
    return _EPOCH + int(micros) * _MICROSECOND, int(pk)
