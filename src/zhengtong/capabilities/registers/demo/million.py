"""A real city's residents, written as they are made, since a million are too many to be kept; and its enterprises."""

from collections.abc import Callable, Iterable, Sequence
from itertools import islice

from django.contrib.gis.geos import Point
from django.utils.translation import gettext as _

from zhengtong.capabilities.registers.demo.enterprises import EnterpriseRow, Owner, may_own
from zhengtong.capabilities.registers.demo.population import HouseholdRow, PersonRow
from zhengtong.capabilities.registers.models import Enterprise, Household, Resident
from zhengtong.core.crypto.public import digest
from zhengtong.core.identity.public import Organisation, Region
from zhengtong.kernel.bulk import bare_tables, copy_lines, count_rows, give_ids_after, next_id, write_text
from zhengtong.kernel.demo import DemoContext

_BATCH = 2000
# Of those who might, so many may own the enterprises: one in three.
_OWNERS_APART = 3
_HOUSEHOLD = ("id", "number", "region_id", "address", "head_id")
_ENTERPRISE = (
    "credit_code", "name", "kind", "representative_name", "representative_digest", "address", "region_id", "location",
    "status", "registered_capital", "established_date", "business_scope", "registrar_id",
)  # fmt: skip
_RESIDENT = (
    "id", "id_number", "id_digest", "name", "sex", "birth_date", "household_id", "relation", "region_id", "phone",
)  # fmt: skip


def load_million(
    context: DemoContext, rows: Iterable[HouseholdRow], total: int, regions: dict[str, Region]
) -> tuple[int, list[Owner]]:
    """Copy ``rows`` with ``total`` residents; return how many households they are, and who may own enterprises."""
    places = {code: region.pk for code, region in regions.items()}
    owners: list[Owner] = []
    seal = Resident._meta.get_field("id_number").get_prep_value
    household_id, resident_id = next_id(Household), next_id(Resident)
    first, candidates = household_id, 0
    waiting = iter(rows)
    with bare_tables(Household, Resident), context.progress(total, _("居民")) as advance:
        while batch := list(islice(waiting, _BATCH)):
            households, residents = [], []
            for row in batch:
                region = places[row.village]
                households.append(f"{household_id}\t{row.number}\t{region}\t{row.address}\t{resident_id}\n")
                for person in row.members:
                    residents.append(_line(person, resident_id, household_id, region, seal))
                    resident_id += 1
                    if may_own(person.birth_date, context.today):
                        candidates += 1
                        if candidates % _OWNERS_APART == 0:
                            owners.append(Owner(person.name, person.id_number, person.birth_date, row.village[:6]))
                household_id += 1
            copy_lines(Household._meta.db_table, _HOUSEHOLD, "".join(households).encode())
            copy_lines(Resident._meta.db_table, _RESIDENT, "".join(residents).encode())
            advance(len(residents))
    give_ids_after(Household, Resident)
    return household_id - first, owners


def copy_enterprises(
    context: DemoContext,
    rows: Sequence[EnterpriseRow],
    regions: dict[str, Region],
    registrars: dict[str, Organisation],
    locate: Callable[[str], Point | None],
) -> None:
    """Copy ``rows``; ``registrars`` are by county, and ``locate`` finds a place in a town."""
    with context.progress(len(rows), _("经营主体")) as advance:
        for start in range(0, len(rows), _BATCH):
            lines = []
            for row in rows[start : start + _BATCH]:
                place = locate(row.town)
                values = (
                    row.credit_code,
                    row.name,
                    row.kind.value,
                    row.owner.name,
                    digest(row.owner.id_number),
                    row.address,
                    regions[row.town].pk,
                    place.hexewkb.decode() if place else None,
                    row.status.value,
                    row.capital,
                    row.established_date,
                    row.scope,
                    registrars[row.credit_code[2:8]].pk,
                )
                lines.append("\t".join(map(write_text, values)) + "\n")
            copy_lines(Enterprise._meta.db_table, _ENTERPRISE, "".join(lines).encode())
            advance(len(lines))
    count_rows(Enterprise)


def _line(person: PersonRow, pk: int, household: int, region: int, seal: Callable[[str], bytes]) -> str:
    return (
        f"{pk}\t{write_text(seal(person.id_number))}\t{digest(person.id_number)}\t{person.name}\t{person.sex.value}\t"
        f"{person.birth_date}\t{household}\t{person.relation.value}\t{region}\t{write_text(seal(person.phone))}\n"
    )
