"""What is asked about keys. The signer is the one who knows; only its ledger is copied."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from zhengtong.capabilities.keys.declarations import KeyRotation
from zhengtong.capabilities.keys.domain.periods import KEY_ENCRYPTION, next_rotation
from zhengtong.capabilities.keys.models import LedgerRow
from zhengtong.core.crypto.public import Algorithm, Purpose, SignerUnavailable, signer
from zhengtong.core.identity.public import Appointment
from zhengtong.kernel.modules import registry
from zhengtong.kernel.policy import Actor

_A_PAGE = 1000


@dataclass(frozen=True)
class Key:
    """A key in the signer, without anything secret."""

    name: str
    algorithm: Algorithm
    purpose: Purpose
    state: str
    place: str
    uses: int
    predecessor: str
    made_at: dt.datetime
    used_at: dt.datetime | None
    ended_at: dt.datetime | None

    @property
    def is_in_device(self) -> bool:
        return self.place == "device"

    @property
    def next_rotation(self) -> dt.datetime | None:
        return next_rotation(self.purpose, self.made_at) if self.state == "active" else None

    @property
    def can_be_rotated(self) -> bool:
        """Whether a module says how; others go with the certificate or the seal that they belong to."""
        return self.state == "active" and find_rotation(self.purpose) is not None


@dataclass(frozen=True)
class KeyEncryptionKey:
    number: int
    made_at: dt.datetime
    retired_at: dt.datetime | None
    uses: int

    @property
    def next_rotation(self) -> dt.datetime:
        return self.made_at + KEY_ENCRYPTION


@dataclass(frozen=True)
class Status:
    """How the signer is."""

    device: str
    clock_behind: float
    key_encryption_keys: list[KeyEncryptionKey]


@dataclass(frozen=True)
class Custodian:
    slot: int
    account: str
    name: str
    enrolled_at: dt.datetime
    is_locked: bool


@dataclass(frozen=True)
class Custody:
    custodians: list[Custodian]
    seats: int
    needed: int
    is_ceremony_open: bool

    def slot_of(self, account: object) -> int | None:
        return next((each.slot for each in self.custodians if each.account == str(account)), None)

    def has(self, account: object) -> bool:
        return self.slot_of(account) is not None


@dataclass(frozen=True)
class Approval:
    slot: int
    name: str
    at: dt.datetime


@dataclass(frozen=True)
class CustodyRequest:
    """Something asked of the custodians."""

    number: int
    work: str
    subject: str
    reason: str
    requester: str
    requester_name: str
    state: str
    made_at: dt.datetime
    ends_at: dt.datetime
    closed_at: dt.datetime | None
    detail: dict[str, str]
    approvals: list[Approval]


def find_rotation(purpose: Purpose) -> KeyRotation | None:
    return next((each for each in registry.of(KeyRotation) if each.purpose == purpose), None)


def list_keys() -> list[Key]:
    """Return all keys of the signer, the newest first. Raises SignerUnavailable."""
    found: list[Key] = []
    after: str | None = ""
    while after is not None:
        answer = signer.call("inventory", after=after, limit=_A_PAGE)
        found += map(_read_key, answer["keys"])
        after = answer["next"]
    return sorted(found, key=lambda each: each.made_at, reverse=True)


def get_key(name: str) -> Key:
    """Return one key. Raises SignerRefused ``unknown_key``, SignerUnavailable."""
    return _read_key(signer.call("public", name=name))


def get_status() -> Status:
    answer = signer.call("status")
    keks = [
        KeyEncryptionKey(each["number"], _moment(each["made_at"]), _perhaps(each["retired_at"]), each["uses"])
        for each in answer["key_encryption_keys"]
    ]
    return Status(answer["device"], answer["clock_behind"], keks)


def get_custody() -> Custody:
    answer = signer.call("custody")
    seated = [
        Custodian(each["slot"], each["account"], each["name"], _moment(each["enrolled_at"]), each["is_locked"])
        for each in answer["custodians"]
    ]
    return Custody(seated, answer["seats"], answer["needed"], answer["is_ceremony_open"])


def list_requests() -> list[CustodyRequest]:
    """Return the latest two hundred requests, the newest first."""
    return [_read_request(each) for each in signer.call("requests", limit=200)["requests"]]


def count_waiting(actor: Actor) -> int:
    """Return how many requests wait for this custodian; none when the signer can't be asked: the menu is everywhere."""
    try:
        slot = get_custody().slot_of(actor.account)
        if slot is None:
            return 0
        return sum(
            1
            for each in list_requests()
            if each.state == "open"
            and each.requester != str(actor.account)
            and not any(given.slot == slot for given in each.approvals)
        )
    except SignerUnavailable:
        return 0


def list_candidates() -> list[Appointment]:
    """Return who holds a custodian's post today, each once."""
    today = timezone.localdate()
    held = Appointment.objects.filter(
        Q(end_date=None) | Q(end_date__gte=today),
        start_date__lte=today,
        staff__account__is_active=True,
        post__roles__role="key_custodian",
    ).select_related("staff__account", "post__organisation")
    return list({each.staff_id: each for each in held.order_by("id")}.values())


def list_ledger(words: str = "", act: str = "") -> QuerySet[LedgerRow]:
    """Return the copied rows whose object or person contains ``words``."""
    rows = LedgerRow.objects.all()
    if words:
        rows = rows.filter(Q(subject__icontains=words) | Q(actor__icontains=words))
    return rows.filter(act=act) if act else rows


def _read_key(said: dict[str, Any]) -> Key:
    return Key(
        name=said["name"],
        algorithm=Algorithm(said["algorithm"]),
        purpose=Purpose(said["purpose"]),
        state=said["state"],
        place=said["place"],
        uses=said["uses"],
        predecessor=said["predecessor"],
        made_at=_moment(said["made_at"]),
        used_at=_perhaps(said["used_at"]),
        ended_at=_perhaps(said["ended_at"]),
    )


def _read_request(said: dict[str, Any]) -> CustodyRequest:
    names = ("number", "work", "subject", "reason", "requester", "requester_name", "state", "detail")
    return CustodyRequest(
        **{name: said[name] for name in names},
        made_at=_moment(said["made_at"]),
        ends_at=_moment(said["ends_at"]),
        closed_at=_perhaps(said["closed_at"]),
        approvals=[Approval(each["slot"], each["name"], _moment(each["at"])) for each in said["approvals"]],
    )


def _moment(seconds: float) -> dt.datetime:
    return dt.datetime.fromtimestamp(seconds, dt.UTC)


def _perhaps(seconds: float | None) -> dt.datetime | None:
    return None if seconds is None else _moment(seconds)
