"""The histories of many cases, read by a handful of statements: what rules look at, without a query for each case."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

from django.db import connection


class Event(NamedTuple):
    pk: int
    at: datetime
    act: str
    to_state: str
    organisation: str


class Clock(NamedTuple):
    pk: int
    purpose: str
    basis: str
    unit: str
    budget: int
    extension: int
    started_at: datetime
    finished_at: datetime | None
    due_at: datetime
    level: str


class Pause(NamedTuple):
    clock: int
    started_at: datetime
    ended_at: datetime | None
    allowed_days: int


class Review(NamedTuple):
    outcome: str
    done_at: datetime
    opinion_length: int
    people: frozenset[int]


class Decided(NamedTuple):
    outcome: str
    reasons_length: int
    has_basis: bool
    at: datetime
    people: frozenset[int]


class Visit(NamedTuple):
    is_passed: bool
    at: datetime


class History:
    """One case with what happened, in the order in which it was noted."""

    __slots__ = (
        "accepted_at",
        "channel",
        "clocks",
        "decision",
        "events",
        "is_deemed_accepted",
        "item",
        "item_name",
        "kind",
        "number",
        "office",
        "organisation",
        "pauses",
        "pk",
        "region",
        "reviews",
        "submitted_at",
        "visits",
    )
    decision: Decided | None

    def __init__(self, row: Sequence[Any]) -> None:
        (
            self.pk,
            self.number,
            self.item,
            self.item_name,
            self.kind,
            self.channel,
            self.organisation,
            self.office,
            self.region,
            self.submitted_at,
            self.accepted_at,
            self.is_deemed_accepted,
        ) = row
        self.events: list[Event] = []
        self.clocks: list[Clock] = []
        self.pauses: list[Pause] = []
        self.reviews: list[Review] = []
        self.visits: list[Visit] = []
        self.decision = None


_CASES = """
SELECT c.id, c.number, i.code, c.item_name, c.kind, c.channel, c.organisation_id, o.organisation_id, r.code,
    c.submitted_at, c.accepted_at, c.is_deemed_accepted
FROM cases_case c JOIN cases_itemoffice o ON o.id = c.office_id JOIN cases_serviceitem i ON i.id = o.item_id
JOIN identity_region r ON r.id = o.region_id WHERE c.id {within} ORDER BY c.id
"""
_EVENTS = (
    "SELECT case_id, id, at, act, to_state, organisation_name FROM cases_caseevent WHERE case_id {within} ORDER BY id"
)
_CLOCKS = """
SELECT case_id, id, purpose, basis, unit, budget, extension, started_at, finished_at, due_at, level
FROM cases_clock WHERE case_id {within}
"""
_PAUSES = """
SELECT k.case_id, p.clock_id, p.started_at, p.ended_at, p.allowed_days
FROM cases_clock k JOIN cases_clockinterval p ON p.clock_id = k.id WHERE k.case_id {within} ORDER BY p.id
"""
# Who acted: the person herself and, under a delegation, her principal.
_REVIEWS = """
SELECT t.case_id, t.outcome, t.done_at, length(btrim(t.opinion)), a.staff_id, d.staff_id
FROM cases_task t LEFT JOIN identity_appointment a ON a.id = t.done_by_id
LEFT JOIN identity_appointment d ON d.id = t.done_by_agent_id
WHERE t.case_id {within} AND t.node IN ('review', 'process') AND t.status = 'done' ORDER BY t.done_at, t.id
"""
_DECISIONS = """
SELECT e.case_id, e.outcome, length(btrim(e.reasons)), btrim(e.legal_basis) <> '', e.decided_at, a.staff_id, d.staff_id
FROM cases_decision e JOIN identity_appointment a ON a.id = e.decided_by_id
LEFT JOIN identity_appointment d ON d.id = e.decided_by_agent_id WHERE e.case_id {within}
"""
_VISITS = """
SELECT case_id, is_passed, finished_at FROM cases_sitevisit
WHERE case_id {within} AND finished_at IS NOT NULL ORDER BY finished_at
"""
# What each section of names has to have read, beside cases and events.
PARTS: Final[Mapping[str, tuple[str, ...]]] = {
    "event": (),
    "case": (),
    "review": ("reviews",),
    "decision": ("decisions",),
    "visit": ("visits",),
    "pauses": ("clocks", "pauses"),
    "pause": ("clocks", "pauses"),
    "clock": ("clocks", "pauses"),
}
OF_NAME: Final[Mapping[str, tuple[str, ...]]] = {"event.actor_is_recommender": ("reviews", "decisions")}


def read_histories(within: tuple[int, int] | Sequence[int], parts: Collection[str]) -> list[History]:
    """Return the histories of the cases with ids from one to another, or of those with the given ids.

    ``parts`` names what is asked for beside cases and events (see :data:`PARTS`).
    """
    # A pair is a range, a list is a list.
    if isinstance(within, tuple):
        where, given = "BETWEEN %s AND %s", list(within)
    else:
        where, given = "= ANY(%s::bigint[])", [list(within)]
    with connection.cursor() as cursor:

        def rows(statement: str) -> list[tuple[Any, ...]]:
            cursor.execute(statement.format(within=where), given)
            found: list[tuple[Any, ...]] = cursor.fetchall()
            return found

        found = {row[0]: History(row) for row in rows(_CASES)}
        for case, *event in rows(_EVENTS):
            if case in found:  # not one that was filed a moment ago
                found[case].events.append(Event(*event))
        if "clocks" in parts:
            for case, *clock in rows(_CLOCKS):
                if case in found:
                    found[case].clocks.append(Clock(*clock))
        if "pauses" in parts:
            for case, *pause in rows(_PAUSES):
                if case in found:
                    found[case].pauses.append(Pause(*pause))
        if "reviews" in parts:
            for case, outcome, done_at, length, one, agent in rows(_REVIEWS):
                people = frozenset(each for each in (one, agent) if each is not None)
                if case in found:
                    found[case].reviews.append(Review(outcome, done_at, length, people))
        if "decisions" in parts:
            for case, outcome, length, has_basis, at, one, agent in rows(_DECISIONS):
                people = frozenset(each for each in (one, agent) if each is not None)
                if case in found:
                    found[case].decision = Decided(outcome, length, has_basis, at, people)
        if "visits" in parts:
            for case, is_passed, at in rows(_VISITS):
                if case in found:
                    found[case].visits.append(Visit(is_passed, at))
    return list(found.values())
