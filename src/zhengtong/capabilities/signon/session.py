"""What a session knows of how its person proved herself: which proofs, when. Nothing else in a session is believed.

The proofs are those of one account; another one that signs in from the same browser begins with none.
"""

import time
from collections.abc import Iterable
from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.usersessions.models import UserSession
from django.http import HttpRequest

from zhengtong.capabilities.signon.domain import Proof, Strength, weigh
from zhengtong.core.identity.public import Account

KEY = "signon.proofs"
# What allauth's own record of the session calls them; outside systems are told of a sign-in from there (amr, acr).
RECORDED = {
    Proof.CODE: "totp",
    Proof.RECOVERY: "recovery_codes",
    Proof.PASSKEY: "webauthn",
    Proof.VERIFIED_PASSKEY: "webauthn",
    Proof.CERTIFICATE: "certificate",
}
MOST_KEPT = 12


def add_proof(request: HttpRequest, account: Account, proof: Proof) -> None:
    """Note that ``account`` proved itself just now."""
    kept = [each for each in _entries(request, account.pk) if each["proof"] != proof]
    kept.append({"proof": proof.value, "at": time.time()})
    request.session[KEY] = {"account": account.pk, "entries": kept[-MOST_KEPT:]}
    is_again = hasattr(request, "user") and request.user.is_authenticated
    if proof in RECORDED:
        record_authentication(request, account, "mfa", type=RECORDED[proof], reauthenticated=is_again or None)
    if request.session.session_key and is_again:
        UserSession.objects.filter(session_key=request.session.session_key, user=account).update(
            data={"proofs": [each["proof"] for each in kept]}
        )


def _entries(request: HttpRequest, account_id: int) -> list[dict[str, Any]]:
    held = request.session.get(KEY)
    if not isinstance(held, dict) or held.get("account") != account_id:
        return []
    return list(held.get("entries", []))


def list_proofs(request: HttpRequest, account: Account, *, within_seconds: float | None = None) -> list[str]:
    """Return the proofs of this session, the oldest first; those of the last ``within_seconds`` only, where given."""
    entries = _entries(request, account.pk)
    if within_seconds is not None:
        now = time.time()
        entries = [each for each in entries if now - each["at"] <= within_seconds]
    return [each["proof"] for each in entries]


def get_strength(request: HttpRequest, account: Account, *, within_seconds: float | None = None) -> Strength | None:
    return weigh(list_proofs(request, account, within_seconds=within_seconds))


def get_proved_at(request: HttpRequest, account: Account) -> float | None:
    """Return when the account proved itself last: OpenID Connect's ``auth_time``."""
    return max((each["at"] for each in _entries(request, account.pk)), default=None)


def keep_proofs(session: UserSession, proofs: Iterable[str]) -> None:
    session.data = {**session.data, "proofs": list(proofs)}
    session.save(update_fields=["data"])
