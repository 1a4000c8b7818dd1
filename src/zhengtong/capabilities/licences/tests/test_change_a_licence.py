"""The holder of a licence asks for a change, a renewal, a correction or its end; the organ takes one back."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from tests.cast import Cast, fresh
from zhengtong.capabilities.cases import public as cases
from zhengtong.capabilities.licences import changing
from zhengtong.capabilities.licences.models import Licence, RequestKind, Revocation
from zhengtong.capabilities.powers import public as powers
from zhengtong.core.papers.public import get_status
from zhengtong.kernel.policy import Actor, Denied


@pytest.fixture
def licence(cast: Cast) -> Licence:
    return Licence.objects.select_related("paper", "case").get(case=cast.granted())


def ask(cast: Cast, licence: Licence, kind: str, reason: str = "经营项目有变化") -> cases.Case:
    return changing.start_request(actor=cast.owner, number=licence.number, kind=kind, reason=reason)


def grant(cast: Cast, case: cases.Case) -> None:
    cases.submit_case(actor=cast.owner, case_id=case.pk)
    cases.accept_case(actor=cast.counter, case_id=case.pk)
    task = cases.get_open_task(fresh(case), cases.TaskNode.REVIEW)
    assert task is not None
    cases.claim_task(actor=cast.reviewer, task_id=task.pk)
    cases.recommend(actor=cast.reviewer, case_id=case.pk, outcome="grant", opinion="符合条件")
    cases.grant_case(actor=cast.approver, case_id=case.pk, reasons="符合法定条件")


def test_a_change_keeps_the_number_and_replaces_the_paper(cast: Cast, licence: Licence) -> None:
    case = ask(cast, licence, RequestKind.CHANGE)
    assert case.item_name == "食品经营许可（新办）·变更"
    cases.save_draft(actor=cast.owner, case_id=case.pk, answers={"premises": "望江区滨江路88号"})
    request = changing.get_request(fresh(case))
    assert request is not None
    assert ("经营场所地址", licence.case.form["premises"], "望江区滨江路88号") in changing.list_differences(request)
    old = licence.paper
    grant(cast, case)
    licence.refresh_from_db()
    assert licence.paper_id != old.pk
    assert licence.paper.content["premises"] == "望江区滨江路88号"
    assert licence.paper.number == old.number == licence.number
    old.refresh_from_db()
    assert not get_status(old).is_valid
    assert "以新证为准" in old.revoked_reason
    assert get_status(licence.paper).is_valid
    assert Licence.objects.count() == 1


def test_a_renewal_runs_on_from_the_old_last_day(cast: Cast, licence: Licence) -> None:
    before = licence.valid_until
    assert before is not None
    grant(cast, ask(cast, licence, RequestKind.RENEW, "继续经营"))
    licence.refresh_from_db()
    following = before + timedelta(days=1)
    assert licence.valid_until == date(following.year + 5, following.month, following.day) - timedelta(days=1)


def test_a_cancelled_licence_is_no_more(cast: Cast, licence: Licence) -> None:
    grant(cast, ask(cast, licence, RequestKind.CANCEL, "不再经营"))
    licence = Licence.objects.select_related("paper").get(pk=licence.pk)
    assert not get_status(licence.paper).is_valid
    assert changing.list_possible(licence, timezone.localdate()) == []
    with pytest.raises(cases.Unacceptable):
        ask(cast, licence, RequestKind.CHANGE)


def test_a_licence_is_cancelled_though_the_power_to_grant_it_is_withdrawn(cast: Cast, licence: Licence) -> None:
    entry = powers.PowerEntry.objects.get(code=cast.office.item.power)
    proposal = powers.cancel_power(actor=cast.compiler, entry=entry, reason="国发〔2026〕1号")
    powers.publish_version(actor=cast.legal, version=proposal)
    for kind in (RequestKind.CHANGE, RequestKind.RENEW):
        with pytest.raises(cases.PowerWithdrawn):
            ask(cast, licence, kind)
    grant(cast, ask(cast, licence, RequestKind.CANCEL, "不再经营"))
    assert not get_status(Licence.objects.select_related("paper").get(pk=licence.pk).paper).is_valid


def test_one_request_at_a_time_and_a_draft_is_gone_on_with(cast: Cast, licence: Licence) -> None:
    case = ask(cast, licence, RequestKind.CHANGE)
    assert ask(cast, licence, RequestKind.CHANGE).pk == case.pk
    with pytest.raises(cases.Unacceptable):
        ask(cast, licence, RequestKind.CANCEL)


def test_a_refused_request_leaves_the_licence_as_it_was(cast: Cast, licence: Licence) -> None:
    case = ask(cast, licence, RequestKind.CHANGE)
    cases.submit_case(actor=cast.owner, case_id=case.pk)
    cases.accept_case(actor=cast.counter, case_id=case.pk)
    task = cases.get_open_task(fresh(case), cases.TaskNode.REVIEW)
    assert task is not None
    cases.claim_task(actor=cast.reviewer, task_id=task.pk)
    cases.recommend(actor=cast.reviewer, case_id=case.pk, outcome="refuse", opinion="不符合")
    cases.refuse_case(actor=cast.approver, case_id=case.pk, reasons="场所不符合要求", legal_basis="第三十三条")
    paper = licence.paper_id
    licence.refresh_from_db()
    assert licence.paper_id == paper
    assert get_status(licence.paper).is_valid
    assert ask(cast, licence, RequestKind.CORRECT).pk != case.pk


def test_nobody_asks_about_anothers_licence(cast: Cast, licence: Licence) -> None:
    with pytest.raises(Denied):
        changing.start_request(actor=cast.citizen, number=licence.number, kind="change", reason="想改")


def propose(actor: Actor, licence: Licence) -> Revocation:
    return changing.propose_revocation(
        actor=actor,
        licence=licence,
        grounds=str(changing.GROUNDS[4]),
        facts="提交的布局图系伪造。",
        hearing="已于 2026 年 3 月 2 日告知，未提出陈述、申辩。",
    )


def test_two_people_take_a_licence_back_and_it_says_why(cast: Cast, licence: Licence) -> None:
    propose(cast.reviewer, licence)
    with pytest.raises(Denied):
        changing.decide_revocation(actor=cast.reviewer, licence=licence, is_approved=True)
    done = changing.decide_revocation(actor=cast.approver, licence=licence, is_approved=True)
    assert done.paper is not None
    assert done.paper.title == "撤销行政许可决定书"
    licence = Licence.objects.select_related("paper").get(pk=licence.pk)
    assert not get_status(licence.paper).is_valid
    assert "撤销" in licence.paper.revoked_reason
    with pytest.raises(cases.Unacceptable):
        changing.decide_revocation(actor=cast.approver, licence=licence, is_approved=True)


def test_a_proposal_that_is_refused_leaves_it_in_force(cast: Cast, licence: Licence) -> None:
    propose(cast.reviewer, licence)
    with pytest.raises(cases.Unacceptable):
        propose(cast.reviewer, licence)
    with pytest.raises(cases.Unacceptable):
        changing.decide_revocation(actor=cast.approver, licence=licence, is_approved=False)
    changing.decide_revocation(actor=cast.approver, licence=licence, is_approved=False, opinion="证据不足")
    assert get_status(Licence.objects.select_related("paper").get(pk=licence.pk).paper).is_valid
