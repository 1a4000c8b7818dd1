"""The register of population proves who a child's parent is where a household shows it."""

from datetime import date

import pytest
from django.utils import timezone

from tests.cast import Cast
from zhengtong.capabilities.registers.models import Household, Relation, Resident
from zhengtong.core.audit.public import AuditRecord
from zhengtong.core.crypto.public import digest
from zhengtong.core.identity.public import Representation, make_citizen_number, register_ward


def enter(household: Household, name: str, number: str, relation: Relation) -> Resident:
    return Resident.objects.create(
        id_number=number,
        id_digest=digest(number),
        name=name,
        sex="2",
        birth_date=date(int(number[6:10]), int(number[10:12]), int(number[12:14])),
        household=household,
        relation=relation,
        region=household.region,
    )


@pytest.mark.parametrize(
    ("parent", "child", "name", "is_proven"),
    [
        (Relation.HEAD, Relation.DAUGHTER, "李小满", True),
        (Relation.MOTHER, Relation.HEAD, "李小满", True),
        (Relation.SPOUSE, Relation.DAUGHTER, "李小满", False),
        (Relation.HEAD, Relation.GRANDCHILD, "李小满", False),
        (Relation.HEAD, Relation.DAUGHTER, "李大满", False),
    ],
)
def test_a_household_shows_a_parent(cast: Cast, parent: Relation, child: Relation, name: str, is_proven: bool) -> None:
    citizen = cast.accounts["citizen"].citizen
    number = make_citizen_number("990102", date(timezone.localdate().year - 7, 1, 1), 31)
    household = Household.objects.create(number="H1", region=cast.office.region, address="书院街3号")
    enter(household, "李秋", citizen.id_number, parent)
    enter(household, "李小满", number, child)
    made = register_ward(actor=cast.citizen, guardian=citizen, name=name, id_number=number)
    assert (made.verified_at is not None) == is_proven
    looks = AuditRecord.objects.filter(action="registers.look_up_resident", purpose="监护关系核验")
    assert looks.count() == 2


def test_an_adult_is_nobodys_ward_by_a_household(cast: Cast) -> None:
    citizen = cast.accounts["citizen"].citizen
    number = make_citizen_number("990102", date(2004, 1, 1), 31)
    household = Household.objects.create(number="H1", region=cast.office.region, address="书院街3号")
    enter(household, "李秋", citizen.id_number, Relation.HEAD)
    enter(household, "李小满", number, Relation.DAUGHTER)
    register_ward(actor=cast.citizen, guardian=citizen, name="李小满", id_number=number)
    assert Representation.objects.get().verified_at is None
