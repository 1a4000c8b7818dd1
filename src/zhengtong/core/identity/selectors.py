"""Reading people, posts and organisations; making the actor of a request."""

from collections.abc import Iterable
from datetime import date

from django.db.models import Prefetch, Q, QuerySet
from django.utils import timezone

from zhengtong.core.identity.models import (
    Account,
    AccountKind,
    Appointment,
    Citizen,
    Mandate,
    Organisation,
    PostRole,
    Reach,
)
from zhengtong.kernel.modules import Role, registry
from zhengtong.kernel.policy import Actor, ActorKind, Grant


def list_current_appointments(account: Account, on: date | None = None) -> QuerySet[Appointment]:
    """Return the appointments that ``account`` holds on a day, the main one first."""
    day = on or timezone.localdate()
    return (
        Appointment.objects.filter(staff__account=account, start_date__lte=day)
        .filter(Q(end_date=None) | Q(end_date__gte=day))
        .select_related("post__organisation__region", "staff")
        .prefetch_related(Prefetch("post__roles"))
        .order_by("-kind", "id")
    )


def list_reachable_organisations(organisation: Organisation, reach: str) -> frozenset[int]:
    """Return the ids of the organisations that a role with ``reach`` on a post there covers."""
    if reach == Reach.OWN:
        return frozenset({organisation.pk})
    if reach == Reach.SUBTREE:
        found = Organisation.objects.filter(path__contained_by=organisation.path)
    else:
        found = Organisation.objects.filter(region__path__contained_by=organisation.region.path)
    return frozenset(found.values_list("pk", flat=True))


def get_grants(organisation: Organisation, roles: Iterable[PostRole]) -> tuple[Grant, ...]:
    """Return what the roles of one post allow, each with the organisations it reaches."""
    declared = {role.code: role for role in registry.of(Role)}
    reaches: dict[str, frozenset[int]] = {}
    grants = []
    for held in roles:
        if held.role not in declared:
            continue
        if held.reach not in reaches:
            reaches[held.reach] = list_reachable_organisations(organisation, held.reach)
        permissions = frozenset(declared[held.role].permissions)
        grants.append(Grant(role=held.role, permissions=permissions, organisations=reaches[held.reach]))
    return tuple(grants)


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


def list_live_mandates(account: Account) -> QuerySet[Mandate]:
    """Return the legal entities that a citizen may act for now."""
    return Mandate.objects.filter(citizen__account=account, revoked_at=None).select_related("legal_entity")


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
        appointments = list(list_current_appointments(account))
        chosen = next((a for a in appointments if a.pk == appointment_id), appointments[0] if appointments else None)
        if chosen is None:
            return Actor(
                kind=ActorKind.STAFF,
                name=str(account),
                account=account.public_id,
                account_id=account.pk,
                address=address,
                request_id=request_id,
            )
        chosen.staff.account = account
        return get_staff_actor(chosen, address=address, request_id=request_id)
    mandate = list_live_mandates(account).filter(pk=mandate_id).first() if mandate_id else None
    return get_citizen_actor(account, mandate=mandate, address=address, request_id=request_id)


def list_colleagues(organisation_id: int, role: str | None = None, on: date | None = None) -> QuerySet[Appointment]:
    """Return who holds a post in an organisation today, optionally only holders of ``role``."""
    day = on or timezone.localdate()
    found = Appointment.objects.filter(
        Q(end_date=None) | Q(end_date__gte=day),
        post__organisation_id=organisation_id,
        start_date__lte=day,
        staff__account__is_active=True,
    )
    if role:
        found = found.filter(post__roles__role=role)
    return found.select_related("staff", "post__organisation").order_by("staff_id", "kind").distinct()
