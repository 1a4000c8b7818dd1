"""The compiler's side: a draft of a power, its text checked, submitted to the legal office, or given up."""

from collections.abc import Sequence
from datetime import date

from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhengtong.capabilities.powers.domain import Adjustment, Basis, PowerText, is_writable, list_gaps
from zhengtong.capabilities.powers.models import (
    AdjustmentKind,
    Level,
    PowerEntry,
    PowerKind,
    PowerList,
    PowerState,
    PowerVersion,
    VersionStatus,
)
from zhengtong.capabilities.powers.services.settling import (
    COMPILE,
    REVIEW,
    WORK_KIND,
    keep_basis,
    lock_entry,
    lock_version,
    next_number,
    refuse_open,
    require_keeper,
    require_version,
    say_text,
    settle,
    version_url,
)
from zhengtong.core.audit.public import record
from zhengtong.core.identity.public import Organisation, Refused
from zhengtong.core.worklist.public import close_item, open_item
from zhengtong.kernel.policy import Actor, require
from zhengtong.kernel.steps import step

EDITABLE = (VersionStatus.COMPILING, VersionStatus.RETURNED)
LABELS = {
    "name": gettext_lazy("名称"),
    "organ": gettext_lazy("行使机关"),
    "procedure": gettext_lazy("行使流程"),
    "responsibilities": gettext_lazy("责任事项"),
    "basis": gettext_lazy("设定依据"),
}


def check_text(text: PowerText) -> None:
    """Raise Refused, naming the field, for a text that no list can hold."""
    if text.kind not in PowerKind.values:
        raise Refused("kind", _("类别“%(kind)s”不在规定的十类之中。") % {"kind": text.kind}, "kind")
    if text.level not in Level.values:
        raise Refused("level", _("层级“%(level)s”应为省级、市级、县级或者乡级。") % {"level": text.level}, "level")
    for each in text.basis:
        if not is_writable(each):
            raise Refused(
                "basis",
                _("设定依据“%(title)s”写得不完整：法律法规名称不带书名号，条款里不写冒号，并写明条文。")
                % {"title": each.title or each.text[:20]},
                "basis",
            )


@step()
def compile_power(
    *,
    actor: Actor,
    code: str,
    power_list: PowerList,
    name: str,
    kind: str,
    organ: str,
    level: str,
    basis: Sequence[Basis],
    reason: str = "",
    inquiry_phone: str = "",
    procedure: Sequence[str] = (),
    responsibilities: Sequence[str] = (),
    accountability: str = "",
    effective_from: date | None = None,
) -> PowerVersion:
    """Compile a power that is in no list yet, as a draft of its first version. Raises Refused and Denied."""
    require(actor, COMPILE)
    if PowerEntry.objects.filter(code=code).exists():
        raise Refused(
            "taken", _("编码“%(code)s”已经有一个权力事项，请核对编码，或者对它编制变更。") % {"code": code}, "code"
        )
    text = PowerText(
        name, kind, organ, level, inquiry_phone, tuple(procedure), tuple(responsibilities), accountability, tuple(basis)
    )
    check_text(text)
    entry = PowerEntry(code=code, power_list=power_list, organisation_id=actor.organisation)
    say_text(entry, text)
    entry.save(force_insert=True)
    version = start_version(
        actor=actor, entry=entry, adjustment=Adjustment.NEW, text=text, reason=reason, effective_from=effective_from
    )
    record_draft(version, "compile_version", actor=actor)
    return version


@step()
def change_power(
    *,
    actor: Actor,
    entry: PowerEntry,
    name: str,
    kind: str,
    organ: str,
    level: str,
    basis: Sequence[Basis],
    reason: str,
    inquiry_phone: str = "",
    procedure: Sequence[str] = (),
    responsibilities: Sequence[str] = (),
    accountability: str = "",
    effective_from: date | None = None,
) -> PowerVersion:
    """Compile a change of a power, as a draft of its next version; of a withdrawn one, its return to the list."""
    locked = lock_entry(entry.pk)
    require_keeper(actor, locked)
    refuse_open(locked)
    text = PowerText(
        name, kind, organ, level, inquiry_phone, tuple(procedure), tuple(responsibilities), accountability, tuple(basis)
    )
    check_text(text)
    is_back = locked.state in (PowerState.WITHDRAWN, PowerState.COMPILING)
    version = start_version(
        actor=actor,
        entry=locked,
        adjustment=Adjustment.NEW if is_back else Adjustment.CHANGE,
        text=text,
        reason=reason,
        effective_from=effective_from,
    )
    record_draft(version, "compile_version", actor=actor)
    return version


def start_version(
    *,
    actor: Actor,
    entry: PowerEntry,
    adjustment: Adjustment,
    text: PowerText,
    reason: str,
    effective_from: date | None,
    into: PowerEntry | None = None,
) -> PowerVersion:
    """Keep the next version of the locked ``entry`` as a draft. Part of the caller's act and of its journal record."""
    version = PowerVersion.objects.create(
        entry=entry,
        number=next_number(entry),
        adjustment=AdjustmentKind(adjustment.value),
        reason=reason.strip()[:500],
        content=text.plain(),
        into=into,
        effective_from=effective_from,
        organisation_id=actor.organisation or entry.organisation_id,
        compiled_by_id=actor.appointment,
    )
    keep_basis(version, text.basis)
    return version


def record_draft(version: PowerVersion, act: str, *, actor: Actor) -> None:
    """Write the journal's one record of a new version."""
    record(
        actor,
        f"powers.{act}",
        version,
        after={
            "code": version.entry.code,
            "number": version.number,
            "adjustment": version.adjustment,
            "status": version.status,
            "reason": version.reason,
        },
    )


@step()
def amend_version(
    *,
    actor: Actor,
    version: PowerVersion,
    name: str,
    kind: str,
    organ: str,
    level: str,
    basis: Sequence[Basis],
    reason: str = "",
    inquiry_phone: str = "",
    procedure: Sequence[str] = (),
    responsibilities: Sequence[str] = (),
    accountability: str = "",
    effective_from: date | None = None,
) -> PowerVersion:
    """Write a draft anew, while it is compiled or after it was returned. Raises Refused and Denied."""
    draft = lock_version(version.pk)
    require_version(actor, COMPILE, draft)
    if draft.status not in EDITABLE or draft.ends:
        raise Refused("not-editable", _("这一版已经%(status)s，不能再修改。") % {"status": draft.get_status_display()})
    text = PowerText(
        name, kind, organ, level, inquiry_phone, tuple(procedure), tuple(responsibilities), accountability, tuple(basis)
    )
    check_text(text)
    draft.content, draft.reason, draft.effective_from = text.plain(), reason.strip()[:500], effective_from
    draft.save(update_fields=["content", "reason", "effective_from"])
    keep_basis(draft, text.basis)
    if draft.entry.state == PowerState.COMPILING:
        settle(draft.entry, timezone.localdate())
    record(actor, "powers.amend_version", draft, after={"code": draft.entry.code, "number": draft.number})
    return draft


@step()
def submit_version(*, actor: Actor, version: PowerVersion) -> PowerVersion:
    """Send a draft to the legal office. Twice is once. Raises Refused for what is still missing, and Denied."""
    draft = lock_version(version.pk)
    require_version(actor, COMPILE, draft)
    if draft.status == VersionStatus.IN_REVIEW:
        return draft
    if draft.status not in EDITABLE:
        raise Refused("not-editable", _("这一版已经%(status)s，不用送审。") % {"status": draft.get_status_display()})
    gaps = list_gaps(draft.text)
    if gaps:
        said = "、".join(str(LABELS[name]) for name in gaps)
        raise Refused("incomplete", _("还缺少%(what)s，补齐后再送审。") % {"what": said})
    if not draft.reason:
        raise Refused("no-reason", _("请先写明调整依据（法律法规、文件名称和文号），再送审。"))
    before = draft.status
    send_to_review(draft, actor=actor)
    record(
        actor,
        "powers.submit_version",
        draft,
        before={"status": before},
        after={"status": draft.status, "code": draft.entry.code, "number": draft.number},
    )
    return draft


def send_to_review(draft: PowerVersion, *, actor: Actor) -> None:
    """Put the locked draft on the legal office's list. Part of the caller's act and of its journal record."""
    if draft.organisation_id is None:
        raise Refused("no-office", _("这一版没有编制单位，请由编制单位的工作人员送审。"))
    draft.status, draft.submitted_at, draft.opinion = VersionStatus.IN_REVIEW, timezone.now(), ""
    draft.compiled_by_id = actor.appointment or draft.compiled_by_id
    draft.save(update_fields=["status", "submitted_at", "opinion", "compiled_by"])
    office = Organisation.objects.get(pk=draft.organisation_id)
    # The row is everybody's and is translated when it is shown.
    with translation.override("zh-hans"):
        title = f"{AdjustmentKind(draft.adjustment).label}：{draft.content['name']}"[:200]
    open_item(
        kind=WORK_KIND,
        object_id=draft.pk,
        organisation_id=office.pk,
        permission=REVIEW,
        reference=draft.entry.code[:40],
        title=title,
        party=office.name[:120],
        step="合法性审核",
        url=version_url(draft),
    )


@step()
def abandon_version(*, actor: Actor, version: PowerVersion) -> PowerVersion:
    """Give a draft up, also one that waits for its review. What is published stays. Raises Refused and Denied."""
    draft = lock_version(version.pk)
    require_version(actor, COMPILE, draft)
    if draft.status == VersionStatus.CANCELLED:
        return draft
    if draft.status == VersionStatus.PUBLISHED:
        raise Refused("published", _("这一版已经发布，不能放弃；需要停止行使的，请办理取消。"))
    before = draft.status
    draft.status = VersionStatus.CANCELLED
    draft.save(update_fields=["status"])
    close_item(kind=WORK_KIND, object_id=draft.pk, done_by_id=None)
    record(actor, "powers.abandon_version", draft, before={"status": before}, after={"status": draft.status})
    return draft
