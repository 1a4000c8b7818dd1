"""How long the log has been without a time stamp; asked at each call, so it is remembered for some seconds."""

from datetime import datetime, timedelta
from time import monotonic
from typing import Final

from django.db.models import Min
from django.utils import timezone

from zhengtong.capabilities.interfaces.domain import Problem
from zhengtong.capabilities.interfaces.gateway.rules import get_rule
from zhengtong.capabilities.interfaces.models import Call, CallBlock, RuleKey

FRESH_SECONDS: Final = 5.0
# While calls wait no longer than this for their block, nothing is wrong: the job comes every few seconds.
PATIENCE: Final = timedelta(minutes=2)
_until, _oldest = 0.0, None


def find_oldest_unstamped() -> datetime | None:
    """Return when the oldest call without a stamp came, or the oldest block without one was closed; None of none."""
    block = CallBlock.objects.filter(stamped_at=None).aggregate(at=Min("closed_at"))["at"]
    first = Call.objects.filter(block=None).order_by("id").values_list("received_at", flat=True).first()
    return min((each for each in (block, first) if each is not None), default=None)


def require_stamps(now: datetime) -> None:
    """Raise Problem ``stamps-missing`` once the log was without stamps for longer than the rule says."""
    global _until, _oldest
    if monotonic() >= _until:
        _oldest = find_oldest_unstamped()
        _until = monotonic() + FRESH_SECONDS
    if _oldest is not None and now - _oldest > get_patience():
        raise Problem("stamps-missing", after=60)


def forget() -> None:
    """Look anew at the next call."""
    global _until
    _until = 0.0


def get_patience() -> timedelta:
    """Return how long stamps may be missing before nothing more goes on without them: one rule for calls and runs."""
    return timedelta(minutes=get_rule(RuleKey.UNSTAMPED_MINUTES))


def is_late(now: datetime | None = None) -> bool:
    """Return whether somebody should look: stamps are missing for longer than a job's turn or two."""
    oldest = find_oldest_unstamped()
    return oldest is not None and (now or timezone.now()) - oldest > PATIENCE
