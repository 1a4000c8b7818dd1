"""The counter: accept, correct on the spot, ask for corrections once, turn away, file on behalf of someone."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_noop as _

from zhengtong.capabilities.cases import domain
from zhengtong.capabilities.cases.definitions import get_definition
from zhengtong.capabilities.cases.domain import Act, LegalState
from zhengtong.capabilities.cases.errors import IncompleteApplication, Unacceptable
from zhengtong.capabilities.cases.events import CaseAccepted, CaseTurnedAway, CorrectionsRequested
from zhengtong.capabilities.cases.forms import clean_form
from zhengtong.capabilities.cases.messages import tell_applicant
from zhengtong.capabilities.cases.models import (
    Case,
    Channel,
    ClockPurpose,
    CorrectionMark,
    CorrectionNotice,
    ItemOffice,
    TaskNode,
)
from zhengtong.capabilities.cases.selectors import get_live_version
from zhengtong.capabilities.cases.services import clocks
from zhengtong.capabilities.cases.services.drafting import check_application, number_and_receive
from zhengtong.capabilities.cases.services.gate import refuse_withdrawn
from zhengtong.capabilities.cases.services.papers import issue_case_paper, remedies
from zhengtong.capabilities.cases.services.steps import (
    advance,
    cancel_tasks,
    finish_task,
    lock_case,
    open_task,
    refuse_held,
    shown_date,
    take_task,
)
from zhengtong.capabilities.cases.services.walking import start_walk
from zhengtong.core.audit.public import record
from zhengtong.kernel.events import publish
from zhengtong.kernel.policy import SYSTEM, Actor, Denied, require
from zhengtong.kernel.steps import step

ACCEPT = "cases.accept_case"


@step()
def accept_case(*, actor: Actor, case_id: int, version: int | None = None, opinion: str = "") -> Case:
    """Accept a complete application (行政许可法 第三十二条): the decision clocks start, the bureau gets its task."""
    case = lock_case(case_id, actor=actor, permission=ACCEPT, version=version)
    task = take_task(case, TaskNode.ACCEPTANCE, actor=actor)
    refuse_held(case, Act.ACCEPT)
    finish_task(task, actor=actor, outcome=Act.ACCEPT, opinion=opinion)
    now = timezone.now()
    _accept(case, Act.ACCEPT, actor=actor, accepted_at=now, now=now, note=opinion)
    return case


def _accept(case: Case, act: Act, *, actor: Actor, accepted_at: datetime, now: datetime, note: str = "") -> None:
    clocks.finish(case, ClockPurpose.COMPLETENESS, now)
    started = clocks.start_decision(case, accepted_at, now)
    calendar = clocks.calendar_of(case)
    statutory, promised = started["statutory"], started["promised"]
    is_deemed = act is Act.DEEM_ACCEPTED
    until = calendar.last_date(promised.due_at)
    advance(
        case,
        act,
        actor=actor,
        at=now,
        words=(
            f"受理窗口逾期没有答复，依法自收到之日起视为受理，预计 {shown_date(until)} 前办结。"
            if is_deemed
            else f"您的申请已受理，承诺 {shown_date(until)} 前作出决定。"
        ),
        note=note,
        accepted_at=accepted_at,
        is_deemed_accepted=is_deemed,
        due_at=case.due_at,
    )
    issue_case_paper(
        case,
        "acceptance",
        actor=actor,
        at=now,
        content={
            "received_on": timezone.localdate(case.received_at),
            "accepted_on": timezone.localdate(accepted_at),
            "is_deemed": is_deemed,
            "statutory_days": statutory.budget,
            "statutory_due_on": calendar.last_date(statutory.due_at),
            "promised_days": promised.budget,
            "promised_due_on": until,
            "is_provisional": statutory.is_provisional,
            "legal_basis": statutory.article,
        },
        facts=[("受理日期", f"{timezone.localtime(accepted_at):%Y-%m-%d}"), ("承诺办结", f"{until}")],
    )
    lamp = (promised.level, promised.next_alert_at)  # deemed accepted, it may be late already
    if not start_walk(case, actor=actor, lamp=lamp):
        open_task(case, TaskNode.REVIEW, organisation_id=case.organisation_id, lamp=lamp)
    tell_applicant(case, "accepted", actor=actor, due=shown_date(until))
    publish(CaseAccepted(actor, case))


@step()
def deem_accepted(*, case_id: int) -> bool:
    """Silence past the limit: the application counts as accepted from the day of receipt. Twice is once."""
    case = lock_case(case_id, actor=SYSTEM, permission=ACCEPT)
    if case.state not in {LegalState.SUBMITTED, LegalState.RESUBMITTED}:
        return False
    clock = case.clocks.select_for_update().get(purpose=ClockPurpose.COMPLETENESS)
    now = timezone.now()
    accepted_at = domain.deemed_accepted_at(clocks.to_state(clock), now, clocks.calendar_of(case))
    if accepted_at is None:
        return False
    cancel_tasks(case)
    _accept(case, Act.DEEM_ACCEPTED, actor=SYSTEM, accepted_at=accepted_at, now=now)
    return True


@step()
def request_corrections(
    *, actor: Actor, case_id: int, marks: Sequence[tuple[str, str]], version: int | None = None
) -> CorrectionNotice:
    """Tell the applicant once everything that is missing or wrong (第三十二条第一款第四项).

    ``marks`` are pairs of target (``field:<key>``, ``material:<key>``) and what to do. Raises
    CorrectionNotOnce when a second notice names anything that was not in the first.
    """
    case = lock_case(case_id, actor=actor, permission=ACCEPT, version=version)
    definition = get_definition(case.item_version_id)
    labels = {}
    for target, message in marks:
        label = definition.label(target)
        if label is None:
            raise Unacceptable(_("补正内容里有这个事项没有的项目：%(target)s。"), target=target)
        if not message.strip():
            raise Unacceptable(_("请写明“%(label)s”应当怎样补正。"), target, label=label)
        labels[target] = label
    first = case.correction_notices.order_by("id").first()
    told = set(first.marks.values_list("target", flat=True)) if first else None
    domain.check_correction(told, labels.keys())
    task = take_task(case, TaskNode.ACCEPTANCE, actor=actor)
    finish_task(task, actor=actor, outcome=Act.REQUEST_MATERIALS)
    now = timezone.now()
    clocks.finish(case, ClockPurpose.COMPLETENESS, now)
    advance(
        case,
        Act.REQUEST_MATERIALS,
        actor=actor,
        at=now,
        words=f"申请材料需要补正，共 {len(labels)} 处，请按补正通知逐项修改后提交。",
        due_at=None,
        journal={"targets": sorted(labels)},
    )
    paper = issue_case_paper(
        case,
        "correction",
        actor=actor,
        at=now,
        content={
            "received_on": timezone.localdate(case.received_at),
            "marks": [
                {
                    "where": labels[target],
                    "problem": message.strip(),
                    "requirement": "请修改后重新填写" if target.startswith("field:") else "请重新上传",
                }
                for target, message in marks
            ],
            "how": "登录政务服务大厅，在“我的办件”中打开本件，逐项修改后提交；也可以到受理窗口办理。",
        },
        facts=[("补正事项", f"{len(labels)} 处")],
    )
    notice = CorrectionNotice.objects.create(case=case, issued_at=now, paper=paper)
    CorrectionMark.objects.bulk_create(
        CorrectionMark(notice=notice, target=target, label=labels[target], message=message.strip()[:500])
        for target, message in marks
    )
    tell_applicant(case, "corrections", actor=actor, count=len(labels))
    publish(CorrectionsRequested(actor, case))
    return notice


@step()
def declare_not_competent(
    *,
    actor: Actor,
    case_id: int,
    reasons: str,
    competent: str,
    address: str = "",
    phone: str = "",
    version: int | None = None,
) -> Case:
    """The matter is another organ's: decide at once and say whose (第三十二条第一款第二项)."""
    domain.check_redirect(competent)
    redirect = {"organisation_name": competent.strip(), "address": address, "phone": phone}
    return _turn_away(
        Act.DECLARE_NOT_COMPETENT,
        "rejection_not_competent",
        actor=actor,
        case_id=case_id,
        version=version,
        reasons=reasons,
        words=f"这件事不归本机关管，请向{competent.strip()}申请。",
        more={"redirect": redirect},
    )


@step()
def declare_not_required(*, actor: Actor, case_id: int, reasons: str, version: int | None = None) -> Case:
    """No licence is needed for this: tell at once (第三十二条第一款第一项)."""
    return _turn_away(
        Act.DECLARE_NOT_REQUIRED,
        "rejection_not_required",
        actor=actor,
        case_id=case_id,
        version=version,
        reasons=reasons,
        words="这件事依法不需要取得行政许可，您不用再办。",
        more={},
    )


def _turn_away(
    act: Act,
    paper: str,
    *,
    actor: Actor,
    case_id: int,
    version: int | None,
    reasons: str,
    words: str,
    more: Mapping[str, Any],
) -> Case:
    if not reasons.strip():
        raise Unacceptable(_("请写明理由，申请人会收到书面决定。"), "reasons")
    case = lock_case(case_id, actor=actor, permission=ACCEPT, version=version)
    task = take_task(case, TaskNode.ACCEPTANCE, actor=actor)
    finish_task(task, actor=actor, outcome=act, opinion=reasons)
    now = timezone.now()
    clocks.finish(case, ClockPurpose.COMPLETENESS, now)
    advance(case, act, actor=actor, at=now, words=words, note=reasons, closed_at=now, due_at=None)
    issue_case_paper(
        case,
        paper,
        actor=actor,
        at=now,
        content={
            "received_on": timezone.localdate(case.received_at),
            "reasons": reasons.strip(),
            "remedies": remedies(case, now),
            **more,
        },
        facts=[("决定", "不予受理")],
    )
    tell_applicant(case, "turned_away", actor=actor)
    publish(CaseTurnedAway(actor, case))
    return case


@step()
def correct_on_spot(
    *, actor: Actor, case_id: int, answers: Mapping[str, Any], consent: bool, version: int | None = None
) -> list[str]:
    """Correct errors at the counter while the applicant is there and agrees (第三十二条第一款第三项).

    Returns the labels of what was changed. Raises IncompleteApplication when a corrected answer is wrong.
    """
    case = lock_case(case_id, actor=actor, permission=ACCEPT, version=version)
    if not consent:
        raise Unacceptable(_("当场更正须经申请人同意，请确认后勾选。"), "consent")
    take_task(case, TaskNode.ACCEPTANCE, actor=actor)
    definition = get_definition(case.item_version_id)
    asked = {spec.key: spec for spec in definition.fields()}
    cleaned, errors = clean_form(definition, {**case.form, **{k: v for k, v in answers.items() if k in asked}})
    if errors:
        raise IncompleteApplication(errors)
    changed = [spec.label for key, spec in asked.items() if cleaned.get(key) != case.form.get(key)]
    if changed:
        advance(
            case,
            Act.CORRECT_ON_SPOT,
            actor=actor,
            words=f"经您同意，窗口当场更正了：{'、'.join(changed)}。",
            form=cleaned,
            journal={"fields": changed},
        )
    return changed


@step()
def start_at_counter(*, actor: Actor, office: ItemOffice) -> Case:
    """Begin an application that a clerk types for someone who stands at the counter."""
    require(actor, "cases.file_for_applicant", office.organisation)
    version = get_live_version(office.item)
    refuse_withdrawn(version.pk)
    case = Case.objects.create(
        kind=office.item.kind,
        item_version=version,
        item_name=office.item.name,
        office=office,
        organisation_id=office.organisation_id,
        channel=Channel.COUNTER,
        filed_by_id=actor.appointment,
    )
    record(actor, "cases.start_at_counter", case, after={"item": office.item.code})
    return case


@step()
def submit_at_counter(*, actor: Actor, case_id: int, identity_checked: bool) -> Case:
    """Receive what was typed at the counter, after seeing the applicant's identity document. Twice is once."""
    case = lock_case(case_id, actor=actor, permission="cases.file_for_applicant")
    if case.channel != Channel.COUNTER:
        raise Denied("cases.file_for_applicant")
    if case.number is not None:
        return case
    if not identity_checked:
        raise Unacceptable(_("请核对申请人（或经办人）的身份证件原件后勾选。"), "identity_checked")
    refuse_withdrawn(case.item_version_id)
    cleaned, errors = check_application(case)
    if errors:
        raise IncompleteApplication(errors)
    case.identity_checked = True
    case.save(update_fields=["identity_checked"])
    number_and_receive(case, actor=actor, definition=get_definition(case.item_version_id), cleaned=cleaned)
    return case
