"""Who works on a run: a lease that is renewed while its worker lives, and taken over when it doesn't any more.

All moments are the database's, so that workers' clocks don't matter.
"""

import logging
import os
import socket
from datetime import timedelta
from threading import Event, Thread
from types import TracebackType
from typing import Final, Self
from uuid import uuid4

from django.db import IntegrityError, connection, transaction
from django.db.models.functions import Now

from zhengtong.capabilities.exchange.models import Run, RunState

LEASE: Final = timedelta(seconds=60)
logger = logging.getLogger(__name__)


class LeaseLost(Exception):
    """Another worker has taken the run over, or somebody ended it: whatever this one does counts no more."""


def take(run_id: int) -> str:
    """Return the name under which the caller holds the run from now on, "" when it isn't to be had now.

    Those to be had are waiting ones, and running ones whose worker gave no sign for the length of a lease. Of one
    contract one runs at a time, the one that was asked for first.
    """
    holder = f"{socket.gethostname()}:{os.getpid()}:{uuid4().hex[:8]}"
    try:
        with transaction.atomic():
            run = Run.objects.select_for_update().filter(pk=run_id).first()
            if run is None or run.state not in (RunState.WAITING, RunState.RUNNING):
                return ""
            if run.state == RunState.RUNNING and not _is_over(run_id):
                return ""
            # A run that stands before this one goes first, also when its worker died: it is taken up again by itself.
            before = Run.objects.filter(contract_id=run.contract_id, pk__lt=run_id)
            if before.filter(state__in=(RunState.RUNNING, RunState.WAITING)).exists():
                return ""
            Run.objects.filter(pk=run_id).update(
                state=RunState.RUNNING,
                leased_by=holder,
                lease_until=Now() + LEASE,
                attempt=run.attempt + 1,
                started_at=run.started_at or Now(),
                code="",
                message="",
                ended_at=None,
            )
    except IntegrityError:  # another of the contract began at the same moment
        return ""
    return holder


def _is_over(run_id: int) -> bool:
    return Run.objects.filter(pk=run_id, lease_until__lt=Now()).exists()


def renew(run_id: int, holder: str) -> bool:
    """Return whether the run is still the caller's, and is so for another lease."""
    mine = Run.objects.filter(pk=run_id, leased_by=holder, state=RunState.RUNNING)
    return bool(mine.update(lease_until=Now() + LEASE))


class Heartbeat:
    """Renews a lease in a thread with a connection of its own, also while a merge takes its time."""

    def __init__(self, run_id: int, holder: str, seconds: float | None = None) -> None:
        self._run_id, self._holder = run_id, holder
        self._every = LEASE.total_seconds() / 6 if seconds is None else seconds
        self._stop, self.is_lost = Event(), False
        self._thread = Thread(target=self._beat, name=f"lease-{run_id}", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._thread.join(timeout=10)

    def _beat(self) -> None:
        try:
            while not self._stop.wait(self._every):
                try:
                    if not renew(self._run_id, self._holder):
                        self.is_lost = True
                        return
                except Exception:  # the platform's database may be away for a moment; the lease says for how long
                    logger.warning("lease not renewed", exc_info=True, extra={"run": self._run_id})
                    connection.close()
        finally:
            connection.close()
