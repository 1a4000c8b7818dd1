"""The applicant's side: start a draft, save it, give files, submit once, correct, withdraw."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from zhengtong.capabilities.cases.calculating import complete
from zhengtong.capabilities.cases.definitions import get_definition
from zhengtong.capabilities.cases.domain import Act, LegalState
from zhengtong.capabilities.cases.errors import IncompleteApplication, Unacceptable
from zhengtong.capabilities.cases.events import CaseSubmitted, CaseWithdrawn
from zhengtong.capabilities.cases.form_words import sentences_of
from zhengtong.capabilities.cases.forms import clean_form
from zhengtong.capabilities.cases.item_definition import ItemDefinition
from zhengtong.capabilities.cases.messages import tell_applicant
from zhengtong.capabilities.cases.models import (
    Case,
    CaseKind,
    Channel,
    ClockPurpose,
    CorrectionNotice,
    ItemOffice,
    TaskNode,
)
from zhengtong.capabilities.cases.selectors import get_live_version, list_material_keys
from zhengtong.capabilities.cases.services import clocks
from zhengtong.capabilities.cases.services.gate import refuse_new_grant, refuse_withdrawn
from zhengtong.capabilities.cases.services.papers import issue_case_paper, next_number
from zhengtong.capabilities.cases.services.steps import advance, cancel_tasks, lock_case, open_task
from zhengtong.capabilities.cases.services.walking import end_walk
from zhengtong.core.audit.public import record
from zhengtong.core.identity.public import Account
from zhengtong.kernel.events import publish
from zhengtong.kernel.policy import Actor, ActorKind, Denied
from zhengtong.kernel.steps import step

EDITABLE = frozenset({LegalState.DRAFT, LegalState.NEED_MATERIALS})


@step()
def start_draft(
    *,
    actor: Actor,
    office: ItemOffice,
    form: Mapping[str, Any],
    reused: Sequence[tuple[str, str]] = (),
    name: str = "",
    is_ending: bool = False,
) -> Case:
    """Begin an application to ``office``, with ``form`` already holding what the platform knows.

    ``reused`` names materials that a register answers for, with the register: they needn't be uploaded.
    A guardian or agent begins it for the citizen whom she represents: it is that citizen's.
    An applicant who has an unsubmitted draft for the same item, office and ``name`` gets that one back; the name is the
    item's, unless something is asked for under it that isn't the item itself, as a change of its licence.
    ``is_ending``: it ends a right (:class:`EndingRequest`), for which no live power is needed. Raises PowerWithdrawn.
    """
    if actor.kind is not ActorKind.CITIZEN or actor.owner_id is None:
        raise Denied("cases.apply")
    if actor.matters and office.item.code not in actor.matters:
        raise Unacceptable(_("委托您代办的事项里没有这一件，请让委托人本人办理，或者重新委托。"))
    # Clicked twice, the second waits here and finds the draft of the first.
    Account.objects.select_for_update(no_key=True).only("pk").get(pk=actor.owner_id)
    version = get_live_version(office.item)
    if not is_ending:
        refuse_withdrawn(version.pk)
    kept = (
        Case.objects.select_for_update()
        .filter(account=actor.owner_id, legal_entity=actor.legal_entity, state=LegalState.DRAFT, office=office)
        .filter(item_name=name or office.item.name)
        .order_by("-id")
        .first()
    )
    if kept is not None:
        return kept
    case = Case.objects.create(
        kind=office.item.kind,
        item_version=version,
        item_name=name or office.item.name,
        office=office,
        organisation_id=office.organisation_id,
        channel=Channel.ONLINE,
        account_id=actor.owner_id,
        applied_by_id=actor.account_id if actor.representation is not None else None,
        legal_entity_id=actor.legal_entity,
        form=dict(form),
        reused=[list(pair) for pair in reused],
    )
    record(actor, "cases.start_draft", case, after={"item": office.item.code, "office": office.pk})
    return case


@step()
def save_draft(*, actor: Actor, case_id: int, answers: Mapping[str, Any]) -> datetime:
    """Keep what was typed, right or wrong, and return the moment. Only answers that the item asks for are kept, and
    what it calculates from them.

    A draft of an older version stays with it until :func:`adopt_live_version`.
    """
    case = lock_editable(case_id, actor)
    definition = get_definition(case.item_version_id)
    asked = {spec.key for spec in definition.fields()}
    if case.state == LegalState.NEED_MATERIALS:
        asked &= correctable_fields(case)
    case.form = complete(definition, {**case.form, **{key: value for key, value in answers.items() if key in asked}})
    case.saved_at = timezone.now()
    case.save(update_fields=["form", "saved_at"])
    record(actor, "cases.save_draft", case, after={"fields": sorted(set(answers) & asked)})
    return case.saved_at


def open_marks(case: Case) -> set[str]:
    """Return the targets of the correction notice that waits for an answer."""
    notice = case.correction_notices.filter(resubmitted_at=None).order_by("-id").first()
    return set(notice.marks.values_list("target", flat=True)) if notice else set()


def correctable_fields(case: Case) -> set[str]:
    """Return the fields that a correction may touch: those marked, and those that corrected answers newly ask for."""
    sections = get_definition(case.item_version_id).list_asked(case.form)
    answered = {*case.form, *list_material_keys(case)}
    newly = {spec.key for section in sections for spec in section.fields if spec.key not in answered}
    return newly | {mark[6:] for mark in open_marks(case) if mark.startswith("field:")}


def correctable_materials(case: Case) -> set[str]:
    """Return the materials that a correction may touch: those marked, and those that corrected answers now ask for.

    An answer that was marked may change what else is asked; without the second part nobody could complete it.
    """
    given = set(list_material_keys(case)) | {key for key, _source in case.reused}
    definition = get_definition(case.item_version_id)
    slots = [*definition.materials, *(spec.as_material() for spec in definition.list_uploads())]
    asked = {spec.key for spec in slots if spec.is_missing(case.form, given)}
    return asked | {mark.partition(":")[2] for mark in open_marks(case)} & {spec.key for spec in slots}


def _lock_application(case_id: int, actor: Actor) -> Case:
    """Lock an application that ``actor`` writes: her own, or one that is filed at the counter."""
    is_staff = actor.kind is ActorKind.STAFF
    case = lock_case(
        case_id, actor=actor, permission="cases.file_for_applicant" if is_staff else "cases.edit_application"
    )
    if is_staff and case.channel != Channel.COUNTER:
        raise Denied("cases.edit_application")
    return case


def lock_editable(case_id: int, actor: Actor) -> Case:
    case = _lock_application(case_id, actor)
    if case.state not in EDITABLE:
        raise Unacceptable(_("申请已经提交，不能再修改。如需改动，请联系受理窗口或撤回后重新申请。"))
    return case


def move_to_live_version(case: Case) -> bool:
    """Let a locked draft follow the newest text of its item (not saved); return whether it was of an older one."""
    if case.state != LegalState.DRAFT:
        return False
    live = get_live_version(case.office.item)
    if live.pk == case.item_version_id:
        return False
    case.item_version = live
    return True


@step()
def adopt_live_version(*, actor: Actor, case_id: int) -> bool:
    """Move a draft to the newest text of its item, after she was shown what changes; False when it is there already.

    Answers that are still asked for stay; the others are kept with the draft, and leave with its submission.
    """
    case = lock_editable(case_id, actor)
    before = case.item_version.number
    if not move_to_live_version(case):
        return False
    case.form = complete(get_definition(case.item_version_id), case.form)
    case.save(update_fields=["item_version", "form"])
    record(actor, "cases.adopt_version", case, before={"version": before}, after={"version": case.item_version.number})
    return True


def check_application(case: Case) -> tuple[dict[str, Any], list[tuple[str, str, str]]]:
    """Return the cleaned answers, and what keeps the application from being complete."""
    definition = get_definition(case.item_version_id)
    cleaned, errors = clean_form(definition, case.form)
    errors.extend(_not_hers(case, definition))
    given = {*list_material_keys(case), *(key for key, _source in case.reused)}
    for section in definition.list_asked(complete(definition, case.form)):
        for field in section.fields:
            if field.type == "upload" and field.as_material().is_missing(case.form, given):
                errors.append((section.key, field.key, sentences_of(field)["required"]))
    for spec in definition.materials:
        if spec.is_missing(case.form, given):
            errors.append(("materials", spec.key, f"请上传“{spec.name}”"))
    return cleaned, errors


def _not_hers(case: Case, definition: ItemDefinition) -> list[tuple[str, str, str]]:
    """Return an error when the application names another enterprise than the one it is filed for."""
    if case.legal_entity is None:
        return []
    return [
        (section.key, spec.key, f"您现在代表的是“{case.legal_entity.name}”，代码应为 {case.legal_entity.credit_code}")
        for section in definition.sections
        for spec in section.fields
        if spec.prefill == "enterprise.credit_code"
        and str(case.form.get(spec.key, "")).strip().upper() not in {"", case.legal_entity.credit_code}
    ]


@step()
def submit_case(*, actor: Actor, case_id: int) -> Case:
    """Submit a draft: number, receipt, acceptance clock, a task at the counter. Twice is once.

    Raises IncompleteApplication with every error, and PowerWithdrawn. A draft of an older version of the item is
    moved to the newest first, so that nobody is asked by a form that no longer holds.
    """
    case = lock_case(case_id, actor=actor, permission="cases.edit_application")
    if case.number is not None:
        return case  # clicked twice, or sent again by a browser that lost the answer
    case.form, _moved = dict(case.form), move_to_live_version(case)
    refuse_new_grant(case)
    cleaned, errors = check_application(case)
    if errors:
        raise IncompleteApplication(errors)
    definition = get_definition(case.item_version_id)
    number_and_receive(case, actor=actor, definition=definition, cleaned=cleaned)
    return case


def next_case_number(at: datetime) -> str:
    """Return the number of the case that is submitted ``at``."""
    year = timezone.localtime(at).year
    return f"{settings.CASE_NUMBER_PREFIX}-{year}-{next_number(f'case:{year}'):06d}"


def number_and_receive(
    case: Case, *, actor: Actor, definition: ItemDefinition, cleaned: Mapping[str, Any], number: str = ""
) -> None:
    """Turn the locked draft into a numbered application that its counter has received.

    ``number`` is that of a part, which its bundle gives it.
    """
    now = timezone.now()
    case.number = number or next_case_number(now)
    due_at, days = clocks.start_completeness(case, now)
    advance(
        case,
        Act.SUBMIT,
        actor=actor,
        at=now,
        words="您提交了申请，我们已经收到。",
        due_at=due_at,
        number=case.number,
        item_version=case.item_version,
        form=dict(cleaned),
        submitted_at=now,
        received_at=now,
        **_of_bundle(case, applicant_of(definition, cleaned)),
    )
    receive(case, actor=actor, at=now, definition=definition, days=days)


def receive(case: Case, *, actor: Actor, at: datetime, definition: ItemDefinition, days: int) -> None:
    """Issue the receipt and open the counter's task. ``days`` are those in which the applicant gets an answer.

    A part is received with its bundle, whose receipt names it; what is handed in later has a receipt of its own.
    """
    open_task(case, TaskNode.ACCEPTANCE, organisation_id=case.organisation_id)
    publish(CaseSubmitted(actor, case))
    if case.parent_id is not None and case.state == LegalState.SUBMITTED:
        return
    expected = clocks.expected_decision(case, at)
    counted = Counter(list_material_keys(case))
    issue_case_paper(
        case,
        "receipt",
        actor=actor,
        at=at,
        content={
            "received_at": at,
            "channel": case.get_channel_display(),
            "materials": [
                {"name": spec.name, "form": "电子件", "count": counted[spec.key]}
                for spec in definition.materials
                if counted[spec.key]
            ],
            "expected_on": expected.date,
            "promised_days": expected.days,
        },
        facts=[("收到时间", f"{timezone.localtime(at):%Y-%m-%d %H:%M}")],
    )
    tell_applicant(case, "submitted", actor=actor, days=days)


def _of_bundle(case: Case, applicant: dict[str, Any]) -> dict[str, Any]:
    """Return who applies with what only the bundle asked of her, where ``case`` is a part of one."""
    if case.parent is None:
        return applicant
    return {key: value or getattr(case.parent, key) for key, value in applicant.items()}


def applicant_of(definition: ItemDefinition, cleaned: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the case keeps of the answers: who applies, found by where the answers are prefilled from."""
    by_source = {spec.prefill: cleaned.get(spec.key) for spec in definition.fields() if spec.prefill}
    return {
        "applicant_name": by_source.get("enterprise.name") or by_source.get("applicant.name") or "",
        "applicant_number": by_source.get("enterprise.credit_code") or by_source.get("applicant.id_number") or "",
        "applicant_phone": by_source.get("applicant.phone") or "",
        "delivery_way": definition.delivery_way(cleaned),
    }


@step()
def resubmit_case(*, actor: Actor, case_id: int) -> Case:
    """Hand in the corrections: the acceptance clock starts again from today. Twice is once.

    A clerk hands them in for an application that was filed at the counter.
    """
    case = _lock_application(case_id, actor)
    if case.state == LegalState.RESUBMITTED:
        return case
    cleaned, errors = check_application(case)
    if errors:
        raise IncompleteApplication(errors)
    now = timezone.now()
    definition = get_definition(case.item_version_id)
    CorrectionNotice.objects.filter(case=case, resubmitted_at=None).update(resubmitted_at=now)
    due_at, days = clocks.start_completeness(case, now)
    advance(
        case,
        Act.RESUBMIT,
        actor=actor,
        at=now,
        due_at=due_at,
        words="您提交了补正材料，等待受理。",
        form=cleaned,
        received_at=now,
        **_of_bundle(case, applicant_of(definition, cleaned)),
    )
    receive(case, actor=actor, at=now, definition=definition, days=days)
    return case


@step()
def withdraw_case(*, actor: Actor, case_id: int, reason: str = "", version: int | None = None) -> Case:
    """End an application at the applicant's wish, before the decision."""
    case = lock_case(case_id, actor=actor, permission="cases.withdraw_application", version=version)
    if case.number is None:
        raise Unacceptable(_("草稿还没有提交，不需要撤回，可以直接删除。"))
    if case.kind == CaseKind.BUNDLE:
        raise Unacceptable(_("一件事请撤回其中的事项。"))
    now = timezone.now()
    advance(case, Act.WITHDRAW, actor=actor, at=now, words="您撤回了申请，办理终止。", note=reason, closed_at=now)
    cancel_tasks(case)
    if case.accepted_at is not None:
        end_walk(case, actor=actor)
    clocks.finish(case, ClockPurpose.COMPLETENESS, now)
    clocks.finish(case, ClockPurpose.DECISION, now)
    issue_case_paper(
        case,
        "withdrawal",
        actor=actor,
        at=now,
        content={
            "received_on": timezone.localdate(case.received_at),
            "withdrawn_on": timezone.localdate(now),
            **({"reason": reason} if reason else {}),
        },
    )
    publish(CaseWithdrawn(actor, case))
    return case


@step()
def delete_draft(*, actor: Actor, public_id: UUID) -> None:
    """Throw an unsubmitted draft away, with its files' links. Twice is once. Raises Unacceptable after submission."""
    found = Case.objects.filter(public_id=public_id).values_list("pk", flat=True).first()
    if found is None:
        return
    case = lock_case(found, actor=actor, permission="cases.edit_application")
    if case.state != LegalState.DRAFT:
        raise Unacceptable(_("申请已经提交，不能删除。需要时可以撤回。"))
    record(actor, "cases.delete_draft", case)
    case.delete()
