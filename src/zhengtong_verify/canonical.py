"""One text for one thing: the canonical JSON of a record or header, and its SM3. Anyone can compute both."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any, Final

# Added after the first records were written: left out of the canonical form when empty, so that those stay verifiable.
LATER_FIELDS: Final = frozenset({"agent", "subject"})


def canonical(fields: Mapping[str, Any]) -> bytes:
    """Return ``fields`` as JSON with sorted keys, no spaces, UTF-8: one text for one record.

    ``agent`` and ``subject`` are part of it only when they are set.
    """
    stated = {name: value for name, value in fields.items() if value is not None or name not in LATER_FIELDS}
    return json.dumps(stated, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str).encode()


def is_canonical(text: bytes) -> bool:
    """Return whether ``text`` is a JSON object written as :func:`canonical` does: it has one reading only."""
    try:
        fields = json.loads(text, object_pairs_hook=_refuse_repeated)
    except (ValueError, RecursionError):
        return False
    return isinstance(fields, dict) and canonical(fields) == text


def _refuse_repeated(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise ValueError("a name stands twice")
    return fields


def sm3(content: bytes) -> str:
    """Return the SM3 (GB/T 32905) of ``content`` in hex."""
    return hashlib.new("sm3", content).hexdigest()
