"""Reading delegations (委托代理): who may act for whom today, and the actor that an agent then is."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone

from zhengtong.core.audit.public import AuditRecord, list_for_principal
from zhengtong.core.identity.matters import cut_to_matters
from zhengtong.core.identity.models import (
    Account,
    Appointment,
    Delegation,
    DelegationLimit,
    Organisation,
    OrganisationKind,
    StaffMember,
)
from zhengtong.core.identity.selectors import get_grants
from zhengtong.kernel.policy import Actor, ActorKind

_PEOPLE = (
    "principal__staff__account",
    "principal__post__organisation__region",
    "agent__staff__account",
    "agent__post__organisation",
)


def name_agent(agent: str, principal: str) -> str:
    """Return how an agent is named wherever what she did is shown: 何志刚（代高婉清）."""
    return f"{agent}（代{principal}）"


def _in_force(prefix: str, day: date) -> Q:
    """Both are in office on ``day``, and neither's account is closed."""
    ends = Q(**{f"{prefix}__end_date": None}) | Q(**{f"{prefix}__end_date__gte": day})
    return ends & Q(**{f"{prefix}__start_date__lte": day, f"{prefix}__staff__account__is_active": True})


def list_live_delegations(account: Account, on: date | None = None) -> QuerySet[Delegation]:
    """Return the delegations under which ``account`` may act for somebody on a day."""
    day = on or timezone.localdate()
    return (
        Delegation.objects.filter(
            _in_force("principal", day),
            _in_force("agent", day),
            agent__staff__account=account,
            revoked_at=None,
            start_date__lte=day,
            end_date__gte=day,
        )
        .select_related(*_PEOPLE)
        .order_by("end_date", "id")
    )


def list_delegations_of(account: Account) -> QuerySet[Delegation]:
    """Return every delegation that ``account`` gave or holds, the newest first."""
    mine = Q(principal__staff__account=account) | Q(agent__staff__account=account)
    return Delegation.objects.filter(mine).select_related(*_PEOPLE).order_by("-start_date", "-id")


def list_delegations_in(organisations: Iterable[int]) -> QuerySet[Delegation]:
    """Return every delegation that was given in one of ``organisations``, the newest first."""
    found = Delegation.objects.filter(principal__post__organisation__in=organisations)
    return found.select_related(*_PEOPLE).order_by("-start_date", "-id")


def get_delegated_actor(
    account: Account, delegation_id: int, *, address: str = "", request_id: str = ""
) -> Actor | None:
    """Return the actor that ``account`` is under a delegation: in the principal's appointment, with what of its
    powers the matters need, and no higher a mark than each of the two may see. None once it isn't in force.
    """
    found = list_live_delegations(account).filter(pk=delegation_id).prefetch_related("principal__post__roles").first()
    if found is None:
        return None
    principal, agent = found.principal, found.agent
    organisation = principal.post.organisation
    return Actor(
        kind=ActorKind.STAFF,
        name=name_agent(agent.staff.name, principal.staff.name),
        account=account.public_id,
        account_id=account.pk,
        appointment=principal.pk,
        organisation=organisation.pk,
        principal=principal.staff.account.public_id,
        agent=agent.pk,
        delegation=found.pk,
        clearance=min(found.highest_mark, agent.staff.clearance, principal.staff.clearance),
        grants=cut_to_matters(get_grants(organisation, principal.post.roles.all()), found.matters),
        address=address,
        request_id=request_id,
    )


def is_same_person(actor: Actor, appointments: Iterable[int | None]) -> bool:
    """Return whether one of ``appointments`` is held by somebody who acts here: whoever does it, or for whom she does.

    Rules that keep two steps of one matter apart (审查 and 决定) compare people, not appointments: one person may hold
    two posts, and an agent acts in another's.
    """
    theirs = [each for each in appointments if each is not None]
    mine = [each for each in (actor.appointment, actor.agent) if each is not None]
    return Appointment.objects.filter(pk__in=mine, staff__appointments__in=theirs).exists()


def get_longest_delegation(on: date) -> int | None:
    """Return how many days a delegation that begins on a day may last; None where no rule is set."""
    limit = DelegationLimit.objects.filter(effective_from__lte=on).first()
    return limit.longest_days if limit else None


def get_organ(organisation: Organisation) -> Organisation:
    """Return the organ that an office (内设机构) is part of; an organ is its own."""
    while organisation.kind == OrganisationKind.OFFICE and organisation.parent is not None:
        organisation = organisation.parent
    return organisation


def list_possible_agents(principal: Appointment, reach: frozenset[int] = frozenset()) -> list[Appointment]:
    """Return the colleagues who may act for ``principal``: of her organ, or of one of ``reach``; each once."""
    organ = get_organ(principal.post.organisation)
    day = timezone.localdate()
    found = (
        Appointment.objects.filter(
            Q(end_date=None) | Q(end_date__gte=day),
            Q(post__organisation__path__contained_by=organ.path) | Q(post__organisation__in=reach),
            start_date__lte=day,
            staff__account__is_active=True,
        )
        .exclude(staff=principal.staff_id)
        .select_related("staff", "post__organisation__parent")
        .order_by("staff__name", "staff_id", "-kind", "id")
    )
    people: dict[int, Appointment] = {}
    for appointment in found:
        same_organ = get_organ(appointment.post.organisation).pk == organ.pk
        if same_organ or appointment.post.organisation_id in reach:
            people.setdefault(appointment.staff_id, appointment)
    return list(people.values())


def list_acts_under(delegation: Delegation) -> QuerySet[AuditRecord]:
    """Return what the agent did in the principal's name under this delegation, the newest first.

    Two delegations of one pair never overlap, so the days tell them apart. The messages that follow from an act are no
    act of hers.
    """
    account: UUID = delegation.principal.staff.account.public_id
    found = list_for_principal(account).filter(
        agent=delegation.agent_id, appointment=delegation.principal_id, at__date__range=_days(delegation)
    )
    found = found.exclude(action__startswith="messages.")
    return found.filter(at__lte=delegation.revoked_at) if delegation.revoked_at else found


def _days(delegation: Delegation) -> tuple[date, date]:
    return delegation.start_date, delegation.end_date


def list_absent_candidates(reach: frozenset[int]) -> QuerySet[StaffMember]:
    """Return the members of staff for whom an administrator with ``reach`` may set up a delegation."""
    day = timezone.localdate()
    return (
        StaffMember.objects.filter(
            Q(appointments__end_date=None) | Q(appointments__end_date__gte=day),
            appointments__start_date__lte=day,
            appointments__post__organisation__in=reach,
        )
        .distinct()
        .order_by("name", "pk")
    )
