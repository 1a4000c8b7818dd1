"""How somebody signed in, in the words of OpenID Connect: which methods (amr, RFC 8176) and how strong (acr)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final

from allauth.account.authentication import get_authentication_records
from django.http import HttpRequest
from django.utils import timezone

from zhengtong.capabilities.signon.domain import Proof, Strength, weigh
from zhengtong.capabilities.signon.session import get_proved_at, list_proofs
from zhengtong.core.identity.public import Account


class Acr(StrEnum):
    """One factor; two factors; two of which one is a key that can't be copied (passkey, certificate)."""

    ONE = "urn:zhengtong:acr:1"
    TWO = "urn:zhengtong:acr:2"
    HARDWARE = "urn:zhengtong:acr:3"


# What a session notes of its proofs, in the values of RFC 8176.
_METHODS: Final[Mapping[str, tuple[str, ...]]] = {
    Proof.PASSWORD: ("pwd",),
    Proof.TEXT: ("otp", "sms"),
    Proof.CODE: ("otp",),
    Proof.RECOVERY: ("otp",),
    Proof.PASSKEY: ("hwk",),
    Proof.VERIFIED_PASSKEY: ("hwk", "user"),
    Proof.CERTIFICATE: ("sc",),
}
_ACR: Final = {Strength.ONE: Acr.ONE, Strength.TWO: Acr.TWO, Strength.HARDWARE: Acr.HARDWARE}


@dataclass(frozen=True, slots=True)
class Assurance:
    """How and when somebody signed in."""

    at: datetime
    amr: tuple[str, ...]
    acr: Acr


def judge(proofs: Collection[str]) -> tuple[tuple[str, ...], Acr]:
    """Return amr and acr of what a session notes."""
    found = dict.fromkeys(value for proof in proofs for value in _METHODS.get(proof, ()))
    strength = weigh(proofs) or Strength.ONE
    if strength > Strength.ONE:
        found["mfa"] = None
    return tuple(found), _ACR[strength]


def get_assurance(request: HttpRequest) -> Assurance:
    """Return how and when whoever is signed in did so; again after a confirmation with the password counts."""
    assert isinstance(request.user, Account)
    amr, acr = judge(list_proofs(request, request.user))
    records = get_authentication_records(request, request.user)
    moments = [float(each["at"]) for each in records if isinstance(each.get("at"), int | float)]
    moments.append(get_proved_at(request, request.user) or 0.0)
    at = datetime.fromtimestamp(max(moments), UTC) if max(moments) else request.user.last_login or timezone.now()
    return Assurance(at, amr, acr)
