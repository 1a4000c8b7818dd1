"""Applying: one submission, numbered and receipted as a whole; its parts are started right after it."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from zhengtong.capabilities.bundles.definitions import get_part_text, plan_parts
from zhengtong.capabilities.bundles.models import BundlePart, PartState
from zhengtong.capabilities.bundles.tasks import complete_bundle, start_parts
from zhengtong.capabilities.cases import public as cases
from zhengtong.capabilities.cases.public import (
    WITHDRAWABLE,
    Act,
    Case,
    CaseKind,
    Channel,
    ItemOffice,
    ItemVersion,
    LegalState,
    get_definition,
)
from zhengtong.kernel.jobs import enqueue
from zhengtong.kernel.policy import Actor, Denied
from zhengtong.kernel.steps import step


def submit_application(*, actor: Actor, case_id: int) -> Case:
    """Submit a draft, of an item or of a bundle. Twice is once. Raises IncompleteApplication with every error."""
    if _is_bundle(case_id):
        return submit_bundle(actor=actor, case_id=case_id)
    return cases.submit_case(actor=actor, case_id=case_id)


def submit_application_at_counter(*, actor: Actor, case_id: int, identity_checked: bool) -> Case:
    """Receive what was typed at the counter, of an item or of a bundle. Twice is once."""
    if _is_bundle(case_id):
        return submit_bundle_at_counter(actor=actor, case_id=case_id, identity_checked=identity_checked)
    return cases.submit_at_counter(actor=actor, case_id=case_id, identity_checked=identity_checked)


def _is_bundle(case_id: int) -> bool:
    return Case.objects.filter(pk=case_id, kind=CaseKind.BUNDLE).exists()


@step()
def submit_bundle(*, actor: Actor, case_id: int) -> Case:
    """Submit a bundle's draft: number, receipt, and its parts, which a job starts."""
    case = cases.lock_case(case_id, actor=actor, permission="cases.edit_application")
    if case.number is not None:
        return case
    cases.move_to_live_version(case)
    _receive(case, actor=actor)
    return case


@step()
def submit_bundle_at_counter(*, actor: Actor, case_id: int, identity_checked: bool) -> Case:
    """Receive a bundle that was typed at the counter, after seeing the applicant's identity document."""
    case = cases.lock_case(case_id, actor=actor, permission="cases.file_for_applicant")
    if case.channel != Channel.COUNTER:
        raise Denied("cases.file_for_applicant")
    if case.number is not None:
        return case
    if not identity_checked:
        raise cases.Unacceptable(_("请核对申请人（或经办人）的身份证件原件后勾选。"), "identity_checked")
    case.identity_checked = True
    _receive(case, actor=actor)
    return case


def _receive(case: Case, *, actor: Actor) -> None:
    cleaned, errors = cases.check_application(case)
    if errors:
        raise cases.IncompleteApplication(errors)
    definition = get_definition(case.item_version_id)
    parts = _list_parts(case, cleaned)
    now = timezone.now()
    case.number = cases.next_case_number(now)
    cases.advance_case(
        case,
        Act.BEGIN_PARTS,
        actor=actor,
        at=now,
        words=f"您提交了申请，我们已经收到。一共 {len(parts)} 个事项，由各部门同时办理。",
        number=case.number,
        item_version=case.item_version,
        form=dict(cleaned),
        submitted_at=now,
        received_at=now,
        identity_checked=case.identity_checked,
        **cases.applicant_of(definition, cleaned),
    )
    BundlePart.objects.bulk_create(parts)
    counted = Counter(cases.list_material_keys(case))
    cases.issue_case_paper(
        case,
        "receipt",
        actor=actor,
        at=now,
        content={
            "received_at": now,
            "channel": case.get_channel_display(),
            "parts": [{"name": part.item.name, "organ": part.office.organisation.name} for part in parts],
            "materials": [
                {"name": spec.name, "form": "电子件", "count": counted[spec.key]}
                for spec in definition.materials
                if counted[spec.key]
            ],
            "promised_days": case.item_version.promised_days,
        },
        facts=[("收到时间", f"{timezone.localtime(now):%Y-%m-%d %H:%M}"), ("事项数", str(len(parts)))],
    )
    cases.tell_applicant(case, "bundles.submitted", actor=actor, count=len(parts))
    enqueue(start_parts, parent_id=case.pk)


def _list_parts(case: Case, form: Mapping[str, Any]) -> list[BundlePart]:
    """Return the parts that the answers lead to, each with the office of the bundle's region. Raises Unacceptable."""
    definition = get_definition(case.item_version_id)
    plans = plan_parts(definition, form)
    if not plans:
        raise cases.Unacceptable(_("按您的回答，这件事没有需要办理的事项，不用提交。"))
    offices = {
        office.item.code: office
        for office in ItemOffice.objects.filter(
            item__code__in=[plan.code for plan in plans], region_id=case.office.region_id
        ).select_related("item", "organisation")
    }
    versions = {(each.item_id, each.number): each for each in _list_versions(offices.values())}
    parts = []
    for position, plan in enumerate(plans, 1):
        office = offices.get(plan.code)
        if office is None:
            raise cases.Unacceptable(_("本地区还没有机关办理其中的“%(item)s”，请到窗口咨询。"), item=plan.code)
        version = versions[office.item_id, get_part_text(definition, plan.code).version]
        cases.refuse_withdrawn(version.pk)
        parts.append(
            BundlePart(
                parent=case,
                item=office.item,
                # The one that the form was made from: what was asked is what it needs.
                item_version=version,
                office=office,
                position=position,
                after=list(plan.after),
                why=plan.why,
            )
        )
    return parts


def _list_versions(offices: Iterable[ItemOffice]) -> QuerySet[ItemVersion]:
    return ItemVersion.objects.filter(item__in=[office.item_id for office in offices]).defer("definition")


def withdraw_application(*, actor: Actor, case_id: int, reason: str = "", version: int | None = None) -> None:
    """Withdraw a case, or of a bundle all that isn't decided yet.

    The parts are withdrawn one after another, each in its own transaction; done twice it goes on with what is left.
    """
    if not _is_bundle(case_id):
        cases.withdraw_case(actor=actor, case_id=case_id, reason=reason, version=version)
        return
    _stop_waiting(actor=actor, case_id=case_id)
    found = Case.objects.filter(parent_id=case_id, state__in=WITHDRAWABLE).order_by("id")
    for part_id in found.values_list("pk", flat=True):
        cases.withdraw_case(actor=actor, case_id=part_id, reason=reason)


@step()
def _stop_waiting(*, actor: Actor, case_id: int) -> None:
    parent = cases.lock_case(case_id, actor=actor, permission="cases.withdraw_application")
    if parent.number is None:
        raise cases.Unacceptable(_("草稿还没有提交，不需要撤回，可以直接删除。"))
    if parent.state != LegalState.UNDERWAY:
        raise cases.NotAllowed(LegalState(parent.state), Act.WITHDRAW)
    waiting = BundlePart.objects.filter(parent=parent, state=PartState.WAITING)
    if waiting.update(state=PartState.STOPPED, stopped_why="申请人撤回"):
        cases.note_act(parent, "stop_parts", actor=actor, words="您撤回了还没有启动的事项。")
        enqueue(complete_bundle, parent_id=parent.pk)
