"""Licence numbers: made, read and mistyped."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhengtong.sectors.food.domain import (
    BusinessForm,
    InvalidLicenceNumber,
    check_digit,
    make_licence_number,
    parse_licence_number,
)

forms = st.sampled_from(list(BusinessForm))
divisions = st.integers(0, 999_999).map(lambda number: f"{number:06d}")
sequences = st.integers(1, 999_999)


@pytest.mark.parametrize("number", ["JY11108071215650", "JY11105050876919"])
def test_numbers_in_public_use_pass_the_check(number: str) -> None:
    assert str(parse_licence_number(number)) == number


def test_the_check_is_that_of_the_standard() -> None:
    # ISO/IEC 7064 MOD 11,10 for the string 0794 gives 5, the standard's own example.
    assert check_digit("0794") == "5"


@given(forms, divisions, sequences)
def test_a_number_made_is_read_back(form: BusinessForm, division: str, sequence: int) -> None:
    number = make_licence_number(form, division, sequence)
    assert len(number) == 16
    read = parse_licence_number(f" {number[:2].lower()} {number[2:]}".replace("1", "１"))
    assert (read.form, read.division, read.sequence) == (form, division, sequence)


@given(forms, divisions, sequences, st.integers(2, 15), st.integers(1, 9))
def test_one_wrong_digit_is_found(form: BusinessForm, division: str, sequence: int, place: int, by: int) -> None:
    number = make_licence_number(form, division, sequence)
    wrong = number[:place] + str((int(number[place]) + by) % 10) + number[place + 1 :]
    with pytest.raises(InvalidLicenceNumber):
        parse_licence_number(wrong)


@given(st.text(max_size=80))
def test_anything_else_is_refused_and_never_a_crash(text: str) -> None:
    with pytest.raises(InvalidLicenceNumber):
        parse_licence_number("X" + text)


@pytest.mark.parametrize(("division", "sequence"), [("99010", 1), ("9901０2", 1), ("990102", 0), ("990102", 1_000_000)])
def test_no_number_outside_the_ranges(division: str, sequence: int) -> None:
    with pytest.raises(ValueError, match="no licence number"):
        make_licence_number(BusinessForm.CATERING, division, sequence)
