"""Whatever is done to cases, in whatever order, the tallies say what a recount of the rows would."""

from collections import Counter
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.cast import Cast
from zhengtong.capabilities.cases import public as cases
from zhengtong.capabilities.cases.models import ClockBasis, ClockPurpose
from zhengtong.capabilities.cases.services.succeeding import succeed_organ
from zhengtong.capabilities.supervision import public as supervision
from zhengtong.capabilities.supervision.models import Delta
from zhengtong.core.identity.public import Organisation
from zhengtong.kernel.calendars import get_calendar
from zhengtong.kernel.policy import SYSTEM, Denied

GAUGES = {
    "submitted": "awaiting_acceptance",
    "resubmitted": "awaiting_acceptance",
    "need_materials": "awaiting_corrections",
    "accepted": "in_review",
    "reviewing": "in_review",
    "excluded_time": "paused",
    "granted": "awaiting_delivery",
    "refused": "awaiting_delivery",
}
ACTS = {
    "submit": "received",
    "accept": "accepted",
    "deem_accepted": "accepted",
    "request_materials": "corrections",
    "declare_not_required": "turned_away",
    "declare_not_competent": "turned_away",
    "withdraw": "withdrawn",
    "decide_grant": "granted",
    "decide_refuse": "refused",
    "deliver": "delivered",
}


def recount() -> tuple[Counter[Any], Counter[Any]]:
    """Count what happened and what stands by reading every row, by its own rules."""
    happened: Counter[Any] = Counter()
    standing: Counter[Any] = Counter()
    now = timezone.now()
    for case in cases.Case.objects.select_related("item_version", "office__region", "decision", "appraisal"):
        place = (case.organisation_id, case.item_version.item_id)

        def add(at: Any, measure: str, amount: int = 1, place: tuple[int, int] = place) -> None:
            happened[(timezone.localdate(at), *place, measure)] += amount

        for event in case.events.all():
            if event.act in ACTS:
                add(event.at, ACTS[event.act])
        if hasattr(case, "decision"):
            clocks = {each.basis: each for each in case.clocks.filter(purpose=ClockPurpose.DECISION)}
            promised, at = clocks[ClockBasis.PROMISED], case.decision.decided_at
            add(at, "decided_late" if at >= promised.due_at else "decided_on_time")
            if at >= clocks[ClockBasis.STATUTORY].due_at:
                add(at, "late_statutory")
            calendar = get_calendar(case.office.region.code)
            days = calendar.working_days_between(timezone.localdate(promised.started_at), timezone.localdate(at))
            for pause in promised.intervals.all():
                assert pause.ended_at is not None
                passed = calendar.working_days_between(
                    timezone.localdate(pause.started_at), timezone.localdate(pause.ended_at)
                )
                days -= min(passed, pause.allowed_days)
            add(at, "working_days", days)
        if hasattr(case, "appraisal"):
            add(case.appraisal.given_at, "appraised")
            add(case.appraisal.given_at, "appraisal_points", case.appraisal.score)
        for card in supervision.Card.objects.filter(case=case):
            add(card.at, f"became_{card.level}")
        for urging in supervision.Urging.objects.filter(case=case):
            add(urging.urged_at, "urged")
        if case.state in GAUGES:
            standing[(*place, "running")] += 1
            standing[(*place, GAUGES[case.state])] += 1
        for lamp in ("yellow", "red"):
            if cases.late_clocks(lamp, now).filter(case=case).exists():
                standing[(*place, lamp)] += 1
    return +Counter({k: v for k, v in happened.items() if v}), +standing


def counted() -> tuple[Counter[Any], Counter[Any]]:
    """Return what the readers say, of all organisations."""
    everywhere = Organisation.objects.values_list("pk", flat=True)
    today = timezone.localdate()
    happened: Counter[Any] = Counter()
    for day in (today - timedelta(days=n) for n in range(60)):
        for (organisation, item, measure), amount in supervision.read_sums(everywhere, day, day).items():
            happened[(day, organisation, item, measure)] += amount
    return happened, Counter(dict(supervision.read_standing(everywhere)))


class Walk:
    """A few cases and everything that can be done to them; what a rule forbids changes nothing."""

    def __init__(self, cast: Cast) -> None:
        self.cast = cast
        self.cases: list[cases.Case] = []

    def do(self, act: str, which: int) -> None:
        if act == "submit" or not self.cases:
            self.cases.append(self.cast.submitted())
            return
        case = self.cases[which % len(self.cases)]
        try:
            getattr(self, act)(case)
        except (cases.RuleBroken, cases.NoTask, Denied):
            return

    def accept(self, case: cases.Case) -> None:
        cases.accept_case(actor=self.cast.counter, case_id=case.pk)

    def ask_for_corrections(self, case: cases.Case) -> None:
        cases.request_corrections(actor=self.cast.counter, case_id=case.pk, marks=[("field:premises", "请写门牌号")])

    def resubmit(self, case: cases.Case) -> None:
        cases.resubmit_case(actor=self.cast.owner, case_id=case.pk)

    def turn_away(self, case: cases.Case) -> None:
        cases.declare_not_required(actor=self.cast.counter, case_id=case.pk, reasons="依法不需要许可")

    def withdraw(self, case: cases.Case) -> None:
        cases.withdraw_case(actor=self.cast.owner, case_id=case.pk)

    def claim(self, case: cases.Case) -> None:
        task = cases.get_open_task(case, cases.TaskNode.REVIEW)
        if task is not None:
            cases.claim_task(actor=self.cast.reviewer, task_id=task.pk)

    def visit(self, case: cases.Case) -> None:
        self.cast.visit(case)

    def visited(self, case: cases.Case) -> None:
        cases.record_site_visit(actor=self.cast.reviewer, case_id=case.pk, is_passed=True, findings="一致")

    def recommend(self, case: cases.Case) -> None:
        cases.recommend(actor=self.cast.reviewer, case_id=case.pk, outcome="grant", opinion="符合条件")

    def grant(self, case: cases.Case) -> None:
        cases.grant_case(actor=self.cast.approver, case_id=case.pk, reasons="符合法定条件")

    def refuse(self, case: cases.Case) -> None:
        cases.refuse_case(actor=self.cast.approver, case_id=case.pk, reasons="不符合", legal_basis="《食品安全法》")

    def urge(self, case: cases.Case) -> None:
        supervision.urge_case(actor=self.cast.supervisor, case_id=case.pk, words="请抓紧办理")

    def deliver(self, case: cases.Case) -> None:
        cases.deliver_case(actor=SYSTEM, case_id=case.pk)

    def appraise(self, case: cases.Case) -> None:
        cases.appraise_case(actor=self.cast.owner, case_id=case.pk, score=4)

    def grow_old(self, case: cases.Case) -> None:
        """Let three weeks pass for the clocks of one case, and the alerts that are due come."""
        spent = timedelta(days=21)
        for clock in case.clocks.filter(finished_at=None):
            cases.Clock.objects.filter(pk=clock.pk).update(
                started_at=clock.started_at - spent, due_at=clock.due_at - spent, next_alert_at=timezone.now()
            )
            clock.intervals.update(started_at=timezone.now() - spent)
        cases.fire_due()

    def merge(self, case: cases.Case) -> None:
        """The organ is succeeded by another, and back."""
        other = Organisation.objects.get(name="禾溪县市场监督管理局")
        here = self.cast.office.organisation_id
        succeed_organ(actor=SYSTEM, organisation_id=here, successor_id=other.pk)
        assert recount() == counted()
        succeed_organ(actor=SYSTEM, organisation_id=other.pk, successor_id=here)

    def fold(self, case: cases.Case) -> None:
        supervision.fold_deltas(limit=7)


STEPS = [name for name in vars(Walk) if not name.startswith("_") and name != "do"] + ["submit"]


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=st.lists(st.tuples(st.sampled_from(STEPS), st.integers(0, 2)), min_size=6, max_size=24))
def test_any_acts_in_any_order_are_counted(cast: Cast, steps: list[tuple[str, int]]) -> None:
    with transaction.atomic():
        walk = Walk(cast)
        for act, which in steps:
            walk.do(act, which)
        assert counted() == recount()
        supervision.rebuild_tallies()
        assert not Delta.objects.exists()
        assert counted() == recount()
        transaction.set_rollback(True)


WHOLE_WAY = ["submit", "accept", "claim", "grow_old", "visit", "visited", "urge", "recommend", "grant", "deliver"]


def test_a_whole_way_is_counted(cast: Cast) -> None:
    walk = Walk(cast)
    for act in [*WHOLE_WAY, "appraise", "merge", "fold", "submit", "grow_old", "fold"]:
        walk.do(act, len(walk.cases) - 1)
        assert counted() == recount(), act
    happened, standing = counted()
    measures = {measure for *_place, measure in happened}
    assert measures >= {
        "received",
        "accepted",
        "granted",
        "delivered",
        "urged",
        "became_red",
        "working_days",
        "appraised",
    }
    assert {measure for *_place, measure in standing} == {"running", "awaiting_acceptance", "red"}
