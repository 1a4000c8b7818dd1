"""What the catalogue tells those above: an entry was published, changed, retired, or is offered again."""

from dataclasses import dataclass
from typing import ClassVar

from zhengtong.capabilities.catalogue.models import Resource, ResourceVersion
from zhengtong.kernel.events import Event


@dataclass(frozen=True, slots=True)
class ResourcePublished(Event):
    """The first version of an entry."""

    code: ClassVar[str] = "resource.published"
    resource: Resource
    version: ResourceVersion


@dataclass(frozen=True, slots=True)
class ResourceChanged(Event):
    """A later version took the place of the one before; ``verdict`` is ``same``, ``compatible`` or ``breaking``."""

    code: ClassVar[str] = "resource.changed"
    resource: Resource
    version: ResourceVersion
    verdict: str


@dataclass(frozen=True, slots=True)
class ResourceRetired(Event):
    code: ClassVar[str] = "resource.retired"
    resource: Resource
    reason: str


@dataclass(frozen=True, slots=True)
class ResourceRestored(Event):
    code: ClassVar[str] = "resource.restored"
    resource: Resource
