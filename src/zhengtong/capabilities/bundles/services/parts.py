"""The parts of an application: started when what they wait for is granted, stopped when it never will be."""

from collections.abc import Mapping
from typing import Any

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from zhengtong.capabilities.bundles.definitions import get_part_text
from zhengtong.capabilities.bundles.domain import answers_of_part
from zhengtong.capabilities.bundles.models import BundlePart, PartState
from zhengtong.capabilities.cases import public as cases
from zhengtong.capabilities.cases.public import Case, CaseMaterial, LegalState, get_definition
from zhengtong.capabilities.licences.public import Licence
from zhengtong.core.audit.public import record
from zhengtong.kernel.policy import SYSTEM, Actor, require
from zhengtong.kernel.steps import step

GRANTED = frozenset({LegalState.GRANTED, LegalState.DELIVERED, LegalState.ARCHIVED})
FAILED = frozenset({LegalState.REFUSED, LegalState.NOT_REQUIRED, LegalState.NOT_COMPETENT, LegalState.WITHDRAWN})


def lock_parent(parent_id: int) -> Case:
    """Return the bundle's own case, locked. Whoever holds the row of a part may ask for it, never the other way."""
    parent = Case.objects.select_for_update(of=("self",)).select_related("account").get(pk=parent_id)
    cases.admit_to_case(parent, actor=SYSTEM, permission="cases.view_case")
    return parent


def is_granted(part: BundlePart) -> bool:
    """Return whether the part's case was granted, and not only ended."""
    if part.case is None:
        return False
    decision = getattr(part.case, "decision", None)
    return part.case.state in GRANTED and decision is not None and decision.outcome == "grant"


def list_parts(parent_id: int) -> list[BundlePart]:
    """Return the parts with their cases, items and offices, in their order."""
    return list(
        BundlePart.objects.filter(parent_id=parent_id)
        .select_related("item", "office__organisation", "office__window", "office__region", "case__decision")
        # Personal answers aren't needed to see how the parts stand, and decrypting them costs.
        .defer("case__form", "case__applicant_number", "case__applicant_phone")
        .order_by("position")
    )


@step()
def start_next_part(*, parent_id: int) -> bool:
    """Start the first part whose turn has come; return False when there is none. Twice is once."""
    parent = lock_parent(parent_id)
    parts = list_parts(parent_id)
    granted = {part.item.code for part in parts if is_granted(part)}
    part = next((p for p in parts if p.state == PartState.WAITING and set(p.after) <= granted), None)
    if part is None:
        return False
    _start(part, parent, [p for p in parts if p.item.code in part.after])
    return True


def _start(part: BundlePart, parent: Case, before: list[BundlePart]) -> None:
    text = get_part_text(get_definition(parent.item_version_id), part.item.code)
    definition = get_definition(part.item_version_id)
    produced = {element: value for each in before for element, value in list_produced(each).items()}
    given: dict[str, list[int]] = {}
    for key, file_id in CaseMaterial.objects.filter(case=parent, replaced_at=None).values_list("key", "file_id"):
        given.setdefault(key, []).append(file_id)
    uploads = {spec.key: text.fields[spec.key] for spec in definition.list_uploads() if spec.key in text.fields}
    licences = {each.item_version.licence_kind for each in before if each.item_version.licence_kind}
    shared = dict(parent.reused)
    reused = [
        (spec.key, _("本次申请取得")) if spec.e_licence in licences else (spec.key, shared[key])
        for spec in definition.materials
        for key in [text.materials.get(spec.key, "")]
        if spec.e_licence in licences or key in shared
    ]
    case = cases.file_part(
        actor=SYSTEM,
        parent=parent,
        version=part.item_version,
        office=part.office,
        number=f"{parent.number}-{part.position}",
        form=answers_of_part({"fields": text.fields, "answers": text.answers}, parent.form, produced),
        reused=reused,
        files=[
            (own, file_id) for own, key in [*text.materials.items(), *uploads.items()] for file_id in given.get(key, ())
        ],
    )
    part.case, part.state = case, PartState.STARTED
    part.save(update_fields=["case", "state"])
    if before:
        names = "、".join(each.item.name for each in before)
        cases.note_act(parent, "start_part", actor=SYSTEM, words=f"“{names}”已办成，“{part.item.name}”开始办理。")
        if part.is_prechecked:
            cases.accept_case(actor=SYSTEM, case_id=case.pk, opinion="受理窗口已预先核对材料")


def list_produced(part: BundlePart) -> Mapping[str, Any]:
    """Return what a granted part tells the later ones, by element."""
    if part.case is None:
        return {}
    licence = Licence.objects.filter(case=part.case).first()
    values = {}
    for output in get_definition(part.item_version_id).outputs:
        if output.source == "licence.number":
            values[output.element] = licence.number if licence else ""
        else:
            values[output.element] = part.case.form.get(output.source.removeprefix("form."), "")
    return values


def stop_dependants(parent: Case, parts: list[BundlePart], failed: BundlePart, why: str) -> list[BundlePart]:
    """Stop what waits for a part that wasn't granted, directly or not; return what was stopped."""
    stopped: list[BundlePart] = []
    lost = {failed.item.code}
    for part in parts:  # in their order: whoever is waited for comes first
        if part.state == PartState.WAITING and lost & set(part.after):
            part.state, part.stopped_why = PartState.STOPPED, why[:200]
            part.save(update_fields=["state", "stopped_why"])
            lost.add(part.item.code)
            stopped.append(part)
    if stopped:
        names = "、".join(part.item.name for part in stopped)
        cases.note_act(parent, "stop_parts", actor=SYSTEM, words=f"{why}，“{names}”不再启动。")
    return stopped


@step()
def precheck_part(*, actor: Actor, part_id: int) -> None:
    """Note at the counter that the materials of a part that still waits are complete. Twice is once."""
    part = BundlePart.objects.select_for_update(of=("self",)).select_related("parent", "office").get(pk=part_id)
    require(actor, "cases.accept_case", part.office.organisation)
    BundlePart.objects.filter(pk=part.pk, state=PartState.WAITING).update(
        is_prechecked=True, prechecked_by=F("prechecked_by") if part.is_prechecked else actor.appointment
    )
    record(actor, "bundles.precheck_part", part, after={"item": part.item_id, "at": timezone.now()})
