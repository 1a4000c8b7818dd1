"""Which cases the demo has: how each goes, act by act, with the working days between. No database."""

import random
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from zhengtong.capabilities.cases.public import LegalState
from zhengtong.capabilities.licences.demo.history import Act, History

# Working days of a year before the demo's day, in which all histories lie.
SPAN_DAYS = 245
Acts = tuple[tuple[int, Act], ...]
Draw = random.Random
_H = History


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """One case to be made. ``since`` is how many working days before the demo's day its latest act lies.

    ``applicant`` is an account's name, "" leaves it to chance; ``is_online`` likewise when it is None.
    ``takes_paper``: collected at the counter.
    """

    goal: LegalState
    acts: Acts = ()
    since: int = 0
    county: str = ""
    applicant: str = ""
    is_online: bool | None = None
    takes_paper: bool = False

    @property
    def length(self) -> int:
        return sum(gap for gap, _act in self.acts)

    @property
    def start(self) -> int:
        """How many working days before the demo's last one it begins."""
        return min(self.length + self.since, SPAN_DAYS)


def _accepted(rng: Draw) -> Acts:
    return ((rng.choice((0, 1, 1, 1, 2, 3)), _H.accept),)


def _claimed(rng: Draw) -> Acts:
    return (*_accepted(rng), (rng.choice((0, 1, 1)), _H.claim))


def _visited(rng: Draw) -> Acts:
    return (*_claimed(rng), (rng.choice((0, 1)), _H.arrange_visit), (2, _H.pass_visit))


def _corrected(rng: Draw) -> Acts:
    return ((rng.randint(1, 3), _H.ask_corrections), (rng.randint(1, 6), _H.resubmit))


def _granted(rng: Draw, acts: Acts) -> Acts:
    return (*acts, (rng.randint(1, 3), _H.propose_grant), (rng.choice((0, 1, 1, 2)), _H.grant))


def _refused(rng: Draw) -> Acts:
    acts = (*_claimed(rng), (1, _H.arrange_visit), (2, _H.fail_visit))
    return (*acts, (rng.randint(1, 2), _H.propose_refusal), (1, _H.refuse))


def _extended(rng: Draw) -> Acts:
    return (*_accepted(rng), (1, _H.claim), (rng.randint(3, 4), _H.ask_time), (1, _H.give_time))


def _late(rng: Draw) -> Acts:
    acts = ((1, _H.accept), (rng.randint(4, 6), _H.claim), (rng.randint(4, 6), _H.propose_grant))
    return (*acts, (rng.randint(1, 2), _H.grant))


def _delivered(rng: Draw, acts: Acts, *, takes_paper: bool, is_appraised: bool) -> Acts:
    handed = ((rng.randint(1, 6), _H.hand_over),) if takes_paper else ((0, _H.deliver),)
    return (*acts, *handed, *(((rng.choice((0, 1)), _H.appraise),) if is_appraised else ()))


def _withdrawn_before_visit(rng: Draw) -> Acts:
    return (*_claimed(rng), (1, _H.arrange_visit), (1, _H.withdraw))


Make = Callable[[Draw], Plan]
S = LegalState


def _ended(make: Callable[[Draw], Acts], *, is_archived: bool = False, takes_paper: bool | None = None) -> Make:
    """Return what makes cases decided as ``make`` says, delivered and perhaps appraised and archived."""

    def plan(rng: Draw) -> Plan:
        paper = rng.random() < 0.25 if takes_paper is None else takes_paper
        is_online = rng.random() < 0.6
        acts = _delivered(rng, make(rng), takes_paper=paper, is_appraised=is_online and rng.random() < 0.7)
        if is_archived:
            acts = (*acts, (rng.randint(4, 12), _H.archive))
        since = rng.randint(0, SPAN_DAYS - 40) if is_archived else rng.randint(0, 22)
        goal = S.ARCHIVED if is_archived else S.DELIVERED
        return Plan(goal=goal, acts=acts, since=since, is_online=is_online, takes_paper=paper)

    return plan


def _plain(rng: Draw) -> Acts:
    return _granted(rng, _claimed(rng))


def _with_visit(rng: Draw) -> Acts:
    return _granted(rng, _visited(rng))


def _open(
    goal: LegalState,
    make: Callable[[Draw], Acts],
    since: tuple[int, int],
    *,
    is_online: bool | None = None,
    takes_paper: bool = False,
) -> Make:
    """Return what makes cases that stand at ``goal`` since a number of working days in the range ``since``."""
    return lambda rng: Plan(
        goal=goal, acts=make(rng), since=rng.randint(*since), is_online=is_online, takes_paper=takes_paper
    )


# How many of each three hundred, and how they are made.
VARIETIES: tuple[tuple[int, Make], ...] = (
    (14, _open(S.DRAFT, lambda rng: (), (0, 6), is_online=True)),
    (14, _open(S.SUBMITTED, lambda rng: (), (0, 3))),
    (9, _open(S.NEED_MATERIALS, lambda rng: ((rng.randint(1, 3), _H.ask_corrections),), (0, 12))),
    (6, _open(S.RESUBMITTED, _corrected, (0, 3))),
    (11, _open(S.ACCEPTED, _accepted, (0, 4))),
    (11, _open(S.REVIEWING, _claimed, (0, 4))),
    (2, _open(S.REVIEWING, lambda rng: (*_claimed(rng), (1, _H.delegate)), (0, 3))),
    (6, _open(S.REVIEWING, lambda rng: (*_claimed(rng), (2, _H.propose_grant)), (0, 2))),
    (2, _open(S.REVIEWING, lambda rng: (*_visited(rng), (1, _H.propose_refusal)), (0, 2))),
    (3, _open(S.REVIEWING, lambda rng: (*_claimed(rng), (1, _H.propose_grant), (1, _H.claim_decision)), (0, 2))),
    (2, _open(S.REVIEWING, lambda rng: (*_claimed(rng), (1, _H.propose_grant), (1, _H.send_back)), (0, 2))),
    (2, _open(S.REVIEWING, lambda rng: (*_claimed(rng), (3, _H.ask_time)), (0, 1))),
    # Twelve of thirteen days used: the promise, extended, is nearly over.
    (2, _open(S.REVIEWING, lambda rng: ((1, _H.accept), (1, _H.claim), (4, _H.ask_time), (1, _H.give_time)), (6, 6))),
    # Later than promised; the last of the range also later than the law allows.
    (4, _open(S.REVIEWING, lambda rng: ((1, _H.accept), (2, _H.claim)), (7, 10))),
    (1, _open(S.REVIEWING, lambda rng: ((1, _H.accept), (5, _H.claim), (4, _H.propose_grant)), (2, 4))),
    # Nobody answered in time; then somebody took it up.
    (1, _open(S.REVIEWING, lambda rng: ((7, _H.claim),), (0, 0))),
    (6, _open(S.EXCLUDED_TIME, lambda rng: (*_claimed(rng), (1, _H.arrange_visit)), (0, 1))),
    (8, _open(S.GRANTED, _plain, (0, 5), takes_paper=True)),
    (2, _open(S.GRANTED, _plain, (9, 9), takes_paper=True)),
    (4, _open(S.REFUSED, _refused, (0, 5), takes_paper=True)),
    (3, _open(S.WITHDRAWN, lambda rng: ((2, _H.withdraw),), (0, 120), is_online=True)),
    (2, _open(S.WITHDRAWN, lambda rng: ((1, _H.ask_corrections), (4, _H.withdraw)), (0, 120), is_online=True)),
    (2, _open(S.WITHDRAWN, lambda rng: (*_claimed(rng), (2, _H.withdraw)), (0, 120), is_online=True)),
    (1, _open(S.WITHDRAWN, _withdrawn_before_visit, (0, 90), is_online=True)),
    (5, _open(S.NOT_REQUIRED, lambda rng: ((rng.randint(0, 2), _H.turn_away_not_required),), (0, 150))),
    (5, _open(S.NOT_COMPETENT, lambda rng: ((rng.randint(0, 2), _H.turn_away_not_competent),), (0, 150))),
    (2, _open(S.ARCHIVED, lambda rng: ((1, _H.turn_away_not_competent), (6, _H.archive)), (5, 200))),
    (2, _open(S.ARCHIVED, lambda rng: ((2, _H.withdraw), (6, _H.archive)), (5, 200), is_online=True)),
    (1, _ended(lambda rng: _granted(rng, ((8, _H.claim),)))),
    (8, _ended(lambda rng: _granted(rng, (*_corrected(rng), *_claimed(rng))))),
    (4, _ended(lambda rng: _granted(rng, ((0, _H.correct), *_claimed(rng))))),
    (4, _ended(lambda rng: _granted(rng, (*_claimed(rng), (1, _H.propose_grant), (1, _H.send_back))))),
    (3, _ended(lambda rng: _granted(rng, _extended(rng)))),
    (4, _ended(_late)),
    (5, _ended(_refused)),
    (14, _ended(_with_visit)),
    (4, _ended(_late, is_archived=True)),
    (7, _ended(_refused, is_archived=True)),
    (6, _ended(lambda rng: _granted(rng, _extended(rng)), is_archived=True)),
    (16, _ended(lambda rng: _granted(rng, (*_corrected(rng), *_claimed(rng))), is_archived=True)),
    (20, _ended(_with_visit, is_archived=True)),
)
# What is left of the number asked for.
REST: tuple[Make, ...] = (_ended(_plain), _ended(_plain, is_archived=True))

DISTRICT = "990102"


def list_cast_plans(rng: Draw) -> Iterator[Plan]:
    """Yield what the named citizens find when they sign in, all of it in the district of the named staff.

    A draft comes after whatever else its applicant sent: an applicant has one draft at an office.
    """
    owner = _delivered(rng, _with_visit(rng), takes_paper=False, is_appraised=True)
    kept = (
        Plan(goal=S.ARCHIVED, acts=(*owner, (6, _H.archive)), since=120, applicant="owner"),
        Plan(goal=S.DELIVERED, acts=(*_plain(rng), (0, _H.deliver)), since=30, applicant="owner"),
        Plan(goal=S.NEED_MATERIALS, acts=((1, _H.ask_corrections),), since=14, applicant="owner"),
        Plan(goal=S.REVIEWING, acts=((1, _H.accept), (1, _H.claim)), since=5, applicant="owner"),
        Plan(goal=S.EXCLUDED_TIME, acts=((1, _H.accept), (0, _H.claim), (1, _H.arrange_visit)), applicant="owner"),
        Plan(goal=S.DRAFT, applicant="owner"),
        Plan(goal=S.DELIVERED, acts=(*_refused(rng), (0, _H.deliver)), since=60, applicant="applicant"),
        Plan(goal=S.WITHDRAWN, acts=((2, _H.withdraw),), since=45, applicant="applicant"),
        Plan(goal=S.DELIVERED, acts=(*_plain(rng), (0, _H.deliver)), since=16, applicant="applicant"),
        Plan(goal=S.GRANTED, acts=_plain(rng), since=4, applicant="applicant", takes_paper=True),
        Plan(goal=S.SUBMITTED, since=1, applicant="applicant"),
        Plan(goal=S.ACCEPTED, acts=((1, _H.accept),), applicant="", is_online=True),
        Plan(goal=S.REVIEWING, acts=((1, _H.accept), (1, _H.claim), (4, _H.ask_time)), since=1),
        Plan(goal=S.REVIEWING, acts=((1, _H.accept), (1, _H.claim), (2, _H.propose_grant)), since=1),
        Plan(goal=S.REVIEWING, acts=((1, _H.accept), (2, _H.claim)), since=9),
    )
    yield from (replace(plan, county=DISTRICT) for plan in kept)


def list_plans(rng: Draw, count: int, counties: list[str]) -> list[Plan]:
    """Return ``count`` plans, the named citizens' first; every variety at least once, so never fewer than those."""
    cast = list(list_cast_plans(rng))
    made = [make(rng) for share, make in VARIETIES for _number in range(max(1, share * count // 300))]
    rest = [REST[number % len(REST)](rng) for number in range(count - len(cast) - len(made))]
    weights = [2 if county == DISTRICT else 1 for county in counties]
    return [*cast, *(_placed([*made, *rest], rng, counties, weights))]


def _placed(plans: Iterable[Plan], rng: Draw, counties: list[str], weights: list[int]) -> Iterator[Plan]:
    for plan in plans:
        is_online = rng.random() < 0.6 if plan.is_online is None else plan.is_online
        yield replace(plan, county=rng.choices(counties, weights)[0], is_online=is_online)
