"""The canonical form of a journal record and its digest, computable by anyone who exported the record."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any


def canonical(fields: Mapping[str, Any]) -> bytes:
    """Return ``fields`` as JSON with sorted keys, no spaces, UTF-8: one text for one record."""
    return json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str).encode()


def sm3(content: bytes) -> str:
    """Return the SM3 (GB/T 32905) of ``content`` in hex."""
    return hashlib.new("sm3", content).hexdigest()
