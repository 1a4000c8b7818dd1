"""征求意见: asking another office what it thinks of a case, with a term. No law stops the clocks for that."""

from datetime import datetime, time, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from zhengtong.capabilities.cases.domain import LegalState
from zhengtong.capabilities.cases.errors import NoTask, Unacceptable
from zhengtong.capabilities.cases.models import Case, CaseEvent, Consultation, Task, TaskNode, TaskStatus
from zhengtong.capabilities.cases.services import clocks
from zhengtong.capabilities.cases.services.assignment import list_able
from zhengtong.capabilities.cases.services.papers import issue_case_paper
from zhengtong.capabilities.cases.services.steps import (
    WORK_KIND,
    admit_to_task,
    describe_on_lists,
    finish_task,
    lock_case,
    note_act,
    open_task,
    refuse_taken,
    shown_date,
    take_review,
    task_url,
)
from zhengtong.core.audit.public import record
from zhengtong.core.identity.public import Appointment, Organisation
from zhengtong.core.messages.public import send_message
from zhengtong.core.worklist.public import close_item, list_leaders, open_item, reschedule_items
from zhengtong.kernel.modules import Role, registry
from zhengtong.kernel.policy import SYSTEM, Actor
from zhengtong.kernel.rows import find_sole
from zhengtong.kernel.steps import step

REVIEW = "cases.review_case"
CONSULTATION_NEWS, CONSULTATION_LATE = "cases.consultation_news", "cases.consultation_late"
AT_WORK = (LegalState.ACCEPTED, LegalState.REVIEWING, LegalState.EXCLUDED_TIME)
LONGEST = 30
REMINDED_AT_ONCE = 200


def list_offices_to_consult(case: Case) -> QuerySet[Organisation]:
    """Return the other offices in the case's place, and in the place around it, in which somebody could answer."""
    roles = [role.code for role in registry.of(Role) if REVIEW in role.permissions]
    here = case.organisation.region
    today = timezone.localdate()
    held = Appointment.objects.filter(
        Q(end_date=None) | Q(end_date__gte=today),
        post__organisation=OuterRef("pk"),
        post__roles__role__in=roles,
        start_date__lte=today,
        staff__account__is_active=True,
    )
    found = Organisation.objects.filter(Exists(held), region_id__in=[here.pk, here.parent_id], is_active=True)
    return found.exclude(pk=case.organisation_id).order_by("-region__path", "name")


def await_answers() -> Exists:
    """Return the question whether somebody was asked and hasn't answered, for the statement that locks the task."""
    return Exists(Consultation.objects.filter(case=OuterRef("case"), answered_at=None, is_dropped=False))


def list_consultations(case: Case) -> list[Consultation]:
    """Return whom the organ has asked, and what they answered, the newest first."""
    people = ("organisation", "asked_by__staff", "task__assignee__staff", "task__done_by__staff", "paper")
    return list(case.consultations.select_related(*people).order_by("-id"))


def get_question(task: Task) -> Consultation:
    """Return what is asked with ``task``."""
    return Consultation.objects.select_related("asked_by__staff", "case__organisation").get(task=task)


@step()
def consult_office(
    *,
    actor: Actor,
    case_id: int,
    organisation_id: int,
    question: str,
    days: int,
    officer: str = "",
    version: int | None = None,
) -> Consultation:
    """Ask another office, or one officer there by name, for its opinion within some working days; the letter says so.

    The term ends before the case's own. Raises Unacceptable, NoTask, TakenTask, Denied.
    """
    case = lock_case(case_id, actor=actor, permission=REVIEW, version=version)
    if LegalState(case.state) not in AT_WORK:
        raise Unacceptable(_("受理之后、作出决定之前才可以征求意见。"))
    take_review(case, actor=actor)
    office = list_offices_to_consult(case).filter(pk=organisation_id).first()
    if office is None:
        raise Unacceptable(_("请选择要征求意见的单位。"), "organisation")
    if case.consultations.filter(organisation=office, answered_at=None, is_dropped=False).exists():
        raise Unacceptable(_("已经征求过%(name)s的意见，还没有答复。"), "organisation", name=office.name)
    if not question.strip():
        raise Unacceptable(_("请写明要征求什么意见。"), "question")
    if not 1 <= days <= LONGEST:
        raise Unacceptable(_("答复期限应为 1 至 %(days)d 个工作日。"), "days", days=LONGEST)
    calendar, now = clocks.calendar_of(case), timezone.now()
    last = calendar.add_working_days(calendar.local_date(now), days)
    due_at = timezone.make_aware(datetime.combine(last + timedelta(days=1), time.min))
    if case.due_at is not None and due_at > case.due_at:
        raise Unacceptable(_("征求意见不停止计算期限，答复期限不能晚于本件的办理期限。"), "days")
    found = _find_officer(office, officer)
    paper = issue_case_paper(
        case,
        "consultation",
        actor=actor,
        at=now,
        content={"addressee": office.name, "question": question.strip(), "days": days, "due_on": last},
        is_internal=True,
    )
    task = open_task(
        case,
        TaskNode.CONSULTATION,
        organisation_id=office.pk,
        assignee_id=found.pk if found else None,
        title="答复征求意见",
        due_at=due_at,
    )
    asked = Consultation.objects.create(
        case=case,
        organisation=office,
        question=question.strip()[:500],
        days=days,
        due_at=due_at,
        asked_by_id=actor.held_appointment,
        task=task,
        paper=paper,
    )
    note_act(
        case,
        "ask_opinion",
        actor=actor,
        note=f"征求{office.name}意见，{shown_date(last)} 前答复：{question.strip()}",
        journal={"consultation": asked.pk, "organisation": office.pk, "days": days},
    )
    return asked


def _find_officer(office: Organisation, name: str) -> Appointment | None:
    if not name.strip():
        return None
    found = list_able(office.pk, REVIEW).filter(staff__name=name.strip()).first()
    if found is None:
        raise Unacceptable(
            _("%(office)s没有叫“%(name)s”的承办人员；不指定人的，由该单位领办。"),
            "officer",
            office=office.name,
            name=name.strip(),
        )
    return found


@step()
def answer_consultation(*, actor: Actor, case_id: int, task_id: int, answer: str) -> Consultation:
    """Answer what one's office was asked, once; whoever asked reads it.

    Raises Unacceptable, NoTask, TakenTask, Denied.
    """
    case = find_sole(Case.objects.select_for_update(of=("self",)).select_related("account").filter(pk=case_id))
    tasks = Task.objects.select_for_update(of=("self",)).select_related("organisation", "assignee__staff")
    task = find_sole(tasks.filter(pk=task_id, case=case_id, node=TaskNode.CONSULTATION, status=TaskStatus.OPEN))
    if case is None or task is None:
        raise NoTask
    task.case = case
    admit_to_task(task, actor=actor, permission=task.permission)
    refuse_taken(task, actor=actor)
    if not answer.strip():
        raise Unacceptable(_("请写明意见。"), "answer")
    asked = Consultation.objects.select_related("organisation").get(task=task)
    asked.answered_at = timezone.now()
    asked.save(update_fields=["answered_at"])
    finish_task(task, actor=actor, outcome="answered", opinion=answer.strip()[:2000])
    note_act(
        case,
        "give_opinion",
        actor=actor,
        note=f"{asked.organisation.name}答复：{answer.strip()}",
        journal={"consultation": asked.pk},
    )
    _tell_asker(asked, case, CONSULTATION_NEWS, f"{asked.organisation.short_name}已答复意见")
    return asked


def _tell_asker(asked: Consultation, case: Case, kind: str, words: str) -> None:
    """Put the news on the list of whoever reviews the case now, or else of who asked."""
    review = case.tasks.filter(
        status=TaskStatus.OPEN, organisation=case.organisation_id, permission=REVIEW, assignee__isnull=False
    ).exclude(node=TaskNode.CONSULTATION)
    open_item(
        kind=kind,
        object_id=asked.pk,
        organisation_id=case.organisation_id,
        permission=REVIEW,
        assignee_id=review.values_list("assignee_id", flat=True).first() or asked.asked_by_id,
        **describe_on_lists(case),
        step=words[:40],
        url=task_url(case, TaskNode.REVIEW),
    )


@step()
def drop_consultation(*, actor: Actor, case_id: int, consultation_id: int, version: int | None = None) -> None:
    """Take back what was asked and isn't answered. Raises Unacceptable and Denied."""
    case = lock_case(case_id, actor=actor, permission=REVIEW, version=version)
    take_review(case, actor=actor)
    asked = case.consultations.select_related("organisation", "task").filter(pk=consultation_id).first()
    if asked is None or asked.answered_at is not None or asked.is_dropped:
        raise Unacceptable(_("这一条已经答复或者已经撤回。"))
    _drop(asked)
    note_act(case, "drop_opinion", actor=actor, note=f"撤回征求{asked.organisation.name}意见")


def drop_unanswered(case: Case) -> None:
    """Let nobody answer any more: the review of the locked ``case`` is handed on without."""
    for asked in case.consultations.filter(answered_at=None, is_dropped=False).select_related("task"):
        _drop(asked)


def _drop(asked: Consultation) -> None:
    asked.is_dropped = True
    asked.save(update_fields=["is_dropped"])
    if asked.task.status == TaskStatus.OPEN:
        asked.task.status, asked.task.done_at = TaskStatus.CANCELLED, timezone.now()
        asked.task.save(update_fields=["status", "done_at"])
        close_item(kind=WORK_KIND, object_id=asked.task_id, done_by_id=None)


@transaction.atomic
def remind_late(limit: int = REMINDED_AT_ONCE) -> int:
    """Remind of one batch of questions whose term has passed: whoever is to answer, and whoever asked; once each.

    Return how many there were. The mark and the messages are one transaction.
    """
    now = timezone.now()
    late = Consultation.objects.filter(
        answered_at=None, is_dropped=False, reminded_at=None, due_at__lte=now, task__status=TaskStatus.OPEN
    )
    found = list(
        late.select_for_update(of=("self",), skip_locked=True)
        .select_related("case__organisation", "organisation", "task__assignee__staff__account")
        .order_by("due_at", "pk")[:limit]
    )
    for asked in found:
        _remind(asked, now)
    return len(found)


def _remind(asked: Consultation, now: datetime) -> None:
    case, task = asked.case, asked.task
    asked.reminded_at = now
    asked.save(update_fields=["reminded_at"])
    reschedule_items(kind=WORK_KIND, object_ids=[task.pk], due_at=asked.due_at, next_alert_at=None, level="red")
    holders = [task.assignee] if task.assignee else list_leaders(task.organisation_id, (REVIEW,))
    for each in holders:
        send_message(
            actor=SYSTEM,
            recipient=each.staff.account,
            template="cases.consultation_late",
            context={
                "asker": case.organisation.name,
                "item": describe_on_lists(case)["title"],
                "number": case.number,
                "due": shown_date(asked.last_day),
            },
            link=task_url(case, TaskNode.REVIEW),
        )
    CaseEvent.objects.create(
        case=case,
        at=now,
        act="opinion_late",
        actor_name=SYSTEM.name,
        note=f"{asked.organisation.name}未在 {shown_date(asked.last_day)} 前答复征求的意见",
    )
    record(SYSTEM, "cases.opinion_late", case, after={"consultation": asked.pk, "organisation": asked.organisation_id})
    _tell_asker(asked, case, CONSULTATION_LATE, f"{asked.organisation.short_name}逾期未答复意见")
