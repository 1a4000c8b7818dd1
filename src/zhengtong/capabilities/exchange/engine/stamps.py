"""How long receipts have been without a time stamp (待补戳), and when that is too long to give more away unproven."""

from datetime import datetime, timedelta
from typing import Final

from django.db.models import Min
from django.utils import timezone
from django.utils.translation import gettext as _

from zhengtong.capabilities.exchange.models import Receipt
from zhengtong.capabilities.interfaces.public import get_patience

# The job that makes up for stamps comes every two minutes; somebody looks when three of its turns were in vain.
PATIENCE: Final = timedelta(minutes=6)


def find_oldest_unstamped() -> datetime | None:
    """Return when the oldest receipt that waits for its stamp was made, None of none."""
    oldest: datetime | None = Receipt.objects.filter(is_stamped=False).aggregate(at=Min("made_at"))["at"]
    return oldest


def is_late(now: datetime | None = None) -> bool:
    oldest = find_oldest_unstamped()
    return oldest is not None and (now or timezone.now()) - oldest > PATIENCE


def why_unproven(now: datetime | None = None) -> str:
    """Return why no run begins at the moment for want of stamps, "" when runs may.

    The limit is the rule of the interfaces (时间戳中断多久后停止服务): the services of one platform stop together.
    """
    oldest, limit = find_oldest_unstamped(), get_patience()
    if oldest is None or (now or timezone.now()) - oldest <= limit:
        return ""
    return _("交换回执从 %(since)s 起没有盖上时间戳，超过 %(minutes)d 分钟的上限，请检查时间戳服务；补盖后自动恢复") % {
        "since": timezone.localtime(oldest).strftime("%Y-%m-%d %H:%M"),
        "minutes": limit // timedelta(minutes=1),
    }
