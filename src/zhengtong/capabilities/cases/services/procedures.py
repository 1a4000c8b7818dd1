"""Special procedures before the decision: what law excludes from the limit, told in writing, with its result kept."""

from datetime import datetime
from typing import Any, Final

from django.utils import timezone
from django.utils.translation import gettext_noop as _

from zhengtong.capabilities.cases import domain
from zhengtong.capabilities.cases.domain import Act, Exclusion, LegalState
from zhengtong.capabilities.cases.errors import Unacceptable
from zhengtong.capabilities.cases.events import CasePaused, CaseResumed
from zhengtong.capabilities.cases.messages import tell_applicant
from zhengtong.capabilities.cases.models import Case, SpecialProcedure, TaskNode
from zhengtong.capabilities.cases.rules import get_rulebook
from zhengtong.capabilities.cases.services import clocks
from zhengtong.capabilities.cases.services.papers import issue_case_paper
from zhengtong.capabilities.cases.services.steps import advance, lock_case, shown_date, take_review
from zhengtong.core.identity.public import Appointment, list_colleagues
from zhengtong.kernel.events import publish
from zhengtong.kernel.policy import Actor
from zhengtong.kernel.steps import step

REVIEW = "cases.review_case"
HEARING: Final = "hearing"
# It has two officers and a page of its own: see ``review.arrange_site_visit``.
_OF_ITS_OWN: Final = frozenset({"site_visit"})
LONGEST: Final = 120


def list_procedures() -> list[Exclusion]:
    """Return what may be started today, as the dated rules say."""
    today = timezone.localdate()
    return [each for each in get_rulebook().exclusions if each.is_effective(today) and each.code not in _OF_ITS_OWN]


@step()
def start_procedure(
    *,
    actor: Actor,
    case_id: int,
    rule: str,
    reason: str,
    allowed_days: int,
    conducted_by: str = "",
    chair: Appointment | None = None,
    planned_at: datetime | None = None,
    place: str = "",
    version: int | None = None,
) -> SpecialProcedure:
    """Start a hearing, an expert review, a test …: the clocks stand still from the notice on (第四十五条).

    A hearing has a time, a place and a chair who didn't review the application, and is told seven days ahead and held
    within twenty (第四十七条、第四十八条; dated rows). Raises Unacceptable, SelfHandling, NotAllowed.
    """
    case = lock_case(case_id, actor=actor, permission=REVIEW, version=version)
    take_review(case, actor=actor)
    if case.state != LegalState.REVIEWING:
        raise domain.NotAllowed(LegalState(case.state), Act.START_EXCLUDED_TIME)
    now = timezone.now()
    found = next((each for each in list_procedures() if each.code == rule), None)
    if found is None:
        raise Unacceptable(_("请选择依法不计入期限的事由。"), "rule")
    if not reason.strip():
        raise Unacceptable(_("请写明为什么需要，会告知申请人。"), "reason")
    if not 1 <= allowed_days <= LONGEST:
        raise Unacceptable(_("所需工作日应为 1 至 %(days)d 日。"), "allowed_days", days=LONGEST)
    calendar = clocks.calendar_of(case)
    last_day = calendar.add_working_days(calendar.local_date(now), allowed_days)
    if planned_at is not None and not now < planned_at:
        raise Unacceptable(_("时间应晚于现在。"), "planned_at")
    if planned_at is not None and calendar.local_date(planned_at) > last_day:
        raise Unacceptable(_("时间应在告知申请人的 %(days)d 个工作日之内。"), "planned_at", days=allowed_days)
    content: dict[str, Any] = {}
    if rule == HEARING:
        content = _hearing(case, now, planned_at=planned_at, place=place, chair=chair)
    elif not conducted_by.strip():
        raise Unacceptable(_("请填写由哪个机构或者哪些专家进行。"), "conducted_by")
    basis = f"《{found.law}》{found.article}"
    paper = issue_case_paper(
        case,
        "special_procedure",
        actor=actor,
        at=now,
        title="听证通知书" if rule == HEARING else "",
        content={
            "matter": found.title,
            "reason": reason.strip().rstrip("。"),
            "excluded_days": allowed_days,
            "excluded_from": calendar.local_date(now),
            "excluded_basis": basis,
            "new_due_on": clocks.due_if_paused(case, now, allowed_days),
            **({"conducted_by": conducted_by.strip()} if conducted_by.strip() else {}),
            **({"planned_at": planned_at} if planned_at else {}),
            **({"place": place.strip()} if place.strip() else {}),
            **content,
        },
        facts=[("事由", found.title)],
    )
    clocks.pause(case, now, paper=paper, allowed_days=allowed_days, reason=found.title, article=basis)
    procedure = SpecialProcedure.objects.create(
        case=case,
        rule=rule,
        title=found.title,
        article=basis,
        allowed_days=allowed_days,
        conducted_by=conducted_by.strip(),
        chair=chair if rule == HEARING else None,
        planned_at=planned_at,
        place=place.strip(),
        paper=paper,
        started_by_id=actor.held_appointment,
    )
    when = (
        f"将于 {shown_date(timezone.localdate(planned_at))} {timezone.localtime(planned_at):%H:%M} "
        if planned_at
        else ""
    )
    advance(
        case,
        Act.START_EXCLUDED_TIME,
        actor=actor,
        at=now,
        words=f"{when}进行{found.title}，所需 {allowed_days} 个工作日不计入办理期限，详见告知书。",
        note=f"{found.title}：{reason.strip()}",
        due_at=case.due_at,
        journal={"rule": rule, "days": allowed_days},
    )
    publish(CasePaused(actor, case, paper, allowed_days, found.title, basis))
    tell_applicant(case, "special_procedure", actor=actor, matter=found.title, days=allowed_days)
    return procedure


def _hearing(
    case: Case, now: datetime, *, planned_at: datetime | None, place: str, chair: Appointment | None
) -> dict[str, Any]:
    """Return what only the notice of a hearing says. Raises Unacceptable, SelfHandling."""
    if planned_at is None:
        raise Unacceptable(_("请填写举行听证的时间。"), "planned_at")
    if not place.strip():
        raise Unacceptable(_("请填写举行听证的地点。"), "place")
    if chair is None or not list_colleagues(case.organisation_id).filter(pk=chair.pk).exists():
        raise Unacceptable(_("请选择本机关的工作人员主持听证。"), "chair")
    reviewers = case.tasks.filter(node__in=(TaskNode.REVIEW, TaskNode.PROCESS)).values_list(
        "assignee__staff_id", flat=True
    )
    domain.check_chair(chair.staff_id, list(reviewers))
    rules, calendar, today = get_rulebook(), clocks.calendar_of(case), timezone.localdate(now)
    ahead = rules.limit("licensing.hearing_notice", today).budget
    first = calendar.add_working_days(calendar.local_date(now), ahead)
    if calendar.local_date(planned_at) < first:
        raise Unacceptable(
            _("举行听证的 %(days)d 日前应当通知申请人，最早可以定在 %(date)s。"),
            "planned_at",
            days=ahead,
            date=shown_date(first),
        )
    within = rules.limit("licensing.hearing_organise", today).budget
    last = calendar.add_working_days(calendar.local_date(now), within)
    if calendar.local_date(planned_at) > last:
        raise Unacceptable(
            _("听证应当在 %(days)d 日内组织，最迟 %(date)s。"), "planned_at", days=within, date=shown_date(last)
        )
    return {"is_hearing": True, "chair": chair.staff.name, "conducted_by": case.organisation.name}


@step()
def finish_procedure(
    *, actor: Actor, case_id: int, is_passed: bool, record: str, version: int | None = None
) -> SpecialProcedure:
    """Keep the result, of a hearing its minutes; the clocks run again. Raises Unacceptable."""
    case = lock_case(case_id, actor=actor, permission=REVIEW, version=version)
    take_review(case, actor=actor)
    procedure = case.procedures.select_for_update().filter(finished_at=None).first()
    if procedure is None:
        raise Unacceptable(_("没有正在进行的特别程序。"))
    if not record.strip():
        said = _("请录入听证笔录的要点：决定应当根据笔录作出。") if procedure.rule == HEARING else _("请填写结论。")
        raise Unacceptable(said, "record")
    now = timezone.now()
    procedure.is_passed, procedure.record, procedure.finished_at = is_passed, record.strip()[:5000], now
    procedure.save(update_fields=["is_passed", "record", "finished_at"])
    clocks.resume(case, now)
    advance(
        case,
        Act.END_EXCLUDED_TIME,
        actor=actor,
        at=now,
        words=f"{procedure.title}已完成，继续审查。",
        note=f"{procedure.title}{'通过' if is_passed else '未通过'}：{record.strip()}",
        due_at=case.due_at,
        journal={"rule": procedure.rule, "passed": is_passed},
    )
    publish(CaseResumed(actor, case))
    return procedure


def get_open_procedure(case: Case) -> SpecialProcedure | None:
    """Return the procedure that is under way."""
    return case.procedures.filter(finished_at=None).first()
