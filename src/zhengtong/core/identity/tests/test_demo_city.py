"""Making the demo city: the same from the same seed, valid numbers, everybody in her place."""

from collections import Counter
from datetime import date
from random import Random

from stdnum.cn import uscc

from zhengtong.core.identity.demo import ACCOUNTS
from zhengtong.core.identity.demo.organs import department_titles, list_organs
from zhengtong.core.identity.demo.people import (
    CITIZEN_COUNT,
    STAFF_CAST,
    STAFF_COUNT,
    list_citizens,
    list_staff,
)
from zhengtong.core.identity.demo.places import list_places, path_of
from zhengtong.core.identity.domain import parse_citizen_number, parse_credit_code, parse_phone

TODAY = date(2026, 3, 2)
PLACES = list_places()
ORGANS = list_organs(PLACES)


def test_city_has_its_counties_towns_and_villages_under_a_code_nobody_has() -> None:
    assert Counter(place.level for place in PLACES) == {"city": 1, "county": 3, "town": 12, "village": 60}
    assert len({place.code for place in PLACES}) == len(PLACES)
    assert all(place.code.startswith("9901") for place in PLACES)
    by_code = {place.code: place for place in PLACES}
    village = next(place for place in PLACES if place.name == "竹坞村")
    assert path_of(village, by_code) == f"990100.990121.{village.parent}.{village.code}"


def test_forty_five_departments_and_county_peers_have_valid_credit_codes() -> None:
    assert len(department_titles()) == 45
    codes = [organ.credit_code for organ in ORGANS]
    assert len(set(codes)) == len(codes)
    assert all(parse_credit_code(code).value == code and uscc.is_valid(code) for code in codes)
    peers = {organ.name for organ in ORGANS}
    assert {"安澜市市场监督管理局", "澄波区市场监督管理局", "禾溪县政务服务中心"} <= peers


def test_every_organ_stands_after_the_one_above_it() -> None:
    seen = {""}
    for organ in ORGANS:
        assert organ.parent in seen
        seen.add(organ.key)


def test_same_seed_makes_the_same_staff_and_another_seed_others() -> None:
    first, again, other = (list_staff(ORGANS, today=TODAY, rng=Random(seed)) for seed in (1, 1, 2))
    assert first == again
    assert [row.name for row in first] != [row.name for row in other]


def test_four_hundred_and_twenty_staff_hold_posts_some_of_them_two() -> None:
    staff = list_staff(ORGANS, today=TODAY, rng=Random(1))
    assert len(staff) == STAFF_COUNT == len({row.username for row in staff})
    assert any(len(row.holdings) > 1 for row in staff)
    assert all(holding.start_date <= TODAY for row in staff for holding in row.holdings)
    held = {(row.username, row.name, row.holdings[0].organ, row.holdings[0].post) for row in staff}
    assert set(STAFF_CAST) <= held
    keys = {organ.key for organ in ORGANS}
    assert {holding.organ for row in staff for holding in row.holdings} <= keys


def test_citizens_have_valid_numbers_and_owners_valid_codes() -> None:
    citizens = list_citizens(PLACES, rng=Random(1))
    assert len(citizens) == CITIZEN_COUNT + 2
    for field in ("id_number", "phone", "username"):
        assert len({getattr(row, field) for row in citizens}) == len(citizens)
    for row in citizens:
        assert parse_citizen_number(row.id_number, today=TODAY).division.startswith("9901")
        assert parse_phone(row.phone).value == row.phone
        assert not row.entity_code or parse_credit_code(row.entity_code)
    entities = [row.entity_name for row in citizens if row.entity_name]
    assert len(entities) > 20


def test_every_fixed_account_is_somebody_in_the_city() -> None:
    staff = list_staff(ORGANS, today=TODAY, rng=Random(1))
    known = {row.username: row.name for row in staff}
    known |= {row.username: row.name for row in list_citizens(PLACES, rng=Random(1))}
    assert {account.username: account.name for account in ACCOUNTS}.items() <= known.items()
