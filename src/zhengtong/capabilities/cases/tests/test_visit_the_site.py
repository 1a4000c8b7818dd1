"""Two officers verify on site (行政许可法 第三十四条), after a notice, and their days don't count (第四十五条)."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from tests.cast import Cast, fresh
from zhengtong.capabilities.cases import public as cases
from zhengtong.core.identity import public as identity
from zhengtong.kernel.demo import as_of

CHINA = ZoneInfo("Asia/Shanghai")


def at(day: int, hour: int = 10) -> datetime:
    """Return an hour of a day of March 2026, a month without holidays that begins on a Sunday."""
    return datetime(2026, 3, day, hour, tzinfo=CHINA)


def midnight(day: int) -> datetime:
    return datetime(2026, 3, day, tzinfo=CHINA)


@pytest.fixture
def case(cast: Cast) -> cases.Case:
    """Accepted on the 2nd: promised for the 12th, by law for the 16th."""
    with as_of(at(2)):
        return cast.reviewing()


def dues(case: cases.Case) -> dict[str, datetime]:
    return dict(case.clocks.filter(purpose="decision").values_list("basis", "due_at"))


def refused(cast: Cast, case: cases.Case, *officers: identity.Appointment, **changes: object) -> str:
    """Return the code with which the visit is refused; nothing has happened then."""
    wanted = {"planned_at": at(4), "place": "澄波区滨江路66号", "allowed_days": 5} | changes
    with as_of(at(3)), pytest.raises(cases.RuleBroken) as caught:
        cases.arrange_site_visit(actor=cast.reviewer, case_id=case.pk, officers=officers, **wanted)  # type: ignore[arg-type]  # the changes are each test's own
    assert fresh(case).state == cases.LegalState.REVIEWING
    assert not case.documents.filter(paper__kind="cases.site_visit").exists()
    assert dues(case) == {"promised": midnight(13), "statutory": midnight(17)}
    return caught.value.code


def test_both_clocks_stand_still_for_as_long_as_the_visit_takes(cast: Cast, case: cases.Case) -> None:
    with as_of(at(3)):
        visit = cast.visit(case, days=5)
    paper = visit.paper
    assert len(paper.content["officers"]) == 2
    assert paper.content["excluded_days"] == 5
    assert date.fromisoformat(str(paper.content["new_due_on"])) == date(2026, 3, 23)
    # Told five days: 4, 5, 6, 9, 10.
    assert dues(case) == {"promised": midnight(20), "statutory": midnight(24)}
    assert fresh(case).state == cases.LegalState.EXCLUDED_TIME
    assert fresh(case).due_at == midnight(20)
    pauses = [pause for clock in case.clocks.filter(purpose="decision") for pause in clock.intervals.all()]
    assert [pause.paper_id for pause in pauses] == [paper.pk, paper.pk]
    with as_of(at(5)):
        cases.record_site_visit(actor=cast.reviewer, case_id=case.pk, is_passed=True, findings="与图纸一致")
    # It took two: 4, 5.
    assert dues(case) == {"promised": midnight(17), "statutory": midnight(19)}
    assert fresh(case).state == cases.LegalState.REVIEWING
    assert fresh(case).due_at == midnight(17)


def test_an_open_pause_runs_out_by_itself(cast: Cast, case: cases.Case) -> None:
    with as_of(at(3)):
        cast.visit(case, days=5)
    with as_of(at(18)):
        cases.record_site_visit(actor=cast.reviewer, case_id=case.pk, is_passed=True, findings="迟到的记录")
    assert dues(case) == {"promised": midnight(20), "statutory": midnight(24)}


def test_one_officer_is_too_few(cast: Cast, case: cases.Case) -> None:
    assert refused(cast, case) == "too-few-officers"
    assert refused(cast, case, cast.appointment(cast.reviewer)) == "too-few-officers"


def test_one_person_in_two_posts_is_still_one(cast: Cast, case: cases.Case) -> None:
    first = cast.appointment(cast.reviewer)
    second = identity.Appointment.objects.create(
        staff=first.staff, post=cast.appointment(cast.inspector).post, kind="concurrent", start_date=date(2020, 1, 1)
    )
    assert refused(cast, case, first, second) == "duplicate-officers"


def test_officers_of_another_office_do_not_come(cast: Cast, case: cases.Case) -> None:
    pair = cast.appointment(cast.reviewer), cast.appointment(cast.outsider)
    assert refused(cast, case, *pair) == "unacceptable"


@pytest.mark.parametrize(
    "changes",
    [{"planned_at": at(3, 9)}, {"planned_at": at(11)}, {"place": " "}, {"allowed_days": 0}],
    ids=["in the past", "after the days told", "nowhere", "no days"],
)
def test_an_unusable_plan_is_refused(cast: Cast, case: cases.Case, changes: dict[str, object]) -> None:
    pair = cast.appointment(cast.reviewer), cast.appointment(cast.inspector)
    assert refused(cast, case, *pair, **changes) in {"unacceptable", "pause-refused"}


def test_no_pause_cures_lateness(cast: Cast, case: cases.Case) -> None:
    with as_of(at(17)), pytest.raises(cases.RuleBroken) as caught:
        cast.visit(case)
    assert caught.value.code == "clock-refused"
    assert fresh(case).state == cases.LegalState.REVIEWING


def test_nothing_is_proposed_while_the_visit_is_open(cast: Cast, case: cases.Case) -> None:
    with as_of(at(3)):
        cast.visit(case)
        with pytest.raises(cases.RuleBroken):
            cases.recommend(actor=cast.reviewer, case_id=case.pk, outcome="grant", opinion="符合")
        with pytest.raises(cases.RuleBroken):
            cast.visit(case)
    assert case.site_visits.count() == 1


def test_findings_are_owed(cast: Cast, case: cases.Case) -> None:
    with as_of(at(3)):
        cast.visit(case)
        with pytest.raises(cases.Unacceptable) as caught:
            cases.record_site_visit(actor=cast.reviewer, case_id=case.pk, is_passed=True, findings="")
    assert caught.value.field == "findings"
    assert fresh(case).state == cases.LegalState.EXCLUDED_TIME


def test_a_visit_arranged_before_the_task_is_claimed_begins_the_review(cast: Cast) -> None:
    visit = cast.visit(cast.accepted())
    assert fresh(visit.case).state == "excluded_time"
    assert visit.case.events.filter(act="begin_review").count() == 1
