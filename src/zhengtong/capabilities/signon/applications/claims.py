"""What applications are told of a person: by scope, and nothing that no scope names."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from zhengtong.capabilities.signon.applications.domain import Scope
from zhengtong.capabilities.signon.applications.models import Application, SubjectKind
from zhengtong.core.crypto.public import digest
from zhengtong.core.identity.public import (
    Account,
    AccountKind,
    AppointmentKind,
    list_current_appointments,
    list_live_mandates,
)


def get_subject(application: Application, account: Account) -> str:
    """Return the ``sub``: never the primary key; where it is pairwise, another one for every application."""
    if application.subject_kind == SubjectKind.PAIRWISE:
        return digest(f"sub:{application.public_id}:{account.public_id}")
    return str(account.public_id)


def find_by_subject(application: Application, subject: str, candidate: Account | None) -> Account | None:
    """Return whose ``sub`` it is. A pairwise one can't be turned back: it is compared with ``candidate``'s."""
    if candidate is not None and get_subject(application, candidate) == subject:
        return candidate
    if application.subject_kind == SubjectKind.PAIRWISE:
        return None
    try:
        return Account.objects.filter(public_id=UUID(subject), is_active=True).first()
    except ValueError:
        return None


def get_claims(application: Application, account: Account, scopes: Collection[str]) -> dict[str, Any]:
    """Return the claims of ``scopes``; standard names where OpenID Connect Core 5.1 has one."""
    claims: dict[str, Any] = {"sub": get_subject(application, account)}
    citizen = getattr(account, "citizen", None) if account.kind == AccountKind.CITIZEN else None
    staff = getattr(account, "staff", None) if account.kind == AccountKind.STAFF else None
    person = citizen or staff
    if Scope.PROFILE in scopes:
        claims["user_type"] = account.kind
        if person is not None and person.name:
            claims["name"] = person.name
        if staff is not None:
            claims["preferred_username"] = account.username
    if Scope.PHONE in scopes and person is not None and person.phone:
        claims["phone_number"] = f"+86{person.phone}"
        claims["phone_number_verified"] = citizen is not None and citizen.phone_verified_at is not None
    if Scope.IDENTITY in scopes and citizen is not None and citizen.id_number:
        claims["id_number"] = citizen.id_number
        claims["identity_verified"] = citizen.verified_at is not None
    if Scope.ORGANISATION in scopes and staff is not None:
        claims |= _get_posts(account)
    if Scope.ENTERPRISE in scopes and citizen is not None:
        live = list_live_mandates(account).exclude(verified_at=None)
        claims["enterprises"] = [
            {
                "name": mandate.legal_entity.name,
                "unified_social_credit_code": mandate.legal_entity.credit_code,
                "capacity": mandate.kind,
            }
            for mandate in live
        ]
    return claims


def _get_posts(account: Account) -> dict[str, Any]:
    posts = []
    organisation: dict[str, Any] | None = None
    for held in list_current_appointments(account):
        organ = held.post.organisation
        described = {"id": str(organ.public_id), "name": organ.name, "region_code": organ.region.code}
        if organ.credit_code:
            described["unified_social_credit_code"] = organ.credit_code
        posts.append(
            {"title": held.post.title, "is_main": held.kind == AppointmentKind.MAIN, "organisation": described}
        )
        organisation = organisation or described
    return {"organisation": organisation, "posts": posts}
