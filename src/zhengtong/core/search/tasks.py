"""The index follows its tables: what they noted is indexed every few seconds, an unfinished rebuilding goes on."""

from zhengtong.core.search import indexing
from zhengtong.kernel.jobs import periodic


@periodic("search.drain", "* * * * * */5")
def drain_changes(timestamp: int) -> None:
    """Index what changed. Safe to be killed: a change is noted until the transaction that indexes it."""
    indexing.drain()


@periodic("search.rebuild", "* * * * *")
def go_on_rebuilding(timestamp: int) -> None:
    """Rebuild kinds that are new or declared otherwise; a killed run goes on after its last batch."""
    for kind in indexing.list_unfinished():
        for _rows in indexing.rebuild(kind):
            pass
