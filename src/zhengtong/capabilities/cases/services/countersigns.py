"""加签: colleagues who sign as well, before the review is handed on or after it. They decide nothing.

A node of a process is signed before it is done: what follows it is drawn.
"""

from collections.abc import Collection, Sequence

from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from zhengtong.capabilities.cases import domain
from zhengtong.capabilities.cases.domain import Act, LegalState
from zhengtong.capabilities.cases.errors import NoTask, Unacceptable
from zhengtong.capabilities.cases.models import Case, Countersign, TaskNode, TaskStatus
from zhengtong.capabilities.cases.services import clocks
from zhengtong.capabilities.cases.services.steps import (
    WORK_KIND,
    finish_task,
    lock_case,
    note_act,
    open_task,
    refuse_taken,
    take_review,
)
from zhengtong.core.identity.public import Appointment, list_colleagues
from zhengtong.core.worklist.public import close_item
from zhengtong.kernel.policy import Actor
from zhengtong.kernel.steps import step

REVIEW = "cases.review_case"
_Timing = Countersign.Timing


@step()
def ask_countersign(
    *,
    actor: Actor,
    case_id: int,
    signers: Sequence[Appointment],
    timing: str,
    question: str,
    version: int | None = None,
) -> list[Countersign]:
    """Ask colleagues of the organ to sign as well: before the review is handed on, or after it. Raises Unacceptable."""
    case = lock_case(case_id, actor=actor, permission=REVIEW, version=version)
    task = take_review(case, actor=actor)
    if case.state != LegalState.REVIEWING or task.assignee_id is None:
        raise Unacceptable(_("领办之后、提出审查意见之前才可以加签。"))
    if timing not in _Timing.values:
        raise Unacceptable(_("请选择在提出审查意见之前还是之后签。"), "timing")
    if timing == _Timing.AFTER and task.node == TaskNode.PROCESS:
        raise Unacceptable(_("流程里的环节只能请人在办理之前签，之后由谁办，流程里已经定了。"), "timing")
    if not question.strip():
        raise Unacceptable(_("请写明请对方看什么。"), "question")
    own = {task.assignee_id, actor.appointment, actor.agent}
    allowed = set(list_colleagues(case.organisation_id).values_list("pk", flat=True)) - own
    if not signers or any(each.pk not in allowed for each in signers):
        raise Unacceptable(_("请选择本机关的其他同事。"), "signers")
    waiting = {each.signer_id for each in list_waiting(case)}
    again = [each.staff.name for each in signers if each.pk in waiting]
    if again:
        raise Unacceptable(_("已经请%(names)s签了，还没有答复。"), "signers", names="、".join(again))
    asked = []
    for signer in signers:
        asked.append(
            Countersign.objects.create(
                case=case,
                signer=signer,
                timing=timing,
                question=question.strip()[:500],
                asked_by_id=actor.held_appointment,
            )
        )
        if timing == _Timing.BEFORE:
            _open(case, asked[-1])
    names = "、".join(each.staff.name for each in signers)
    note_act(
        case,
        "ask_countersign",
        actor=actor,
        note=f"请{names}加签（{'前' if timing == _Timing.BEFORE else '后'}）：{question.strip()}",
        journal={"signers": [each.pk for each in signers], "timing": timing},
    )
    return asked


def await_signers() -> Exists:
    """Return the question whether somebody was asked to sign and hasn't, for the statement that locks the task."""
    return Exists(Countersign.objects.filter(case=OuterRef("case"), agrees=None, is_dropped=False))


def list_waiting(case: Case) -> list[Countersign]:
    """Return who was asked and hasn't signed."""
    return list(case.countersigns.filter(agrees=None, is_dropped=False).select_related("signer__staff"))


def _open(case: Case, asked: Countersign) -> None:
    asked.task = open_task(
        case,
        TaskNode.COUNTERSIGN,
        organisation_id=case.organisation_id,
        assignee_id=asked.signer_id,
        lamp=clocks.lamp_of(case),
    )
    asked.save(update_fields=["task"])


@step()
def give_countersign(
    *, actor: Actor, case_id: int, agrees: bool, opinion: str, version: int | None = None
) -> Countersign:
    """Sign, or say why not; the reviewer and whoever decides read it. After the last one that was asked for after the
    review, the decision is open. Raises Unacceptable, NoTask, TakenTask."""
    case = lock_case(case_id, actor=actor, permission="cases.view_case", version=version)
    if not agrees and not opinion.strip():
        raise Unacceptable(_("不同意的，请写明理由。"), "opinion")
    asked = (
        case.countersigns.select_for_update(of=("self",))
        .select_related("task__assignee__staff")
        .filter(task__status=TaskStatus.OPEN, task__assignee_id=actor.appointment)
        .first()
    )
    if asked is None or asked.task is None:
        raise NoTask
    refuse_taken(asked.task, actor=actor)
    finish_task(asked.task, actor=actor, outcome="agree" if agrees else "disagree", opinion=opinion.strip() or "同意")
    asked.agrees = agrees
    asked.save(update_fields=["agrees"])
    note_act(
        case,
        "countersign",
        actor=actor,
        note=f"加签{'同意' if agrees else '不同意'}：{opinion.strip()}" if opinion.strip() else "加签同意",
        journal={"countersign": asked.pk, "agrees": agrees},
    )
    if asked.timing == _Timing.AFTER and not list_waiting(case):
        _open_decision(case)
    return asked


@step()
def drop_countersign(*, actor: Actor, case_id: int, countersign_id: int, version: int | None = None) -> None:
    """Take back what was asked and isn't signed yet: the colleague is away. Raises Unacceptable, Denied."""
    case = lock_case(case_id, actor=actor, permission=REVIEW, version=version)
    asked = case.countersigns.select_related("signer__staff", "task").filter(pk=countersign_id).first()
    if asked is None or asked.agrees is not None or asked.is_dropped:
        raise Unacceptable(_("这一条已经签过或者已经撤回。"))
    if asked.asked_by_id not in (actor.appointment, actor.agent):
        raise Unacceptable(_("只有请加签的人可以撤回。"))
    asked.is_dropped = True
    asked.save(update_fields=["is_dropped"])
    if asked.task is not None and asked.task.status == TaskStatus.OPEN:
        asked.task.status, asked.task.done_at = TaskStatus.CANCELLED, timezone.now()
        asked.task.save(update_fields=["status", "done_at"])
        close_item(kind=WORK_KIND, object_id=asked.task.pk, done_by_id=None)
    note_act(case, "drop_countersign", actor=actor, note=f"撤回请{asked.signer.staff.name}加签")
    if asked.timing == _Timing.AFTER and asked.task is not None and not list_waiting(case):
        _open_decision(case)


def refuse_unsigned(case: Case, *, asked_by: Collection[int | None] = ()) -> None:
    """Raise Unacceptable while somebody who was asked to sign before the review is handed on hasn't.

    ``asked_by`` looks only at what these appointments asked: others are at work on other nodes of the process.
    """
    waiting = [each for each in list_waiting(case) if each.timing == _Timing.BEFORE]
    names = [each.signer.staff.name for each in waiting if not asked_by or each.asked_by_id in asked_by]
    if names:
        raise Unacceptable(_("还在等%(names)s加签；等不到的，可以撤回加签。"), names="、".join(names))


def open_signing(case: Case) -> bool:
    """Let those sign who were asked to do so after the review; return whether there are any."""
    waiting = [each for each in list_waiting(case) if each.timing == _Timing.AFTER]
    for each in waiting:
        if each.task_id is None:
            _open(case, each)
    return bool(waiting)


def _open_decision(case: Case) -> None:
    if case.state != LegalState.REVIEWING:
        raise domain.NotAllowed(LegalState(case.state), Act.DECIDE_GRANT)
    if not case.tasks.filter(node=TaskNode.DECISION, status=TaskStatus.OPEN).exists():
        open_task(case, TaskNode.DECISION, organisation_id=case.organisation_id, lamp=clocks.lamp_of(case))
