"""The receipt of an exchange: the chain over its chunks, its counts, and a data file beside it if there is one.

The form is written down in docs/reference/exchange.md, closely enough for a stranger to write a verifier.
"""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, BinaryIO, Final

from zhengtong_verify.canonical import canonical, is_canonical
from zhengtong_verify.findings import Finding, Unusable, fails, holds
from zhengtong_verify.journal import is_hash

KIND: Final = "exchange-receipt"
RECEIPT: Final = "receipt.json"
FORMAT: Final = "zhengtong-exchange-receipt"
_READ_AT_ONCE: Final = 1 << 20
_COUNTS: Final = ("read", "held", "removed", "landed", "inserted", "updated", "deleted", "unchanged")


def check_receipt(files: Mapping[str, bytes], data: str = "") -> list[Finding]:
    """Return what was found about a receipt; ``data`` is the path of the canonical bytes of its chunks."""
    receipt = _read(files.get(RECEIPT, b""))
    if receipt is None:
        return [fails("bad-receipt")]
    found = _check_chain(receipt)
    found += _check_counts(receipt)
    if data:
        found += _check_data(receipt, data)
    return found


def begin_chain(receipt: Mapping[str, Any]) -> bytes:
    """Return the digest that the chain begins with: over contract, window and columns."""
    about = {
        "contract": receipt["contract"]["number"],
        "window": receipt["window"],
        "columns": receipt["columns"],
    }
    return hashlib.sha256(canonical(about)).digest()


def _read(text: bytes) -> dict[str, Any] | None:
    if not is_canonical(text):
        return None
    receipt: dict[str, Any] = json.loads(text)
    if receipt.get("format") != FORMAT or receipt.get("version") != 1:
        return None
    contract, rows, chunks = receipt.get("contract"), receipt.get("rows"), receipt.get("chunks")
    if not isinstance(contract, dict) or not isinstance(rows, dict) or not isinstance(chunks, list):
        return None
    if not all(isinstance(each, str) for each in (contract.get("number"), receipt.get("window"))):
        return None
    if not isinstance(receipt.get("columns"), list) or not is_hash(receipt.get("chain") or ""):
        return None
    if not all(_is_count(rows.get(name)) for name in _COUNTS) or not all(map(_is_chunk, chunks)):
        return None
    return receipt


def _is_chunk(each: Any) -> bool:
    return (
        isinstance(each, dict)
        and _is_count(each.get("rows"))
        and _is_count(each.get("size"))
        and all(isinstance(each.get(name), str) and is_hash(each[name]) for name in ("sha256", "chain"))
    )


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _check_chain(receipt: Mapping[str, Any]) -> list[Finding]:
    head = begin_chain(receipt)
    for number, each in enumerate(receipt["chunks"], 1):
        head = hashlib.sha256(head + bytes.fromhex(each["sha256"])).digest()
        if head.hex() != each["chain"]:
            return [fails("chunk-chain", number=number)]
    if head.hex() != receipt["chain"]:
        return [fails("chunk-chain", number=len(receipt["chunks"]))]
    return [holds("chunks", count=len(receipt["chunks"]))]


def _check_counts(receipt: Mapping[str, Any]) -> list[Finding]:
    rows = receipt["rows"]
    sealed = sum(each["rows"] for each in receipt["chunks"])
    expected = rows.get("expected")
    if (
        rows["read"] != rows["landed"] + rows["held"] + rows["removed"]
        or sealed != rows["landed"] + rows["removed"]
        or rows["landed"] != rows["inserted"] + rows["updated"] + rows["unchanged"]
        or (expected is not None and expected != rows["read"])
    ):
        return [fails("receipt-counts")]
    return [
        holds(
            "receipt",
            contract=receipt["contract"]["number"],
            window=receipt["window"],
            read=rows["read"],
            landed=rows["landed"] + rows["removed"],
            held=rows["held"],
        )
    ]


def _check_data(receipt: Mapping[str, Any], path: str) -> list[Finding]:
    try:
        with Path(path).open("rb") as file:
            for number, each in enumerate(receipt["chunks"], 1):
                if _hash(file, each["size"]) != each["sha256"]:
                    return [fails("chunk-altered", number=number)]
            if file.read(1):
                return [fails("data-longer")]
    except OSError:
        raise Unusable("missing", name=path) from None
    return [holds("data", count=len(receipt["chunks"]))]


def _hash(file: BinaryIO, size: int) -> str:
    hashed = hashlib.sha256()
    while size and (part := file.read(min(size, _READ_AT_ONCE))):
        hashed.update(part)
        size -= len(part)
    return "" if size else hashed.hexdigest()
