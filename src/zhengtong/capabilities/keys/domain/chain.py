"""How rows of the ledger hold together: the signer writes them so, and whoever has a copy checks it."""

import hashlib
import json
from typing import Any

FIRST = "0" * 64


def hash_row(row: dict[str, Any]) -> str:
    """Return the SHA-256 of a ledger row without its hash, as canonical JSON."""
    said = {name: row[name] for name in ("number", "at", "act", "subject", "actor", "detail", "previous")}
    return hashlib.sha256(
        json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    ).hexdigest()


def find_break(rows: list[dict[str, Any]], previous: str = FIRST) -> int | None:
    """Return the number of the first row that doesn't continue the chain; None when all do."""
    for row in rows:
        if row["previous"] != previous or row["hash"] != hash_row(row):
            return int(row["number"])
        previous = row["hash"]
    return None
