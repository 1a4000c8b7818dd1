"""What every act on a case shares: lock, authorise, move the state, tell the timeline, the journal and the worklist."""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any, TypedDict

from django.db.models import Exists, F, Q
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from zhengtong.capabilities.cases.declarations import StepGuard, TaskPage
from zhengtong.capabilities.cases.domain import Act, LegalState, next_state
from zhengtong.capabilities.cases.errors import NoTask, StaleCase, TakenTask
from zhengtong.capabilities.cases.models import ELSEWHERE, Case, CaseEvent, Task, TaskNode, TaskStatus
from zhengtong.capabilities.cases.references import get_office, get_version
from zhengtong.core.audit.public import record
from zhengtong.core.worklist.public import close_item, open_item
from zhengtong.kernel.marks import Mark
from zhengtong.kernel.modules import registry
from zhengtong.kernel.policy import Actor, Denied, require
from zhengtong.kernel.rows import find_sole

WORK_KIND = "cases.task"
PERMISSIONS: Mapping[str, str] = {
    TaskNode.ACCEPTANCE: "cases.accept_case",
    TaskNode.REVIEW: "cases.review_case",
    TaskNode.PROCESS: "cases.review_case",
    TaskNode.DECISION: "cases.decide_case",
    TaskNode.EXTENSION: "cases.approve_extension",
    TaskNode.DELIVERY: "cases.deliver_case",
    # Whoever may see the case may be asked to sign: she decides nothing.
    TaskNode.COUNTERSIGN: "cases.view_case",
    TaskNode.CONSULTATION: "cases.review_case",
}


def lock_case(case_id: int, *, actor: Actor, permission: str, version: int | None = None) -> Case:
    """Return the case, locked until the end of the transaction, with its office, organ and version at hand.

    Raises Denied, and StaleCase when ``version`` is not the one that the person looked at.
    """
    case = find_sole(Case.objects.select_for_update(of=("self",)).select_related("account").filter(pk=case_id))
    if case is None:  # a draft, thrown away while this request was on its way
        raise Denied(permission, visible=False)
    admit(case, actor=actor, permission=permission)
    if version is not None and case.version != version:
        raise StaleCase
    return case


def admit(case: Case, *, actor: Actor, permission: str) -> None:
    """Let ``actor`` act on the locked ``case``, which then has its office, organ and version at hand. Raises Denied."""
    case.office, case.item_version = get_office(case.office_id), get_version(case.item_version_id)
    if case.organisation_id == case.office.organisation_id:
        case.organisation = case.office.organisation
    require(actor, permission, case)


def admit_to_task(task: Task, *, actor: Actor, permission: str) -> None:
    """Let ``actor`` act on a task: on her part of the case, where one was given to her office. Raises Denied.

    A node of a process, or a question, may be another office's than the case's; whoever works there needs no right to
    the whole case.
    """
    if task.node not in ELSEWHERE:
        admit(task.case, actor=actor, permission=permission)
        return
    case = task.case
    case.office, case.item_version = get_office(case.office_id), get_version(case.item_version_id)
    require(actor, permission, task.organisation)


def refuse_held(case: Case, act: Act) -> None:
    """Ask the modules above whether the locked ``case`` may do ``act``. Raises HeldBack."""
    for guard in registry.of(StepGuard):
        if act in guard.acts:
            guard.refuse(case, act)


def advance(
    case: Case,
    act: Act,
    *,
    actor: Actor,
    at: datetime | None = None,
    words: str = "",
    note: str = "",
    **changes: Any,
) -> None:
    """Move the locked ``case`` by ``act``: its row, its timeline and one journal record.

    ``words`` tell the applicant what happened; ``note`` is for the officials. Raises NotAllowed.
    """
    before = case.state
    case.state = next_state(LegalState(before), act)
    note_act(case, act, actor=actor, at=at, before=before, words=words, note=note, **changes)


def note_act(
    case: Case,
    act: str,
    *,
    actor: Actor,
    at: datetime | None = None,
    before: str = "",
    words: str = "",
    note: str = "",
    journal: Mapping[str, Any] | None = None,
    **changes: Any,
) -> None:
    """Record an act on the locked ``case`` that may leave its legal state as it is."""
    version = case.version
    case.version += 1
    for name, value in changes.items():
        setattr(case, name, value)
    case.save(update_fields=["state", "version", *changes])
    CaseEvent.objects.create(
        case=case,
        at=at or timezone.now(),
        act=act,
        from_state=before,
        to_state=case.state if before else "",
        actor_name=actor.name,
        organisation_name=case.organisation.name if actor.appointment else "",
        words=words[:300],
        note=note[:1000],
    )
    record(
        actor,
        f"cases.{act}",
        case,
        before={"state": before or case.state, "version": version},
        after={
            "state": case.state,
            "version": case.version,
            **{k: v for k, v in changes.items() if isinstance(v, str | int | bool | datetime) and k not in _PERSONAL},
            **(journal or {}),
        },
    )


# Columns that identify a person: the journal says that they changed, not to what.
_PERSONAL = frozenset({"applicant_name", "applicant_number", "applicant_phone", "form"})


def open_task(
    case: Case,
    node: str,
    *,
    organisation_id: int,
    assignee_id: int | None = None,
    lamp: tuple[str, datetime | None] = ("green", None),
    permission: str = "",
    node_key: str = "",
    title: str = "",
    due_at: datetime | None = None,
) -> Task:
    """Open a task in an office and put it on the worklist.

    ``lamp``: the level and the next alert of a clock that has been running before (see ``clocks.lamp_of``).
    ``permission``, ``node_key``, ``title`` and ``due_at`` are those of a process's node.
    """
    permission = permission or PERMISSIONS[node]
    # Whoever acts may read another language; the row is everybody's and is translated when it is shown.
    with translation.override("zh-hans"):
        step = title or str(TaskNode(node).label)
    task = Task.objects.create(
        case=case,
        node=node,
        organisation_id=organisation_id,
        permission=permission,
        assignee_id=assignee_id,
        node_key=node_key,
        title=title,
    )
    open_item(
        kind=WORK_KIND,
        object_id=task.pk,
        organisation_id=organisation_id,
        permission=permission,
        assignee_id=assignee_id,
        **describe_on_lists(case),
        step=step,
        url=task_url(case, node),
        due_at=min(due_at, case.due_at) if due_at and case.due_at else case.due_at,
        level=lamp[0],
        next_alert_at=lamp[1],
    )
    return task


class OnLists(TypedDict):
    """What a list of work says of a case, whoever reads it."""

    reference: str
    title: str
    party: str


def describe_on_lists(case: Case) -> OnLists:
    """Return number, item and applicant as lists of work and messages say them: of a restricted case neither item nor
    applicant, because whoever may read them needn't be in the circle."""
    title, party = case.item_name, case.applicant_name
    if case.is_restricted:
        title, party = _("（%(mark)s件，知悉范围内可见）") % {"mark": Mark(case.mark).label}, "——"
    return OnLists(reference=case.number or "", title=title, party=party)


def task_url(case: Case, node: str) -> str:
    """Return the address of the page on which a desk handles tasks of ``node``, "" when no desk does."""
    try:
        page = registry.get(TaskPage, node)
    except LookupError:
        return ""
    return reverse(page.url_name, args=[case.number])


def take_task(case: Case, node: str, *, actor: Actor, **looks: Exists) -> Task:
    """Return the open task of ``node``, locked. Raises NoTask, and TakenTask when a colleague has it.

    ``looks`` are asked in the same statement; their answers are attributes of the task.
    """
    tasks = Task.objects.select_for_update(of=("self",)).filter(case=case, node=node, status=TaskStatus.OPEN)
    task = find_sole(tasks.annotate(**looks))
    if task is None:
        raise NoTask
    refuse_taken(task, actor=actor)
    return task


def take_review(case: Case, *, actor: Actor) -> Task:
    """Return the open task of the review, or in a process the one that is hers in the case's own organ, locked. Raises
    NoTask, and TakenTask when a colleague has it."""
    mine = Q(node=TaskNode.PROCESS, organisation=case.organisation_id, permission=PERMISSIONS[TaskNode.REVIEW])
    mine &= Q(assignee=actor.appointment) | Q(assignee=None)
    open_tasks = Task.objects.select_for_update().filter(case=case, status=TaskStatus.OPEN)
    open_tasks = open_tasks.filter(Q(node=TaskNode.REVIEW) | mine)
    task = open_tasks.order_by(F("assignee").asc(nulls_last=True), "pk").first()
    if task is None:
        raise NoTask
    refuse_taken(task, actor=actor)
    return task


def refuse_taken(task: Task, *, actor: Actor) -> None:
    """Raise TakenTask when a colleague has claimed ``task``."""
    if task.assignee_id not in (None, actor.appointment) and task.assignee is not None:
        raise TakenTask(task.assignee.staff.name)


def finish_task(task: Task, *, actor: Actor, outcome: str, opinion: str = "") -> None:
    """Mark a taken task done, here and on the worklist."""
    task.status = TaskStatus.DONE
    task.assignee_id = task.done_by_id = actor.appointment
    task.done_by_agent_id = actor.agent
    task.done_at = timezone.now()
    task.outcome, task.opinion = outcome, opinion
    task.save(update_fields=["status", "assignee", "done_by", "done_by_agent", "done_at", "outcome", "opinion"])
    close_item(kind=WORK_KIND, object_id=task.pk, done_by_id=actor.appointment, done_by_agent_id=actor.agent)


def cancel_tasks(case: Case, node_keys: Collection[str] | None = None) -> None:
    """Cancel whatever is still open, because the case ended; or what is open of these nodes of its process."""
    tasks = Task.objects.select_for_update().filter(case=case, status=TaskStatus.OPEN)
    if node_keys is not None:
        tasks = tasks.filter(node=TaskNode.PROCESS, node_key__in=node_keys)
    for task in tasks:
        task.status, task.done_at = TaskStatus.CANCELLED, timezone.now()
        task.save(update_fields=["status", "done_at"])
        close_item(kind=WORK_KIND, object_id=task.pk, done_by_id=None)


def shown_date(day: date) -> str:
    """Return ``day`` as it is said to the public. (strftime's Chinese depends on the locale of the process.)"""
    return f"{day.year}年{day.month}月{day.day}日"
