"""What the auditor has to know at once: blocks that wait, roots that didn't get out, a check that found something."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.utils import timezone
from django.utils.translation import gettext as _

from zhengtong.core.audit.public import (
    CheckRun,
    CheckState,
    JournalRoot,
    PendingRecord,
    RootReceipt,
    SealingTrouble,
    list_channels,
)
from zhengtong.kernel.policy import Actor

# Longer than this nothing waits while all is well.
PATIENCE: Final = timedelta(minutes=2)


@dataclass(frozen=True)
class Trouble:
    """Since when records wait, how many, and why; "" when it isn't known."""

    since: datetime
    count: int
    reason: str


def describe_trouble() -> Trouble | None:
    """Return what keeps blocks from being closed, None when nothing does."""
    open_one = SealingTrouble.objects.filter(ended_at=None).first()
    oldest = PendingRecord.objects.order_by("since").values_list("since", flat=True).first()
    if oldest is None or (open_one is None and oldest > timezone.now() - PATIENCE):
        return None
    reason = open_one.reason if open_one else _("后台任务没有运行，或者积压的日志很多")
    return Trouble(open_one.began_at if open_one else oldest, PendingRecord.objects.count(), reason)


def list_unpublished() -> list[tuple[str, RootReceipt]]:
    """Return the channels whose last attempt failed, with that attempt."""
    failed = []
    for channel in list_channels():
        last = RootReceipt.objects.filter(channel=channel.code).order_by("-pk").first()
        if last is not None and not last.is_done:
            failed.append((str(channel.title), last))
    return failed


def count_troubles(_actor: Actor) -> int:
    """For the menu: how many things the auditor should look at."""
    last = CheckRun.objects.exclude(state__in=(CheckState.WAITING, CheckState.RUNNING)).order_by("-pk").first()
    has_failed = last is not None and last.state == CheckState.FAILED
    return (describe_trouble() is not None) + len(list_unpublished()) + has_failed


def is_published_anywhere() -> bool:
    """Whether any root was brought off this machine."""
    return RootReceipt.objects.filter(is_done=True).exists() or not JournalRoot.objects.exists()
