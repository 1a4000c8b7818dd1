"""Jobs of finding: the index in step, what is owed fulfilled or overdue, declared data sets, the nightly probe."""

import logging

from zhengtong.core.identity.public import Refused
from zhengtong.kernel.jobs import enqueue, job, periodic
from zhengtong.kernel.policy import SYSTEM

logger = logging.getLogger(__name__)


@periodic("catalogue.keep_index", "* * * * *")
def keep_index(timestamp: int) -> None:
    from zhengtong.capabilities.catalogue.indexing import catch_up

    catch_up()


@periodic("catalogue.settle_lists", "*/5 * * * *")
def settle_lists(timestamp: int) -> None:
    from zhengtong.capabilities.catalogue.demands.responsibilities import settle_published, show_overdue

    settle_published()
    show_overdue()


@periodic("catalogue.propose_new_datasets", "*/10 * * * *")
def propose_new(timestamp: int) -> None:
    """A department that was founded, a module that was added: the entries are there without waiting for the night."""
    from zhengtong.capabilities.catalogue.datasets import propose_new_datasets

    propose_new_datasets(actor=SYSTEM)


@periodic("catalogue.propose_datasets", "40 2 * * *")
def propose(timestamp: int) -> None:
    from zhengtong.capabilities.catalogue.datasets import keep_datasets

    keep_datasets(actor=SYSTEM)


@periodic("catalogue.probe", "20 3 * * *")
def probe(timestamp: int) -> None:
    from zhengtong.capabilities.catalogue.probing import list_due

    for mount_id in list_due():
        enqueue(probe_one, mount_id=mount_id)


@job("catalogue.probe_one")
def probe_one(mount_id: int) -> None:
    from zhengtong.capabilities.catalogue.models import Mount
    from zhengtong.capabilities.catalogue.probing import probe_mount

    mount = Mount.objects.filter(pk=mount_id).first()
    if mount is None:
        return
    try:
        probe_mount(actor=SYSTEM, mount=mount)
    except Refused as refusal:
        logger.info("not probed", extra={"mount": mount_id, "code": refusal.code})
