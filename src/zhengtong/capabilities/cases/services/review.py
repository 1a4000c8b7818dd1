"""The bureau before the decision: visit the site, ask for more time, hand on to the approver."""

from collections.abc import Sequence
from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import gettext_noop as _

from zhengtong.capabilities.cases import domain
from zhengtong.capabilities.cases.definitions import get_definition
from zhengtong.capabilities.cases.domain import Act, LegalState
from zhengtong.capabilities.cases.errors import Unacceptable
from zhengtong.capabilities.cases.events import CasePaused, CaseResumed
from zhengtong.capabilities.cases.messages import tell_applicant
from zhengtong.capabilities.cases.models import (
    Case,
    ExtensionRequest,
    Outcome,
    SiteVisit,
    Task,
    TaskNode,
    TaskStatus,
)
from zhengtong.capabilities.cases.rules import get_rulebook
from zhengtong.capabilities.cases.services import clocks
from zhengtong.capabilities.cases.services.assignment import claim_task
from zhengtong.capabilities.cases.services.consulting import await_answers, drop_unanswered
from zhengtong.capabilities.cases.services.countersigns import await_signers, open_signing, refuse_unsigned
from zhengtong.capabilities.cases.services.papers import issue_case_paper
from zhengtong.capabilities.cases.services.steps import (
    advance,
    describe_on_lists,
    finish_task,
    lock_case,
    note_act,
    open_task,
    shown_date,
    take_review,
    take_task,
    task_url,
)
from zhengtong.core.identity.public import Appointment, is_same_person, list_colleagues
from zhengtong.core.worklist.public import open_item
from zhengtong.kernel.events import publish
from zhengtong.kernel.policy import Actor
from zhengtong.kernel.steps import step

REVIEW = "cases.review_case"
EXTENSION_ANSWER = "cases.extension_answer"
SITE_VISIT_RULE = "site_visit"


@step()
def arrange_site_visit(
    *,
    actor: Actor,
    case_id: int,
    officers: Sequence[Appointment],
    planned_at: datetime,
    place: str,
    allowed_days: int,
    version: int | None = None,
) -> SiteVisit:
    """Arrange a verification on site by at least two officers (第三十四条第三款); its days don't count.

    The notice that tells the applicant who comes, when and for how long is what lets the clocks stand still.
    """
    case = lock_case(case_id, actor=actor, permission=REVIEW, version=version)
    task = take_review(case, actor=actor)
    now = timezone.now()
    check_officers(case, officers)
    if planned_at <= now:
        raise Unacceptable(_("核查时间应晚于现在。"), "planned_at")
    if not place.strip():
        raise Unacceptable(_("请填写核查地点。"), "place")
    rule = get_rulebook().exclusion(SITE_VISIT_RULE, timezone.localdate(now))
    calendar = clocks.calendar_of(case)
    last_day = calendar.add_working_days(calendar.local_date(now), allowed_days)
    if calendar.local_date(planned_at) > last_day:
        raise Unacceptable(
            _("核查时间应在告知申请人的 %(days)d 个工作日之内（%(date)s 前）。"),
            "planned_at",
            days=allowed_days,
            date=shown_date(last_day),
        )
    if task.assignee_id is None:
        claim_task(actor=actor, task_id=task.pk)
        case.refresh_from_db(fields=["state", "version"])  # claiming begins the review
    basis = f"《{rule.law}》{rule.article}"
    paper = issue_case_paper(
        case,
        "site_visit",
        actor=actor,
        at=now,
        content={
            "visit_at": planned_at,
            "address": place.strip(),
            "officers": [{"name": o.staff.name, "certificate_number": o.staff.enforcement_number} for o in officers],
            "subjects": get_definition(case.item_version_id).text["site_visit"]["subjects"],
            "excluded_days": allowed_days,
            "excluded_from": calendar.local_date(now),
            "excluded_matter": rule.title,
            "excluded_basis": basis,
            "new_due_on": clocks.due_if_paused(case, now, allowed_days),
        },
        facts=[("核查时间", f"{timezone.localtime(planned_at):%Y-%m-%d %H:%M}")],
    )
    clocks.pause(case, now, paper=paper, allowed_days=allowed_days, reason=str(rule.title), article=basis)
    visit = SiteVisit.objects.create(
        case=case, planned_at=planned_at, place=place.strip(), allowed_days=allowed_days, paper=paper
    )
    visit.officers.add(*officers)
    local = timezone.localtime(planned_at)
    advance(
        case,
        Act.START_EXCLUDED_TIME,
        actor=actor,
        at=now,
        words=(
            f"将于 {shown_date(local.date())} {local:%H:%M} 到现场核查，"
            f"所需 {allowed_days} 个工作日不计入办理期限，请安排人员在场。"
        ),
        note="、".join(officer.staff.name for officer in officers),
        due_at=case.due_at,
        journal={"officers": [officer.pk for officer in officers], "days": allowed_days},
    )
    publish(CasePaused(actor, case, paper, allowed_days, str(rule.title), basis))
    tell_applicant(case, "site_visit", actor=actor, at=f"{shown_date(local.date())} {local:%H:%M}")
    return visit


def check_officers(case: Case, officers: Sequence[Appointment]) -> None:
    """Refuse fewer than two officers (第三十四条第三款), and such as aren't the organ's own."""
    domain.check_site_visit([officer.staff_id for officer in officers])
    allowed = set(list_colleagues(case.organisation_id).values_list("pk", flat=True))
    if any(officer.pk not in allowed for officer in officers):
        raise Unacceptable(_("核查人员须为本机关在职人员。"), "officers")


@step()
def record_site_visit(
    *, actor: Actor, case_id: int, is_passed: bool, findings: str, version: int | None = None
) -> SiteVisit:
    """Record what was found; the clocks run again."""
    case = lock_case(case_id, actor=actor, permission=REVIEW, version=version)
    take_review(case, actor=actor)
    visit = case.site_visits.select_for_update().filter(finished_at=None).order_by("-id").first()
    if visit is None:
        raise Unacceptable(_("没有正在进行的现场核查。"))
    if not findings.strip():
        raise Unacceptable(_("请填写核查情况。"), "findings")
    now = timezone.now()
    visit.is_passed, visit.findings, visit.finished_at = is_passed, findings.strip()[:2000], now
    visit.save(update_fields=["is_passed", "findings", "finished_at"])
    clocks.resume(case, now)
    advance(
        case,
        Act.END_EXCLUDED_TIME,
        actor=actor,
        at=now,
        words="现场核查已完成，继续审查。",
        note=f"{'符合' if is_passed else '不符合'}：{findings}",
        due_at=case.due_at,
        journal={"passed": is_passed},
    )
    publish(CaseResumed(actor, case))
    return visit


@step()
def recommend(*, actor: Actor, case_id: int, outcome: str, opinion: str, version: int | None = None) -> Task:
    """Finish the review with a proposal, and open the approver's task: after those have signed who were asked to."""
    case = lock_case(case_id, actor=actor, permission=REVIEW, version=version)
    if outcome not in Outcome.values:
        raise Unacceptable(_("请选择拟准予或拟不予。"), "outcome")
    if not opinion.strip():
        raise Unacceptable(_("请填写审查意见。"), "opinion")
    if case.state != LegalState.REVIEWING:
        raise domain.NotAllowed(LegalState(case.state), Act.DECIDE_GRANT)
    looks = {"has_signers": await_signers(), "has_questions": await_answers()}
    task = take_task(case, TaskNode.REVIEW, actor=actor, **looks)
    has_signers, has_questions = (vars(task)[name] for name in looks)
    if has_signers:
        refuse_unsigned(case)
    finish_task(task, actor=actor, outcome=outcome, opinion=opinion.strip())
    note_act(
        case,
        "recommend",
        actor=actor,
        words="审查完成，等待作出决定。",
        note=opinion,
        journal={"outcome": outcome},
    )
    if has_questions:
        drop_unanswered(case)
    if not (has_signers and open_signing(case)):
        open_task(case, TaskNode.DECISION, organisation_id=case.organisation_id, lamp=clocks.lamp_of(case))
    return task


@step()
def request_extension(
    *, actor: Actor, case_id: int, days: int, reason: str, version: int | None = None
) -> ExtensionRequest:
    """Ask the head of the organ for the one extension that the law allows (第四十二条)."""
    case = lock_case(case_id, actor=actor, permission=REVIEW, version=version)
    clock = case.clocks.filter(purpose="decision", basis="statutory").first()
    if clock is None or LegalState(case.state) not in {LegalState.REVIEWING, LegalState.EXCLUDED_TIME}:
        raise domain.NotAllowed(LegalState(case.state), Act.EXTEND)
    if case.extension_requests.filter(decided_at=None).exists():
        raise Unacceptable(_("已有一份延期申请正在等待批准。"))
    state = clocks.to_state(clock)
    domain.check_extension(
        state.limit,
        days=days,
        reason=reason,
        approver=state.limit.extension_approver,
        already_extended=bool(state.extension),
        is_overdue=domain.is_overdue(state, timezone.now(), clocks.calendar_of(case)),
    )
    request = ExtensionRequest.objects.create(
        case=case,
        days=days,
        reason=reason.strip(),
        requested_by_id=actor.held_appointment,
        requested_by_agent_id=actor.agent,
    )
    note_act(case, "request_extension", actor=actor, note=f"申请延长 {days} 个工作日：{reason}", journal={"days": days})
    open_task(case, TaskNode.EXTENSION, organisation_id=case.organisation_id, lamp=clocks.lamp_of(case))
    return request


@step()
def decide_extension(
    *, actor: Actor, case_id: int, is_approved: bool, opinion: str = "", version: int | None = None
) -> ExtensionRequest:
    """Approve or refuse more time; when approved the applicant is told the reasons and the new date."""
    case = lock_case(case_id, actor=actor, permission="cases.approve_extension", version=version)
    task = take_task(case, TaskNode.EXTENSION, actor=actor)
    request = case.extension_requests.select_for_update().filter(decided_at=None).get()
    if is_same_person(actor, (request.requested_by_id, request.requested_by_agent_id)):
        raise Unacceptable(_("申请延期的人不能批准自己的申请。"))
    finish_task(task, actor=actor, outcome="approved" if is_approved else "refused", opinion=opinion)
    now = timezone.now()
    request.is_approved, request.decided_by_id, request.decided_at = is_approved, actor.appointment, now
    request.decided_by_agent_id = actor.agent
    request.save(update_fields=["is_approved", "decided_by", "decided_by_agent", "decided_at"])
    _let_reviewer_read(case, request)
    if not is_approved:
        note_act(case, "refuse_extension", actor=actor, note=opinion or "不同意延期")
        return request
    old, new = clocks.extend(case, now, days=request.days, reason=request.reason)
    calendar = clocks.calendar_of(case)
    clock = case.clocks.get(purpose="decision", basis="statutory")
    issue_case_paper(
        case,
        "extension",
        actor=actor,
        at=now,
        content={
            "accepted_on": calendar.local_date(case.accepted_at or now),
            "original_due_on": old,
            "extended_days": request.days,
            "new_due_on": new,
            "reasons": request.reason,
            "approved_by": "本机关负责人",
            "legal_basis": clock.article,
        },
        facts=[("延长至", f"{new}")],
    )
    before = case.state
    if before == LegalState.EXCLUDED_TIME:
        note_act(case, Act.EXTEND, actor=actor, at=now, words=_extended(new, request.reason), due_at=case.due_at)
    else:
        advance(case, Act.EXTEND, actor=actor, at=now, words=_extended(new, request.reason), due_at=case.due_at)
    tell_applicant(case, "extended", actor=actor, due=shown_date(new))
    return request


def _let_reviewer_read(case: Case, request: ExtensionRequest) -> None:
    """Put the answer on the list of what she who reviews the case is to read."""
    task = case.tasks.filter(node=TaskNode.REVIEW, status=TaskStatus.OPEN, assignee__isnull=False).first()
    if task is not None:
        open_item(
            kind=EXTENSION_ANSWER,
            object_id=request.pk,
            organisation_id=task.organisation_id,
            permission=REVIEW,
            assignee_id=task.assignee_id,
            **describe_on_lists(case),
            step=_("同意延期") if request.is_approved else _("不同意延期"),
            url=task_url(case, TaskNode.REVIEW),
        )


def _extended(new: date, reason: str) -> str:
    return f"经批准，办理期限延长至 {shown_date(new)}，理由：{reason}"
