"""The log's row of a call: one INSERT, committed before the answer goes out; its digest is of a text anyone can make.

Who isn't known isn't logged but counted. Of one member's refusals some hundreds a minute are logged and the rest
counted, so that nobody fills the log by calling what she may not.
"""

import hashlib
import json
import threading
from collections.abc import Mapping
from contextlib import nullcontext
from datetime import UTC, datetime
from time import monotonic
from typing import Any, Final

from django.db import IntegrityError, connection, transaction

from zhengtong.capabilities.interfaces.domain import MOST_KEPT_BYTES, Problem
from zhengtong.capabilities.interfaces.gateway.admission import Sender
from zhengtong.capabilities.interfaces.models import Call, RefusalTally
from zhengtong_verify.merkle import hash_leaf

MOST_REFUSALS_A_MINUTE: Final = 300
# What a model's own saving adds to the one statement takes longer than the statement.
_FIELDS: Final = tuple(each for each in Call._meta.concrete_fields if not each.primary_key)
_WRITE: Final = (
    f"INSERT INTO {Call._meta.db_table} ({', '.join(str(each.column) for each in _FIELDS)})"
    f" VALUES ({', '.join(['%s'] * len(_FIELDS))})"
)
_BODY: Final = Call._meta.get_field("body")
_COUNT = f"""
INSERT INTO {RefusalTally._meta.db_table} AS t (hour, code, count) VALUES (date_trunc('hour', now()), %s, 1)
ON CONFLICT (hour, code) DO UPDATE SET count = t.count + 1
"""


class _Refusals:
    """How many refusals of each member were logged in this minute by this process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._minute = 0
        self._counts: dict[int, int] = {}

    def may_log(self, member: int) -> bool:
        minute = int(monotonic() // 60)
        with self._lock:
            if minute != self._minute:
                self._minute, self._counts = minute, {}
            self._counts[member] = self._counts.get(member, 0) + 1
            return self._counts[member] <= MOST_REFUSALS_A_MINUTE


_refusals = _Refusals()


def describe(call: Call) -> bytes:
    """Return what the digest of a call is made of: canonical JSON, names sorted, no spaces, UTF-8."""
    moment = call.received_at.astimezone(UTC).isoformat(timespec="microseconds")
    fields: dict[str, Any] = {
        "envelope": call.envelope,
        "signature": call.signature,
        "received_at": moment,
        "status": call.status,
        "code": call.code,
        "rows": call.rows,
        "held": call.held,
        "bytes_in": call.bytes_in,
        "bytes_out": call.bytes_out,
        "answer_digest": call.answer_digest,
        "body": hashlib.sha256(bytes(_sealed(call))).hexdigest() if call.body is not None else "",
    }
    return json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def _sealed(call: Call) -> bytes:
    # The body in clear: it is sealed under another key every year, and says the same.
    return json.dumps(call.body, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def write_call(
    sender: Sender,
    *,
    status: int,
    code: str = "",
    microseconds: int,
    provider_microseconds: int = 0,
    rows: int = 0,
    held: int = 0,
    answer: bytes = b"",
    answer_digest: str = "",
) -> None:
    """Write a call to the log. Raises Problem ``replayed`` when the nonce is there, whatever the other table forgot."""
    if code and not _refusals.may_log(sender.member):
        count_refusal(code)
        return
    envelope = sender.envelope
    call = Call(
        on_day=envelope.moment.date(),
        number=envelope.id,
        nonce=envelope.nonce,
        member_id=sender.member,
        service_id=sender.service,
        contract_id=sender.contract,
        organisation_id=sender.organisation,
        provider_id=sender.provider,
        purpose=envelope.purpose,
        received_at=sender.received_at,
        status=status,
        code=code,
        rows=rows,
        held=held,
        bytes_in=len(sender.body),
        bytes_out=len(answer),
        microseconds=min(microseconds, 2**31 - 1),
        provider_microseconds=min(provider_microseconds, 2**31 - 1),
        address=sender.address[:45],
        envelope=envelope.canonical().decode(),
        signature=sender.signature.hex()[:200],
        answer_digest=answer_digest,
        body=_keep(sender.body, answer) if answer and not code else None,
    )
    call.leaf = hash_leaf(describe(call))
    try:
        # By itself the INSERT is its own transaction: no BEGIN and COMMIT have to be waited for.
        with transaction.atomic() if connection.in_atomic_block else nullcontext():
            _insert(call)
    except IntegrityError:
        raise Problem("replayed", envelope.id) from None


def _insert(call: Call) -> None:
    values = [call.__dict__[each.attname] for each in _FIELDS]
    values[_FIELDS.index(_BODY)] = _BODY.get_prep_value(call.body)
    with connection.cursor() as cursor:
        cursor.execute(_WRITE, values)


def _keep(asked: bytes, answer: bytes) -> Mapping[str, str] | None:
    if len(asked) + len(answer) > MOST_KEPT_BYTES:
        return None
    return {"asked": asked.decode(errors="replace"), "answered": answer.decode(errors="replace")}


def count_refusal(code: str) -> None:
    """Count a call that isn't logged."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, [code])


def since(began: datetime, now: datetime) -> int:
    """Return the microseconds between two moments."""
    return int((now - began).total_seconds() * 1_000_000)
