"""Where an entry's data is: a table, a file or an interface of a source that the office may use."""

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from zhengtong.capabilities.catalogue.models import Mount, MountKind, Resource
from zhengtong.capabilities.catalogue.permissions import COMPILE
from zhengtong.capabilities.catalogue.services.settling import lock_resource, require_row
from zhengtong.capabilities.sources.public import Source, SourceKind, SourceState
from zhengtong.core.audit.public import record
from zhengtong.core.identity.public import Refused
from zhengtong.kernel.policy import Actor
from zhengtong.kernel.steps import step

KIND_OF_SOURCE = {
    SourceKind.POSTGRESQL: MountKind.TABLE,
    SourceKind.MARIADB: MountKind.TABLE,
    SourceKind.FOLDER: MountKind.FILE,
    SourceKind.SFTP: MountKind.FILE,
    SourceKind.HTTP: MountKind.INTERFACE,
    SourceKind.NODE: MountKind.INTERFACE,
}


def list_usable_sources(actor: Actor) -> QuerySet[Source]:
    """Return the sources that may be read for an entry: active, readable, of offices that ``actor`` compiles for."""
    return (
        Source.objects.filter(organisation__in=list(actor.reach(COMPILE)), state=SourceState.ACTIVE, is_readable=True)
        .select_related("organisation")
        .order_by("name", "pk")
    )


def keep_mount(resource: Resource, source: Source, place: str, *, kind: str = "", watermark: str = "") -> Mount:
    """Write a mount. Part of the caller's act and of its journal record. Raises Refused for one that is there."""
    if not place.strip() or "\x00" in place:
        raise Refused("place", _("请填写库表、文件或者接口的名称。"), "place")
    chosen = kind or KIND_OF_SOURCE[SourceKind(source.kind)]
    if chosen not in MountKind.values:
        raise Refused("kind", _("挂接方式不在规定的取值里。"), "kind")
    if Mount.objects.filter(resource=resource, source=source, place=place.strip()).exists():
        raise Refused("mounted", _("这个库表、文件或者接口已经挂接了。"), "place")
    return Mount.objects.create(
        resource=resource, source=source, kind=chosen, place=place.strip()[:300], watermark=watermark.strip()[:128]
    )


@step()
def mount_resource(
    *, actor: Actor, resource: Resource, source: Source, place: str, kind: str = "", watermark: str = ""
) -> Mount:
    """Say where an entry's data is. Raises Refused, and Denied for a source of another office."""
    locked = lock_resource(resource.pk)
    require_row(actor, COMPILE, locked)
    if not list_usable_sources(actor).filter(pk=source.pk).exists():
        raise Refused("source", _("这个数据源不属于您编制的单位，或者已经停用。"), "source")
    made = keep_mount(locked, source, place, kind=kind, watermark=watermark)
    record(
        actor,
        "catalogue.mount_resource",
        locked,
        after={"source": source.code, "place": made.place, "watermark": made.watermark},
    )
    return made


@step()
def unmount_resource(*, actor: Actor, mount: Mount) -> None:
    """Say that the data is no longer there. What contracts have frozen goes on until they end."""
    locked = lock_resource(mount.resource_id)
    require_row(actor, COMPILE, locked)
    gone = Mount.objects.select_related("source").filter(pk=mount.pk, resource=locked).first()
    if gone is None:
        return
    gone.delete()
    record(actor, "catalogue.unmount_resource", locked, before={"source": gone.source.code, "place": gone.place})
