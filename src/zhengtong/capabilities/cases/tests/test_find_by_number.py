"""Someone types the beginning of a number into the search box of a list."""

import pytest

from tests.cast import Cast
from zhengtong.capabilities.cases.public import Case, is_number, narrow_cases


@pytest.mark.parametrize("typed", ["AL-2", "AL-2026-00", "al-2026-000123", " AL-2026-000123-1 "])
def test_the_beginning_of_a_number_is_known(typed: str) -> None:
    assert is_number({"q": typed})


@pytest.mark.parametrize(
    "typed", ["", "AL", "AL-", "AL-乐", "云岫AL-2026", "AL-２０２６", "2026-000123", "AL-2026-0001 王"]
)
def test_anything_else_may_be_a_name(typed: str) -> None:
    assert not is_number({"q": typed})


def test_a_case_is_found_by_either(cast: Cast) -> None:
    case = cast.accepted()
    assert case.number
    for typed in (case.number[:7], case.number.lower(), case.applicant_name[:3]):
        assert list(narrow_cases(Case.objects.all(), {"q": typed})) == [case], typed
    assert not narrow_cases(Case.objects.all(), {"q": "AL-1999"}).exists()
