"""Jobs of the supervision of sharing."""

from zhengtong.kernel.jobs import periodic


@periodic("sharing.count", "17 * * * *")
def count(timestamp: int) -> None:
    """Every hour: the month that runs is counted, the last one until it is frozen."""
    from django.utils import timezone

    from zhengtong.capabilities.sharing.counting import keep_months

    keep_months(timezone.now())
