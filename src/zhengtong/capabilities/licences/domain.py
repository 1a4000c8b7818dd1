"""Rules of licences. Pure."""

from datetime import date, timedelta


def last_valid_day(issued_on: date, years: int) -> date:
    """Return the day that the licence says it is valid until: the day before the ``years``-th anniversary.

    A licence of 29 February ends on 28 February.
    """
    try:
        anniversary = issued_on.replace(year=issued_on.year + years)
    except ValueError:
        anniversary = date(issued_on.year + years, 3, 1)
    return anniversary - timedelta(days=1)
