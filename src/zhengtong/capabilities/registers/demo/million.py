"""A real city's residents: written as they are made, since a million of them are too many to be kept."""

from collections.abc import Callable, Iterable
from itertools import islice

from django.utils.translation import gettext as _

from zhengtong.capabilities.registers.demo.enterprises import Owner, may_own
from zhengtong.capabilities.registers.demo.population import HouseholdRow, PersonRow
from zhengtong.capabilities.registers.models import Household, Resident
from zhengtong.core.crypto.public import digest
from zhengtong.core.identity.public import Region
from zhengtong.kernel.bulk import bare_tables, copy_lines, give_ids_after, next_id, write_text
from zhengtong.kernel.demo import DemoContext

_BATCH = 2000
# Of those who might, so many may own the enterprises: one in three.
_OWNERS_APART = 3
_HOUSEHOLD = ("id", "number", "region_id", "address", "head_id")
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


def _line(person: PersonRow, pk: int, household: int, region: int, seal: Callable[[str], bytes]) -> str:
    return (
        f"{pk}\t{write_text(seal(person.id_number))}\t{digest(person.id_number)}\t{person.name}\t{person.sex.value}\t"
        f"{person.birth_date}\t{household}\t{person.relation.value}\t{region}\t{write_text(seal(person.phone))}\n"
    )
