"""Hearings, expert reviews, tests: told in writing, not counted, their result kept (行政许可法 第四十五至四十八条)."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.cast import Cast, fresh
from zhengtong.capabilities.cases import public as cases
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


def start(cast: Cast, case: cases.Case, **changes: Any) -> cases.SpecialProcedure:
    given: dict[str, Any] = {
        "rule": "expert_review",
        "reason": "工艺流程特殊，需要专家评审",
        "allowed_days": 5,
        "conducted_by": "市食品安全专家委员会",
    } | changes
    return cases.start_procedure(actor=cast.reviewer, case_id=case.pk, **given)


def hearing(cast: Cast, **changes: Any) -> dict[str, Any]:
    return {
        "rule": cases.HEARING,
        "reason": "涉及重大公共利益",
        "allowed_days": 15,
        "chair": cast.appointment(cast.approver),
        "planned_at": at(17),
        "place": "机关三楼会议室",
    } | changes


def dues(case: cases.Case) -> dict[str, datetime]:
    return dict(case.clocks.filter(purpose="decision").values_list("basis", "due_at"))


def test_an_expert_review_stops_both_clocks_until_its_result(cast: Cast, case: cases.Case) -> None:
    with as_of(at(3)):
        procedure = start(cast, case)
    assert procedure.article == "《中华人民共和国行政许可法》第四十五条"
    assert procedure.paper.kind == "cases.special_procedure"
    assert procedure.paper.content["excluded_days"] == 5
    assert dues(case) == {"promised": midnight(20), "statutory": midnight(24)}
    assert fresh(case).state == cases.LegalState.EXCLUDED_TIME
    with as_of(at(5)):
        cases.finish_procedure(actor=cast.reviewer, case_id=case.pk, is_passed=True, record="专家一致同意")
    assert dues(case) == {"promised": midnight(17), "statutory": midnight(19)}
    assert fresh(case).state == cases.LegalState.REVIEWING
    assert cases.get_open_procedure(case) is None


def test_a_hearing_is_led_by_another_and_told_seven_days_ahead(cast: Cast, case: cases.Case) -> None:
    with as_of(at(3)):
        procedure = start(cast, case, **hearing(cast))
    assert procedure.paper.title == "听证通知书"
    assert procedure.paper.content["chair"] == procedure.chair.staff.name  # type: ignore[union-attr]  # it has one
    with as_of(at(17, 16)), pytest.raises(cases.Unacceptable) as caught:
        cases.finish_procedure(actor=cast.reviewer, case_id=case.pk, is_passed=True, record=" ")
    assert caught.value.field == "record"
    with as_of(at(17, 16)):
        cases.finish_procedure(actor=cast.reviewer, case_id=case.pk, is_passed=True, record="利害关系人没有异议")
    assert fresh(case).state == cases.LegalState.REVIEWING


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"planned_at": at(11)}, "planned_at"),  # the notice leaves six working days
        ({"planned_at": datetime(2026, 4, 20, 10, tzinfo=CHINA), "allowed_days": 60}, "planned_at"),
        ({"planned_at": None}, "planned_at"),
        ({"planned_at": at(2)}, "planned_at"),
        ({"place": ""}, "place"),
        ({"chair": None}, "chair"),
        ({"reason": ""}, "reason"),
        ({"allowed_days": 0}, "allowed_days"),
        ({"rule": "lunch"}, "rule"),
        ({"rule": "site_visit"}, "rule"),
        ({"rule": "testing", "conducted_by": ""}, "conducted_by"),
    ],
)
def test_what_is_missing_or_too_early_or_too_late_is_refused(
    cast: Cast, case: cases.Case, changes: dict[str, Any], field: str
) -> None:
    with as_of(at(3)), pytest.raises(cases.Unacceptable) as caught:
        start(cast, case, **hearing(cast, **changes))
    assert caught.value.field == field
    assert fresh(case).state == cases.LegalState.REVIEWING
    assert dues(case) == {"promised": midnight(13), "statutory": midnight(17)}


def test_who_reviewed_it_does_not_lead_the_hearing(cast: Cast, case: cases.Case) -> None:
    with as_of(at(3)), pytest.raises(cases.RuleBroken) as caught:
        start(cast, case, **hearing(cast, chair=cast.appointment(cast.reviewer)))
    assert caught.value.code == "self-handling"


def test_one_procedure_at_a_time(cast: Cast, case: cases.Case) -> None:
    with as_of(at(3)):
        start(cast, case)
        with pytest.raises(cases.NotAllowed):
            start(cast, case, rule="testing")
    assert case.procedures.count() == 1
