"""Compiling an item in an office: started, saved part by part, sent to a second person, returned, published."""

import json
from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext as _

from zhengtong.capabilities.cases.domain import STANDARD_KEYS, STANDARD_LIMITS, take_over
from zhengtong.capabilities.cases.gate import check_draft
from zhengtong.capabilities.cases.item_definition import UnusableDefinition
from zhengtong.capabilities.cases.models import (
    OPEN_DRAFTS,
    CaseKind,
    DraftStatus,
    ItemDraft,
    ItemLevel,
    ItemOffice,
    ItemVersion,
    ServiceItem,
)
from zhengtong.capabilities.cases.services.items import open_office, publish_item
from zhengtong.core.audit.public import record
from zhengtong.core.identity.public import Organisation, Refused
from zhengtong.kernel.policy import Actor, ActorKind, require

COMPILE, PUBLISH = "items.compile", "items.publish"
# A guide with two hundred materials takes a tenth of it.
LARGEST_TEXT = 1_000_000
EDITABLE = (DraftStatus.COMPILING, DraftStatus.RETURNED)


def may_compile(actor: Actor, item: ServiceItem) -> bool:
    """Return whether ``actor`` compiles for the organ that keeps the item's text.

    One that came with the platform belongs to whoever handles it in all its regions.
    """
    if actor.kind is ActorKind.SYSTEM:
        return True
    reach = actor.reach(COMPILE)
    if item.organisation_id is not None:
        return item.organisation_id in reach
    handlers = set(ItemOffice.objects.filter(item=item).values_list("organisation_id", flat=True))
    return bool(handlers) and handlers <= reach


@transaction.atomic
def start_item_draft(
    *, actor: Actor, organisation: Organisation, code: str, name: str, kind: str = CaseKind.LICENCE
) -> ItemDraft:
    """Begin an item, or a bundle, that isn't there yet. Raises Refused when its code is taken, and Denied."""
    require(actor, COMPILE, organisation)
    if ServiceItem.objects.filter(code=code).exists():
        raise Refused("taken", _("这个代码已被另一个事项使用，请换一个"), "code")
    level = str(organisation.region.level)
    text: dict[str, Any] = {"code": code, "name": name, "kind": kind, "audience": "person", "aliases": [], "form": []}
    text |= {"questions": [], "items": []} if kind == CaseKind.BUNDLE else {"type": "promised"}
    text |= {"level": level} if level in ItemLevel.values else {}
    draft = ItemDraft(organisation=organisation, code=code, name=name, definition=text, kind=kind)
    return _begin(actor, draft)


@transaction.atomic
def revise_item(*, actor: Actor, item: ServiceItem, text: Mapping[str, Any] | None = None) -> ItemDraft:
    """Begin the next version of a published item, from its live text and offices; go on with one that is open.

    ``text`` instead of the live version's, of a bundle: its author's. Raises Denied.
    """
    if not may_compile(actor, item):
        require(actor, COMPILE, item.organisation)
        raise Refused("elsewhere", _("这个事项由几个单位共同办理，要由保管它的单位修改"))
    open_draft = ItemDraft.objects.filter(item=item, status__in=OPEN_DRAFTS).first()
    if open_draft is not None:
        return open_draft
    live = item.versions.latest("number")
    offices = [
        {"organisation": each.organisation_id, "window": each.window_id}
        | {key: getattr(each, key) for key in ("address", "hours", "phone", "supervision_phone")}
        for each in item.offices.order_by("region__code")
    ]
    organisation = item.organisation or Organisation.objects.get(pk=actor.organisation)
    draft = ItemDraft(
        item=item,
        organisation=organisation,
        code=item.code,
        name=item.name,
        kind=item.kind,
        definition={**(text or live.definition), "offices": offices},
        based_on=live,
        standard=item.standard,
        standard_version=item.standard_version,
    )
    return _begin(actor, draft)


@transaction.atomic
def localise_item(*, actor: Actor, organisation: Organisation, standard: ServiceItem, code: str) -> ItemDraft:
    """Begin the local version of an item of the level above (四级联动). Raises Refused and Denied."""
    require(actor, COMPILE, organisation)
    if not standard.is_published or standard.kind != CaseKind.LICENCE:
        raise Refused("withdrawn", _("这个上级标准已经取消，不能按它编制"))
    if ServiceItem.objects.filter(code=code).exists():
        raise Refused("taken", _("这个代码已被另一个事项使用，请换一个"), "code")
    live = standard.versions.latest("number")
    text = take_over(live.definition, {"code": code, "level": str(organisation.region.level)})
    draft = ItemDraft(
        organisation=organisation,
        code=code,
        name=standard.name,
        definition=text,
        standard=standard,
        standard_version=live,
    )
    return _begin(actor, draft)


def _begin(actor: Actor, draft: ItemDraft) -> ItemDraft:
    draft.started_by_id = actor.held_appointment
    try:
        with transaction.atomic():
            draft.save(force_insert=True)
    except IntegrityError as error:
        raise Refused("open", _("本单位正在编制这个代码的事项，请打开那一份接着编"), "code") from error
    record(actor, "cases.start_item_draft", draft, after={"code": draft.code, "standard": draft.standard_id})
    return draft


def lock_draft(actor: Actor, draft_id: int, permission: str, number: int | None = None) -> ItemDraft:
    """Return the draft locked. Raises Refused when it was changed since ``number``, and Denied."""
    draft = ItemDraft.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=draft_id)
    require(actor, permission, draft)
    if number is not None and draft.number != number:
        raise Refused("stale", _("这份内容刚刚被别人改过。您填的没有保存，请看过最新内容后再改。"))
    return draft


def list_locked(draft: ItemDraft) -> frozenset[str]:
    """Return the keys that the standard sets; limits as ``limits.<key>``."""
    if draft.standard_id is None:
        return frozenset()
    return frozenset({*STANDARD_KEYS, *(f"limits.{key}" for key in STANDARD_LIMITS)})


@transaction.atomic
def save_item_draft(*, actor: Actor, draft_id: int, number: int, changes: Mapping[str, Any]) -> ItemDraft:
    """Replace top-level parts of the text; None takes one out. What the standard sets stays as it is.

    Raises Refused when somebody saved meanwhile, the text is too large or under review, and Denied.
    """
    draft = lock_draft(actor, draft_id, COMPILE, number)
    if draft.status not in EDITABLE:
        raise Refused("closed", _("这份内容已经送审或者办结，不能再改；要改请先请审核人退回"))
    locked = list_locked(draft)
    before = draft.definition
    text = dict(before)
    for key, value in changes.items():
        if key in locked:
            continue
        if key == "limits":
            value = {**value, **{k: v for k, v in before.get("limits", {}).items() if f"limits.{k}" in locked}}
        if value is None:
            text.pop(key, None)
        else:
            text[key] = value
    if len(json.dumps(text, ensure_ascii=False, default=str).encode()) > LARGEST_TEXT:
        raise Refused("too-large", _("内容太长，不能保存。请删减：一份指南不应超过几万字。"))
    if text == before:
        return draft
    if text.get("code", draft.code) != draft.code:
        if draft.item_id is not None:
            raise Refused("code", _("已发布的事项不能改代码"), "code")
        draft.code = text["code"]
    draft.name = str(text.get("name") or draft.name)[:100]
    draft.definition = text
    draft.number += 1
    try:
        with transaction.atomic():
            draft.save(update_fields=["definition", "name", "code", "number", "changed_at"])
    except IntegrityError as error:
        raise Refused("open", _("本单位正在编制这个代码的事项，请换一个代码"), "code") from error
    record(actor, "cases.save_item_draft", draft, after={"parts": sorted(changes), "number": draft.number})
    return draft


@transaction.atomic
def take_over_standard(*, actor: Actor, draft_id: int, number: int) -> ItemDraft:
    """Take the standard's newest text over into the draft; what is local stays. Raises Refused and Denied."""
    draft = lock_draft(actor, draft_id, COMPILE, number)
    if draft.standard is None or draft.status not in EDITABLE:
        raise Refused("closed", _("这份内容现在不能采用上级标准"))
    if not draft.standard.is_published:
        raise Refused("withdrawn", _("这个上级标准已经取消，不能按它编制"))
    live = draft.standard.versions.latest("number")
    draft.definition = take_over(live.definition, draft.definition)
    draft.standard_version, draft.name = live, draft.definition["name"]
    draft.number += 1
    draft.save(update_fields=["definition", "standard_version", "name", "number", "changed_at"])
    record(actor, "cases.take_over_standard", draft, after={"version": live.number})
    return draft


@transaction.atomic
def submit_item_draft(*, actor: Actor, draft_id: int, number: int, reason: str) -> ItemDraft:
    """Send the draft to a second person. Raises Refused while anything is missing, and Denied."""
    draft = lock_draft(actor, draft_id, COMPILE, number)
    if draft.status not in EDITABLE:
        raise Refused("closed", _("这份内容已经送审或者办结"))
    draft.status, draft.reason, draft.submitted_by_id = DraftStatus.IN_REVIEW, reason.strip(), actor.held_appointment
    draft.number += 1
    draft.save(update_fields=["status", "reason", "submitted_by", "number", "changed_at"])
    record(actor, "cases.submit_item_draft", draft, after={"reason": draft.reason})
    return draft


@transaction.atomic
def return_item_draft(*, actor: Actor, draft_id: int, number: int, opinion: str) -> ItemDraft:
    """Give the draft back to be mended. Raises Refused and Denied."""
    draft = lock_draft(actor, draft_id, PUBLISH, number)
    if draft.status != DraftStatus.IN_REVIEW:
        raise Refused("closed", _("这份内容没有在等审核"))
    draft.status, draft.opinion, draft.reviewed_by_id = DraftStatus.RETURNED, opinion.strip(), actor.held_appointment
    draft.number += 1
    draft.save(update_fields=["status", "opinion", "reviewed_by", "number", "changed_at"])
    record(actor, "cases.return_item_draft", draft, after={"opinion": draft.opinion})
    return draft


@transaction.atomic
def abandon_item_draft(*, actor: Actor, draft_id: int, number: int) -> ItemDraft:
    """Give the draft up. Raises Refused and Denied."""
    draft = lock_draft(actor, draft_id, COMPILE, number)
    if draft.status not in OPEN_DRAFTS:
        raise Refused("closed", _("这份内容已经办结"))
    draft.status = DraftStatus.ABANDONED
    draft.number += 1
    draft.save(update_fields=["status", "number", "changed_at"])
    record(actor, "cases.abandon_item_draft", draft)
    return draft


def admit_to_publication(actor: Actor, draft_id: int, number: int) -> ItemDraft:
    """Return the locked draft when this person may publish it and nobody published the item meanwhile.

    Raises Refused and Denied.
    """
    draft = lock_draft(actor, draft_id, PUBLISH, number)
    if draft.status != DraftStatus.IN_REVIEW:
        raise Refused("closed", _("这份内容没有在等审核，可能已经由别人发布或者退回"))
    if draft.submitted_by_id == actor.held_appointment:
        raise Refused("self", _("送审的人不能自己审核发布，请由另一人审核"))
    item = ServiceItem.objects.select_for_update().filter(code=draft.code).first()
    if item is not None and item.pk != draft.item_id:
        raise Refused("taken", _("代码“%(code)s”已被另一个事项使用") % {"code": draft.code})
    newest = item.versions.order_by("-number").values_list("pk", flat=True).first() if item else None
    if newest != draft.based_on_id:
        raise Refused("overtaken", _("编制期间这个事项已发布了新的版本。请退回，由编制人按新版本重新编制。"))
    return draft


@transaction.atomic
def publish_item_draft(*, actor: Actor, draft_id: int, number: int) -> ItemVersion:
    """Publish the draft as the item's next version and open its offices. Of two at once one wins.

    The text must pass the gate. Raises Refused and Denied.
    """
    draft = admit_to_publication(actor, draft_id, number)
    if missing := [each for each in check_draft(draft) if each.is_blocking]:
        raise Refused("unfinished", _("还有 %(n)d 处没有填好，不能发布") % {"n": len(missing)})
    text = {key: value for key, value in draft.definition.items() if key != "offices"}
    try:
        version = publish_item(actor=actor, raw={**text, "code": draft.code})
    except UnusableDefinition as error:
        raise Refused("unusable", str(error)) from error
    finish_publication(actor, draft, version)
    return version


def finish_publication(actor: Actor, draft: ItemDraft, version: ItemVersion) -> None:
    """Open the offices, say who keeps the item, close the draft."""
    item = version.item
    offices = draft.definition.get("offices", [])
    regions = []
    for each in offices:
        organisation = Organisation.objects.select_related("region").get(pk=each["organisation"])
        regions.append(organisation.region_id)
        open_office(
            actor=actor,
            item=item,
            organisation=organisation,
            window=Organisation.objects.get(pk=each["window"]),
            **{key: each[key] for key in ("address", "hours", "phone", "supervision_phone")},
        )
    for office in item.offices.exclude(region_id__in=regions):
        _close_office(actor, office)
    item.organisation = draft.organisation
    item.standard, item.standard_version = draft.standard, draft.standard_version
    item.save(update_fields=["organisation", "standard", "standard_version"])
    draft.status, draft.item, draft.version = DraftStatus.PUBLISHED, item, version
    draft.reviewed_by_id = actor.held_appointment
    draft.number += 1
    draft.save(update_fields=["status", "item", "version", "reviewed_by", "number", "changed_at"])
    record(actor, "cases.publish_item_draft", draft, after={"item": item.code, "version": version.number})


def _close_office(actor: Actor, office: ItemOffice) -> None:
    """Take an office out of the list. Raises Refused when cases were filed there."""
    record(actor, "cases.close_office", office, before={"organisation": office.organisation.name})
    try:
        with transaction.atomic():
            office.delete()
    except ProtectedError as error:
        said = {"organ": office.organisation.name}
        raise Refused("in-use", _("“%(organ)s”已有办件，不能从实施机构中去掉") % said) from error
