"""The log's days: partitions made ahead, and dropped whole when they are older than the rule keeps them."""

from datetime import UTC, date, timedelta
from typing import Final

from django.db import connection, transaction
from django.utils import timezone

from zhengtong.capabilities.interfaces.gateway.answering import remove_old_keys
from zhengtong.capabilities.interfaces.gateway.rules import get_rule
from zhengtong.capabilities.interfaces.models import Call, RuleKey
from zhengtong.core.audit.public import record
from zhengtong.kernel.policy import SYSTEM

AHEAD_DAYS: Final = 7
_TABLE: Final = Call._meta.db_table
_PREFIX: Final = f"{_TABLE}_d"
_LIST = "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = %s::regclass ORDER BY 1"


def list_days() -> list[date]:
    """Return the days that have a partition of their own."""
    with connection.cursor() as cursor:
        cursor.execute(_LIST, [_TABLE])
        names = [name for (name,) in cursor.fetchall()]
    return [date.fromisoformat(name.removeprefix(_PREFIX)) for name in names if name.startswith(_PREFIX)]


def keep_days(today: date | None = None) -> tuple[int, int]:
    """Make the partitions of the next days and drop those that are too old; return how many of each.

    ``today`` is UTC's, as a call's ``on_day`` is: in the first hours of a day in China it is still the day before.
    """
    day = today or timezone.now().astimezone(UTC).date()
    known = set(list_days())
    wanted = [day + timedelta(days=n) for n in range(AHEAD_DAYS + 1)]
    made = sum(_make(each) for each in wanted if each not in known)
    limit = get_rule(RuleKey.KEEP_DAYS, day)
    old = [each for each in sorted(known) if each < day - timedelta(days=limit)]
    for each in old:
        _drop(each)
    _drop_others(day - timedelta(days=limit))
    remove_old_keys(limit)
    return made, len(old)


@transaction.atomic
def _make(day: date) -> bool:
    name, until = f"{_PREFIX}{day:%Y%m%d}", day + timedelta(days=1)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT EXISTS (SELECT FROM {_TABLE}_other WHERE on_day = %s)", [day])
        if cursor.fetchone()[0]:
            return False  # calls of that day came before its partition did; they stay where they are
        cursor.execute(
            f"CREATE TABLE IF NOT EXISTS {name} PARTITION OF {_TABLE} FOR VALUES FROM ('{day}') TO ('{until}')"
        )
    return True


@transaction.atomic
def _drop(day: date) -> None:
    name = f"{_PREFIX}{day:%Y%m%d}"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {name}")
        (count,) = cursor.fetchone()
        cursor.execute(f"DROP TABLE {name}")
    record(SYSTEM, "interfaces.remove_calls", ("interfaces.call", str(day)), after={"day": day, "count": count})


@transaction.atomic
def _drop_others(before: date) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {_TABLE}_other WHERE on_day < %s", [before])
        count = cursor.rowcount
    if count:
        record(
            SYSTEM, "interfaces.remove_calls", ("interfaces.call", str(before)), after={"day": before, "count": count}
        )
