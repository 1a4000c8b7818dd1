"""Reading for whom a citizen may act besides enterprises: her wards, and who made her their agent."""

from datetime import date, timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from zhengtong.core.crypto.public import digest
from zhengtong.core.identity.delegations import name_agent
from zhengtong.core.identity.domain import normalise, parse_citizen_number, parse_phone
from zhengtong.core.identity.models import Account, Citizen, Mandate, MandateKind, Representation
from zhengtong.kernel.policy import Actor, ActorKind

# 民法典 art. 17: eighteen full years make an adult; guardianship over a minor ends with them.
FULL_AGE = 18


def full_age_date(birth_date: date) -> date:
    """Return the eighteenth birthday; of somebody born on 29 February it is 1 March."""
    try:
        return birth_date.replace(year=birth_date.year + FULL_AGE)
    except ValueError:
        return date(birth_date.year + FULL_AGE, 3, 1)


def last_day_of_guardianship(birth_date: date) -> date:
    """Return the last day on which somebody is a minor."""
    return full_age_date(birth_date) - timedelta(days=1)


def list_live_representations(account: Account, on: date | None = None) -> QuerySet[Representation]:
    """Return the citizens for whom ``account`` may act on a day: verified, begun and not over."""
    day = on or timezone.localdate()
    return (
        Representation.objects.filter(
            Q(end_date=None) | Q(end_date__gte=day),
            agent__account=account,
            verified_at__isnull=False,
            revoked_at=None,
            start_date__lte=day,
        )
        .select_related("principal__account", "agent")
        .order_by("pk")
    )


def list_representations_of(citizen: Citizen) -> QuerySet[Representation]:
    """Return every representation in which ``citizen`` stands on one side, the newest first."""
    found = Representation.objects.filter(Q(principal=citizen) | Q(agent=citizen))
    return found.select_related("principal__account", "agent__account").order_by("-pk")


def get_representing_actor(
    account: Account, representation_id: int, *, address: str = "", request_id: str = ""
) -> Actor | None:
    """Return the actor that ``account`` is while she acts for another citizen; None once she may not."""
    found = list_live_representations(account).filter(pk=representation_id).first()
    if found is None:
        return None
    return Actor(
        kind=ActorKind.CITIZEN,
        name=name_agent(found.agent.name, found.principal.name),
        account=account.public_id,
        account_id=account.pk,
        principal=found.principal.account.public_id,
        principal_id=found.principal.account_id,
        representation=found.pk,
        matters=frozenset(found.matters),
        address=address,
        request_id=request_id,
    )


def find_verified_citizen(*, name: str, contact: str) -> Citizen | None:
    """Return the verified citizen of that name with that phone or citizen number; None unless both agree.

    Raises InvalidIdentifier. Who asks learns nothing more than whether it is a pair, and callers limit how often.
    """
    typed = normalise(contact)
    if len(typed) > 15:
        found = Citizen.objects.filter(id_digest=digest(parse_citizen_number(typed).value))
    else:
        found = Citizen.objects.filter(phone_digest=digest(parse_phone(typed).value), phone_verified_at__isnull=False)
    citizen = found.filter(verified_at__isnull=False, account__is_active=True).select_related("account").first()
    return citizen if citizen is not None and citizen.name == name.strip() else None


def represents_entity(account_id: int | None, legal_entity_id: int) -> bool:
    """Return whether the account is of a verified legal representative of the entity."""
    if account_id is None:
        return False
    return Mandate.objects.filter(
        citizen__account_id=account_id,
        legal_entity_id=legal_entity_id,
        kind=MandateKind.LEGAL_REPRESENTATIVE,
        verified_at__isnull=False,
        revoked_at=None,
    ).exists()
