"""An agent works on a case in her principal's name: what she may, and which two steps stay two people's."""

import io
from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone
from pypdf import PdfReader

from tests.cast import Cast, fresh
from zhengtong.capabilities.cases import public as cases
from zhengtong.capabilities.cases.presentation import list_happenings, list_opinions
from zhengtong.core.audit.public import AuditRecord
from zhengtong.core.files.public import open_bytes
from zhengtong.core.identity import public as identity
from zhengtong.core.papers.public import Paper, ensure_rendered
from zhengtong.core.worklist.public import list_mine
from zhengtong.kernel.policy import SYSTEM, Actor, Denied


def acting_for(cast: Cast, principal: str, agent: str, *matters: str) -> Actor:
    """Return the actor that ``agent`` is for ``principal`` in ``matters``."""
    day = timezone.localdate()
    delegation = identity.delegate(
        actor=getattr(cast, principal),
        principal=cast.appointment(getattr(cast, principal)),
        agent=cast.appointment(getattr(cast, agent)),
        matters=list(matters),
        start_date=day,
        end_date=day + timedelta(days=6),
        reason="外出培训",
    )
    actor = identity.get_delegated_actor(cast.accounts[agent], delegation.pk)
    assert actor is not None
    return actor


def printed(paper: Paper) -> str:
    """Return the words of the paper's first page."""
    file = ensure_rendered(paper).file
    assert file is not None
    return PdfReader(io.BytesIO(open_bytes(file))).pages[0].extract_text().replace("\n", "")


def decide(cast: Cast, actor: Actor, case: cases.Case) -> Any:
    return cases.grant_case(actor=actor, case_id=case.pk, reasons="符合法定条件")


def test_grants_in_the_name_of_her_principal(cast: Cast) -> None:
    case = cast.recommended()
    decide(cast, acting_for(cast, "approver", "inspector", "cases.decision"), case)
    case = fresh(case)
    assert case.decision.decided_by_id == cast.approver.appointment
    assert case.decision.decided_by_agent_id == cast.inspector.appointment
    assert "何志刚（代沈立新）" in list_happenings(case)[0]["who"]
    assert list_opinions(case)[-1]["who"] == "何志刚（代沈立新）"
    written = AuditRecord.objects.get(action="cases.decide_grant", object_id=str(case.pk))
    assert (written.account, written.principal) == (cast.inspector.account, cast.approver.account)
    assert (written.appointment, written.agent) == (cast.approver.appointment, cast.inspector.appointment)
    paper = case.documents.get(paper__kind="cases.grant").paper
    assert "经办人：何志刚（代沈立新）" in printed(paper)


def test_a_paper_names_nobody_when_it_is_done_in_person(cast: Cast) -> None:
    paper = cast.granted().documents.get(paper__kind="cases.grant").paper
    assert "沈立新" not in printed(paper)


def test_whoever_reviewed_does_not_decide_as_an_agent(cast: Cast) -> None:
    case = cast.recommended()
    actor = acting_for(cast, "approver", "reviewer", "cases.decision")
    with pytest.raises(cases.Unacceptable, match="审查人员不能"):
        decide(cast, actor, case)
    assert fresh(case).decided_at is None


def test_nor_for_whom_somebody_else_reviewed(cast: Cast) -> None:
    """The approver has a second post as a reviewer; what an agent reviewed for her, she reviewed."""
    post = identity.Post.objects.create(organisation_id=cast.office.organisation_id, title="审查员（兼）")
    identity.PostRole.objects.create(post=post, role="reviewer", reach="own")
    second = identity.appoint(
        actor=SYSTEM,
        staff=cast.appointment(cast.approver).staff,
        post=post,
        kind=identity.AppointmentKind.CONCURRENT,
        start_date=date(2026, 1, 1),
    )
    own = identity.get_account_actor(cast.accounts["approver"], appointment_id=second.pk)
    day = timezone.localdate()
    delegation = identity.delegate(
        actor=own,
        principal=second,
        agent=cast.appointment(cast.inspector),
        matters=["cases.review"],
        start_date=day,
        end_date=day,
        reason="开会",
    )
    actor = identity.get_delegated_actor(cast.accounts["inspector"], delegation.pk)
    assert actor is not None
    case = cast.accepted()
    task = cases.get_open_task(case, cases.TaskNode.REVIEW)
    assert task is not None
    cases.claim_task(actor=actor, task_id=task.pk)
    cases.recommend(actor=actor, case_id=case.pk, outcome="grant", opinion="材料齐全")
    with pytest.raises(cases.Unacceptable, match="审查人员不能"):
        decide(cast, cast.approver, case)
    decide(cast, cast.second_approver, case)
    assert fresh(case).decided_at is not None


def test_nobody_approves_more_time_for_herself_as_an_agent(cast: Cast) -> None:
    case = cast.reviewing()
    cases.request_extension(actor=cast.reviewer, case_id=case.pk, days=5, reason="需要核实")
    actor = acting_for(cast, "head", "reviewer", "cases.extension")
    with pytest.raises(cases.Unacceptable, match="不能批准自己的申请"):
        cases.decide_extension(actor=actor, case_id=case.pk, is_approved=True)


def test_an_agent_does_only_what_was_delegated(cast: Cast) -> None:
    case = cast.recommended()
    with pytest.raises(Denied):
        decide(cast, acting_for(cast, "head", "inspector", "cases.extension"), case)


def test_an_agent_sees_of_her_principals_work_only_the_delegated_matters(cast: Cast) -> None:
    case = cast.recommended()
    task = cases.get_open_task(case, cases.TaskNode.DECISION)
    assert task is not None
    cases.claim_task(actor=cast.head, task_id=task.pk)
    assert [item.reference for item in list_mine(acting_for(cast, "head", "inspector", "cases.decision"))] == [
        case.number
    ]
    assert not list_mine(acting_for(cast, "head", "reviewer", "cases.extension")).exists()
