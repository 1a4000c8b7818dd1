"""The end of an entry, and its return: by the authority, for a reason, never while somebody's contract is in force."""

from django.utils.translation import gettext as _

from zhengtong.capabilities.catalogue.declarations import list_uses
from zhengtong.capabilities.catalogue.events import ResourceRestored, ResourceRetired
from zhengtong.capabilities.catalogue.models import Resource, ResourceState, ResourceVersion
from zhengtong.capabilities.catalogue.permissions import APPROVE
from zhengtong.capabilities.catalogue.services.settling import lock_resource, refuse_open, require_row, tell_compiler
from zhengtong.core.audit.public import record
from zhengtong.core.identity.public import Refused
from zhengtong.kernel.events import publish
from zhengtong.kernel.policy import Actor
from zhengtong.kernel.steps import step


@step()
def retire_resource(*, actor: Actor, resource: Resource, reason: str) -> Resource:
    """Offer an entry no longer. Raises Refused while it is used or a change is under way, and Denied."""
    locked = lock_resource(resource.pk)
    require_row(actor, APPROVE, locked)
    if locked.state == ResourceState.RETIRED:
        return locked
    if locked.current_id is None:
        raise Refused("unpublished", _("“%(name)s”还没有发布，由编制单位放弃草稿即可。") % {"name": locked.name})
    refuse_open(locked)
    said = reason.strip()
    if not said:
        raise Refused("no-reason", _("请写明停用的原因和依据。"), "reason")
    if uses := list_uses(locked):
        named = "、".join(f"{use.who}（{use.number}）" for use in uses[:5])
        raise Refused(
            "in-use",
            _("还有%(n)s份共享合约在使用“%(name)s”：%(who)s。请先终止这些合约，再停用。")
            % {"n": len(uses), "name": locked.name, "who": named},
        )
    before = locked.state
    locked.state = ResourceState.RETIRED
    locked.save(update_fields=["state"])
    record(
        actor,
        "catalogue.retire_resource",
        locked,
        before={"state": before},
        after={"state": locked.state, "code": locked.code, "reason": said[:500]},
    )
    publish(ResourceRetired(actor, locked, said[:500]))
    version = ResourceVersion.objects.select_related("compiled_by__staff__account").get(pk=locked.current_id)
    tell_compiler(version, "catalogue.retired", actor=actor, reason=said[:200])
    return locked


@step()
def restore_resource(*, actor: Actor, resource: Resource, reason: str) -> Resource:
    """Offer a retired entry again, with the version that was published last. Raises Refused and Denied."""
    locked = lock_resource(resource.pk)
    require_row(actor, APPROVE, locked)
    if locked.state != ResourceState.RETIRED or locked.current_id is None:
        raise Refused("not-retired", _("“%(name)s”没有停用，不用恢复。") % {"name": locked.name})
    if not reason.strip():
        raise Refused("no-reason", _("请写明恢复使用的原因。"), "reason")
    locked.state = ResourceState.PUBLISHED
    locked.save(update_fields=["state"])
    record(
        actor,
        "catalogue.restore_resource",
        locked,
        before={"state": ResourceState.RETIRED},
        after={"state": locked.state, "code": locked.code, "reason": reason.strip()[:500]},
    )
    publish(ResourceRestored(actor, locked))
    return locked
