"""Letting a call in: its envelope, its sender, its contract, its turn. Everything that may change is read at each call.

Order: what can be checked without the database; the key, the member, the service and the contract in one statement; the
signature; the clock; the contract's state; the nonce; the limits. A nonce is only spent by who signed for it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any

from django.db import InterfaceError, OperationalError, connection
from django.http import HttpRequest
from django.utils import timezone

from zhengtong.capabilities.contracts.public import Contract, ContractContent, ContractState, Mode
from zhengtong.capabilities.interfaces.domain import MOST_REQUEST_BYTES, Problem
from zhengtong.capabilities.interfaces.gateway.quota import quotas
from zhengtong.capabilities.interfaces.gateway.rules import get_rule
from zhengtong.capabilities.interfaces.gateway.shaping import Shape
from zhengtong.capabilities.interfaces.models import (
    Member,
    MemberKey,
    MemberState,
    RuleKey,
    Service,
    ServiceState,
    SpentNonce,
)
from zhengtong.capabilities.sources.public import Source
from zhengtong.core.identity.public import client_address
from zhengtong_client import envelope as envelopes
from zhengtong_client.envelope import Envelope, EnvelopeError
from zhengtong_client.keys import PublicKey

_TABLES = {
    "key": MemberKey._meta.db_table,
    "member": Member._meta.db_table,
    "service": Service._meta.db_table,
    "contract": Contract._meta.db_table,
    "source": Source._meta.db_table,
}
# The tables of lower modules are read by their models' own names, in the one statement of a call. The last column is
# which versions of their rows service and source are: while it is the same, so are they.
_FIND = """
SELECT k.spki, k.valid_until, m.id, m.code, m.state, m.organisation_id, m.is_bench,
    s.id, s.state, s.resource_id, s.provider_id, s.calls_a_minute,
    c.id, c.state, c.valid_from, c.valid_until, c.consumer_id, c.resource_id, c.mode, c.digest,
    s.xmin::text || ' ' || o.xmin::text
FROM {key} k JOIN {member} m ON m.id = k.member_id
LEFT JOIN {service} s ON s.code = %s LEFT JOIN {source} o ON o.id = s.source_id
LEFT JOIN {contract} c ON c.number = %s
WHERE k.key_id = %s
""".format(**_TABLES)
_SPEND = f"INSERT INTO {SpentNonce._meta.db_table} (member_id, nonce, at) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING"
_STATES = {
    ContractState.SUSPENDED: "contract-suspended",
    ContractState.EXPIRED: "contract-expired",
    ContractState.REVOKED: "contract-revoked",
}


@dataclass(slots=True)
class Sender:
    """Whoever signed: known before it is decided whether she may."""

    envelope: Envelope
    signature: bytes
    member: int
    organisation: int
    code: str
    state: str
    is_bench: bool
    address: str
    body: bytes
    received_at: datetime
    service: int | None = None
    provider: int | None = None
    contract: int | None = None


@dataclass(frozen=True, slots=True)
class Agreed:
    """What the contract lets the sender have of the service."""

    service: Service
    shape: Shape


@dataclass(frozen=True, slots=True)
class _Found:
    service_state: str | None
    service_resource: int | None
    calls_a_minute: int
    contract_state: str | None
    valid_from: date
    valid_until: date
    consumer: int
    contract_resource: int
    mode: str
    digest: str
    version: str


def read_sender(request: HttpRequest, *, service: str, now: datetime) -> tuple[Sender, _Found]:
    """Return who signed the request, over exactly this body, just now. Raises Problem."""
    if request.method != "POST":
        raise Problem("method")
    body = _read_body(request)
    try:
        envelope, text, signature = envelopes.from_headers(request.headers)
    except EnvelopeError as error:
        raise Problem("envelope-missing" if str(error) == "missing" else "envelope-form", str(error)) from None
    row = _find([service, envelope.contract, envelope.key])
    if row is None:
        raise Problem("key-unknown", envelope.key)
    spki, ended, member, code, state, organisation, is_bench, *rest = row
    if not _read_key(bytes(spki)).verify(text, signature):
        raise Problem("signature-wrong")
    if ended is not None and ended <= now:
        raise Problem("key-ended", envelope.key)
    if envelope.sender != code:
        raise Problem("sender-wrong", envelope.sender)
    skew = (now.astimezone(UTC) - envelope.moment).total_seconds()
    if abs(skew) > get_rule(RuleKey.SKEW_SECONDS):
        raise Problem("clock-skew", f"{skew:+.0f} s")
    if envelope.digest != envelopes.digest_body(body):
        raise Problem("digest-wrong")
    service_id, service_state, service_resource, provider, a_minute, contract, *terms = rest
    sender = Sender(
        envelope=envelope,
        signature=signature,
        member=member,
        organisation=organisation,
        code=code,
        state=state,
        is_bench=is_bench,
        address=client_address(request),
        body=body,
        received_at=now,
        service=service_id,
        provider=provider,
        contract=contract if contract is not None and terms[3] == organisation else None,
    )
    return sender, _Found(service_state, service_resource, a_minute or 0, *terms)


def _find(values: Sequence[str]) -> Sequence[Any] | None:
    """Read what a call is about. The statement itself finds out whether the connection still lives: to ask that with
    another one before would cost every call a turn. Nothing was done yet, so it is asked once more over a new one."""
    connection.health_check_done = True  # type: ignore[attr-defined]  # Django's own, which its stubs leave out
    try:
        return _read_row(values)
    except (OperationalError, InterfaceError):
        if connection.in_atomic_block or connection.is_usable():
            raise
        connection.close()
        return _read_row(values)


def _read_row(values: Sequence[str]) -> Sequence[Any] | None:
    with connection.cursor() as cursor:
        cursor.execute(_FIND, values)
        row: Sequence[Any] | None = cursor.fetchone()
        return row


def admit(sender: Sender, found: _Found, *, service: str) -> Agreed:
    """Return what the sender may have, once nothing speaks against it; its nonce is spent then. Raises Problem."""
    _spend(sender)
    _check_member(sender)
    if sender.service is None:
        raise Problem("service-unknown", service)
    if sender.envelope.recipient != service:
        raise Problem("recipient-wrong", sender.envelope.recipient)
    _check_contract(sender, found)
    if found.service_state != ServiceState.PUBLISHED:
        raise Problem("service-stopped")
    assert sender.contract is not None
    shape = _read_shape(sender.contract, found.digest)
    quotas.take_minute(sender.service, sender.contract, found.calls_a_minute, sender.received_at)
    if a_day := shape.content.calls_a_day:
        quotas.take_day(sender.contract, a_day, sender.received_at)
    return Agreed(_read_service(sender.service, found.version), shape)


def admit_subscriber(sender: Sender, *, recipient: str) -> None:
    """Let a member in that asks for its own changes. Raises Problem."""
    _spend(sender)
    _check_member(sender)
    if sender.envelope.recipient != recipient:
        raise Problem("recipient-wrong", sender.envelope.recipient)


def _check_member(sender: Sender) -> None:
    if sender.state != MemberState.ACTIVE:
        raise Problem("member-suspended", sender.code)


def _check_contract(sender: Sender, found: _Found) -> None:
    if len(sender.envelope.purpose.strip()) < 2:
        raise Problem("purpose-missing")
    if sender.contract is None or found.mode != Mode.INTERFACE or found.contract_resource != found.service_resource:
        raise Problem("contract-unknown", sender.envelope.contract)
    if found.contract_state in _STATES:
        raise Problem(_STATES[ContractState(found.contract_state)], sender.envelope.contract)
    today = timezone.localtime(sender.received_at).date()
    if today > found.valid_until:
        raise Problem("contract-expired", sender.envelope.contract)
    if today < found.valid_from:
        raise Problem("contract-early", f"{found.valid_from}")


def _spend(sender: Sender) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_SPEND, [sender.member, sender.envelope.nonce, sender.received_at])
        if cursor.rowcount != 1:
            raise Problem("replayed", sender.envelope.id)


def _read_body(request: HttpRequest) -> bytes:
    try:
        length = int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        length = 0
    if length > MOST_REQUEST_BYTES:
        raise Problem("too-large", f"{length} B")
    body = request.read(MOST_REQUEST_BYTES + 1)
    if len(body) > MOST_REQUEST_BYTES:
        raise Problem("too-large")
    return bytes(body)


@lru_cache(maxsize=1024)
def _read_key(spki: bytes) -> PublicKey:
    return PublicKey.read(spki)


@lru_cache(maxsize=512)
def _read_shape(contract: int, digest: str) -> Shape:
    # A contract's content is frozen under its digest: whatever else changed, this did not.
    stored: Any = Contract.objects.values_list("content", flat=True).get(pk=contract, digest=digest)
    return Shape(ContractContent.from_json(stored))


@lru_cache(maxsize=512)
def _read_service(service: int, version: str) -> Service:
    return Service.objects.select_related("source").get(pk=service)


def remove_spent(now: datetime) -> int:
    """Remove nonces that no envelope could use again; return how many."""
    with connection.cursor() as cursor:
        limit = now - timedelta(seconds=2 * get_rule(RuleKey.SKEW_SECONDS) + 60)
        cursor.execute(f"DELETE FROM {SpentNonce._meta.db_table} WHERE at < %s", [limit])
        return int(cursor.rowcount)
