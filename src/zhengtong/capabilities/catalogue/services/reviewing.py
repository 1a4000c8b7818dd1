"""The two reviews: the department's own, then the authority's (政务服务数据管理局), which publishes."""

from django.utils import timezone
from django.utils.translation import gettext as _

from zhengtong.capabilities.catalogue.events import ResourceChanged, ResourcePublished
from zhengtong.capabilities.catalogue.models import ResourceState, ResourceVersion, VersionStatus
from zhengtong.capabilities.catalogue.permissions import APPROVE, REVIEW
from zhengtong.capabilities.catalogue.selectors import read_text
from zhengtong.capabilities.catalogue.services.compiling import find_gaps, judge
from zhengtong.capabilities.catalogue.services.settling import (
    close_work,
    lock_version,
    require_row,
    say_head,
    tell_compiler,
    wait_for,
)
from zhengtong.core.audit.public import record
from zhengtong.core.identity.public import Refused, is_same_person
from zhengtong.kernel.events import publish
from zhengtong.kernel.policy import Actor
from zhengtong.kernel.steps import step


def _take(version_id: int, actor: Actor, status: VersionStatus, permission: str, revision: int) -> ResourceVersion:
    """Return the version that waits for this review, locked.

    Raises Refused when it was dealt with, when it isn't the text that was read, or the reviewer had a part in it.
    """
    draft = lock_version(version_id)
    require_row(actor, permission, draft)
    if draft.status != status:
        raise Refused(
            "dealt-with",
            _("这一版已由别人处理，现在是“%(status)s”，没有重复办理。") % {"status": draft.get_status_display()},
        )
    if draft.revision != revision:
        raise Refused("stale", _("您打开以后，这一版被撤回修改过。请刷新页面，看过新的内容再审核。"))
    if is_same_person(actor, [draft.compiled_by_id]):
        raise Refused("own-draft", _("编制人不能审核自己编制的目录，请由另一人审核。"))
    if status == VersionStatus.AUTHORITY_REVIEW and is_same_person(actor, [draft.reviewed_by_id]):
        raise Refused("own-review", _("您已经作过部门审核，主管审核请由另一人办理。"))
    return draft


@step()
def pass_version(*, actor: Actor, version: ResourceVersion, revision: int, opinion: str = "") -> ResourceVersion:
    """Pass the department's review on to the authority. Raises Refused and Denied."""
    draft = _take(version.pk, actor, VersionStatus.DEPARTMENT_REVIEW, REVIEW, revision)
    draft.reviewed_by_id, draft.reviewed_at = actor.appointment, timezone.now()
    draft.opinion = opinion.strip()[:1000]
    wait_for(draft, VersionStatus.AUTHORITY_REVIEW, actor=actor)
    record(
        actor,
        "catalogue.pass_version",
        draft,
        before={"status": VersionStatus.DEPARTMENT_REVIEW},
        after={"status": draft.status, "code": draft.resource.code, "number": draft.number, "opinion": draft.opinion},
    )
    tell_compiler(draft, "catalogue.passed", actor=actor)
    return draft


@step()
def return_version(*, actor: Actor, version: ResourceVersion, revision: int, opinion: str) -> ResourceVersion:
    """Return a draft from either review to its compiler, who is told why. Raises Refused and Denied."""
    status = ResourceVersion.objects.values_list("status", flat=True).get(pk=version.pk)
    is_second = status == VersionStatus.AUTHORITY_REVIEW
    waiting = VersionStatus.AUTHORITY_REVIEW if is_second else VersionStatus.DEPARTMENT_REVIEW
    draft = _take(version.pk, actor, waiting, APPROVE if is_second else REVIEW, revision)
    said = opinion.strip()
    if not said:
        raise Refused("no-opinion", _("请写明退回的理由和修改意见。"), "opinion")
    draft.opinion = said[:1000]
    wait_for(draft, VersionStatus.RETURNED, actor=actor)
    record(
        actor,
        "catalogue.return_version",
        draft,
        before={"status": waiting},
        after={"status": draft.status, "code": draft.resource.code, "number": draft.number, "opinion": draft.opinion},
    )
    tell_compiler(draft, "catalogue.returned", actor=actor, opinion=draft.opinion[:200])
    return draft


@step()
def publish_version(*, actor: Actor, version: ResourceVersion, revision: int, opinion: str = "") -> ResourceVersion:
    """Approve a draft and publish it: from now on it stays as it is, and those who use the entry are told.

    Published twice at once, one wins and the other is told. Raises Refused and Denied.
    """
    draft = _take(version.pk, actor, VersionStatus.AUTHORITY_REVIEW, APPROVE, revision)
    if gaps := find_gaps(draft):
        raise Refused("incomplete", _("还不能发布：%(what)s") % {"what": "".join(gaps[:5])})
    judge(draft)
    resource, before = draft.resource, draft.resource.current
    close_work(draft, actor=actor)
    if before is not None:
        ResourceVersion.objects.filter(pk=before.pk).update(status=VersionStatus.SUPERSEDED)
    now = timezone.now()
    draft.approved_by_id, draft.published_at = actor.appointment, now
    draft.opinion, draft.due_at = opinion.strip()[:1000], None
    draft.status, draft.digest = VersionStatus.PUBLISHED, read_text(draft).digest()
    draft.save()
    resource.current, resource.state = draft, ResourceState.PUBLISHED
    resource.published_on = resource.published_on or timezone.localdate(now)
    say_head(resource, draft)
    record(
        actor,
        "catalogue.publish_version",
        draft,
        before={"status": VersionStatus.AUTHORITY_REVIEW},
        after={
            "status": draft.status,
            "code": resource.code,
            "number": draft.number,
            "verdict": draft.verdict,
            "digest": draft.digest,
        },
    )
    if before is None:
        publish(ResourcePublished(actor, resource, draft))
    else:
        publish(ResourceChanged(actor, resource, draft, draft.verdict))
    tell_compiler(draft, "catalogue.published", actor=actor)
    return draft
