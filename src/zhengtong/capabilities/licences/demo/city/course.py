"""How each of a million cases goes: which acts, when, by whom, until the demo's day. No database."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from zhengtong.capabilities.licences.demo.city.days import DAY, Days
from zhengtong.capabilities.licences.demo.city.setting import Office, Officer

VISIT_DAYS = 5
# Shares of all cases that go otherwise than straight to a grant.
_NOT_REQUIRED, _NOT_COMPETENT, _WITHDRAWN, _CORRECTED, _REFUSED, _VISITED, _LATE = (
    0.012,
    0.010,
    0.016,
    0.11,
    0.022,
    0.05,
    0.03,
)
# After how many working days an application that came in online is looked at; the law gives five.
_WAIT_DAYS = (0, 0, 1, 1, 2, 2, 3)
_LONGEST_WAIT = 4
# Of those handed in at a counter, nearly all are collected there; of these, few at once.
_COLLECT_DAYS = (0, 1, 1, 2, 3, 3, 4, 5, 6, 7, 8, 9, 9)
# Some never hurry: they answer a correction, or fetch what was granted, after months.
_SLOW_TO_ANSWER, _SLOW_TO_COLLECT = 0.33, 0.025
# What came in during the last days is worked through more slowly: there is more of it than the offices can take.
_BACKLOG_DAYS, _BACKLOG_PACE = 45, 1.7


class Step(NamedTuple):
    """One act; ``officer`` None: the applicant's or the platform's."""

    at: int
    act: str
    officer: Officer | None = None


@dataclass(slots=True)
class Course:
    """What happened to one case by the end; ``steps`` are in order. Zeros are moments that haven't come."""

    steps: list[Step] = field(default_factory=list)
    is_refused: bool = False
    claimed_decision: Officer | None = None
    visitors: tuple[Officer, ...] = ()


def draw_course(
    office: Office, submitted: int, filer: Officer | None, collects: bool, end: int, days: Days, rng: random.Random
) -> Course:
    """Return the course of a case submitted at ``submitted``; ``filer`` is the clerk who filed it at the counter."""
    course = Course()
    steps = course.steps
    draw = rng.random
    pace = _BACKLOG_PACE if submitted >= end - _BACKLOG_DAYS * DAY else 1.0
    clerk = filer or pick(office.clerks, submitted, rng)

    def happens(at: int, act: str, officer: Officer | None = None) -> bool:
        if at >= end:
            return False
        steps.append(Step(at, act, officer))
        return True

    happens(submitted, "submit", filer)
    waits = _WAIT_DAYS[int(draw() * len(_WAIT_DAYS))] if filer is None else int(draw() + 0.2)
    at = days.later(submitted, min(int(waits * pace), _LONGEST_WAIT), rng)
    fate = draw()
    if fate < _NOT_REQUIRED:
        happens(at, "declare_not_required", clerk)
        return course
    fate -= _NOT_REQUIRED
    if fate < _NOT_COMPETENT:
        happens(at, "declare_not_competent", clerk)
        return course
    fate -= _NOT_COMPETENT
    is_withdrawn = fate < _WITHDRAWN
    if is_withdrawn and fate < _WITHDRAWN / 2:
        happens(days.later(submitted, 1, rng), "withdraw", filer)
        return course
    if draw() < _CORRECTED:
        if not happens(at, "request_materials", clerk):
            return course
        answered = 30 + int(100 * draw()) if draw() < _SLOW_TO_ANSWER else 1 + int(14 * pace * draw() ** 2)
        at = days.later(at, answered, rng)
        if not happens(at, "resubmit", filer):
            return course
        clerk = pick(office.clerks, at, rng)
        at = days.later(at, int(2 * draw()), rng)
    if not happens(at, "accept", clerk):
        return course
    taken = _working_days(office.promised, pace, rng)
    claimed, proposed = int(taken * 0.3 * draw()), int(taken * 0.8)
    reviewer = pick(office.reviewers, at, rng)
    accepted = at
    at = days.later(accepted, claimed, rng)
    if not happens(at, "begin_review", reviewer):
        return course
    if is_withdrawn:
        happens(days.later(at, 1, rng), "withdraw", filer)
        return course
    is_refused = course.is_refused = draw() < _REFUSED
    if office.is_visited and draw() < (0.5 if is_refused else _VISITED):
        visitors = _pair(office, at, rng)
        if visitors:
            course.visitors = visitors
            at = days.later(at, 0, rng)
            if not happens(at, "start_excluded_time", reviewer):
                return course
            at = days.later(at, 2 + int(2 * draw()), rng)
            if not happens(at, "end_excluded_time", reviewer):
                return course
            proposed += 3
            taken += 3
    at = max(days.later(accepted, proposed, rng), days.later(at, 0, rng))
    if not happens(at, "recommend", reviewer):
        return course
    approver = pick(office.approvers, at, rng, apart_from=reviewer)
    if draw() < 0.4:
        course.claimed_decision = approver
    at = max(days.later(accepted, taken, rng), days.later(at, 0, rng))
    if not happens(at, "decide_refuse" if is_refused else "decide_grant", approver):
        return course
    if collects:
        usual = int(_COLLECT_DAYS[int(draw() * len(_COLLECT_DAYS))] * min(pace, 1.2))
        at = days.later(at, 15 + int(75 * draw()) if draw() < _SLOW_TO_COLLECT else usual, rng)
        if not happens(at, "deliver", pick(office.clerks, at, rng)):
            return course
    else:
        at += 20 + int(70 * draw())
        if not happens(at, "deliver"):
            return course
    if filer is None and draw() < 0.45:
        happens(at + 600 + int(2 * DAY * draw()), "appraise")
    if draw() < 0.9:
        happens(days.later(at, 4 + int(12 * draw()), rng), "archive", reviewer)
    steps.sort(key=lambda step: step.at)
    return course


def _working_days(promised: int, pace: float, rng: random.Random) -> int:
    """Return in how many working days after its acceptance a case is decided: seldom more than was promised."""
    if rng.random() < _LATE:
        late = promised + 1
        while rng.random() < 0.94 and late < promised + 60:
            late += 1
        return late
    return min(int(promised * rng.random() ** 0.5 * pace + 0.5), promised)


def pick(officers: Sequence[Officer], at: int, rng: random.Random, *, apart_from: Officer | None = None) -> Officer:
    """Return one who held her post then, if any did, and isn't ``apart_from``."""
    day = at // DAY
    for _ in range(12):
        officer = officers[int(rng.random() * len(officers))]
        if officer.since <= day and (apart_from is None or officer.staff != apart_from.staff):
            return officer
    others = [each for each in officers if apart_from is None or each.staff != apart_from.staff]
    return min(others, key=lambda each: (each.since, each.appointment))


def _pair(office: Office, at: int, rng: random.Random) -> tuple[Officer, ...]:
    able = [each for each in office.reviewers if each.has_certificate and each.since <= at // DAY]
    if len({each.staff for each in able}) < 2:
        return ()
    first = able[int(rng.random() * len(able))]
    return first, pick(able, at, rng, apart_from=first)
