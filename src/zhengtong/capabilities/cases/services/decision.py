"""The decision and what follows it: grant or refuse with reasons, return, deliver, archive, appraise."""

import re
from collections.abc import Sequence

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from zhengtong.capabilities.cases import domain
from zhengtong.capabilities.cases.answers import show_answer
from zhengtong.capabilities.cases.definitions import get_definition
from zhengtong.capabilities.cases.domain import Act, LegalState
from zhengtong.capabilities.cases.errors import Unacceptable
from zhengtong.capabilities.cases.events import CaseAppraised, CaseDelivered, CaseGranted, CaseRefused
from zhengtong.capabilities.cases.messages import tell_applicant
from zhengtong.capabilities.cases.models import (
    Appraisal,
    Case,
    ClockPurpose,
    Decision,
    DeliveryWay,
    Outcome,
    TaskNode,
    TaskStatus,
)
from zhengtong.capabilities.cases.rules import get_rulebook
from zhengtong.capabilities.cases.services import clocks
from zhengtong.capabilities.cases.services.assignment import find_still_able
from zhengtong.capabilities.cases.services.papers import issue_case_paper, remedies
from zhengtong.capabilities.cases.services.processing import return_walk
from zhengtong.capabilities.cases.services.steps import (
    PERMISSIONS,
    advance,
    cancel_tasks,
    finish_task,
    lock_case,
    open_task,
    refuse_held,
    take_task,
)
from zhengtong.capabilities.cases.tasks import deliver_electronically
from zhengtong.core.audit.public import record
from zhengtong.kernel.events import publish
from zhengtong.kernel.jobs import enqueue
from zhengtong.kernel.policy import SYSTEM, Actor
from zhengtong.kernel.steps import step

DECIDE = "cases.decide_case"
OPINION_LENGTH = 2000  # of a task


@step()
def grant_case(*, actor: Actor, case_id: int, reasons: str, version: int | None = None) -> Decision:
    """Grant the licence (第三十八条第一款). The licence itself is made by whoever receives ``case.granted``."""
    case = _decide(Outcome.GRANT, actor=actor, case_id=case_id, reasons=reasons, basis="", version=version)
    tell_applicant(case, "granted", actor=actor)
    publish(CaseGranted(actor, case))
    return case.decision


@step()
def refuse_case(*, actor: Actor, case_id: int, reasons: str, legal_basis: str, version: int | None = None) -> Decision:
    """Refuse, with reasons, the rule that isn't met, and the remedies (第三十八条第二款)."""
    domain.check_refusal(reasons, [rule.text for rule in get_rulebook().remedies_on(timezone.localdate())])
    if not legal_basis.strip():
        raise Unacceptable(_("不予许可应当写明依据的条款。"), "legal_basis")
    case = _decide(Outcome.REFUSE, actor=actor, case_id=case_id, reasons=reasons, basis=legal_basis, version=version)
    tell_applicant(case, "refused", actor=actor)
    publish(CaseRefused(actor, case))
    return case.decision


def _decide(outcome: Outcome, *, actor: Actor, case_id: int, reasons: str, basis: str, version: int | None) -> Case:
    case = lock_case(case_id, actor=actor, permission=DECIDE, version=version)
    task = take_task(case, TaskNode.DECISION, actor=actor)
    if _has_reviewed(case, actor):
        raise Unacceptable(_("审查人员不能对自己审查的办件作出决定，请转由其他审批人员决定。"))
    finish_task(task, actor=actor, outcome=outcome, opinion=reasons.strip())
    now = timezone.now()
    is_grant = outcome is Outcome.GRANT
    clocks.finish(case, ClockPurpose.DECISION, now)
    clocks.start_delivery(case, now)
    advance(
        case,
        Act.DECIDE_GRANT if is_grant else Act.DECIDE_REFUSE,
        actor=actor,
        at=now,
        words="已作出准予许可的决定。" if is_grant else "已作出不予许可的决定，理由和救济途径见决定书。",
        note=reasons,
        decided_at=now,
        due_at=case.due_at,
    )
    definition = get_definition(case.item_version_id)
    accepted_on = timezone.localdate(case.accepted_at)
    # A matter that is no licence in the sense of the law has its own word: 准予登记, of which a 通知书 tells.
    said = definition.text.get("decision", {}).get(str(outcome), "")
    title, facts = f"{said}通知书" if said else "", [("决定", said or str(outcome.label))]
    if is_grant:
        law = definition.text["legal_basis"][0]
        paper = issue_case_paper(
            case,
            "grant",
            actor=actor,
            at=now,
            title=title,
            facts=facts,
            content={
                **({"decision": said} if said else {}),
                "accepted_on": accepted_on,
                "legal_basis": f"《{law['title']}》{law['article']}",
                "licence_name": definition.text.get("licence_name", case.item_name),
                "scope": [
                    [spec.label, show_answer(spec, case.form.get(spec.key))]
                    for spec in definition.fields()
                    if spec.key in definition.text.get("scope", ()) and case.form.get(spec.key)
                ],
                "delivery_days": get_rulebook().limit(clocks.delivery_rule(case), timezone.localdate(now)).budget,
            },
        )
    else:
        paper = issue_case_paper(
            case,
            "refusal",
            actor=actor,
            at=now,
            title=title,
            facts=facts,
            content={
                **({"decision": said} if said else {}),
                "accepted_on": accepted_on,
                "reasons": [{"fact": reasons.strip(), "article": basis.strip()}],
                "legal_basis": basis.strip(),
                "remedies": remedies(case, now),
            },
        )
    case.decision = Decision.objects.create(
        case=case,
        outcome=outcome,
        reasons=reasons.strip(),
        legal_basis=basis.strip(),
        decided_by_id=actor.held_appointment,
        decided_by_agent_id=actor.agent,
        decided_at=now,
        number=paper.number or paper.code,
    )
    if case.delivery_way == DeliveryWay.COUNTER:
        open_task(case, TaskNode.DELIVERY, organisation_id=case.organisation_id)
    else:
        enqueue(deliver_electronically, case_id=case.pk)
    return case


def _has_reviewed(case: Case, actor: Actor) -> bool:
    """Return whether one of the people behind ``actor`` reviewed the case, or let another do so for her.

    People are compared and not appointments, as ``is_same_person`` does, in the one statement that asks for the tasks.
    """
    mine = [each for each in (actor.appointment, actor.agent) if each is not None]
    review = Q(node=TaskNode.REVIEW) | Q(node=TaskNode.PROCESS, permission=PERMISSIONS[TaskNode.REVIEW])
    done = case.tasks.filter(review, status=TaskStatus.DONE)
    reviewed = Q(done_by__staff__appointments__in=mine) | Q(done_by_agent__staff__appointments__in=mine)
    return done.filter(reviewed).exists()


@step()
def return_to_review(
    *,
    actor: Actor,
    case_id: int,
    reason: str,
    marks: Sequence[tuple[str, str]] = (),
    version: int | None = None,
) -> Case:
    """Send the case back to the one who reviewed it, with what is to be looked at again; to her successor or into the
    office's pool when she has left. ``marks`` are pairs of target (``field:<key>``, ``material:<key>``) and words."""
    if not reason.strip():
        raise Unacceptable(_("请写明退回的原因。"), "reason")
    case = lock_case(case_id, actor=actor, permission=DECIDE, version=version)
    task = take_task(case, TaskNode.DECISION, actor=actor)
    finish_task(task, actor=actor, outcome=Act.RETURN, opinion=write_marks(case, reason, marks))
    reviewer = (
        case.tasks.filter(node=TaskNode.REVIEW, status=TaskStatus.DONE)
        .order_by("-id")
        .values_list("done_by_id", flat=True)
        .first()
    )
    advance(case, Act.RETURN, actor=actor, note=f"退回审查：{reason.strip()}")
    if return_walk(case, actor=actor):
        return case
    office, lamp = case.organisation_id, clocks.lamp_of(case)
    holder = find_still_able(reviewer, office, PERMISSIONS[TaskNode.REVIEW])
    open_task(case, TaskNode.REVIEW, organisation_id=office, assignee_id=holder, lamp=lamp)
    return case


# One line a mark below the approver's reason: read by people as it stands, and by :func:`list_return_marks`.
_MARK = re.compile(r"^【(?P<label>.+?)】(?P<words>.*)$")


def write_marks(case: Case, reason: str, marks: Sequence[tuple[str, str]]) -> str:
    """Return the reason with a line for each mark, by the name of what is marked. Raises Unacceptable."""
    definition = get_definition(case.item_version_id)
    lines = [reason.strip()]
    for target, words in marks:
        label = definition.label(target)
        if label is None:
            raise Unacceptable(_("标注里有这个事项没有的项目：%(target)s。"), target=target)
        lines.append(f"【{label}】{' '.join(words.split())[:200]}")
    text = "\n".join(lines)
    if len(text) > OPINION_LENGTH:
        raise Unacceptable(_("退回的原因和标注太长，请简要一些。"), "reason")
    return text


def list_return_marks(case: Case) -> dict[str, str]:
    """Return what the approver marked when she returned the case for the review that is open now, by target."""
    if case.state != LegalState.REVIEWING:
        return {}
    last = case.tasks.filter(status=TaskStatus.DONE).order_by("-done_at", "-id").first()
    if last is None or last.node != TaskNode.DECISION or last.outcome != Act.RETURN:
        return {}
    definition = get_definition(case.item_version_id)
    targets = {spec.label: f"field:{spec.key}" for spec in definition.fields()}
    targets |= {spec.name: f"material:{spec.key}" for spec in definition.materials}
    found = (_MARK.match(line) for line in last.opinion.splitlines()[1:])
    return {targets[mark["label"]]: mark["words"] for mark in found if mark and mark["label"] in targets}


@step()
def deliver_case(*, actor: Actor, case_id: int, recipient: str = "", version: int | None = None) -> Case:
    """Deliver the decision and the licence: over the counter by a clerk, or electronically by the platform itself.

    Twice is once: an electronic delivery may be taken up again after a crash.
    """
    case = lock_case(case_id, actor=actor, permission="cases.deliver_case", version=version)
    if case.state in {LegalState.DELIVERED, LegalState.ARCHIVED}:
        return case
    refuse_held(case, Act.DELIVER)
    at_counter = actor.appointment is not None
    if at_counter:
        if not recipient.strip():
            raise Unacceptable(_("请填写领取人姓名。"), "recipient")
        finish_task(
            take_task(case, TaskNode.DELIVERY, actor=actor), actor=actor, outcome=Act.DELIVER, opinion=recipient
        )
    else:
        cancel_tasks(case)
    now = timezone.now()
    clocks.finish(case, ClockPurpose.DELIVERY, now)
    advance(
        case,
        Act.DELIVER,
        actor=actor,
        at=now,
        words="决定书和证照已在窗口领取。" if at_counter else "电子文书已经送达，可在本页下载。",
        note=f"领取人：{recipient}" if at_counter else "",
        delivered_at=now,
        closed_at=now,
        due_at=None,
    )
    issue_case_paper(
        case,
        "delivery",
        actor=actor,
        at=now,
        content={
            "papers": [
                {"title": title, "number": number, "count": 1}
                for title, number in case.documents.filter(paper__issued_at__gte=case.decided_at).values_list(
                    "paper__title", "paper__number"
                )
            ],
            "method": "直接送达" if at_counter else "网上送达",
            "recipient_name": recipient.strip() if at_counter else case.applicant_name,
            "delivered_at": now,
        },
    )
    tell_applicant(case, "delivered", actor=actor)
    publish(CaseDelivered(actor, case))
    return case


@step()
def resume_delivery(*, case_id: int) -> None:
    """Let the platform deliver a decision that was held back, once what held it is settled. Twice is once."""
    case = lock_case(case_id, actor=SYSTEM, permission="cases.deliver_case")
    if case.state in {LegalState.GRANTED, LegalState.REFUSED} and case.delivery_way == DeliveryWay.ELECTRONIC:
        enqueue(deliver_electronically, case_id=case.pk)


@step()
def archive_case(*, actor: Actor, case_id: int, version: int | None = None) -> Case:
    """Close the file of an ended case."""
    case = lock_case(case_id, actor=actor, permission="cases.archive_case", version=version)
    advance(case, Act.ARCHIVE, actor=actor, note="归档")
    return case


@step()
def appraise_case(*, actor: Actor, case_id: int, score: int, comment: str = "") -> Appraisal:
    """Keep the applicant's appraisal (好差评), once a case, after it ended."""
    case = lock_case(case_id, actor=actor, permission="cases.appraise_case")
    if LegalState(case.state) not in domain.ENDED:
        raise Unacceptable(_("办件办结后才能评价。"))
    if not 1 <= score <= 5:
        raise Unacceptable(_("请选择满意程度。"), "score")
    try:
        with transaction.atomic():
            appraisal = Appraisal.objects.create(case=case, score=score, comment=comment.strip()[:500])
    except IntegrityError:
        raise Unacceptable(_("这个办件已经评价过了，谢谢您。")) from None
    record(actor, "cases.appraise_case", case, after={"score": score})
    publish(CaseAppraised(actor=actor, case=case, appraisal=appraisal))
    return appraisal
