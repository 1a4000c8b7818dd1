"""Evidence from the journal: records, the blocks that hold them, the roots over these, and the proofs between.

The form is written down in docs/reference/evidence.md, closely enough for a stranger to write a verifier.
"""

import json
import re
from collections.abc import Mapping
from typing import Any, Final

from zhengtong_verify import journal, merkle
from zhengtong_verify.canonical import is_canonical, sm3
from zhengtong_verify.findings import Finding, fails, holds
from zhengtong_verify.sealing import Trust, check_seal

KIND: Final = "evidence"
PROOFS: Final = "proofs.json"
_RECORD: Final = re.compile(r"records/([1-9][0-9]{0,18})\.json")
_HEADER: Final = re.compile(r"(blocks|roots)/([1-9][0-9]{0,18})\.json")
_KINDS: Final = {"blocks": journal.BLOCK, "roots": journal.ROOT}


def check_evidence(files: Mapping[str, bytes], trust: Trust, published: str = "") -> list[Finding]:
    """Return what was found about the records in ``files``. ``published`` is the hash of a root that the reader holds
    from its publication."""
    found: list[Finding] = []
    headers: dict[tuple[str, int], dict[str, Any]] = {}
    for name in sorted(files):
        if match := _HEADER.fullmatch(name):
            fields = _read_header(files[name], _KINDS[match[1]], int(match[2]))
            if fields is None:
                found.append(fails("bad-header", name=name))
                continue
            headers[match[1], int(match[2])] = fields
            found += check_seal(files, name, trust, stated=fields["closed_at"])
    proofs = _read_proofs(files.get(PROOFS, b""))
    if proofs is None:
        return [*found, fails("bad-proofs")]
    found += _check_chain(files, headers)
    found += _check_records(files, headers, proofs["records"])
    found += _check_blocks(files, headers, proofs["blocks"])
    if published:
        found.append(_find_published(files, headers, published))
    return found


def _read_header(text: bytes, kind: str, number: int) -> dict[str, Any] | None:
    if not is_canonical(text):
        return None
    fields: dict[str, Any] = json.loads(text)
    return fields if journal.is_header(fields, kind) and fields["number"] == number else None


def _read_proofs(text: bytes) -> dict[str, list[dict[str, Any]]] | None:
    try:
        proofs = json.loads(text)
        lists = {name: list(proofs[name]) for name in ("records", "blocks")}
        for name, numbers in (("records", ("record", "block", "place")), ("blocks", ("block", "root", "place"))):
            for each in lists[name]:
                if any(
                    type(each[number]) is not int or not 0 <= each[number] <= journal.LARGEST_ID for number in numbers
                ):
                    return None
                if not isinstance(each["proof"], list) or not all(map(journal.is_hash, each["proof"])):
                    return None
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
    return lists


def _is_under(header: Mapping[str, Any] | None, size: int, leaf: bytes, proof: Mapping[str, Any]) -> bool:
    if header is None:
        return False
    beside = [bytes.fromhex(each) for each in proof["proof"]]
    root = merkle.compute_root(leaf, proof["place"], size, beside)
    return root is not None and root.hex() == header["root"]


def _check_records(
    files: Mapping[str, bytes], headers: Mapping[tuple[str, int], dict[str, Any]], proofs: list[dict[str, Any]]
) -> list[Finding]:
    found = []
    by_record = {proof["record"]: proof for proof in proofs}
    records = {int(match[1]): name for name in files if (match := _RECORD.fullmatch(name))}
    if not records:
        found.append(fails("empty"))
    for number, name in sorted(records.items()):
        text = files[name]
        if not is_canonical(text) or number > journal.LARGEST_ID:
            found.append(fails("bad-record", record=number))
            continue
        proof = by_record.get(number)
        if proof is None:
            found.append(fails("no-proof", record=number))
            continue
        header = headers.get(("blocks", proof["block"]))
        leaf = journal.entry_of_record(number, sm3(text))
        about = {"record": number, "block": proof["block"]}
        if not _is_under(header, header["count"] if header else 0, leaf, proof):
            found.append(fails("record-not-in-block", **about))
            continue
        fields = json.loads(text)
        said = {"at": fields.get("at", ""), "who": fields.get("actor_name", ""), "act": fields.get("action", "")}
        found.append(holds("record-in-block", **about, **said))
    return found


def _check_blocks(
    files: Mapping[str, bytes], headers: Mapping[tuple[str, int], dict[str, Any]], proofs: list[dict[str, Any]]
) -> list[Finding]:
    found = []
    for proof in proofs:
        about = {"block": proof["block"], "root": proof["root"]}
        block, root = headers.get(("blocks", proof["block"])), headers.get(("roots", proof["root"]))
        is_there = block is not None and root is not None
        # Its place follows from its number: a block proven at another's place would be another block.
        if is_there and root is not None and proof["place"] == proof["block"] - root["first"]:
            leaf = journal.entry_of_block(journal.hash_header(files[f"blocks/{proof['block']}.json"]))
            if _is_under(root, root["last"] - root["first"] + 1, leaf, proof):
                found.append(holds("block-in-root", **about))
                continue
        found.append(fails("block-not-in-root", **about))
    return found


def _check_chain(files: Mapping[str, bytes], headers: Mapping[tuple[str, int], dict[str, Any]]) -> list[Finding]:
    """Neighbours that are both here have to name each other."""
    found = []
    for (kind, number), fields in sorted(headers.items()):
        if number == 1:
            before = journal.BEGINNING
        elif (kind, number - 1) in headers:
            before = journal.hash_header(files[f"{kind}/{number - 1}.json"])
        else:
            continue
        if fields["previous"] != before:
            found.append(fails("broken-chain", number=number, before=number - 1))
    return found


def _find_published(
    files: Mapping[str, bytes], headers: Mapping[tuple[str, int], dict[str, Any]], published: str
) -> Finding:
    for kind, number in sorted(headers):
        if kind == "roots" and journal.hash_header(files[f"roots/{number}.json"]) == published.lower():
            return holds("root-known", root=number)
    return fails("root-unknown", hash=published)
