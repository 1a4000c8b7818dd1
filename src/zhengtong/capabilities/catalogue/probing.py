"""The drift probe (目录-实际不符): compares what is published with what the source has, and tells the provider.

The source is asked outside of any transaction: it may be slow. What it said is then kept in one.
"""

from datetime import timedelta
from typing import Final

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from zhengtong.capabilities.catalogue.drift import AWAY, UNREADABLE, Finding, Promise, compare_table
from zhengtong.capabilities.catalogue.indexing import SHOWN
from zhengtong.capabilities.catalogue.models import Field, Mount, Resource
from zhengtong.capabilities.catalogue.permissions import COMPILE
from zhengtong.capabilities.catalogue.permissions_finding import PROBE
from zhengtong.capabilities.sources.public import SourceError, open_source
from zhengtong.core.audit.public import record
from zhengtong.core.identity.public import Refused
from zhengtong.core.worklist.public import WorkItem, WorkState, close_item, open_item
from zhengtong.kernel.policy import Actor, require
from zhengtong.kernel.rows import find_sole
from zhengtong.kernel.steps import step

DRIFT_WORK: Final = "catalogue.drift"
# A probe that the clock starts leaves alone what was looked at since.
FRESH: Final = timedelta(hours=20)
MOUNTS_KEY: Final = "catalogue.mounts"


def promises_of(resource: Resource) -> list[Promise]:
    """Return what the published version promises of its source; items without a column of their own aren't."""
    return [
        Promise(
            name=field.name,
            column=field.column,
            kind=field.kind,
            length=field.length,
            precision=field.precision,
            scale=field.scale,
            has_zone=field.has_zone,
            is_nullable=field.is_nullable,
        )
        for field in Field.objects.filter(version=resource.current_id).order_by("position")
        if field.column
    ]


def look(mount: Mount, resource: Resource) -> tuple[str, list[Finding]]:
    """Ask the source; return the mount's state and the findings. A source that may come back is away, not wrong."""
    try:
        with open_source(mount.source) as connection:
            table = connection.read_table(mount.place)
    except SourceError as error:
        if error.is_passing:
            return Mount.State.AWAY, [Finding(AWAY, found=error.message)]
        return Mount.State.DRIFTED, [Finding(UNREADABLE, found=error.message)]
    findings = compare_table(promises_of(resource), table)
    state = Mount.State.DRIFTED if any(each.is_grave for each in findings) else Mount.State.MATCHES
    return state, findings


def probe_mount(*, actor: Actor, mount: Mount) -> Mount:
    """Compare a mount with what is published and keep the answer. Raises Refused before publishing, and Denied."""
    found = Mount.objects.select_related("source", "resource__current").get(pk=mount.pk)
    require(actor, PROBE, found)
    resource = found.resource
    if resource.current_id is None or resource.state not in SHOWN:
        raise Refused("not-published", _("“%(name)s”还没有发布，没有可以核对的内容。") % {"name": resource.name})
    state, findings = look(found, resource)
    return _keep(actor=actor, mount=found, version_id=resource.current_id, state=state, findings=findings)


@step()
def _keep(*, actor: Actor, mount: Mount, version_id: int, state: str, findings: list[Finding]) -> Mount:
    resource = Resource.objects.select_for_update(of=("self",)).select_related("provider").get(pk=mount.resource_id)
    kept = find_sole(Mount.objects.select_for_update(of=("self",)).filter(pk=mount.pk))
    if kept is None or resource.current_id != version_id:
        # Unmounted, or another version came into force while the source was asked: the next probe looks at that.
        raise Refused("changed", _("核对时目录有变化，请再核对一次。"))
    before = kept.state
    kept.state, kept.checked_at = state, timezone.now()
    kept.findings = [each.to_json() for each in findings]
    kept.save(update_fields=["state", "checked_at", "findings"])
    settle_drifts(resource)
    record(
        actor,
        "catalogue.probe_mount",
        resource,
        before={"state": before},
        after={"state": state, "drifts": resource.drifts},
    )
    return kept


def settle_drifts(resource: Resource) -> None:
    """Count what differs on all mounts of the locked entry, and put it on its provider's list, or take it off."""
    grave = {
        mount.pk: sum(Finding.from_json(each).is_grave for each in mount.findings)
        for mount in Mount.objects.filter(resource=resource).order_by("pk")
    }
    resource.drifts = sum(grave.values())
    resource.save(update_fields=["drifts"])
    is_open = WorkItem.objects.filter(kind=DRIFT_WORK, object_id=resource.pk, state=WorkState.OPEN).exists()
    if resource.drifts and not is_open:
        open_item(
            kind=DRIFT_WORK,
            object_id=resource.pk,
            organisation_id=resource.provider_id,
            permission=COMPILE,
            reference=resource.code[:40],
            title=resource.name[:200],
            party=resource.provider.name[:120],
            step="目录与数据源不符",
            url=reverse(f"screens:{MOUNTS_KEY}.detail", args=[next(pk for pk, count in grave.items() if count)]),
        )
    elif not resource.drifts and is_open:
        close_item(kind=DRIFT_WORK, object_id=resource.pk, done_by_id=None)


def list_due(limit: int = 500) -> list[int]:
    """Return the mounts that the clock's probe looks at: of published entries, not looked at for most of a day."""
    unseen = Mount.objects.filter(resource__state__in=SHOWN, resource__current__isnull=False).exclude(
        checked_at__gt=timezone.now() - FRESH
    )
    return list(unseen.order_by("checked_at", "pk").values_list("pk", flat=True)[:limit])
