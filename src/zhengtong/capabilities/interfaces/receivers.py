"""What the catalogue tells of a resource goes on to its subscribers, in the same transaction."""

from zhengtong.capabilities.catalogue.public import ResourceChanged, ResourceRetired
from zhengtong.capabilities.interfaces.models import ChangeKind
from zhengtong.capabilities.interfaces.services.subscriptions import announce_change
from zhengtong.kernel.events import receives


@receives(ResourceChanged)
def tell_of_version(event: ResourceChanged) -> None:
    announce_change(
        resource=event.resource,
        kind=ChangeKind.VERSION_CHANGED,
        content={"resource": event.resource.code, "version": event.version.number, "verdict": event.verdict},
    )


@receives(ResourceRetired)
def tell_of_retirement(event: ResourceRetired) -> None:
    announce_change(
        resource=event.resource,
        kind=ChangeKind.RETIRED,
        content={"resource": event.resource.code, "reason": event.reason},
    )
