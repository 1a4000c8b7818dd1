"""催办: a supervisor asks whoever has the task, or the leaders of its office, and is told how it stands."""

from datetime import datetime, time

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext_noop as _

from zhengtong.capabilities.cases.public import (
    TASK_PERMISSIONS,
    Case,
    Task,
    TaskStatus,
    Unacceptable,
    describe_on_lists,
    hold_open_task,
    note_remark,
    task_url,
)
from zhengtong.capabilities.supervision.declarations import UrgingPage
from zhengtong.capabilities.supervision.models import Urging
from zhengtong.core.identity.public import Appointment
from zhengtong.core.messages.public import send_message
from zhengtong.core.worklist.public import leads, list_leaders, open_item
from zhengtong.kernel.modules import registry
from zhengtong.kernel.policy import Actor, Denied, can
from zhengtong.kernel.steps import step

URGE = "supervision.urge"
WATCH = "supervision.watch"
WORK_KIND = "supervision.urging"


@step()
def urge_case(*, actor: Actor, case_id: int, words: str) -> Urging:
    """Urge the open task of a case: its holder gets it to read, or the office's leaders while nobody has it.

    Once a day for a task and a person: what is said twice in a day isn't read the second time. Raises Denied, NoTask
    and Unacceptable.
    """
    said = words.strip()
    if not said:
        raise Unacceptable(_("请写明催办的要求。"), "words")
    case, task = hold_open_task(actor=actor, case_id=case_id, permission=URGE)
    today = timezone.make_aware(datetime.combine(timezone.localdate(), time()))
    mine = Urging.objects.filter(task=task, urged_at__gte=today, urged_by__staff__appointments=actor.held_appointment)
    if mine.exists():
        raise Unacceptable(_("您今天已经催办过这项任务，请等待对方说明情况；明天仍未办理可以再次催办。"), "words")
    urging = Urging.objects.create(
        case=case,
        task=task,
        holder_id=task.assignee_id,
        organisation_id=task.organisation_id,
        urged_by_id=actor.held_appointment,
        urged_by_agent_id=actor.agent,
        words=said[:500],
    )
    readers = [task.assignee] if task.assignee else list_leaders(task.organisation_id, [task.permission])
    for reader in readers:
        _ask(urging, case, task, reader, actor=actor)
    with translation.override("zh-hans"):
        asked = task.assignee.staff.name if task.assignee else f"{task.organisation.short_name}（待领办）"
        note = f"向{asked}催办“{task.get_node_display()}”：{said}"
    note_remark(
        case, "urge_case", actor=actor, note=note, journal={"urging": urging.pk, "task": task.pk}, module="supervision"
    )
    return urging


def _ask(urging: Urging, case: Case, task: Task, reader: Appointment, *, actor: Actor) -> None:
    url = urging_url(urging) or task_url(case, task.node)
    open_item(
        kind=WORK_KIND,
        object_id=urging.pk,
        organisation_id=task.organisation_id,
        permission=task.permission,
        assignee_id=reader.pk,
        **describe_on_lists(case),
        step=_("催办"),
        url=url,
        due_at=case.due_at,
    )
    send_message(
        actor=actor,
        recipient=reader.staff.account,
        template="supervision.urged",
        context={
            "name": actor.name,
            "title": describe_on_lists(case)["title"],
            "reference": case.number,
            "words": urging.words,
        },
        link=url,
    )


@step()
def answer_urging(*, actor: Actor, urging_id: int, words: str) -> Urging:
    """Say how the urged case stands; the supervisor is told, and the case's timeline shows it.

    Whoever was asked answers, whoever has the task by now, or who leads the office; once. Raises Denied and
    Unacceptable.
    """
    urging = Urging.objects.select_for_update(of=("self",)).select_related("case", "task").filter(pk=urging_id).first()
    if urging is None or not may_answer(actor, urging):
        raise Denied("supervision.answer_urging", visible=False)
    said = words.strip()
    if not said:
        raise Unacceptable(_("请说明办理情况和预计完成的时间。"), "words")
    if urging.answered_at is not None:
        raise Unacceptable(_("这次催办已经说明过情况了。"), "words")
    urging.answer, urging.answered_at = said[:1000], timezone.now()
    urging.answered_by_id, urging.answered_by_agent_id = actor.held_appointment, actor.agent
    urging.save(update_fields=["answer", "answered_at", "answered_by", "answered_by_agent"])
    note_remark(
        urging.case,
        "answer_urging",
        actor=actor,
        note=f"对催办的说明：{said}",
        journal={"urging": urging.pk},
        module="supervision",
    )
    supervisor = Appointment.objects.select_related("staff__account").get(pk=urging.urged_by_id)
    send_message(
        actor=actor,
        recipient=supervisor.staff.account,
        template="supervision.urging_answered",
        context={
            "name": actor.name,
            "title": describe_on_lists(urging.case)["title"],
            "reference": urging.case.number,
            "words": urging.answer[:200],
        },
        link=urging_url(urging),
    )
    return urging


def may_answer(actor: Actor, urging: Urging) -> bool:
    """Return whether ``actor`` was asked, has the task now, or leads its office."""
    if actor.appointment is None:
        return False
    task = urging.task
    is_free = urging.holder_id is None and task.assignee_id is None
    return (
        actor.appointment in (urging.holder_id, task.assignee_id)
        or leads(actor, urging.organisation_id)
        or (is_free and task.organisation_id in actor.reach(task.permission))
    )


def may_see(actor: Actor, urging: Urging) -> bool:
    return may_answer(actor, urging) or can(actor, WATCH, urging.case)


def may_urge(actor: Actor, case: Case) -> bool:
    """Return whether there is something to urge, for this actor, who hasn't done so today."""
    if actor.appointment is None or not can(actor, URGE, case):
        return False
    today = timezone.make_aware(datetime.combine(timezone.localdate(), time()))
    task = case.tasks.filter(status=TaskStatus.OPEN).order_by("id").first()
    return (
        task is not None
        and not Urging.objects.filter(
            task=task, urged_at__gte=today, urged_by__staff__appointments=actor.appointment
        ).exists()
    )


def get_urging(actor: Actor, urging_id: int) -> Urging | None:
    """Return an urging that ``actor`` may see, None for any other."""
    found = (
        Urging.objects.select_related(
            "case", "task__assignee__staff", "organisation", "urged_by__staff", "holder__staff", "answered_by__staff"
        )
        .filter(pk=urging_id)
        .first()
    )
    return found if found is not None and may_see(actor, found) else None


def list_urgings(case: Case) -> QuerySet[Urging]:
    """Return the urgings of a case, the newest first."""
    return Urging.objects.filter(case=case).select_related(
        "urged_by__staff", "holder__staff", "answered_by__staff", "organisation"
    )


def list_unanswered(actor: Actor) -> QuerySet[Urging]:
    """Return what ``actor``, or her colleagues in supervision, urged and nobody answered yet, the newest first."""
    reach = list(actor.reach(WATCH))
    return Urging.objects.filter(Q(organisation_id__in=reach), answered_at=None).select_related(
        "case", "organisation", "holder__staff", "urged_by__staff"
    )


def urging_url(urging: Urging) -> str:
    """Return the address of the page that shows an urging, "" when no desk does."""
    try:
        return reverse(registry.get(UrgingPage, "urging").url_name, args=[urging.pk])
    except LookupError:
        return ""


READ_WITH = tuple(TASK_PERMISSIONS.values())
