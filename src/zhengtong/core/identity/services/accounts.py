"""Registering, signing in and out, passwords and sessions."""

from datetime import timedelta
from uuid import uuid4

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy

from zhengtong.core.audit.public import AuditRecord, record
from zhengtong.core.crypto.public import digest
from zhengtong.core.identity.domain import parse_phone
from zhengtong.core.identity.errors import Refused
from zhengtong.core.identity.events import (
    AccountText,
    AccountTextRequested,
)
from zhengtong.core.identity.models import (
    Account,
    AccountKind,
    Citizen,
)
from zhengtong.kernel.events import publish
from zhengtong.kernel.policy import Actor

FAILURES_COUNTED_OVER = timedelta(minutes=5)
PENDING_REGISTRATION_LASTS = timedelta(days=1)
PHONE_TAKEN = gettext_lazy("这个手机号已经绑定了另一个账号，请用它登录，或者换一个手机号")


@transaction.atomic
def register_citizen(*, actor: Actor, phone: str, password: str) -> Account:
    """Open an account whose phone is still to be verified: until then nobody can sign in to it.

    The user name is random, because a citizen signs in by phone. Raises InvalidIdentifier.
    """
    account = Account(kind=AccountKind.CITIZEN, username=f"c-{uuid4().hex}")
    account.set_password(password)
    account.save(force_insert=True)
    number = parse_phone(phone).value
    citizen = Citizen.objects.create(account=account, phone=number, phone_digest=digest(number))
    record(actor, "identity.registration_begun", citizen)
    return account


@transaction.atomic
def verify_phone(*, actor: Actor, citizen: Citizen, phone: str) -> None:
    """Make ``phone`` the citizen's verified phone, at registration or when she changes it. Raises Refused."""
    number = parse_phone(phone).value
    action = "identity.phone_changed" if citizen.phone_verified_at else "identity.registered"
    if citizen.phone_verified_at and citizen.phone == number:
        return
    citizen.phone, citizen.phone_digest = number, digest(number)
    citizen.phone_verified_at = timezone.now()
    try:
        with transaction.atomic():
            citizen.save(update_fields=["phone", "phone_digest", "phone_verified_at"])
    except IntegrityError:
        raise Refused("phone-taken", PHONE_TAKEN, "phone") from None
    record(actor, action, citizen)


@transaction.atomic
def request_text(*, actor: Actor, phone: str, text: AccountText, digits: str = "", minutes: int = 10) -> None:
    """Have a text sent to ``phone``: whoever sends messages receives the event in this transaction."""
    publish(AccountTextRequested(actor=actor, phone=phone, text=text, digits=digits, minutes=minutes))


@transaction.atomic
def record_sign_in(*, actor: Actor, account: Account) -> None:
    record(actor, "identity.signed_in", account)


@transaction.atomic
def record_sign_out(*, actor: Actor, account: Account) -> None:
    record(actor, "identity.signed_out", account)


@transaction.atomic
def record_failed_sign_in(*, actor: Actor, account: Account | None) -> None:
    """Note a wrong password: how many in the last five minutes, never what was typed."""
    kind, key = ("identity.account", str(account.pk) if account else "unknown")
    earlier = AuditRecord.objects.filter(
        object_kind=kind,
        object_id=key,
        action="identity.sign_in_failed",
        at__gte=timezone.now() - FAILURES_COUNTED_OVER,
    ).count()
    record(actor, "identity.sign_in_failed", (kind, key), after={"count": earlier + 1})


@transaction.atomic
def record_lock_out(*, actor: Actor, account: Account | None) -> None:
    record(actor, "identity.locked_out", ("identity.account", account.pk if account else "unknown"))


@transaction.atomic
def set_password(*, actor: Actor, account: Account, password: str) -> None:
    """Change the password. Django ends every session that was opened with the old one."""
    account.set_password(password)
    account.save(update_fields=["password"])
    record(actor, "identity.password_changed", account)


@transaction.atomic
def forget_unverified_registrations(*, actor: Actor) -> int:
    """Delete accounts whose phone wasn't verified in a day, and sessions that are over; return how many accounts."""
    pending = Citizen.objects.filter(
        phone_verified_at=None,
        account__last_login=None,
        account__date_joined__lt=timezone.now() - PENDING_REGISTRATION_LASTS,
    ).exclude(phone_digest="")  # a ward's record: nobody ever signs in to it
    accounts = list(pending.values_list("account_id", flat=True))
    if accounts:
        pending.filter(account_id__in=accounts).delete()
        Account.objects.filter(pk__in=accounts).delete()
        record(actor, "identity.registrations_forgotten", ("identity.account", ""), after={"count": len(accounts)})
    Session.objects.filter(expire_date__lt=timezone.now()).delete()
    return len(accounts)


def _end(session: UserSession, actor: Actor, reason: str) -> None:
    session.end()
    record(actor, "identity.session_ended", session.user, after={"reason": reason, "address": session.ip})


@transaction.atomic
def limit_sessions(*, actor: Actor, account: Account, current: str | None) -> int:
    """End the oldest sessions of ``account`` beyond ``SESSIONS_PER_ACCOUNT``, never ``current``; return how many."""
    # ``current`` is left alone: while signing in, its store doesn't name the account yet and it would seem dead.
    found = UserSession.objects.filter(user=account).exclude(session_key=current or "")
    others = [session for session in found if not session.purge()]
    others.sort(key=lambda session: (session.created_at, session.pk))
    surplus = others[: max(0, len(others) + 1 - settings.SESSIONS_PER_ACCOUNT)]
    for session in surplus:
        _end(session, actor, "limit")
    return len(surplus)


@transaction.atomic
def end_sessions(*, actor: Actor, account: Account, session_id: int | None = None, keep: str | None = None) -> int:
    """End one session of ``account``, or all of them except the one whose key is ``keep``; return how many."""
    found = UserSession.objects.filter(user=account)
    if session_id is not None:
        found = found.filter(pk=session_id)
    sessions = [session for session in found if session.session_key != keep]
    for session in sessions:
        _end(session, actor, "ended by hand")
    return len(sessions)
