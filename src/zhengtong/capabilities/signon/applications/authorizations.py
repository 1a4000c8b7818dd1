"""Authorisations: begun with a code, changed once for tokens, ended with the session, by the person or for a breach."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4, uuid5

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from zhengtong.capabilities.signon.applications import tasks
from zhengtong.capabilities.signon.applications.assurance import Assurance
from zhengtong.capabilities.signon.applications.models import Application, Authorization, LogoutNotice
from zhengtong.capabilities.signon.applications.permissions import APPLY_APPLICATION
from zhengtong.core.audit.public import record
from zhengtong.core.identity.public import Account
from zhengtong.kernel.jobs import enqueue
from zhengtong.kernel.policy import SYSTEM, Actor, require

# What of a browser's session the applications' ``sid`` is made of.
_SESSION_KEY = "signon_session"


def hash_of(value: str) -> str:
    """Return what is kept of a random secret: it can't be guessed, so one round is enough."""
    return hashlib.sha256(value.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Sign:
    """What a code stands for: what was asked, how the person had signed in."""

    request: dict[str, Any]
    scopes: tuple[str, ...]
    assurance: Assurance


def _sid(session: SessionBase, application: Application) -> UUID:
    """Return the session's name for one application: two of them can't see by it that it is the same."""
    own = session.get(_SESSION_KEY)
    if own is None:
        own = session[_SESSION_KEY] = str(uuid4())
    return uuid5(UUID(own), str(application.public_id))


@transaction.atomic
def authorize(
    *, actor: Actor, application: Application, account: Account, session: SessionBase, code: str, sign: Sign
) -> Authorization:
    """Note that a person signs in to an application; ``code`` can be changed for tokens once, for a minute."""
    now = timezone.now()
    made = Authorization.objects.create(
        application=application,
        account=account,
        session=hash_of(session.session_key or ""),
        sid=_sid(session, application),
        scopes=list(sign.scopes),
        code_hash=hash_of(code),
        request=sign.request,
        authenticated_at=sign.assurance.at,
        acr=sign.assurance.acr,
        amr=list(sign.assurance.amr),
        address=actor.address,
        authorized_at=now,
        code_expires_at=now + timedelta(seconds=settings.IDP_OIDC_AUTHORIZATION_CODE_EXPIRES_IN),
    )
    record(
        actor,
        "signon.signed_in_to_application",
        application,
        after={"scopes": list(sign.scopes), "acr": sign.assurance.acr.value},
    )
    return made


def end(found: Iterable[Authorization], *, actor: Actor, reason: str, is_told: bool = True) -> int:
    """End authorisations, their tokens with them, and have the applications told; return how many. In a transaction."""
    now = timezone.now()
    ended: dict[tuple[int, UUID], Authorization] = {}
    rows = list(found)
    for row in rows:
        row.ended_at, row.end_reason = now, reason
        ended[row.application_id, row.sid] = row
    Authorization.objects.bulk_update(rows, ["ended_at", "end_reason"])
    if is_told:
        for row in ended.values():
            tell(row.application, account_id=row.account_id, sid=row.sid, reason=reason)
    for row in rows:
        record(actor, "signon.signed_out_of_application", row.application, after={"reason": reason})
    return len(rows)


def tell(application: Application, *, account_id: int, sid: UUID | None, reason: str) -> None:
    """Have an application that wants to know told of the end of a session; None: of all that the person has there."""
    if not application.logout_address:
        return
    now = timezone.now()
    notice = LogoutNotice.objects.create(
        application=application, account_id=account_id, sid=sid, reason=reason, made_at=now, next_attempt_at=now
    )
    enqueue(tasks.deliver_logout, notice_id=notice.pk)


def _open() -> QuerySet[Authorization]:
    return Authorization.objects.filter(ended_at=None).select_related("application").select_for_update(of=("self",))


@transaction.atomic
def end_session(*, session_key: str, reason: str, actor: Actor = SYSTEM) -> int:
    """End what was begun in a browser's session; return how many."""
    return end(_open().filter(session=hash_of(session_key)), actor=actor, reason=reason)


@transaction.atomic
def end_for_person(*, actor: Actor, application: Application, account: Account, reason: str) -> int:
    """End all that a person has open at an application, and tell it so in one notice; return how many."""
    found = list(_open().filter(application=application, account=account))
    if found:
        end(found, actor=actor, reason=reason, is_told=False)
        tell(application, account_id=account.pk, sid=None, reason=reason)
    return len(found)


@transaction.atomic
def end_for_breach(*, authorization: Authorization, reason: str) -> None:
    """End an authorisation whose code or refresh token came twice (RFC 6749 4.1.2, RFC 9700 4.14)."""
    if authorization.ended_at is None:
        end([authorization], actor=SYSTEM, reason=reason)


@transaction.atomic
def resend_logout_notice(*, actor: Actor, notice: LogoutNotice) -> LogoutNotice:
    """Try once more to tell an application, from the first wait on. Raises Denied."""
    require(actor, APPLY_APPLICATION, notice)
    found = LogoutNotice.objects.select_for_update(of=("self",)).get(pk=notice.pk)
    if found.delivered_at is None:
        found.attempts, found.next_attempt_at = 0, timezone.now()
        found.save(update_fields=["attempts", "next_attempt_at"])
        enqueue(tasks.deliver_logout, notice_id=found.pk)
        record(actor, "signon.logout_notice_resent", found)
    return found
