"""The work at a node of a case's process: finish it, send it back; after the last node comes the decision."""

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from zhengtong.capabilities.cases import domain
from zhengtong.capabilities.cases.domain import Act, LegalState
from zhengtong.capabilities.cases.errors import IncompleteApplication, NoTask, Unacceptable
from zhengtong.capabilities.cases.forms import clean_fields
from zhengtong.capabilities.cases.item_definition import read_field_specs
from zhengtong.capabilities.cases.models import Case, CaseEvent, CaseProcess, Task, TaskNode, TaskStatus
from zhengtong.capabilities.cases.services import clocks
from zhengtong.capabilities.cases.services.assignment import claim_task, refuse_wrong_person
from zhengtong.capabilities.cases.services.consulting import drop_unanswered
from zhengtong.capabilities.cases.services.countersigns import await_signers, refuse_unsigned
from zhengtong.capabilities.cases.services.steps import (
    admit_to_task,
    cancel_tasks,
    finish_task,
    open_task,
    refuse_taken,
)
from zhengtong.capabilities.cases.services.walking import open_nodes, subject_of
from zhengtong.capabilities.cases.walk import describe_context, find_open_node, get_walk, node_id_of
from zhengtong.capabilities.workflow.public import (
    EVENT,
    Moved,
    NodeGone,
    OpenNode,
    ProcessInstance,
    StepFailed,
    WorkflowRefused,
    complete_node,
    reopen_at,
    report_problem,
    return_to,
)
from zhengtong.core.audit.public import record
from zhengtong.core.worklist.public import WrongColleague
from zhengtong.kernel.policy import Actor
from zhengtong.kernel.rows import find_sole
from zhengtong.kernel.steps import step

AT_WORK = (LegalState.ACCEPTED, LegalState.REVIEWING)


def complete_process_task(
    *,
    actor: Actor,
    case_id: int,
    task_id: int,
    outcome: str = "",
    opinion: str = "",
    values: Mapping[str, Any] | None = None,
) -> Case:
    """Finish one's part of a node. The last department of a joint review finishes the node; the last node opens the
    decision. Raises Denied, Conflict, Unacceptable, IncompleteApplication.

    A process that can't go on (a condition that has no answer) leaves the task open, says why, and is put on the list
    of whoever compiles processes.
    """
    try:
        return _complete(
            actor=actor, case_id=case_id, task_id=task_id, outcome=outcome, opinion=opinion, values=values or {}
        )
    except StepFailed as failed:
        _report(actor, case_id, failed)
        raise Unacceptable(
            _("流程走不下去，本环节还没有办完：%(why)s已报告流程管理员，流程修好后请再提交一次。"), why=failed.sentence
        ) from failed


@step()
def _complete(
    *, actor: Actor, case_id: int, task_id: int, outcome: str, opinion: str, values: Mapping[str, Any]
) -> Case:
    case, task, node, instance = _take(actor, case_id, task_id)
    told = dict(node.spec.events)
    if vars(task)["has_signers"]:
        refuse_unsigned(case, asked_by=(actor.appointment, actor.agent))
    if (node.spec.outcomes or outcome) and outcome not in (*node.spec.outcomes, *told):
        raise Unacceptable(_("请选择办理结果。"), "outcome")
    answers, errors = clean_fields(read_field_specs(node.spec.fields), values)
    if errors and outcome not in told:
        raise IncompleteApplication(errors)
    finish_task(task, actor=actor, outcome=(told.get(outcome) or outcome)[:40], opinion=opinion.strip()[:2000])
    if answers:
        task.answers = answers
        task.save(update_fields=["answers"])
    note = "：".join(filter(None, (told.get(outcome) or outcome, opinion.strip())))
    _note(case, "process_step", task, actor=actor, note=note)
    others = Task.objects.filter(case=case, node_key=task.node_key, node=TaskNode.PROCESS)
    if outcome not in told and others.filter(status=TaskStatus.OPEN).exists():
        return case
    _go_on(case, instance, node, others, outcome, actor=actor)
    return case


def _go_on(
    case: Case, instance: ProcessInstance, node: OpenNode, tasks: QuerySet[Task], outcome: str, *, actor: Actor
) -> None:
    given: list[str] = []
    answers: dict[str, Any] = {}
    for task in tasks.filter(status=TaskStatus.DONE).order_by("done_at"):
        given.append(task.outcome)
        answers |= task.answers or {}
    if node.spec.is_joint and not outcome.startswith(EVENT):
        # In the order in which the drawing names them: the furthest that anybody gave is the node's.
        outcome = max(given, key=lambda each: node.spec.outcomes.index(each) if each in node.spec.outcomes else -1)
    moved = complete_node(
        actor=actor,
        instance=instance,
        node_key=node.key,
        outcome=outcome,
        values=answers,
        outcomes=tuple(given),
        context=describe_context(case),
    )
    _follow(case, moved, actor=actor)


def _follow(case: Case, moved: Moved, *, actor: Actor) -> None:
    """Bring the case's tasks to where its process is now."""
    cancel_tasks(case, moved.closed)
    lamp = clocks.lamp_of(case)
    open_nodes(case, moved.opened, actor=actor, lamp=lamp)
    if moved.has_ended:
        drop_unanswered(case)
        open_task(case, TaskNode.DECISION, organisation_id=case.organisation_id, lamp=lamp)


def _take(actor: Actor, case_id: int, task_id: int) -> tuple[Case, Task, OpenNode, ProcessInstance]:
    """Return the case and one's open task, both locked, with the node that the task is a part of, and the process.

    Taking the task up begins the review. Departments that finish at the same moment wait for each other here.
    """
    case = find_sole(Case.objects.select_for_update(of=("self",)).select_related("account").filter(pk=case_id))
    tasks = Task.objects.select_for_update(of=("self",)).select_related("organisation", "assignee__staff")
    tasks = tasks.annotate(has_signers=await_signers())
    task = find_sole(tasks.filter(pk=task_id, case=case_id, node=TaskNode.PROCESS))
    if case is None or task is None:
        raise NoTask
    task.case = case
    admit_to_task(task, actor=actor, permission=task.permission)
    if task.status != TaskStatus.OPEN:
        raise NoTask
    refuse_taken(task, actor=actor)
    walk = get_walk(case_id)
    node = find_open_node(walk, task.node_key)
    if node is None or walk is None or walk.instance is None:
        raise NoTask
    try:
        refuse_wrong_person(task, actor.held_appointment, node.spec.relation)
    except WrongColleague as refusal:
        raise Unacceptable(refusal.message, "", **refusal.params) from None
    if case.state not in AT_WORK:
        raise domain.NotAllowed(LegalState(case.state), Act.BEGIN_REVIEW)
    if task.assignee_id is None:
        claim_task(actor=actor, task_id=task.pk)
        case.refresh_from_db(fields=["state", "version"])
        task.refresh_from_db(fields=["assignee"])
    return case, task, node, walk.instance


def _note(case: Case, act: str, task: Task, *, actor: Actor, note: str) -> None:
    """Put a step on the timeline and in the journal. The case's version stays: other departments are at work on it."""
    CaseEvent.objects.create(
        case=case,
        at=task.done_at or timezone.now(),
        act=act,
        actor_name=actor.name,
        organisation_name=task.organisation.name,
        words="" if act != "process_step" else f"“{task.title}”已办理。"[:300],
        note=f"{task.title}：{note}"[:1000] if note else task.title,
    )
    record(actor, f"cases.{act}", case, after={"node": task.node_key, "task": task.pk, "outcome": task.outcome})


def _report(actor: Actor, case_id: int, failed: StepFailed) -> None:
    case = Case.objects.get(pk=case_id)
    walk = get_walk(case_id)
    if walk is None or walk.instance is None:
        return
    process = CaseProcess.objects.select_related("instance__version__process").get(pk=walk.pk).instance
    assert process is not None
    report_problem(
        actor=actor,
        process=process.version.process,
        subject=subject_of(case),
        sentence=failed.sentence,
        node_id=failed.node_id,
        instance=walk.instance,
    )


@step()
def return_process_task(*, actor: Actor, case_id: int, task_id: int, node_id: str, reason: str) -> Case:
    """Send one's node back to an earlier one; what runs beside it stays. Raises Denied, Conflict, Unacceptable."""
    if not reason.strip():
        raise Unacceptable(_("请写明退回的原因。"), "reason")
    case, task, _node, instance = _take(actor, case_id, task_id)
    finish_task(task, actor=actor, outcome="退回", opinion=reason.strip()[:2000])
    try:
        moved = return_to(actor=actor, instance=instance, node_id=node_id, key=task.node_key)
    except (NodeGone, WorkflowRefused) as refusal:
        raise Unacceptable(_("%(why)s"), "node_id", why=refusal.sentence) from None
    _note(case, "process_return", task, actor=actor, note=f"退回到“{moved.opened[0].title}”：{reason.strip()}")
    _follow(case, moved, actor=actor)
    return case


def return_walk(case: Case, *, actor: Actor) -> bool:
    """Open the process's last node again: the approver has sent the case back. False: the case has no process."""
    walk = get_walk(case.pk)
    last = case.tasks.filter(node=TaskNode.PROCESS, status=TaskStatus.DONE).order_by("-done_at", "-id").first()
    if walk is None or walk.instance is None or last is None:
        return False
    moved = reopen_at(actor=actor, instance=walk.instance, node_id=node_id_of(last.node_key))
    _follow(case, moved, actor=actor)
    return True
