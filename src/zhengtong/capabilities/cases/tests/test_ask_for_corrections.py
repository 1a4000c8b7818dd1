"""Corrections are asked for once, all of them; the answer touches nothing else and starts the organ's time again."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from tests.cast import Cast, fresh, photo
from zhengtong.capabilities.cases import public as cases
from zhengtong.kernel.demo import as_of

CHINA = ZoneInfo("Asia/Shanghai")
MARKS = [("field:premises_area", "面积与平面图不一致"), ("material:premises_plan", "请标出后厨的位置")]


def asked(cast: Cast) -> cases.Case:
    case = cast.submitted()
    cases.request_corrections(actor=cast.counter, case_id=case.pk, marks=MARKS)
    return fresh(case)


def answered(cast: Cast, case: cases.Case) -> cases.Case:
    cases.save_draft(actor=cast.owner, case_id=case.pk, answers={"premises_area": "90"})
    return fresh(cases.resubmit_case(actor=cast.owner, case_id=case.pk))


def test_the_notice_lists_everything_at_once(cast: Cast) -> None:
    case = asked(cast)
    assert case.state == cases.LegalState.NEED_MATERIALS
    notice = case.correction_notices.get()
    assert [(mark.target, mark.message) for mark in notice.marks.all()] == MARKS
    assert [row["problem"] for row in notice.paper.content["marks"]] == [message for _target, message in MARKS]
    assert case.clocks.get(purpose="completeness").finished_at is not None


def test_only_what_was_marked_can_be_changed(cast: Cast) -> None:
    case = asked(cast)
    cases.save_draft(actor=cast.owner, case_id=case.pk, answers={"premises_area": "90", "operator_name": "新名字"})
    assert (fresh(case).form["premises_area"], fresh(case).form["operator_name"]) == ("90", "澜水面馆")
    plan, rules = (case.materials.get(key=key) for key in ("premises_plan", "safety_rules"))
    with pytest.raises(cases.Unacceptable):
        cases.attach_file(actor=cast.owner, case_id=case.pk, key="safety_rules", upload=photo("rules2.jpg"))
    with pytest.raises(cases.Unacceptable):
        cases.remove_file(actor=cast.owner, case_id=case.pk, material_id=rules.pk)
    cases.remove_file(actor=cast.owner, case_id=case.pk, material_id=plan.pk)
    cases.attach_file(actor=cast.owner, case_id=case.pk, key="premises_plan", upload=photo("plan2.jpg"))
    plan.refresh_from_db()
    assert plan.replaced_at is not None
    assert [material.file.name for material in cases.list_materials(case) if material.key == "premises_plan"] == [
        "plan2.jpg"
    ]


def test_a_second_notice_names_nothing_new(cast: Cast) -> None:
    case = answered(cast, asked(cast))
    assert case.state == cases.LegalState.RESUBMITTED
    with pytest.raises(cases.RuleBroken, match="safety_rules") as caught:
        cases.request_corrections(actor=cast.counter, case_id=case.pk, marks=[("material:safety_rules", "缺一页")])
    assert caught.value.code == "correction-not-once"
    assert fresh(case).state == cases.LegalState.RESUBMITTED
    cases.request_corrections(actor=cast.counter, case_id=case.pk, marks=MARKS[1:])
    assert fresh(case).state == cases.LegalState.NEED_MATERIALS
    # What the second notice left out is settled: only what it names is open again.
    cases.save_draft(actor=cast.owner, case_id=case.pk, answers={"premises_area": "91"})
    assert fresh(case).form["premises_area"] == "90"


@pytest.mark.parametrize(
    "marks",
    [[], [("field:no_such_field", "请改")], [("field:premises_area", "  ")]],
    ids=["nothing", "unknown", "no words"],
)
def test_an_unusable_notice_is_refused_whole(cast: Cast, marks: list[tuple[str, str]]) -> None:
    case = cast.submitted()
    with pytest.raises(cases.RuleBroken):
        cases.request_corrections(actor=cast.counter, case_id=case.pk, marks=marks)
    assert fresh(case).state == cases.LegalState.SUBMITTED
    assert not case.correction_notices.exists()


def test_resubmission_starts_the_time_to_accept_again(cast: Cast) -> None:
    with as_of(datetime(2026, 3, 2, 10, tzinfo=CHINA)):
        case = asked(cast)
    resubmitted_at = datetime(2026, 3, 11, 10, tzinfo=CHINA)
    with as_of(resubmitted_at):
        case = answered(cast, case)
        assert cases.resubmit_case(actor=cast.owner, case_id=case.pk).version == case.version
    clock = case.clocks.get(purpose="completeness")
    assert (clock.started_at, clock.finished_at) == (resubmitted_at, None)
    assert clock.due_at == datetime(2026, 3, 19, tzinfo=CHINA)  # five working days: 12, 13, 16, 17, 18
    assert case.received_at == resubmitted_at
    assert case.submitted_at == datetime(2026, 3, 2, 10, tzinfo=CHINA)
    assert case.documents.filter(paper__kind="cases.receipt").count() == 2


def test_an_answer_that_is_still_wrong_is_not_handed_in(cast: Cast) -> None:
    case = asked(cast)
    cases.save_draft(actor=cast.owner, case_id=case.pk, answers={"premises_area": "很大"})
    with pytest.raises(cases.IncompleteApplication):
        cases.resubmit_case(actor=cast.owner, case_id=case.pk)
    assert fresh(case).state == cases.LegalState.NEED_MATERIALS


def test_corrections_are_not_asked_for_after_acceptance(cast: Cast) -> None:
    case = cast.accepted()
    with pytest.raises(cases.RuleBroken):
        cases.request_corrections(actor=cast.counter, case_id=case.pk, marks=MARKS)
    assert fresh(case).state == cases.LegalState.ACCEPTED
