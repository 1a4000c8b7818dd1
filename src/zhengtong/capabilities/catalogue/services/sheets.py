"""A sheet of entries: read and compared first, written as drafts when a person has confirmed the differences."""

from dataclasses import replace
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone
from django.utils.translation import gettext as _

from zhengtong.capabilities.catalogue.domain import VersionText, compare
from zhengtong.capabilities.catalogue.models import (
    CatalogueSheet,
    Resource,
    ResourceState,
    ResourceVersion,
    SheetState,
)
from zhengtong.capabilities.catalogue.permissions import COMPILE
from zhengtong.capabilities.catalogue.selectors import EDITABLE, OPEN, read_text
from zhengtong.capabilities.catalogue.services.compiling import make_change, make_entry, rewrite
from zhengtong.capabilities.catalogue.services.settling import (
    check_text,
    find_classification,
    lock_resource,
    lock_version,
)
from zhengtong.capabilities.catalogue.sheet_reading import ReadEntry, read_entries
from zhengtong.core.audit.public import record
from zhengtong.core.identity.public import Organisation, Refused
from zhengtong.kernel.policy import Actor, require
from zhengtong.kernel.steps import step
from zhengtong.screens.sheets.problems import FileRefused
from zhengtong.screens.sheets.reading import open_table
from zhengtong.screens.sheets.receiving import receive_table

NEW, CHANGE, SAME, REFUSED = "new", "change", "same", "refused"


@step()
def read_sheet(*, actor: Actor, upload: "UploadedFile[bytes]") -> CatalogueSheet:
    """Keep an uploaded sheet and what it would change; nothing of the catalogue is written. Raises Refused, Denied."""
    require(actor, COMPILE)
    if actor.organisation is None:
        raise Refused("no-office", _("请以编制单位的岗位上传。"))
    try:
        receive_table(actor=actor, upload=upload)
        upload.seek(0)
        with open_table(upload, upload.size or 0) as table:
            entries = read_entries(table.lines())
    except FileRefused as refused:
        raise Refused(refused.code, refused.message, "file") from refused
    plan = [_plan(actor, entry) for entry in entries]
    sheet = CatalogueSheet.objects.create(
        organisation_id=actor.organisation,
        uploaded_by_id=actor.appointment,
        file_name=(upload.name or "")[-200:],
        plan=plan,
    )
    record(
        actor,
        "catalogue.read_sheet",
        sheet,
        after={act: sum(each["act"] == act for each in plan) for act in (NEW, CHANGE, SAME, REFUSED)},
    )
    return sheet


def _plan(actor: Actor, entry: ReadEntry) -> dict[str, Any]:
    """Return what one entry would do: who provides it, against which text it was compared, how it differs."""
    planned: dict[str, Any] = {
        "line": entry.line,
        "name": entry.name[:200],
        "code": entry.code[:40],
        "act": REFUSED,
        "problems": entry.problems[:20],
        "changes": [],
        "text": None,
        "base": "",
        "resource": None,
        "provider": None,
    }
    text = entry.text
    if text is None:
        return planned
    try:
        provider = _find_provider(actor, entry)
        check_text(text)
        find_classification(text.classification)
        resource = _find_resource(entry, provider)
        newest = _newest(resource) if resource else None
        if newest is not None and newest.status in OPEN and newest.status not in EDITABLE:
            raise Refused(
                "in-review",
                _("第%(n)s版现在是“%(status)s”，办完以后再导入。")
                % {"n": newest.number, "status": newest.get_status_display()},
            )
        if resource is not None and resource.state == ResourceState.RETIRED:
            raise Refused("retired", _("这个资源已经停用。"))
    except Refused as refused:
        planned["problems"] = [str(refused.message)]
        return planned
    planned |= {"text": text.plain(), "provider": provider.pk}
    if resource is None or newest is None:
        return planned | {"act": NEW}
    before = read_text(newest)
    text = _carry(text, before)
    changes = compare(before, text)
    return planned | {
        "text": text.plain(),
        "act": CHANGE if changes else SAME,
        "code": resource.code,
        "base": before.digest(),
        "resource": resource.pk,
        "changes": [
            {"field": each.field, "change": each.change, "before": each.before, "after": each.after,
             "verdict": str(each.verdict)}
            for each in changes[:200]
        ],
    }  # fmt: skip


def _carry(text: VersionText, before: VersionText) -> VersionText:
    """Keep of each item what a sheet has no column for."""
    was = {each.code: each for each in before.fields}
    return replace(
        text,
        fields=tuple(
            replace(each, rule=was[each.code].rule, has_zone=was[each.code].has_zone) if each.code in was else each
            for each in text.fields
        ),
    )


def _find_provider(actor: Actor, entry: ReadEntry) -> Organisation:
    reach = actor.reach(COMPILE)
    if not entry.provider:
        return Organisation.objects.get(pk=actor.organisation or 0)
    found = Organisation.objects.filter(pk__in=list(reach), name=entry.provider, is_active=True).first()
    if found is None:
        raise Refused("provider", _("“%(name)s”不是您编制的单位，请填单位全称。") % {"name": entry.provider[:60]})
    return found


def _find_resource(entry: ReadEntry, provider: Organisation) -> Resource | None:
    """Return the entry that a row is about: of its code, or of its name at the office. Raises Refused."""
    if entry.code:
        found = Resource.objects.filter(code=entry.code, provider=provider).first()
        if found is None:
            raise Refused(
                "code", _("本单位没有代码为“%(code)s”的资源；新编的请把代码留空。") % {"code": entry.code[:40]}
            )
        return found
    return Resource.objects.filter(name=entry.name, provider=provider).exclude(state=ResourceState.RETIRED).first()


def _newest(resource: Resource) -> ResourceVersion | None:
    """Return the version that a sheet changes: the open one, or else the published one."""
    versions = ResourceVersion.objects.filter(resource=resource).select_related("classification")
    open_one = versions.filter(status__in=OPEN).first()
    return open_one or versions.filter(pk=resource.current_id or 0).first()


@step()
def apply_sheet(*, actor: Actor, sheet: CatalogueSheet, skip: frozenset[int] = frozenset()) -> CatalogueSheet:
    """Write what was confirmed as drafts, all or nothing; ``skip`` are lines of entries that are left out.

    Raises Refused when it was dealt with already, when an entry changed since it was compared, and Denied.
    """
    locked = CatalogueSheet.objects.select_for_update().get(pk=sheet.pk)
    require(actor, COMPILE, locked)
    if locked.state != SheetState.CHECKED:
        raise Refused("dealt-with", _("这份表格%(state)s，没有重复办理。") % {"state": locked.get_state_display()})
    written = 0
    for each in locked.plan:
        if each["act"] not in (NEW, CHANGE) or each["line"] in skip:
            continue
        _write(actor, each)
        written += 1
    locked.state, locked.applied_at = SheetState.APPLIED, timezone.now()
    locked.save(update_fields=["state", "applied_at"])
    record(
        actor,
        "catalogue.apply_sheet",
        locked,
        before={"state": SheetState.CHECKED},
        after={"state": locked.state, "entries": written},
    )
    return locked


def _write(actor: Actor, planned: dict[str, Any]) -> None:
    text = VersionText.of(planned["text"])
    if planned["provider"] not in actor.reach(COMPILE):
        raise Refused("provider", _("您的岗位变了，不能再为“%(name)s”的单位编制。") % {"name": planned["name"]})
    if planned["act"] == NEW:
        make_entry(actor, Organisation.objects.get(pk=planned["provider"]), text)
        return
    resource = lock_resource(planned["resource"])
    newest = _newest(resource)
    stale = Refused(
        "stale", _("检查以后，“%(name)s”被改动过，一行也没有导入。请重新上传检查。") % {"name": resource.name}
    )
    if newest is None or read_text(newest).digest() != planned["base"]:
        raise stale
    draft = newest if newest.status in EDITABLE else make_change(actor, resource)
    draft = lock_version(draft.pk)
    if draft.status not in EDITABLE:
        raise stale
    rewrite(draft, text, note=_("按导入的表格变更"))


@step()
def cancel_sheet(*, actor: Actor, sheet: CatalogueSheet) -> CatalogueSheet:
    """Leave a sheet unwritten. Raises Refused when it was written already, and Denied."""
    locked = CatalogueSheet.objects.select_for_update().get(pk=sheet.pk)
    require(actor, COMPILE, locked)
    if locked.state == SheetState.APPLIED:
        raise Refused("dealt-with", _("这份表格已经导入，不能放弃。"))
    if locked.state == SheetState.CHECKED:
        locked.state = SheetState.CANCELLED
        locked.save(update_fields=["state"])
        record(actor, "catalogue.cancel_sheet", locked, before={"state": "checked"}, after={"state": locked.state})
    return locked
