"""``can``: may this person do this to that row? Asked as a request does: who she is, then the question."""

from datetime import date
from statistics import median
from time import perf_counter
from typing import Any

from benchmarks.figure import Figure, compare
from benchmarks.replay import open_bare
from benchmarks.tree import PERMISSION, ROLE, Person, use_tree
from zhengtong.capabilities.cases.public import Case
from zhengtong.kernel.policy import can

ASKED = 300
_BARE = """
SELECT EXISTS (
    SELECT FROM identity_staffmember s
    JOIN identity_appointment a ON a.staff_id = s.id
    JOIN identity_post p ON p.id = a.post_id
    JOIN identity_postrole r ON r.post_id = p.id
    JOIN identity_organisation o ON o.id = p.organisation_id
    JOIN identity_organisation t ON t.id = %s
    WHERE s.account_id = %s AND a.start_date <= %s AND (a.end_date IS NULL OR a.end_date >= %s) AND r.role = %s
    AND CASE r.reach WHEN 'own' THEN t.id = o.id ELSE t.path <@ o.path END
)
"""


def measure(person: Person, bare: Any) -> Figure:
    """Return the figure of one user: the median of a few hundred questions."""
    row = Case(organisation_id=person.organisation)
    today = date.today()

    def through_policy() -> float:
        taken = []
        for _number in range(ASKED):
            began = perf_counter()
            answer = can(person.act(), PERMISSION, row)
            taken.append((perf_counter() - began) * 1000)
            assert answer
        return median(taken)

    def by_psycopg() -> float:
        taken = []
        parameters = [person.organisation, person.account.pk, today, today, ROLE]
        for _number in range(ASKED):
            began = perf_counter()
            ((answer,),) = bare.execute(_BARE, parameters).fetchall()
            taken.append((perf_counter() - began) * 1000)
            assert answer
        bare.commit()
        return median(taken)

    return compare(
        f"can_{person.name}",
        through_policy,
        by_psycopg,
        unit="ms p50",
        described="one statement by psycopg that answers the same",
        lower_is_better=True,
    )


def run() -> list[Figure]:
    """Return the figures of an office's, a county's and a city's user."""
    bare = open_bare()
    try:
        return [measure(person, bare) for person in use_tree(bare)]
    finally:
        bare.close()
