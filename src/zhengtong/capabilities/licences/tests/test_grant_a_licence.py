"""From the application to the licence, by the people who do it."""

from collections.abc import Callable

import pytest

from tests.cast import Cast, answers, fresh
from zhengtong.capabilities.cases import public as cases
from zhengtong.capabilities.licences.public import Licence
from zhengtong.core.audit.public import AuditRecord
from zhengtong.core.papers.public import describe, open_pdf
from zhengtong.core.worklist.public import list_mine, list_office
from zhengtong.kernel.policy import Denied


def test_a_licence_is_granted_made_and_delivered(cast: Cast, run_jobs: Callable[[], None]) -> None:
    case = cast.granted()
    licence = Licence.objects.get(case=case)
    assert licence.number.startswith("JY2990102")
    run_jobs()
    case = fresh(case)
    assert case.state == cases.LegalState.DELIVERED
    assert case.closed_at is not None
    assert open_pdf(licence.paper).startswith(b"%PDF-")
    assert describe(licence.paper).status.is_valid


def test_each_act_leaves_one_journal_record_and_one_event(cast: Cast) -> None:
    case = cast.granted()
    acts = ["submit", "accept", "begin_review", "recommend", "decide_grant"]
    assert list(case.events.values_list("act", flat=True)) == acts
    about = AuditRecord.objects.filter(object_kind="cases.case", object_id=str(case.pk)).order_by("id")
    journal = [action for action in about.values_list("action", flat=True) if action[6:] in acts]
    assert journal == [f"cases.{act}" for act in acts]


def test_the_work_moves_from_office_to_office(cast: Cast) -> None:
    case = cast.submitted()
    assert [item.reference for item in list_office(cast.counter)] == [case.number]
    assert not list_office(cast.reviewer).exists()
    cases.accept_case(actor=cast.counter, case_id=case.pk)
    assert not list_office(cast.counter).exists()
    task = cases.get_open_task(case, cases.TaskNode.REVIEW)
    assert task is not None
    cases.claim_task(actor=cast.reviewer, task_id=task.pk)
    assert [item.reference for item in list_mine(cast.reviewer)] == [case.number]
    assert not list_office(cast.inspector).exists()


def test_submitting_twice_gives_one_number(cast: Cast) -> None:
    draft = cast.draft()
    first = cases.submit_case(actor=cast.owner, case_id=draft.pk)
    second = cases.submit_case(actor=cast.owner, case_id=draft.pk)
    assert first.number == second.number
    assert case_events(draft) == ["submit"]


def case_events(case: cases.Case) -> list[str]:
    return list(case.events.values_list("act", flat=True))


def test_an_incomplete_application_says_everything_at_once(cast: Cast) -> None:
    draft = cases.start_draft(actor=cast.owner, office=cast.office, form={})
    wrong = answers(credit_code="91350100M000100Y44", legal_representative_id="99010219900230012X")
    cases.save_draft(actor=cast.owner, case_id=draft.pk, answers=wrong)
    with pytest.raises(cases.IncompleteApplication) as caught:
        cases.submit_case(actor=cast.owner, case_id=draft.pk)
    named = {key for _section, key, _sentence in caught.value.errors}
    assert {"credit_code", "legal_representative_id", "premises_plan", "business_licence"} <= named
    assert fresh(draft).number is None


def test_reviewers_do_not_decide_what_they_reviewed(cast: Cast) -> None:
    case = cast.recommended()
    with pytest.raises(Denied):
        cases.grant_case(actor=cast.reviewer, case_id=case.pk, reasons="符合")
    assert fresh(case).state == cases.LegalState.REVIEWING


def test_another_county_sees_and_does_nothing(cast: Cast) -> None:
    case = cast.recommended()
    assert case.number is not None
    assert cases.get_case(cast.outsider, case.number) is None
    with pytest.raises(Denied):
        cases.grant_case(actor=cast.outsider, case_id=case.pk, reasons="符合")


def test_a_stale_page_decides_nothing(cast: Cast) -> None:
    case = cast.recommended()
    cases.return_to_review(actor=cast.approver, case_id=case.pk, reason="请核实面积", version=case.version)
    with pytest.raises(cases.Conflict):
        cases.grant_case(actor=cast.second_approver, case_id=case.pk, reasons="符合", version=case.version)


def test_a_refusal_states_reasons_basis_and_remedies(cast: Cast) -> None:
    case = cast.recommended("refuse")
    with pytest.raises(cases.RuleBroken):
        cases.refuse_case(actor=cast.approver, case_id=case.pk, reasons=" ", legal_basis="《食品安全法》第三十三条")
    cases.refuse_case(
        actor=cast.approver, case_id=case.pk, reasons="经营场所与厕所相邻", legal_basis="《食品安全法》第三十三条"
    )
    paper = fresh(case).documents.get(paper__kind="cases.refusal").paper
    remedies = paper.content["remedies"]
    assert "六十日" in "".join(remedies["texts"])
    assert remedies["review_body"] == "澄波区人民政府"
    assert not Licence.objects.filter(case=case).exists()


def test_paper_licences_wait_at_the_counter(cast: Cast, run_jobs: Callable[[], None]) -> None:
    case = cast.granted(delivery_method="到窗口领取")
    run_jobs()
    assert fresh(case).state == cases.LegalState.GRANTED
    cases.deliver_case(actor=cast.counter, case_id=case.pk, recipient="王晓岚")
    assert fresh(case).state == cases.LegalState.DELIVERED


def test_an_applicant_appraises_once_after_the_end(cast: Cast, run_jobs: Callable[[], None]) -> None:
    case = cast.granted()
    with pytest.raises(cases.RuleBroken):
        cases.appraise_case(actor=cast.owner, case_id=case.pk, score=5)
    run_jobs()
    assert cases.appraise_case(actor=cast.owner, case_id=case.pk, score=5, comment="很快").score == 5
    with pytest.raises(cases.RuleBroken):
        cases.appraise_case(actor=cast.owner, case_id=case.pk, score=1)
