"""Somebody without a phone stands at the counter: a clerk types, looks at the identity document, hands in."""

import pytest

from tests.cast import CREDIT_CODE, PHONE, Cast, answers, fresh, photo
from zhengtong.capabilities.cases import public as cases
from zhengtong.kernel.policy import Denied

MATERIALS = ("business_licence", "premises_plan", "safety_rules", "health_certificates")


def typed(cast: Cast) -> cases.Case:
    case = cases.start_at_counter(actor=cast.counter, office=cast.office)
    cases.save_draft(actor=cast.counter, case_id=case.pk, answers=answers())
    for key in MATERIALS:
        cases.attach_file(actor=cast.counter, case_id=case.pk, key=key, upload=photo(f"{key}.jpg"))
    return fresh(case)


def test_an_application_is_typed_and_received_at_the_counter(cast: Cast) -> None:
    draft = typed(cast)
    case = fresh(cases.submit_at_counter(actor=cast.counter, case_id=draft.pk, identity_checked=True))
    assert (case.state, case.channel) == (cases.LegalState.SUBMITTED, cases.Channel.COUNTER)
    assert (case.applicant_name, case.applicant_number, case.applicant_phone) == ("澜水面馆", CREDIT_CODE, PHONE)
    assert case.identity_checked
    assert case.account_id is None
    assert case.filed_by_id == cast.counter.appointment
    again = cases.submit_at_counter(actor=cast.counter, case_id=draft.pk, identity_checked=True)
    assert again.number == case.number
    assert case.events.count() == 1


def test_nobody_is_believed_without_her_document(cast: Cast) -> None:
    draft = typed(cast)
    with pytest.raises(cases.Unacceptable) as caught:
        cases.submit_at_counter(actor=cast.counter, case_id=draft.pk, identity_checked=False)
    assert caught.value.field == "identity_checked"
    assert fresh(draft).number is None


def test_what_is_missing_is_said_at_the_counter_too(cast: Cast) -> None:
    draft = cases.start_at_counter(actor=cast.counter, office=cast.office)
    with pytest.raises(cases.IncompleteApplication):
        cases.submit_at_counter(actor=cast.counter, case_id=draft.pk, identity_checked=True)
    assert fresh(draft).number is None
    assert not fresh(draft).identity_checked


def test_the_counter_of_another_county_files_nothing_here(cast: Cast) -> None:
    with pytest.raises(Denied):
        cases.start_at_counter(actor=cast.outsider, office=cast.office)
    with pytest.raises(Denied):
        cases.start_at_counter(actor=cast.reviewer, office=cast.office)
    draft = typed(cast)
    with pytest.raises(Denied):
        cases.submit_at_counter(actor=cast.outsider, case_id=draft.pk, identity_checked=True)


def test_a_clerk_does_not_write_into_an_online_draft(cast: Cast) -> None:
    draft = cast.draft()
    with pytest.raises(Denied):
        cases.save_draft(actor=cast.counter, case_id=draft.pk, answers={"premises_area": "1"})
    with pytest.raises(Denied):
        cases.submit_at_counter(actor=cast.counter, case_id=draft.pk, identity_checked=True)
    assert fresh(draft).number is None


def test_corrections_are_brought_to_the_counter(cast: Cast) -> None:
    case = cases.submit_at_counter(actor=cast.counter, case_id=typed(cast).pk, identity_checked=True)
    marks = [("field:premises_area", "与平面图不一致")]
    cases.request_corrections(actor=cast.counter, case_id=case.pk, marks=marks)
    cases.save_draft(actor=cast.counter, case_id=case.pk, answers={"premises_area": "90", "operator_name": "别的店"})
    after = fresh(cases.resubmit_case(actor=cast.counter, case_id=case.pk))
    assert after.state == cases.LegalState.RESUBMITTED
    assert (after.form["premises_area"], after.form["operator_name"]) == ("90", "澜水面馆")
