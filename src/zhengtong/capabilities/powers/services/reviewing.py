"""The legal office's side (合法性审核): return a draft with an opinion, or publish it from a day on."""

from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _

from zhengtong.capabilities.powers.domain import earliest_next
from zhengtong.capabilities.powers.models import PowerVersion, VersionStatus
from zhengtong.capabilities.powers.selectors import list_turns
from zhengtong.capabilities.powers.services.settling import (
    REVIEW,
    WORK_KIND,
    close_span,
    lock_version,
    require_version,
    settle,
    version_url,
)
from zhengtong.core.audit.public import record
from zhengtong.core.identity.public import Appointment, Refused
from zhengtong.core.messages.public import send_message
from zhengtong.core.worklist.public import close_item
from zhengtong.kernel.policy import Actor
from zhengtong.kernel.steps import step


def _take(version_id: int, actor: Actor) -> PowerVersion:
    """Return the version under review, locked. Raises Refused when it was dealt with or the reviewer compiled it."""
    draft = lock_version(version_id)
    require_version(actor, REVIEW, draft)
    if draft.status != VersionStatus.IN_REVIEW:
        who = draft.reviewed_by.staff.name if draft.reviewed_by else ""
        raise Refused(
            "dealt-with",
            _("这一版已由%(who)s处理，现在是“%(status)s”，没有重复办理。")
            % {"who": who or _("其他人"), "status": draft.get_status_display()},
        )
    if draft.compiled_by is not None and _is_same_person(draft.compiled_by, actor):
        raise Refused("own-draft", _("编制人不能审核自己编制的版本，请由法制机构的其他人审核。"))
    return draft


def _is_same_person(compiler: Appointment, actor: Actor) -> bool:
    """Return whether the compiler is who acts now, in whichever of her posts, or in a colleague's stead."""
    posts = [post for post in (actor.appointment, actor.agent) if post is not None]
    return Appointment.objects.filter(pk__in=posts, staff_id=compiler.staff_id).exists()


@step()
def return_version(*, actor: Actor, version: PowerVersion, opinion: str) -> PowerVersion:
    """Return a draft to its compiler, who is told why. Raises Refused and Denied."""
    draft = _take(version.pk, actor)
    said = opinion.strip()
    if not said:
        raise Refused("no-opinion", _("请写明退回的理由和修改意见。"), "opinion")
    draft.status, draft.opinion = VersionStatus.RETURNED, said[:1000]
    _finish(draft, actor=actor)
    draft.save(update_fields=["status", "opinion", "reviewed_by", "reviewed_at"])
    record(
        actor,
        "powers.return_version",
        draft,
        before={"status": VersionStatus.IN_REVIEW},
        after={"status": draft.status, "opinion": draft.opinion},
    )
    _tell(draft, "powers.returned", actor=actor, opinion=draft.opinion[:200])
    return draft


@step()
def publish_version(
    *, actor: Actor, version: PowerVersion, effective_from: date | None = None, opinion: str = ""
) -> PowerVersion:
    """Approve a draft and publish it; it holds from ``effective_from`` on (today, or the day that its text names).

    Published twice at once, one wins and the other is told. Raises Refused and Denied.
    """
    draft = _take(version.pk, actor)
    today = timezone.localdate()
    earliest = earliest_next(list_turns(draft.entry), today)
    day = effective_from or max(draft.effective_from or today, earliest)
    if day < earliest:
        raise Refused(
            "too-early",
            _("生效日期最早为%(day)s：不能早于今天，也不能早于已发布版本的次日。")
            % {"day": f"{earliest.year}年{earliest.month}月{earliest.day}日"},
            "effective_from",
        )
    draft.status, draft.effective_from, draft.opinion = VersionStatus.PUBLISHED, day, opinion.strip()[:1000]
    _finish(draft, actor=actor)
    draft.save(update_fields=["status", "effective_from", "opinion", "reviewed_by", "reviewed_at"])
    close_span(draft.entry, draft)
    if draft.entry.organisation_id is None:
        draft.entry.organisation_id = draft.organisation_id
    settle(draft.entry, today)
    record(
        actor,
        "powers.publish_version",
        draft,
        before={"status": VersionStatus.IN_REVIEW},
        after={
            "status": draft.status,
            "code": draft.entry.code,
            "number": draft.number,
            "adjustment": draft.adjustment,
            "effective_from": day,
            "reason": draft.reason,
        },
    )
    _tell(draft, "powers.published", actor=actor, day=f"{day:%Y-%m-%d}")
    return draft


def _finish(draft: PowerVersion, *, actor: Actor) -> None:
    draft.reviewed_by_id, draft.reviewed_at = actor.appointment, timezone.now()
    close_item(kind=WORK_KIND, object_id=draft.pk, done_by_id=actor.appointment, done_by_agent_id=actor.agent)


def _tell(draft: PowerVersion, template: str, *, actor: Actor, **context: object) -> None:
    if draft.compiled_by is None:
        return
    send_message(
        actor=actor,
        recipient=draft.compiled_by.staff.account,
        template=template,
        context={"name": draft.content["name"], "number": draft.number, "who": actor.name, **context},
        link=version_url(draft),
    )
