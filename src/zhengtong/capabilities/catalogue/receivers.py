"""What follows when an entry is published, changed, retired or restored: it is found as it is now, what was owed is."""

from zhengtong.capabilities.catalogue.demands.responsibilities import settle_published
from zhengtong.capabilities.catalogue.events import (
    ResourceChanged,
    ResourcePublished,
    ResourceRestored,
    ResourceRetired,
)
from zhengtong.capabilities.catalogue.indexing import write_documents
from zhengtong.kernel.events import receives


@receives(ResourcePublished)
def find_published(event: ResourcePublished) -> None:
    write_documents([event.resource.pk])
    settle_published(event.resource.pk)


@receives(ResourceChanged)
def find_changed(event: ResourceChanged) -> None:
    write_documents([event.resource.pk])
    settle_published(event.resource.pk)


@receives(ResourceRetired)
def lose_retired(event: ResourceRetired) -> None:
    write_documents([event.resource.pk])


@receives(ResourceRestored)
def find_restored(event: ResourceRestored) -> None:
    write_documents([event.resource.pk])
