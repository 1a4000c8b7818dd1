"""The job of follow-ups: lamps that change."""

from zhengtong.kernel.jobs import periodic


@periodic("ratings.fire_clocks", "*/2 * * * *")
def fire_clocks(timestamp: int) -> None:
    """Every two minutes: whatever came due since the last time."""
    from zhengtong.capabilities.ratings.services import clocks

    while clocks.fire_due() == clocks.BATCH:
        continue
