"""Adjusting the lists: 取消, 下放 to another organ or level, 合并 into another entry; each is reviewed."""

from dataclasses import replace
from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _

from zhengtong.capabilities.powers.domain import Adjustment, PowerText
from zhengtong.capabilities.powers.models import Level, PowerEntry, PowerState, PowerVersion, VersionStatus
from zhengtong.capabilities.powers.selectors import find_live
from zhengtong.capabilities.powers.services.compiling import record_draft, send_to_review, start_version
from zhengtong.capabilities.powers.services.settling import lock_entry, refuse_open, require_keeper
from zhengtong.core.identity.public import Refused
from zhengtong.kernel.policy import Actor
from zhengtong.kernel.steps import step


def _take(entry_id: int, actor: Actor, reason: str) -> tuple[PowerEntry, PowerText]:
    """Return a listed entry, locked, with what its newest published version says. Raises Refused and Denied."""
    entry = lock_entry(entry_id)
    require_keeper(actor, entry)
    if entry.state not in (PowerState.LIVE, PowerState.COMING):
        raise Refused(
            "not-listed",
            _("“%(name)s”%(state)s，没有可以调整的内容。") % {"name": entry.name, "state": entry.get_state_display()},
        )
    if not reason.strip():
        raise Refused("no-reason", _("请写明调整依据（法律法规、文件名称和文号）。"), "reason")
    refuse_open(entry)
    newest = entry.versions.filter(status=VersionStatus.PUBLISHED).order_by("-effective_from").first()
    assert newest is not None
    if newest.ends:
        raise Refused(
            "ends-already",
            _("“%(name)s”已经定于%(day)s取消或者合并。") % {"name": entry.name, "day": newest.effective_from},
        )
    return entry, newest.text


@step()
def cancel_power(*, actor: Actor, entry: PowerEntry, reason: str, effective_from: date | None = None) -> PowerVersion:
    """Propose that a power is withdrawn from a day on; the legal office decides. Cases that run go on to their end."""
    locked, text = _take(entry.pk, actor, reason)
    return _propose(actor, locked, Adjustment.CANCEL, text, reason, effective_from)


@step()
def move_power(
    *, actor: Actor, entry: PowerEntry, organ: str, level: str, reason: str, effective_from: date | None = None
) -> PowerVersion:
    """Propose that another organ or level exercises a power from a day on (下放). Raises Refused, Denied."""
    locked, text = _take(entry.pk, actor, reason)
    if level not in Level.values:
        raise Refused("level", _("请选择层级。"), "level")
    if (organ.strip(), level) == (text.organ, text.level):
        raise Refused("same-organ", _("行使机关和层级都没有变，请填写承接的机关或者层级。"), "organ")
    moved = replace(text, organ=organ.strip(), level=level)
    return _propose(actor, locked, Adjustment.MOVE, moved, reason, effective_from)


@step()
def merge_power(
    *, actor: Actor, entry: PowerEntry, into: PowerEntry, reason: str, effective_from: date | None = None
) -> PowerVersion:
    """Propose that a power becomes part of another from a day on; what names it then goes on as that one."""
    locked, text = _take(entry.pk, actor, reason)
    if into.pk == locked.pk:
        raise Refused("itself", _("不能并入自身，请选择另一个权力事项。"), "into")
    day = effective_from or timezone.localdate()
    goal = find_live(into.code, day)
    if goal is None:
        raise Refused(
            "into-not-live", _("“%(name)s”在生效之日不是现行有效的权力事项，不能并入。") % {"name": into.name}, "into"
        )
    if goal.pk == locked.pk:
        raise Refused("circle", _("“%(name)s”已经并入这一项，不能再反过来合并。") % {"name": into.name}, "into")
    return _propose(actor, locked, Adjustment.MERGE, text, reason, effective_from, into=goal)


def _propose(
    actor: Actor,
    entry: PowerEntry,
    adjustment: Adjustment,
    text: PowerText,
    reason: str,
    effective_from: date | None,
    into: PowerEntry | None = None,
) -> PowerVersion:
    version = start_version(
        actor=actor,
        entry=entry,
        adjustment=adjustment,
        text=text,
        reason=reason,
        effective_from=effective_from,
        into=into,
    )
    version.entry = entry
    send_to_review(version, actor=actor)
    record_draft(version, "propose_adjustment", actor=actor)
    return version
