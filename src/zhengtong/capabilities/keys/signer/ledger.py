"""The signer's own book: every row carries the hash of the one before it, so none can be taken out or changed."""

import datetime as dt
import json
from typing import Any

from zhengtong.capabilities.keys.domain.chain import FIRST, hash_row
from zhengtong.capabilities.keys.signer.store import Store


def write(store: Store, now: float, act: str, subject: str, *, actor: str = "", **detail: Any) -> None:
    """Add a row, in the transaction of the act that it tells of."""
    last = store.row("SELECT number, hash FROM ledger ORDER BY number DESC LIMIT 1")
    row: dict[str, Any] = {
        "number": last["number"] + 1 if last else 1,
        "at": dt.datetime.fromtimestamp(now, dt.UTC).isoformat(timespec="milliseconds"),
        "act": act,
        "subject": subject,
        "actor": actor,
        "detail": json.dumps(detail, ensure_ascii=False, sort_keys=True),
        "previous": last["hash"] if last else FIRST,
    }
    store.run("INSERT INTO ledger VALUES (?, ?, ?, ?, ?, ?, ?, ?)", *row.values(), hash_row(row))
