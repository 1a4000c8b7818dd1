"""Sources are asked every few minutes whether they are there: each by a job of its own, since one may take a minute.

Nodes that were connected become targets.
"""

from zhengtong.kernel.jobs import enqueue, job, periodic


@job("sources.probe", retry=0)
def probe(source_id: int) -> None:
    from zhengtong.capabilities.sources.services.watching import probe_source

    probe_source(source_id)


@periodic("sources.probe_all", "*/5 * * * *")
def probe_all(timestamp: int) -> None:
    from zhengtong.capabilities.sources.services.watching import list_probed

    for source_id in list_probed():
        enqueue(probe, source_id=source_id)


@periodic("sources.enlist_nodes", "* * * * *")
def enlist_connected_nodes(timestamp: int) -> None:
    from zhengtong.capabilities.sources.services.enlisting import enlist_nodes

    enlist_nodes()
