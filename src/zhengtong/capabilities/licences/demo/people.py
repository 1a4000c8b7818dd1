"""Who applies and who handles in the demo's cases: accounts, enterprises of the register, the staff of each county."""

import random
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Q

from zhengtong.capabilities.cases.public import ItemOffice
from zhengtong.capabilities.registers.public import Enterprise, EnterpriseStatus, Resident
from zhengtong.core.identity.public import (
    Appointment,
    Citizen,
    Mandate,
    get_citizen_actor,
    get_staff_actor,
)
from zhengtong.kernel.policy import Actor

CLERK, REVIEWER, APPROVER, HEAD = "window_clerk", "reviewer", "approver", "organ_head"
# Days between two applications of one account, so that she never has two drafts.
APART_DAYS = 4
# Of those on duty, the named cast is met most often: its work lists are the ones that are looked at.
_CAST = ("counter", "reviewer", "approver", "head", "outsider")
_CAST_SHARE = 0.65
_FOOD = Q(business_scope__contains="餐饮服务") | Q(business_scope__contains="食品销售")


@dataclass(frozen=True, slots=True)
class Officer:
    """A member of staff in one appointment."""

    appointment: Appointment
    actor: Actor
    roles: frozenset[str]

    @property
    def username(self) -> str:
        return self.appointment.staff.account.username

    def is_on_duty(self, day: date) -> bool:
        end = self.appointment.end_date
        return self.appointment.start_date <= day and (end is None or day <= end)


@dataclass(frozen=True)
class Bureau:
    """A county's office for the item, with the officers of its organ and of its window."""

    office: ItemOffice
    officers: tuple[Officer, ...]

    def pick(self, role: str, day: date, rng: random.Random, *, apart_from: Officer | None = None) -> Officer:
        """Return somebody who holds ``role`` on ``day``, the longest-serving one where nobody did yet."""
        holders = [o for o in self.officers if role in o.roles and o is not apart_from]
        on_duty = [o for o in holders if o.is_on_duty(day)]
        if not on_duty:
            return min(holders, key=lambda o: (o.appointment.start_date, o.appointment.pk))
        cast = [o for o in on_duty if o.username in _CAST]
        return rng.choice(cast) if cast and rng.random() < _CAST_SHARE else rng.choice(on_duty)

    def inspectors(self, day: date, rng: random.Random) -> list[Appointment]:
        """Return two officers of the organ with a certificate who were there on ``day``, or fewer."""
        found = [
            o.appointment
            for o in self.officers
            if o.appointment.staff.enforcement_number
            and o.is_on_duty(day)
            and o.actor.organisation == self.office.organisation_id
        ]
        people = list({appointment.staff_id: appointment for appointment in found}.values())
        return sorted(rng.sample(people, 2), key=lambda a: a.pk) if len(people) > 1 else people


@dataclass
class Applicant:
    """A citizen with an account: the representative of ``entity``, or an agent for others where there is none."""

    actor: Actor
    citizen: Citizen
    county: str
    enterprise: Enterprise | None = None
    starts: list[int] = field(default_factory=list)

    @property
    def username(self) -> str:
        return self.citizen.account.username

    def is_free(self, start: int, *, is_last: bool) -> bool:
        """Return whether she may begin another application then, in working days before the demo's day.

        ``is_last``: it stays a draft, so that none may come after it.
        """
        apart = ((other - start) if is_last else abs(other - start) for other in self.starts)
        return all(days > APART_DAYS for days in apart)


def list_bureaus(offices: list[ItemOffice]) -> dict[str, Bureau]:
    """Return the bureaus by the code of their county."""
    return {office.region.code: Bureau(office, tuple(_officers(office))) for office in offices}


def _officers(office: ItemOffice) -> list[Officer]:
    found = (
        Appointment.objects.filter(post__organisation_id__in=(office.organisation_id, office.window_id))
        .select_related("staff__account", "post__organisation__region")
        .prefetch_related("post__roles")
        .order_by("pk")
    )
    return [Officer(a, get_staff_actor(a), frozenset(role.role for role in a.post.roles.all())) for a in found]


@dataclass
class Public:
    """Those with accounts, and by county the enterprises that others apply for."""

    applicants: list[Applicant]
    by_county: dict[str, list[Enterprise]]


def gather_public(counties: list[str]) -> Public:
    """Return who may apply: citizens with accounts, and food businesses that stand in the register."""
    by_county: dict[str, list[Enterprise]] = defaultdict(list)
    food = Enterprise.objects.filter(_FOOD, status=EnterpriseStatus.ACTIVE).order_by("credit_code")
    for enterprise in food.select_related("region", "registrar"):
        by_county[enterprise.region.code[:6]].append(enterprise)
    mandates = {
        mandate.citizen_id: mandate
        for mandate in Mandate.objects.filter(revoked_at=None).select_related("legal_entity").order_by("-pk")
    }
    registered = Enterprise.objects.select_related("region").in_bulk(
        [mandate.legal_entity.credit_code for mandate in mandates.values()], field_name="credit_code"
    )
    applicants = []
    for citizen in Citizen.objects.exclude(name="").select_related("account").order_by("pk"):
        mandate = mandates.get(citizen.pk)
        own = registered.get(mandate.legal_entity.credit_code) if mandate else None
        county = own.region.code[:6] if own else citizen.id_number[:6]
        if county in counties:
            actor = get_citizen_actor(citizen.account, mandate=mandate)
            applicants.append(Applicant(actor, citizen, county, own))
    taken = {applicant.enterprise.pk for applicant in applicants if applicant.enterprise}
    return Public(applicants, {code: [e for e in found if e.pk not in taken] for code, found in by_county.items()})


def find_representatives(enterprises: list[Enterprise]) -> dict[str, Resident]:
    """Return the residents who represent ``enterprises``, by the digest that both registers keep."""
    digests = {enterprise.representative_digest for enterprise in enterprises}
    return {resident.id_digest: resident for resident in Resident.objects.filter(id_digest__in=digests)}
