"""Making the actor of a request: who somebody is in the capacity that her session chose, and what that allows."""

from collections.abc import Iterable
from uuid import UUID

from django.db import connection
from django.utils import timezone

from zhengtong.core.identity.models import (
    Account,
    AccountKind,
    Appointment,
    Citizen,
    Mandate,
    Organisation,
    PostRole,
)
from zhengtong.core.identity.selectors.people import list_live_mandates
from zhengtong.core.identity.trees import STAMP, get_stamp, list_organisation_ids
from zhengtong.kernel.modules import Role, registry
from zhengtong.kernel.policy import Actor, ActorKind, Grant

# Every request of a member of staff asks this, so it is one statement: her posts, their roles, the trees' stamp.
_HELD = f"""
SELECT a.id, s.name, s.clearance, o.id, o.region_id, {STAMP},
    array_agg(r.role ORDER BY r.id) FILTER (WHERE r.id IS NOT NULL),
    array_agg(r.reach ORDER BY r.id) FILTER (WHERE r.id IS NOT NULL)
FROM identity_appointment a
JOIN identity_staffmember s ON s.id = a.staff_id
JOIN identity_post p ON p.id = a.post_id
JOIN identity_organisation o ON o.id = p.organisation_id
LEFT JOIN identity_postrole r ON r.post_id = p.id
WHERE s.account_id = %s AND a.start_date <= %s AND (a.end_date IS NULL OR a.end_date >= %s)
GROUP BY a.id, s.id, o.id
ORDER BY a.kind DESC, a.id
"""


def get_grants(organisation: Organisation, roles: Iterable[PostRole]) -> tuple[Grant, ...]:
    """Return what the roles of one post allow, each with the organisations it reaches."""
    held = [(role.role, role.reach) for role in roles]
    return _make_grants(organisation.pk, organisation.region_id, held, get_stamp())


def get_staff_actor(appointment: Appointment, *, address: str = "", request_id: str = "") -> Actor:
    """Return the actor that a member of staff is while acting in ``appointment``."""
    account = appointment.staff.account
    organisation = appointment.post.organisation
    return Actor(
        kind=ActorKind.STAFF,
        name=appointment.staff.name,
        account=account.public_id,
        account_id=account.pk,
        appointment=appointment.pk,
        organisation=organisation.pk,
        clearance=appointment.staff.clearance,
        grants=get_grants(organisation, appointment.post.roles.all()),
        address=address,
        request_id=request_id,
    )


def get_citizen_actor(
    account: Account, *, mandate: Mandate | None = None, address: str = "", request_id: str = ""
) -> Actor:
    """Return the actor that a citizen is, for herself or for the legal entity of ``mandate``."""
    citizen: Citizen | None = getattr(account, "citizen", None)
    return Actor(
        kind=ActorKind.CITIZEN,
        name=citizen.name if citizen and citizen.name else str(account),
        account=account.public_id,
        account_id=account.pk,
        mandate=mandate.pk if mandate else None,
        legal_entity=mandate.legal_entity_id if mandate else None,
        address=address,
        request_id=request_id,
    )


def get_account_actor(
    account: Account,
    *,
    appointment_id: int | None = None,
    mandate_id: int | None = None,
    address: str = "",
    request_id: str = "",
) -> Actor:
    """Return the actor of ``account`` in the capacity that its session has chosen, or the usual one."""
    if account.kind == AccountKind.STAFF:
        return _get_appointee(account, appointment_id, address, request_id)
    mandate = list_live_mandates(account).filter(pk=mandate_id).first() if mandate_id else None
    return get_citizen_actor(account, mandate=mandate, address=address, request_id=request_id)


def _get_appointee(account: Account, appointment_id: int | None, address: str, request_id: str) -> Actor:
    today = timezone.localdate()
    with connection.cursor() as cursor:
        cursor.execute(_HELD, [account.pk, today, today])
        held = cursor.fetchall()
    chosen = next((row for row in held if row[0] == appointment_id), held[0] if held else None)
    if chosen is None:
        return Actor(
            kind=ActorKind.STAFF,
            name=str(account),
            account=account.public_id,
            account_id=account.pk,
            address=address,
            request_id=request_id,
        )
    appointment, name, clearance, organisation, region, stamp, roles, reaches = chosen
    return Actor(
        kind=ActorKind.STAFF,
        name=name,
        account=account.public_id,
        account_id=account.pk,
        appointment=appointment,
        organisation=organisation,
        clearance=clearance,
        grants=_make_grants(organisation, region, zip(roles or (), reaches or (), strict=True), stamp),
        address=address,
        request_id=request_id,
    )


def _make_grants(
    organisation_id: int, region_id: int, held: Iterable[tuple[str, str]], stamp: UUID | None
) -> tuple[Grant, ...]:
    grants = []
    for code, reach in held:
        try:
            role = registry.get(Role, code)
        except LookupError:  # of a module that is no longer installed
            continue
        organisations = list_organisation_ids(organisation_id, region_id, reach, stamp)
        grants.append(Grant(role=code, permissions=frozenset(role.permissions), organisations=organisations))
    return tuple(grants)
