"""The registers of the demo city: 20,000 residents in their households, and 3,000 enterprises.

On the scale of a real city a million and a hundred thousand; what is different then is in ``million``.
"""

import random
from collections import defaultdict
from datetime import date

from django.contrib.gis.geos import Point
from django.db import connection
from django.utils.translation import gettext as _

from zhengtong.capabilities.geography.public import SRID, get_boundaries
from zhengtong.capabilities.registers.demo.enterprises import (
    TRADES,
    EnterpriseRow,
    Owner,
    Town,
    list_enterprises,
    make_enterprise,
    may_own,
)
from zhengtong.capabilities.registers.demo.million import copy_enterprises, load_million
from zhengtong.capabilities.registers.demo.population import HouseholdRow, Known, Population, Village
from zhengtong.capabilities.registers.models import (
    Enterprise,
    EnterpriseKind,
    EnterpriseStatus,
    Household,
    Relation,
    Resident,
)
from zhengtong.core.audit.public import record
from zhengtong.core.crypto.public import digest
from zhengtong.core.identity.public import (
    Citizen,
    Mandate,
    Organisation,
    Region,
    RegionLevel,
    parse_citizen_number,
)
from zhengtong.kernel.bulk import count_rows
from zhengtong.kernel.demo import DemoContext
from zhengtong.kernel.policy import SYSTEM

title = "人口库与法人库"
RESIDENT_COUNT = 20_000
ENTERPRISE_COUNT = 3_000
CITY_RESIDENT_COUNT = 1_000_000
CITY_ENTERPRISE_COUNT = 100_000
_MARKET_BUREAU = "市场监督管理局"


def load(context: DemoContext) -> None:
    """Fill both registers around the citizens and legal entities that have accounts."""
    regions = {region.code: region for region in Region.objects.all()}
    villages = [
        Village(region.code, _full_name(region, regions))
        for region in regions.values()
        if region.level == RegionLevel.VILLAGE
    ]
    population = Population(
        today=context.today,
        rng=context.rng("registers.population"),
        divisions=[code for code, region in regions.items() if region.level == RegionLevel.COUNTY],
    )
    known = _known(villages, context.today)
    if context.is_city:
        residents, enterprise_count = CITY_RESIDENT_COUNT, CITY_ENTERPRISE_COUNT
        count, owners = load_million(
            context, population.make_households(villages, residents, known), residents, regions
        )
    else:
        residents, enterprise_count = RESIDENT_COUNT, ENTERPRISE_COUNT
        with context.progress(residents, _("生成居民")) as advance:
            households = population.list_households(villages, residents, known)
            advance(residents)
        _load_population(context, households, regions)
        count, owners = len(households), _list_owners(households, context.today)
    enterprises = _enterprises(context, owners, enterprise_count, regions)
    _load_enterprises(context, enterprises, regions)
    loaded = {"households": count, "residents": residents, "enterprises": len(enterprises)}
    record(SYSTEM, "demo.load", ("registers", context.seed), after=loaded)


def _full_name(region: Region, regions: dict[str, Region]) -> str:
    return "".join(regions[code].name for code in region.path.split("."))


def _known(villages: list[Village], today: date) -> list[Known]:
    """Return the citizens with accounts; each lives in the village that her address begins with."""
    known = []
    for citizen in Citizen.objects.exclude(id_digest=None).order_by("pk"):
        number = parse_citizen_number(citizen.id_number, today=today)
        village = next((v.code for v in villages if citizen.address.startswith(v.prefix)), villages[0].code)
        known.append(
            Known(
                name=citizen.name,
                id_number=number.value,
                birth_date=number.birth_date,
                sex=number.sex,
                phone=citizen.phone,
                address=citizen.address,
                village=village,
            )
        )
    return known


def _load_population(context: DemoContext, rows: list[HouseholdRow], regions: dict[str, Region]) -> None:
    households = context.insert(
        [Household(number=row.number, region=regions[row.village], address=row.address) for row in rows], _("家庭户")
    )
    residents = [
        Resident(
            id_number=person.id_number,
            id_digest=digest(person.id_number),
            name=person.name,
            sex=person.sex.value,
            birth_date=person.birth_date,
            household=household,
            relation=person.relation,
            region=regions[row.village],
            phone=person.phone,
        )
        for household, row in zip(households, rows, strict=True)
        for person in row.members
    ]
    context.insert(residents, _("居民"))
    count_rows(Household, Resident)
    with connection.cursor() as cursor:  # seven thousand heads in one statement
        cursor.execute(
            f"UPDATE {Household._meta.db_table} h SET head_id = r.id FROM {Resident._meta.db_table} r"
            " WHERE r.household_id = h.id AND r.relation = %s",
            [Relation.HEAD.value],
        )


def _list_owners(households: list[HouseholdRow], today: date) -> list[Owner]:
    return [
        Owner(person.name, person.id_number, person.birth_date, household.village[:6])
        for household in households
        for person in household.members
        if may_own(person.birth_date, today)
    ]


def _enterprises(
    context: DemoContext, owners: list[Owner], total: int, regions: dict[str, Region]
) -> list[EnterpriseRow]:
    towns = [
        Town(region.code, region.code[:6], regions[region.code[:6]].name, region.name)
        for region in regions.values()
        if region.level == RegionLevel.TOWN
    ]
    city = next(region.name for region in regions.values() if region.level == RegionLevel.CITY)
    rng = context.rng("registers.enterprises")
    rows = []
    mandates = Mandate.objects.filter(revoked_at=None).select_related("citizen", "legal_entity").order_by("pk")
    for mandate in mandates:
        entity, citizen = mandate.legal_entity, mandate.citizen
        number = parse_citizen_number(citizen.id_number, today=context.today)
        county = entity.credit_code[2:8]
        is_shop = entity.credit_code.startswith("92")
        rows.append(
            make_enterprise(
                entity.credit_code[8:16],
                entity.name,
                EnterpriseKind.SELF_EMPLOYED if is_shop else EnterpriseKind.LIMITED,
                Owner(citizen.name, number.value, number.birth_date, county),
                next(town for town in towns if town.county == county),
                TRADES[0].scope,
                city=city,
                today=context.today,
                rng=rng,
                status=EnterpriseStatus.ACTIVE,
            )
        )
    return rows + list_enterprises(towns, owners, total - len(rows), city=city, today=context.today, rng=rng)


def _load_enterprises(context: DemoContext, rows: list[EnterpriseRow], regions: dict[str, Region]) -> None:
    registrars = {
        organisation.region.code: organisation
        for organisation in Organisation.objects.filter(name__endswith=_MARKET_BUREAU).select_related("region")
    }
    locate = _Locator(regions, context.rng("registers.locations"))
    if context.is_city:
        copy_enterprises(context, rows, regions, registrars, locate)
        return
    enterprises = [
        Enterprise(
            credit_code=row.credit_code,
            name=row.name,
            kind=row.kind,
            representative_name=row.owner.name,
            representative_digest=digest(row.owner.id_number),
            address=row.address,
            region=regions[row.town],
            location=locate(row.town),
            status=row.status,
            registered_capital=row.capital,
            established_date=row.established_date,
            business_scope=row.scope,
            registrar=registrars[row.credit_code[2:8]],
        )
        for row in rows
    ]
    context.insert(enterprises, _("经营主体"))


class _Locator:
    """Finds places in a town: near the seat of one of its villages, denser towards it, and never over the border."""

    def __init__(self, regions: dict[str, Region], rng: random.Random) -> None:
        self.rng = rng
        codes = [code for code, region in regions.items() if region.level in (RegionLevel.TOWN, RegionLevel.VILLAGE)]
        boundaries = get_boundaries(codes)
        self.towns = {code: boundaries[code].prepared for code in codes if len(code) == 9 and code in boundaries}
        self.seats: dict[str, list[Point]] = defaultdict(list)
        for code in sorted(boundaries):
            if len(code) == 12:
                self.seats[code[:9]].append(boundaries[code].point_on_surface)

    def __call__(self, town: str) -> Point | None:
        if town not in self.towns:
            return None
        while True:
            seat = self.rng.choice(self.seats[town])
            spread = self.rng.choice((0.004, 0.012, 0.03))
            x, y = self.rng.gauss(seat.x, spread), self.rng.gauss(seat.y, spread * 0.9)
            place = Point(round(x, 6), round(y, 6), srid=SRID)
            if self.towns[town].contains(place):
                return place
