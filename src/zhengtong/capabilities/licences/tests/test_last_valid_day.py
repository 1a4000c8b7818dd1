"""Until when a licence is valid."""

from datetime import date

import pytest

from zhengtong.capabilities.licences.domain import last_valid_day


@pytest.mark.parametrize(
    ("issued", "last"),
    [
        (date(2026, 12, 1), date(2031, 11, 30)),
        (date(2024, 2, 29), date(2029, 2, 28)),
        (date(2026, 1, 1), date(2030, 12, 31)),
        (date(2023, 3, 1), date(2028, 2, 29)),
    ],
)
def test_a_licence_ends_the_day_before_its_anniversary(issued: date, last: date) -> None:
    assert last_valid_day(issued, 5) == last
