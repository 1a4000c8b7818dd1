"""The canonical form of a journal record and its digest, as the stand-alone verifier defines them; its place."""

from datetime import UTC, datetime, timedelta
from typing import Final

from zhengtong_verify.canonical import LATER_FIELDS, canonical, sm3

__all__ = ["LATER_FIELDS", "canonical", "read_place", "sm3", "write_place"]

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


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
