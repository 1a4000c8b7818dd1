"""Who has a case's task: what the worklist asks before it moves one, and what the case does when it has moved.

Claiming, returning and handing on go one way: the worklist's service, :func:`hold_task` before, :func:`follow_work`
after. Claiming a review begins it.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from zhengtong.capabilities.cases.domain import Act, LegalState
from zhengtong.capabilities.cases.errors import NoTask, TakenTask, Unacceptable
from zhengtong.capabilities.cases.models import Case, CaseEvent, ExtensionRequest, Task, TaskNode, TaskStatus
from zhengtong.capabilities.cases.services.steps import WORK_KIND, admit_to_task, advance, note_act
from zhengtong.capabilities.cases.walk import get_open_node
from zhengtong.core.identity.public import Appointment, list_colleagues
from zhengtong.core.worklist.public import (
    ItemGone,
    ItemTaken,
    Move,
    TransferAct,
    WorkItemMoved,
    WrongColleague,
    claim_item,
    reassign_item,
    return_item,
    transfer_item,
)
from zhengtong.kernel.modules import Role, registry
from zhengtong.kernel.policy import Actor
from zhengtong.kernel.rows import find_sole

GIVEN = (TransferAct.ASSIGNED, TransferAct.TRANSFERRED, TransferAct.DELEGATED, TransferAct.REASSIGNED)
VIEW = "cases.view_case"


def hold_task(move: Move) -> Task:
    """Lock the task's case, like every other act, and say whether the task may move so. Raises ItemGone, Denied, and
    WrongColleague when she who asked for more time would decide on it."""
    tasks = Task.objects.select_related("case__account", "organisation").select_for_update(of=("case",))
    task = find_sole(tasks.filter(pk=move.object_id))
    if task is None:
        raise ItemGone
    # Whoever leads the office needn't be able to do the task herself; the worklist has asked whether she leads it.
    is_reassigned = move.act == TransferAct.REASSIGNED
    admit_to_task(task, actor=move.actor, permission=VIEW if is_reassigned else task.permission)
    if task.status != TaskStatus.OPEN:
        raise ItemGone
    if task.node == TaskNode.EXTENSION and move.to_id is not None:
        asked = ExtensionRequest.objects.filter(case=task.case_id, decided_at=None, requested_by=move.to_id)
        if asked.exists():
            raise WrongColleague(_("申请延期的人不能批准自己的申请。"))
    if task.node == TaskNode.PROCESS and move.to_id is not None:
        node = get_open_node(task)
        refuse_wrong_person(task, move.to_id, node.spec.relation if node else "any")
    return task


def refuse_wrong_person(task: Task, appointment_id: int, relation: str) -> None:
    """Refuse whom the process keeps from a node: she did another, that somebody else is to check (``not:<node>``)."""
    if relation.startswith("not:"):
        node_id = relation.removeprefix("not:")
        done = Task.objects.filter(case=task.case_id, node_key__startswith=f"{node_id}@", status=TaskStatus.DONE)
        mine = Q(done_by__staff__appointments=appointment_id) | Q(done_by_agent__staff__appointments=appointment_id)
        if done.filter(mine).exists():
            raise WrongColleague(_("按流程，办过前面环节的人不能再办这个环节，请换一位。"))


def hold_tasks(task_ids: Sequence[int]) -> None:
    """Lock the cases of many tasks, in the order of their ids."""
    cases = Case.objects.filter(tasks__in=task_ids).order_by("pk").select_for_update(of=("self",))
    list(cases.values_list("pk", flat=True))


def name_case(task_id: int) -> tuple[str, int]:
    """Return as what a task is watched: its case, which goes on when the task is done."""
    return "cases.case", Task.objects.values_list("case_id", flat=True).get(pk=task_id)


def follow_work(event: WorkItemMoved) -> None:
    """Write down in the case who has its task now."""
    is_given = event.act in GIVEN
    giver = event.actor.appointment if is_given else None
    Task.objects.filter(pk__in=event.object_ids).update(assignee_id=event.to_id, delegated_by_id=giver)
    if event.act in (TransferAct.HANDED_OVER, TransferAct.SUCCEEDED):
        _note_hand_over(event)
        return
    task = event.held
    assert isinstance(task, Task)
    if event.act == TransferAct.CLAIMED:
        if task.node in (TaskNode.REVIEW, TaskNode.PROCESS) and task.case.state == LegalState.ACCEPTED:
            advance(task.case, Act.BEGIN_REVIEW, actor=event.actor, words="承办人员已开始审查。")
        return
    act, note = _describe(event)
    note_act(
        task.case,
        act,
        actor=event.actor,
        note=f"{note}：{event.reason}" if event.reason else note,
        journal={"to": event.to_id, "node": task.node},
    )


def _describe(event: WorkItemMoved) -> tuple[str, str]:
    """Return under which act the case notes the move, and what it says of it."""
    who = event.actor.name
    if event.act == TransferAct.RETURNED:
        return "release_task", f"{who}退回待领办"
    if event.act == TransferAct.RECALLED:
        return "recall_task", f"{who}撤回转办"
    if event.act == TransferAct.REASSIGNED:
        return "reassign_task", f"{who}把{_name(event.from_id)}手中的任务改派给{_name(event.to_id)}"
    return "delegate_task", f"{who}转办给{_name(event.to_id)}"


def _name(appointment_id: int | None) -> str:
    if appointment_id is None:
        return ""
    return Appointment.objects.values_list("staff__name", flat=True).get(pk=appointment_id)


def _note_hand_over(event: WorkItemMoved) -> None:
    """Put the hand-over on each case's timeline, in one statement."""
    people = dict(Appointment.objects.filter(pk__in=[event.from_id, event.to_id]).values_list("pk", "staff__name"))
    leaver = people.get(event.from_id or 0, "")
    is_leaving = event.act == TransferAct.HANDED_OVER
    act, why = ("hand_over_task", "离任") if is_leaving else ("succeed_organ", "转到其他机构")
    note = f"{leaver}{why}，移交给{people[event.to_id]}" if event.to_id else f"{leaver}{why}，退回待领办"
    now = timezone.now()
    tasks = Task.objects.filter(pk__in=event.object_ids).order_by("case_id", "pk")
    CaseEvent.objects.bulk_create(
        CaseEvent(case_id=case_id, at=now, act=act, actor_name=event.actor.name, note=note)
        for case_id in tasks.values_list("case_id", flat=True)
    )


@contextmanager
def _in_words_of_cases() -> Iterator[None]:
    try:
        yield
    except ItemGone:
        raise NoTask from None
    except ItemTaken as taken:
        raise TakenTask(taken.name) from None
    except WrongColleague as refusal:
        raise Unacceptable(refusal.message, "to", **refusal.params) from None


def claim_task(*, actor: Actor, task_id: int) -> None:
    """Take an office's open task. Claiming a review begins it. Raises TakenTask when a colleague was faster."""
    with _in_words_of_cases():
        claim_item(actor=actor, kind=WORK_KIND, object_id=task_id)


def release_task(*, actor: Actor, task_id: int) -> None:
    """Put a claimed task back into the office's pool."""
    with _in_words_of_cases():
        return_item(actor=actor, kind=WORK_KIND, object_id=task_id)


def delegate_task(*, actor: Actor, task_id: int, to: Appointment, reason: str, keeps_watching: bool = False) -> None:
    """Hand a task to a colleague of the same office who may do it too; the journal names both."""
    with _in_words_of_cases():
        transfer_item(
            actor=actor, kind=WORK_KIND, object_id=task_id, to=to, reason=reason, keeps_watching=keeps_watching
        )


def reassign_task(*, actor: Actor, task_id: int, to: Appointment, reason: str) -> None:
    """As leader of the task's office, give it to another of its people; who had it is told."""
    with _in_words_of_cases():
        reassign_item(actor=actor, kind=WORK_KIND, object_id=task_id, to=to, reason=reason)


def list_delegates(case: Case, task: Task) -> list[Appointment]:
    """Return the appointees of the task's office whose roles include its permission."""
    return list(list_able(task.organisation_id, task.permission))


def list_able(organisation_id: int, permission: str) -> QuerySet[Appointment]:
    """Return who holds a post in an office today whose roles include ``permission``."""
    roles = {role.code for role in registry.of(Role) if permission in role.permissions}
    return list_colleagues(organisation_id).filter(post__roles__role__in=roles)


def find_still_able(appointment_id: int | None, organisation_id: int, permission: str) -> int | None:
    """Return an appointment if it is still held in the office with ``permission``, else that of its successor, if it
    has one who may do it, else None: the office's pool."""
    if appointment_id is None:
        return None
    able = list_able(organisation_id, permission).order_by()
    successor = Appointment.objects.filter(pk=appointment_id).values("successor_id")
    candidates = Q(pk=appointment_id) | Q(pk__in=successor)
    found = set(able.filter(candidates).values_list("pk", flat=True))
    return appointment_id if appointment_id in found else min(found, default=None)
