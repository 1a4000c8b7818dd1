"""The pace of a run: what its links are registered to bear, shared with the other runs that use them at this moment.

The changes of a window of capture are fetched from the log in one go and then paid for, chunk by chunk, before the next
window is: of a link with capture the average is kept, not each second.
"""

from django.db.models import Q

from zhengtong.capabilities.exchange.engine.pacing import Pace
from zhengtong.capabilities.exchange.models import Run, RunState, Stage
from zhengtong.capabilities.sources.public import Source

# Nothing goes over a link any more.
_QUIET = (Stage.MERGE, Stage.RECONCILE)


class LinkPace(Pace):
    """What is changed of a limit holds from the next chunk on."""

    __slots__ = ("_source", "_target")

    def __init__(self, run: Run) -> None:
        super().__init__()
        self._source, self._target = run.contract.source_id, run.contract.target_id
        self.look()

    def look(self) -> None:
        ends = [each for each in (self._source, self._target) if each is not None]
        limits = dict(Source.objects.filter(pk__in=ends).values_list("pk", "bytes_a_second"))
        shares = {pk: _share(pk, limit) for pk, limit in limits.items()}
        self.read = shares.get(self._source)
        self.write = None if self._target is None else shares.get(self._target)


def _share(source: int, limit: int | None) -> float | None:
    """Return one run's part of what a link bears, None when nobody has set a limit."""
    if not limit:
        return None
    users = Run.objects.filter(Q(contract__source=source) | Q(contract__target=source), state=RunState.RUNNING)
    return limit / max(1, users.exclude(stage__in=_QUIET).count())
