"""What can be put right on the spot is put right there, with the applicant's consent (行政许可法 第三十二条)."""

import pytest

from tests.cast import Cast, fresh
from zhengtong.capabilities.cases import public as cases
from zhengtong.core.audit.public import AuditRecord
from zhengtong.kernel.policy import Denied


def test_a_slip_is_corrected_with_consent(cast: Cast) -> None:
    case = cast.submitted()
    due_at = case.clocks.get(purpose="completeness").due_at
    changed = cases.correct_on_spot(
        actor=cast.counter, case_id=case.pk, answers={"premises_area": "68.5", "state": "granted"}, consent=True
    )
    after = fresh(case)
    assert changed == ["经营面积（平方米）"]
    assert (after.form["premises_area"], after.state) == ("68.5", cases.LegalState.SUBMITTED)
    assert "state" not in after.form
    assert after.clocks.get(purpose="completeness").due_at == due_at
    entries = AuditRecord.objects.filter(action="cases.correct_on_spot")
    assert list(entries.values_list("after__fields", flat=True)) == [changed]


def test_nothing_is_changed_without_consent(cast: Cast) -> None:
    case = cast.submitted()
    with pytest.raises(cases.Unacceptable) as caught:
        cases.correct_on_spot(actor=cast.counter, case_id=case.pk, answers={"premises_area": "68.5"}, consent=False)
    assert caught.value.field == "consent"
    assert fresh(case).form == case.form


def test_a_correction_that_is_itself_wrong_is_refused(cast: Cast) -> None:
    case = cast.submitted()
    with pytest.raises(cases.IncompleteApplication) as caught:
        cases.correct_on_spot(
            actor=cast.counter, case_id=case.pk, answers={"legal_representative_id": "99010219900230012X"}, consent=True
        )
    assert [key for _section, key, _sentence in caught.value.errors] == ["legal_representative_id"]
    assert fresh(case).version == case.version


def test_the_same_again_changes_nothing(cast: Cast) -> None:
    case = cast.submitted()
    answers = {"premises_area": case.form["premises_area"]}
    assert cases.correct_on_spot(actor=cast.counter, case_id=case.pk, answers=answers, consent=True) == []
    assert fresh(case).version == case.version


def test_only_the_counter_corrects_and_only_before_acceptance(cast: Cast) -> None:
    case = cast.accepted()
    with pytest.raises(Denied):
        cases.correct_on_spot(actor=cast.reviewer, case_id=case.pk, answers={"premises_area": "1"}, consent=True)
    with pytest.raises(cases.RuleBroken):
        cases.correct_on_spot(actor=cast.counter, case_id=case.pk, answers={"premises_area": "1"}, consent=True)
    assert fresh(case).form["premises_area"] == "86.5"
