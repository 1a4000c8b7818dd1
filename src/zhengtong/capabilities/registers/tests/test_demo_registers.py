"""Making the demo registers: the same from the same seed, valid numbers, households that add up."""

from datetime import date, timedelta
from random import Random

import pytest
from stdnum.cn import ric, uscc

from zhengtong.capabilities.registers.demo.enterprises import Owner, Town, list_enterprises, may_own
from zhengtong.capabilities.registers.demo.population import (
    HouseholdRow,
    Known,
    PersonRow,
    Population,
    Village,
)
from zhengtong.capabilities.registers.models import EnterpriseKind, Relation
from zhengtong.core.identity.public import (
    Sex,
    age_on,
    make_citizen_number,
    parse_citizen_number,
    parse_credit_code,
)

TODAY = date(2026, 3, 2)
COUNTIES = ("990102", "990121")
VILLAGES = [
    Village("990102001001", "安澜市澄波区望江街道听潮社区"),
    Village("990121100200", "安澜市云岫县松月镇竹坞村"),
]
KNOWN = Known(
    name="王晓岚",
    id_number=make_citizen_number("990102", date(1991, 4, 18), 24),
    birth_date=date(1991, 4, 18),
    sex=Sex.FEMALE,
    phone="16900000001",
    address="安澜市澄波区望江街道听潮社区文澜路18号",
    village="990102001001",
)
CHILDREN, PARENTS = {Relation.SON, Relation.DAUGHTER}, {Relation.FATHER, Relation.MOTHER}


def make(seed: int, total: int = 3000) -> list[HouseholdRow]:
    population = Population(today=TODAY, rng=Random(seed), divisions=COUNTIES)
    return population.list_households(VILLAGES, total, [KNOWN])


@pytest.fixture(scope="module")
def households() -> list[HouseholdRow]:
    return make(1)


def people(households: list[HouseholdRow]) -> list[PersonRow]:
    return [person for household in households for person in household.members]


def test_same_seed_makes_the_same_households(households: list[HouseholdRow]) -> None:
    assert make(1) == households
    assert make(2) != households


def test_exactly_as_many_residents_as_asked_and_the_known_one_among_them(households: list[HouseholdRow]) -> None:
    residents = people(households)
    assert len(residents) == 3000
    home = next(h for h in households if any(p.id_number == KNOWN.id_number for p in h.members))
    assert (home.address, home.village, home.members[0].name) == (KNOWN.address, KNOWN.village, "王晓岚")


def test_every_number_is_valid_and_says_what_the_row_says(households: list[HouseholdRow]) -> None:
    residents = people(households)
    assert len({person.id_number for person in residents}) == len(residents)
    for person in residents:
        number = parse_citizen_number(person.id_number, today=TODAY)
        assert (number.birth_date, number.sex) == (person.birth_date, person.sex)
        assert number.value[17] == ric.calc_check_digit(number.value)
        assert number.division in COUNTIES


@pytest.mark.parametrize("seed", range(8))
def test_households_add_up(seed: int) -> None:
    for household in make(seed, 1500):
        head, *others = household.members
        assert head.relation is Relation.HEAD
        assert age_on(head.birth_date, TODAY) >= 18
        by_relation = [person.relation for person in others]
        assert Relation.HEAD not in by_relation
        for single in (Relation.SPOUSE, Relation.FATHER, Relation.MOTHER):
            assert by_relation.count(single) <= 1
        couple = [head, *(person for person in others if person.relation is Relation.SPOUSE)]
        if len(couple) == 2:
            assert {person.sex for person in couple} == {Sex.MALE, Sex.FEMALE}
            assert all(age_on(person.birth_date, TODAY) >= (22 if person.sex is Sex.MALE else 20) for person in couple)
        for person in others:
            assert person.birth_date <= TODAY
            if person.relation in CHILDREN:
                assert person.sex is (Sex.MALE if person.relation is Relation.SON else Sex.FEMALE)
                assert min(age_on(parent.birth_date, person.birth_date) for parent in couple) >= 20
                assert person.name[0] in {parent.name[0] for parent in couple}
            if person.relation in PARENTS:
                assert person.sex is (Sex.MALE if person.relation is Relation.FATHER else Sex.FEMALE)
                assert age_on(person.birth_date, head.birth_date) >= 20
                assert age_on(person.birth_date, TODAY) <= 105
            if person.relation is Relation.GRANDCHILD:
                assert age_on(head.birth_date, person.birth_date) >= 40


def test_enterprises_have_valid_codes_different_names_and_owners_of_age(households: list[HouseholdRow]) -> None:
    towns = [Town("990102001", "990102", "澄波区", "望江街道"), Town("990121100", "990121", "云岫县", "松月镇")]
    owners = [
        Owner(person.name, person.id_number, person.birth_date, household.village[:6])
        for household in households
        for person in household.members
        if may_own(person.birth_date, TODAY)
    ]

    def enterprises(seed: int) -> object:
        return list_enterprises(towns, owners, 800, city="安澜市", today=TODAY, rng=Random(seed))

    rows = list_enterprises(towns, owners, 800, city="安澜市", today=TODAY, rng=Random(1))
    assert rows == enterprises(1) != enterprises(2)
    assert len({row.name for row in rows}) == len({row.credit_code for row in rows}) == 800
    for row in rows:
        code = parse_credit_code(row.credit_code)
        assert uscc.is_valid(code.value)
        assert code.division == row.town[:6]
        assert (code.registrar == "92") is (row.kind is EnterpriseKind.SELF_EMPLOYED) is (row.capital is None)
        assert age_on(row.owner.birth_date, row.established_date) >= 17
        assert row.established_date <= TODAY - timedelta(days=40)
