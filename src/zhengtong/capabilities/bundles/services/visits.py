"""One visit to a site for several organs (联合核查): proposed by one, confirmed by each, moved before the day.

Rows are locked in one order: cases by their ids, then the joint visit, the bundle's own row after both.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db.models import Prefetch
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from zhengtong.capabilities.bundles.models import BundlePart, JoiningState, JointVisit, JointVisitPart
from zhengtong.capabilities.bundles.services.parts import list_parts
from zhengtong.capabilities.cases import public as cases
from zhengtong.capabilities.cases.public import (
    Case,
    ClockBasis,
    ClockPurpose,
    LegalState,
    SiteVisit,
    Task,
    TaskNode,
    TaskStatus,
    Unacceptable,
)
from zhengtong.core.identity.public import Appointment
from zhengtong.core.worklist.public import WorkItem, WorkState, close_item, open_item
from zhengtong.kernel.policy import Actor
from zhengtong.kernel.steps import step

INVITATION, NEWS = "bundles.joint_visit", "bundles.joint_visit_news"
REVIEW = "cases.review_case"
UNDER_REVIEW = frozenset({LegalState.ACCEPTED, LegalState.REVIEWING})


def why_not_invited(part: BundlePart) -> str:
    """Return why a part's organ can't be asked along now, "" when it can."""
    if part.case is None:
        return _("还没有启动")
    if not cases.get_definition(part.case.item_version_id).text.get("site_visit"):
        return _("不需要现场核查")
    state = LegalState(part.case.state)
    if state in UNDER_REVIEW:
        return ""
    if state == LegalState.EXCLUDED_TIME:
        return _("已另行安排核查")
    if state in {LegalState.SUBMITTED, LegalState.RESUBMITTED, LegalState.NEED_MATERIALS}:
        return _("还没有受理")
    return _("已经办结")


@step()
def propose_joint_visit(
    *,
    actor: Actor,
    case_id: int,
    officers: Sequence[Appointment],
    planned_at: datetime,
    place: str,
    allowed_days: int,
    invited: Sequence[int],
    version: int | None = None,
) -> JointVisit:
    """Arrange one's own visit and ask the organs of the parts whose cases are ``invited`` to come along.

    Own clocks stand still at once, theirs when they confirm. Raises what ``arrange_site_visit`` raises, and
    Unacceptable naming whoever can't be asked.
    """
    _lock_cases([case_id, *invited])
    parts = _parts_beside(case_id, invited)
    visit = cases.arrange_site_visit(
        actor=actor,
        case_id=case_id,
        officers=officers,
        planned_at=planned_at,
        place=place,
        allowed_days=allowed_days,
        version=version,
    )
    joint = JointVisit.objects.create(
        parent_id=parts[0].parent_id,
        planned_at=planned_at,
        place=visit.place,
        allowed_days=allowed_days,
        proposed_by_id=actor.held_appointment,
    )
    JointVisitPart.objects.create(joint=joint, case_id=case_id, state=JoiningState.CONFIRMED, visit=visit)
    for part in parts:
        assert part.case is not None  # why_not_invited has seen to it
        asked = JointVisitPart.objects.create(joint=joint, case=part.case)
        _invite(asked, joint)
    names = "、".join(part.office.organisation.name for part in parts)
    note = f"邀请一同核查：{names}"
    cases.note_act(visit.case, "propose_joint_visit", actor=actor, note=note, journal={"joint": joint.pk})
    return joint


def _lock_cases(case_ids: Iterable[int]) -> None:
    list(Case.objects.filter(pk__in=set(case_ids)).order_by("pk").select_for_update(of=("self",)).values_list("pk"))


def _parts_beside(case_id: int, invited: Sequence[int]) -> list[BundlePart]:
    """Return the parts of the cases ``invited`` by a part of the same bundle. Raises Unacceptable."""
    parent_id = Case.objects.values_list("parent_id", flat=True).get(pk=case_id)
    beside = {part.case_id: part for part in list_parts(parent_id) if part.case_id != case_id} if parent_id else {}
    if not invited or any(each not in beside for each in invited):
        raise Unacceptable(_("请选择同一件事中要邀请的部门。"), "invited")
    for each in invited:
        if why := why_not_invited(beside[each]):
            raise Unacceptable(_("“%(item)s”不能邀请：%(why)s。"), "invited", item=beside[each].item.name, why=why)
    return [beside[each] for each in dict.fromkeys(invited)]


def reviewer_of(case: Case) -> int | None:
    """Return who reviews ``case`` now, or did so last."""
    tasks = Task.objects.filter(case=case, node=TaskNode.REVIEW).exclude(status=TaskStatus.CANCELLED).order_by("-id")
    task = tasks.first()
    return None if task is None else task.assignee_id


def _invite(asked: JointVisitPart, joint: JointVisit) -> None:
    case = asked.case
    open_item(
        kind=INVITATION,
        object_id=asked.pk,
        organisation_id=case.organisation_id,
        permission=REVIEW,
        assignee_id=reviewer_of(case),
        **cases.describe_on_lists(case),
        step=_("确认联合核查"),
        url=cases.task_url(case, TaskNode.REVIEW),
        due_at=joint.planned_at,
    )


def _tell(told: JointVisitPart, words: str) -> None:
    """Let whoever reviews that part read ``words``; what she hasn't read yet gives way to it."""
    case, reader = told.case, reviewer_of(told.case)
    if reader is None:  # she meets it on the page
        return
    unread = WorkItem.objects.filter(kind=NEWS, object_id=told.pk, assignee_id=reader, state=WorkState.OPEN)
    if unread.update(step=words[:40]):
        return
    open_item(
        kind=NEWS,
        object_id=told.pk,
        organisation_id=case.organisation_id,
        permission=REVIEW,
        assignee_id=reader,
        **cases.describe_on_lists(case),
        step=words[:40],
        url=cases.task_url(case, TaskNode.REVIEW),
    )


def get_joining(case: Case) -> JointVisitPart | None:
    """Return the place of a part in the newest joint visit that it was asked to."""
    if case.parent_id is None:
        return None
    found = JointVisitPart.objects.filter(case=case).select_related("joint", "visit").order_by("-id")
    return found.first()


def is_proposer(joining: JointVisitPart) -> bool:
    """Return whether this part's organ proposed the visit: the proposer's place is the first."""
    return not JointVisitPart.objects.filter(joint=joining.joint_id, pk__lt=joining.pk).exists()


def may_confirm(joining: JointVisitPart) -> bool:
    state = LegalState(joining.case.state)
    is_ready = state in UNDER_REVIEW or (state == LegalState.EXCLUDED_TIME and joining.visit is not None)
    return joining.state == JoiningState.INVITED and is_ready


def may_decline(joining: JointVisitPart) -> bool:
    if joining.state == JoiningState.CONFIRMED:
        return joining.visit is not None and joining.visit.finished_at is None and not is_proposer(joining)
    return joining.state == JoiningState.INVITED


def may_move(joining: JointVisitPart, now: datetime | None = None) -> bool:
    """Return whether the proposer may still name another time: until the day before."""
    today = timezone.localdate(now)
    is_open = joining.visit is not None and joining.visit.finished_at is None
    return is_open and today < timezone.localdate(joining.joint.planned_at) and is_proposer(joining)


def _take(case: Case) -> JointVisitPart:
    """Return the place of the locked ``case``; its row is written only under that lock. Raises Unacceptable."""
    joining = get_joining(case)
    if joining is None:
        raise Unacceptable(_("这个办件没有联合核查。"))
    joining.case = case
    return joining


@step()
def confirm_joint_visit(
    *, actor: Actor, case_id: int, officers: Sequence[Appointment], version: int | None = None
) -> JointVisitPart:
    """Come along with at least two officers of one's own: own notice, and own clocks stand still from now.

    Asked again after the date was moved, the visit that was arranged before takes the new time. Raises Unacceptable
    once the time has passed.
    """
    case = cases.lock_case(case_id, actor=actor, permission=REVIEW, version=version)
    joining = _take(case)
    joint = joining.joint
    if joining.state != JoiningState.INVITED:
        raise Unacceptable(_("这次联合核查已经答复过，请看最新情况。"))
    if joint.planned_at <= timezone.now():
        raise Unacceptable(_("原定的核查时间已过，不能再确认，请与发起部门另定时间。"))
    task = cases.get_open_task(case, TaskNode.REVIEW)
    if task is not None and task.assignee_id is None:
        cases.claim_task(actor=actor, task_id=task.pk)
    if joining.visit is not None and joining.visit.finished_at is None:
        _move(case, joining.visit, joint, actor=actor, officers=officers)
    else:
        joining.visit = cases.arrange_site_visit(
            actor=actor,
            case_id=case_id,
            officers=officers,
            planned_at=joint.planned_at,
            place=joint.place,
            allowed_days=joint.allowed_days,
        )
    joining.state, joining.reason = JoiningState.CONFIRMED, ""
    joining.save(update_fields=["state", "visit", "reason"])
    close_item(kind=INVITATION, object_id=joining.pk, done_by_id=actor.appointment, done_by_agent_id=actor.agent)
    _tell_proposer(joining, f"{case.organisation.short_name}确认参加联合核查")
    return joining


@step()
def decline_joint_visit(*, actor: Actor, case_id: int, reason: str, version: int | None = None) -> JointVisitPart:
    """Stay away, or cancel after confirming: what was arranged then stays as a visit of one's own."""
    case = cases.lock_case(case_id, actor=actor, permission=REVIEW, version=version)
    joining = _take(case)
    if not may_decline(joining):
        raise Unacceptable(_("这次联合核查现在不能退出。"))
    if not reason.strip():
        raise Unacceptable(_("请写明不参加的原因。"), "reason")
    joining.state, joining.reason = JoiningState.DECLINED, reason.strip()[:200]
    joining.save(update_fields=["state", "reason"])
    cases.note_act(case, "decline_joint_visit", actor=actor, note=reason, journal={"joint": joining.joint_id})
    close_item(kind=INVITATION, object_id=joining.pk, done_by_id=actor.appointment, done_by_agent_id=actor.agent)
    _tell_proposer(joining, f"{case.organisation.short_name}不参加联合核查")
    return joining


def _tell_proposer(joining: JointVisitPart, words: str) -> None:
    first = joining.joint.parts.select_related("case").order_by("id").first()
    if first is not None and first.pk != joining.pk:
        _tell(first, words)


@step()
def move_joint_visit(
    *, actor: Actor, case_id: int, planned_at: datetime, place: str, version: int | None = None
) -> JointVisit:
    """Name another time, or place, before the day: own notice at once, and all others are asked again.

    The new time lies within the days that the applicant was told of: moving it leaves no more time out of the limit.
    """
    joint_id = JointVisitPart.objects.filter(case=case_id).order_by("-id").values_list("joint_id", flat=True).first()
    _lock_cases([case_id, *JointVisitPart.objects.filter(joint=joint_id).values_list("case_id", flat=True)])
    case = cases.lock_case(case_id, actor=actor, permission=REVIEW, version=version)
    joining, now = _take(case), timezone.now()
    joint = joining.joint
    if not may_move(joining, now):
        raise Unacceptable(_("只有发起部门能在核查日之前改期。"))
    if planned_at <= now:
        raise Unacceptable(_("核查时间应晚于现在。"), "planned_at")
    if not place.strip():
        raise Unacceptable(_("请填写核查地点。"), "place")
    joint.planned_at, joint.place = planned_at, place.strip()[:200]
    joint.save(update_fields=["planned_at", "place"])
    assert joining.visit is not None  # may_move has seen to it
    _move(case, joining.visit, joint, actor=actor)
    for asked in joint.parts.exclude(pk=joining.pk).select_related("case", "visit"):
        _ask_again(asked, joint)
    return joint


def _ask_again(asked: JointVisitPart, joint: JointVisit) -> None:
    has_visit = asked.visit is not None and asked.visit.finished_at is None
    if LegalState(asked.case.state) not in UNDER_REVIEW and not has_visit:
        return
    asked.state, asked.reason = JoiningState.INVITED, ""
    asked.save(update_fields=["state", "reason"])
    waiting = WorkItem.objects.filter(kind=INVITATION, object_id=asked.pk, state=WorkState.OPEN)
    if not waiting.update(due_at=joint.planned_at):
        _invite(asked, joint)
    _tell(asked, f"联合核查改到 {_shown(joint.planned_at)}，请重新确认")


def _shown(moment: datetime) -> str:
    local = timezone.localtime(moment)
    return f"{cases.shown_date(local.date())} {local:%H:%M}"


def _move(
    case: Case, visit: SiteVisit, joint: JointVisit, *, actor: Actor, officers: Sequence[Appointment] | None = None
) -> None:
    """Give the locked case's arranged visit the joint one's time and place, and tell the applicant in a new notice."""
    if officers is not None:
        cases.check_officers(case, officers)
        visit.officers.set(officers)
    clock = case.clocks.filter(
        purpose=ClockPurpose.DECISION, basis=ClockBasis.STATUTORY, is_paused=True, finished_at=None
    ).first()
    pause = clock.intervals.filter(ended_at=None).first() if clock else None
    if clock is None or pause is None:
        raise Unacceptable(_("没有正在进行的现场核查。"))
    calendar = cases.calendar_of_case(case)
    begun = calendar.local_date(pause.started_at)
    last_day = calendar.add_working_days(begun, pause.allowed_days)
    if calendar.local_date(joint.planned_at) > last_day:
        raise Unacceptable(
            _("核查时间应在已告知申请人的期间之内（%(date)s 前）。"), "planned_at", date=cases.shown_date(last_day)
        )
    visit.planned_at, visit.place = joint.planned_at, joint.place
    visit.paper = cases.issue_case_paper(
        case,
        "site_visit",
        actor=actor,
        content={
            "visit_at": visit.planned_at,
            "address": visit.place,
            "officers": [
                {"name": each.staff.name, "certificate_number": each.staff.enforcement_number}
                for each in visit.officers.select_related("staff")
            ],
            "subjects": cases.get_definition(case.item_version_id).text["site_visit"]["subjects"],
            "excluded_days": pause.allowed_days,
            "excluded_from": begun,
            "excluded_matter": pause.reason,
            "excluded_basis": pause.article,
            "new_due_on": calendar.last_date(clock.due_at),
        },
        facts=[("核查时间", f"{timezone.localtime(visit.planned_at):%Y-%m-%d %H:%M}")],
    )
    visit.save(update_fields=["planned_at", "place", "paper"])
    cases.note_act(
        case,
        "move_joint_visit",
        actor=actor,
        words=f"现场核查改到 {_shown(visit.planned_at)}，请安排人员在场。",
        journal={"joint": joint.pk},
    )
    cases.tell_applicant(case, "site_visit", actor=actor, at=_shown(visit.planned_at))


def drop_invitations(case: Case) -> None:
    """Take back what an ended case was still asked to, under its lock."""
    for asked in JointVisitPart.objects.filter(case=case, state=JoiningState.INVITED):
        asked.state, asked.reason = JoiningState.DECLINED, "办件已经办结"
        asked.save(update_fields=["state", "reason"])
        close_item(kind=INVITATION, object_id=asked.pk, done_by_id=None)


def list_joint_visits(parent_id: int) -> list[JointVisit]:
    """Return the joint visits of a bundle with who comes from where, the newest first."""
    found = JointVisit.objects.filter(parent_id=parent_id).select_related("proposed_by__staff")
    places = JointVisitPart.objects.select_related("case__organisation", "visit").prefetch_related(
        "visit__officers__staff"
    )
    return list(found.prefetch_related(Prefetch("parts", places.order_by("id"))).order_by("-id"))
