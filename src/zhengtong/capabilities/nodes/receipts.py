"""The receiver's receipt: a sealed batch of one file, which ``zhengtong-verify`` checks without the platform."""

import json
from datetime import UTC, datetime
from typing import Any, Final

from django.conf import settings

from zhengtong.capabilities.nodes.envelope import Envelope
from zhengtong.capabilities.nodes.signing import seal_text
from zhengtong_verify.archive import read_archive
from zhengtong_verify.batch import check_batch, read_manifest, write_batch
from zhengtong_verify.canonical import canonical
from zhengtong_verify.findings import Unusable, list_failed
from zhengtong_verify.sealing import Trust

KIND: Final = "node-receipt"
FILE: Final = "receipt.json"


def write_receipt(envelope: Envelope, effect: dict[str, Any]) -> bytes:
    """Return the receipt over a message that was taken and done with. Raises what signing and stamping raise."""
    now = datetime.now(UTC).isoformat()
    stated = {
        "format": "zhengtong-receipt",
        "version": 1,
        "message": envelope.id,
        "from": envelope.sender,
        "to": envelope.receiver,
        "kind": envelope.kind,
        "title": envelope.title,
        "number": envelope.number,
        "size": envelope.size,
        "digest": envelope.digest,
        "done_at": now,
        "effect": effect,
    }
    return write_batch(
        kind=KIND,
        files={FILE: canonical(stated)},
        seal=seal_text,
        made_at=now,
        made_by=envelope.receiver,
        installation=settings.SITE_NAME,
        about=envelope.title,
    )


def read_receipt(content: bytes, roots: list[bytes]) -> dict[str, Any]:
    """Return what a receipt states, sealed under one of ``roots``. Raises ValueError."""
    try:
        files = read_archive(content)
        manifest = read_manifest(files)
    except Unusable as error:
        raise ValueError(error.code) from error
    failed = list_failed(check_batch(files, manifest, Trust(roots=tuple(roots))))
    if failed or manifest["kind"] != KIND or FILE not in files or not roots:
        raise ValueError(failed[0].code if failed else "not-a-receipt")
    stated: dict[str, Any] = json.loads(files[FILE])
    return stated
