"""Limits over all processes without a statement a call: each process takes small leases of what is left.

A lease is a sixty-fourth of what remains, and one call near the end: a small quota is exact, a large one is never
exceeded, and what a process that went away had taken and not used is lost to its window (under two hundredths each).
"""

import threading
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import connection
from django.utils import timezone

from zhengtong.capabilities.interfaces.domain import Problem
from zhengtong.capabilities.interfaces.models import Allowance

_PART: Final = 64
_MOST_HELD: Final = 5000
# A lease comes back in a column of its own: of an updated row only what it is afterwards can be returned.
_TAKE = f"""
INSERT INTO {Allowance._meta.db_table} AS a (key, "window", used, lease, begun_at)
VALUES (%(key)s, %(window)s, greatest(1, %(limit)s / {_PART}), greatest(1, %(limit)s / {_PART}), now())
ON CONFLICT (key, "window") DO UPDATE SET
    lease = greatest(1, (%(limit)s - a.used) / {_PART}), used = a.used + greatest(1, (%(limit)s - a.used) / {_PART})
WHERE a.used < %(limit)s
RETURNING lease
"""


@dataclass(slots=True)
class _Lease:
    window: str
    left: int


class Quotas:
    """The leases of a process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held: dict[str, _Lease] = {}

    def take_day(self, contract: int, limit: int, now: datetime) -> None:
        """Count a call towards a contract's day (the calendar's here). Raises Problem ``quota``."""
        local = timezone.localtime(now)
        if not self._take(f"day:{contract}", f"{local:%Y-%m-%d}", limit):
            midnight = local.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
            raise Problem("quota", after=int((midnight - local).total_seconds()) + 1)

    def take_minute(self, service: int, contract: int, limit: int, now: datetime) -> None:
        """Count a call towards a contract's minute at a service. Raises Problem ``rate``."""
        if not self._take(f"minute:{service}:{contract}", f"{now:%Y%m%dT%H%M}", limit):
            raise Problem("rate", after=60 - now.second)

    def forget(self) -> None:
        with self._lock:
            self._held.clear()

    def _take(self, key: str, window: str, limit: int) -> bool:
        with self._lock:
            held = self._held.get(key)
            if held is not None and held.window == window and held.left:
                held.left -= 1
                return True
        with connection.cursor() as cursor:
            cursor.execute(_TAKE, {"key": key, "window": window, "limit": limit})
            row = cursor.fetchone()
        if row is None:
            return False
        with self._lock:
            if len(self._held) > _MOST_HELD:
                self._held.clear()
            held = self._held.get(key)
            left = held.left if held is not None and held.window == window else 0
            self._held[key] = _Lease(window, left + row[0] - 1)
        return True


quotas = Quotas()
