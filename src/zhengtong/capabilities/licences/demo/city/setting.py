"""What a real city's cases are made from, read once and handed to every process that makes some."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from django.apps import apps
from django.conf import settings
from django.db import connection
from django.db.models import Model
from django.urls import reverse

from zhengtong.capabilities.cases.public import (
    Audience,
    CaseKind,
    ItemOffice,
    TaskPage,
    get_definition,
    get_live_version,
    get_rulebook,
)
from zhengtong.capabilities.licences.demo.city.days import Days, years_before
from zhengtong.capabilities.licences.demo.city.forms import FormKind, make_form_kind
from zhengtong.capabilities.licences.demo.people import APPROVER, CLERK, REVIEWER
from zhengtong.capabilities.registers.public import Enterprise, Resident
from zhengtong.core.identity.public import Appointment
from zhengtong.kernel.calendars import get_calendar
from zhengtong.kernel.demo import DemoContext
from zhengtong.kernel.modules import registry

YEARS = 3
# How much is applied for, where an item isn't like the others. Most who open something begin with a business licence.
SHARES: Mapping[str, int] = {
    "business-licence": 46,
    "food-business-licence": 28,
    "shop-sign": 18,
    "public-gathering-fire-check": 8,
}
# The organs of the other items have one reviewer each: what they can handle beside the four.
_OTHERS = 0.05
COMPLETENESS, DELIVERY = "licensing.completeness", "licensing.delivery"


class Officer(NamedTuple):
    """A member of staff in one appointment; ``actor`` is her part of a journal record (see ``journal``)."""

    appointment: int
    staff: int
    name: str
    account: str
    organisation: int
    organisation_name: str
    since: int
    has_certificate: bool


class Applicant(NamedTuple):
    """An enterprise and who represents it; ``account`` and ``entity`` are 0 for those without an account."""

    name: str
    credit_code: str
    representative: str
    id_number: str
    phone: str
    address: str
    account: int = 0
    account_id: str = ""
    entity: int = 0


class Rule(NamedTuple):
    """A limit as a clock keeps it."""

    code: str
    article: str
    unit: str
    budget: int


@dataclass(frozen=True)
class Office:
    """Who handles an item in a region, and all that a case there copies."""

    pk: int
    county: str
    item: str
    item_name: str
    version: int
    organisation: int
    organisation_name: str
    short_name: str
    window_name: str
    phone: str
    address: str
    weight: float
    promised: int
    completeness: Rule
    decision: Rule
    delivery: Rule
    refusal_basis: str
    is_of_enterprise: bool
    is_visited: bool
    form: FormKind
    clerks: Sequence[Officer]
    reviewers: Sequence[Officer]
    approvers: Sequence[Officer]


@dataclass(frozen=True)
class Setting:
    """All of it. ``first_ids`` are those of the first case's rows; ``numbers`` the last number given in each year."""

    seed: int
    days: Days
    end: int
    first_day: date
    percent: int
    prefix: str
    addresses: Mapping[str, str]
    offices: Sequence[Office]
    applicants: Mapping[str, Sequence[Applicant]]
    account_holders: Mapping[str, Sequence[Applicant]]
    first_ids: Mapping[str, int]
    visit_article: str
    visit_reason: str


def table(name: str) -> type[Model]:
    """Return a model by its label: the rows of other modules are written here as they stand, not by their services."""
    return apps.get_model(name)


def gather_offices(today: date) -> tuple[list[Office], date]:
    """Return the offices of all items that are published, and the day from which today's limits are in force."""
    first = years_before(today, YEARS)
    related = ("item", "region", "organisation", "window")
    found = ItemOffice.objects.filter(item__is_published=True, item__kind=CaseKind.LICENCE).select_related(*related)
    offices = []
    forms: dict[int, FormKind] = {}
    for each in found.order_by("item__code", "region__code"):
        version = get_live_version(each.item)
        definition = get_definition(version.pk)
        if version.pk not in forms:
            forms[version.pk] = make_form_kind(definition, today)
        codes = (COMPLETENESS, version.statutory_limit, str(definition.text["limits"].get("delivery", DELIVERY)))
        rules = []
        for code in codes:
            limit = get_rulebook().limit(code, today)
            rules.append(Rule(limit.code, f"《{limit.law}》{limit.article}", str(limit.unit), limit.budget))
            first = max(first, limit.effective_from)
        law = definition.text["legal_basis"][0]
        staff = _officers((each.organisation_id, each.window_id))
        offices.append(
            Office(
                pk=each.pk,
                county=each.region.code,
                item=each.item.code,
                item_name=each.item.name,
                version=version.pk,
                organisation=each.organisation_id,
                organisation_name=each.organisation.name,
                short_name=each.organisation.short_name,
                window_name=each.window.name,
                phone=each.phone,
                address=each.address,
                weight=SHARES.get(each.item.code, _OTHERS),
                promised=version.promised_days,
                completeness=rules[0],
                decision=rules[1],
                delivery=rules[2],
                refusal_basis=f"《{law['title']}》{law['article']}",
                is_of_enterprise=each.item.audience == Audience.ENTERPRISE,
                is_visited="site_visit" in definition.text,
                form=forms[version.pk],
                clerks=staff(CLERK, each.window_id),
                reviewers=staff(REVIEWER, each.organisation_id),
                approvers=staff(APPROVER, each.organisation_id),
            )
        )
    return offices, first


def _officers(organisations: tuple[int, int]) -> Callable[[str, int], tuple[Officer, ...]]:
    found = (
        Appointment.objects.filter(post__organisation__in=organisations, end_date=None)
        .select_related("staff__account", "post__organisation")
        .prefetch_related("post__roles")
        .order_by("pk")
    )
    holders = [
        (
            {role.role for role in each.post.roles.all()},
            Officer(
                each.pk,
                each.staff_id,
                each.staff.name,
                str(each.staff.account.public_id),
                each.post.organisation_id,
                each.post.organisation.name,
                each.start_date.toordinal(),
                bool(each.staff.enforcement_number),
            ),
        )
        for each in found
    ]
    return lambda role, organisation: tuple(
        officer for roles, officer in holders if role in roles and officer.organisation == organisation
    )


_APPLICANTS = f"""
SELECT e.name, e.credit_code, e.representative_name, r.id_number, r.phone, e.address, p.code,
    c.account_id, a.public_id, m.legal_entity_id
FROM {Enterprise._meta.db_table} e
JOIN identity_region p ON p.id = e.region_id
JOIN {Resident._meta.db_table} r ON r.id_digest = e.representative_digest
LEFT JOIN identity_legalentity l ON l.credit_code = e.credit_code
LEFT JOIN identity_mandate m ON m.legal_entity_id = l.id AND m.revoked_at IS NULL
LEFT JOIN identity_citizen c ON c.id = m.citizen_id AND c.id_digest = r.id_digest
LEFT JOIN identity_account a ON a.id = c.account_id
WHERE e.status = 'active'
ORDER BY e.id
"""


def gather_applicants() -> tuple[dict[str, list[Applicant]], dict[str, list[Applicant]]]:
    """Return by county who applies at a counter, and who has an account to apply with.

    The small city's citizens aren't among them: what they applied for is told in its own cases.
    """
    unseal = Resident._meta.get_field("id_number").from_db_value
    everybody: dict[str, list[Applicant]] = {}
    holders: dict[str, list[Applicant]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_APPLICANTS)
        for number, row in enumerate(cursor.fetchall()):
            name, credit_code, representative, id_number, phone, address, region, account, public_id, entity = row
            phone = unseal(phone, None, connection) or f"1694{number:07d}"
            id_number = str(unseal(id_number, None, connection))
            known = Applicant(name, credit_code, representative, id_number, phone, address)
            if entity is None:
                everybody.setdefault(region[:6], []).append(known)
            elif account and _is_of_city(credit_code):
                own = known._replace(account=account, account_id=str(public_id), entity=entity)
                holders.setdefault(region[:6], []).append(own)
    return everybody, holders


def _is_of_city(credit_code: str) -> bool:
    """Return whether an enterprise is one of those that the register drew, not one of the small city's cast."""
    return credit_code[8:11] == "MAE"


def gather_setting(context: DemoContext, first_day: date) -> Setting:
    """Read the database."""
    offices, _earliest = gather_offices(context.today)
    everybody, holders = gather_applicants()
    calendar = get_calendar(offices[0].county)
    days = Days(calendar, first_day, context.today)
    rule = get_rulebook().exclusion("site_visit", context.today)
    placeholder = "NUMBER"
    return Setting(
        seed=context.seed,
        days=days,
        end=context.today.toordinal() * 86_400,
        first_day=first_day,
        percent=get_rulebook().warning_percent,
        prefix=settings.CASE_NUMBER_PREFIX,
        addresses={
            node: reverse(registry.get(TaskPage, node).url_name, args=[placeholder]).partition(placeholder)[0]
            for node in ("acceptance", "review", "decision", "delivery")
        },
        offices=offices,
        applicants=everybody,
        account_holders=holders,
        first_ids={},
        visit_article=f"《{rule.law}》{rule.article}",
        visit_reason=str(rule.title),
    )
