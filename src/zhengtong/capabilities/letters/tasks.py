"""Jobs of letters: lamps that change, deadlines after a new calendar, drafts that nobody sent."""

from zhengtong.kernel.jobs import job, periodic


@periodic("letters.fire_clocks", "* * * * *")
def fire_clocks(timestamp: int) -> None:
    """Every minute: whatever came due since the last time."""
    from zhengtong.capabilities.letters.services import clocks

    while clocks.fire_due() == clocks.BATCH:
        continue
    while clocks.fire_work() == clocks.BATCH:
        continue


@job("letters.recompute_clocks")
def recompute_clocks(after_id: int = 0) -> None:
    """One batch of running letters after a calendar was imported; the next batch is a job of its own."""
    from zhengtong.capabilities.letters.services import clocks

    last = clocks.recompute_open(after_id)
    if last:
        recompute_clocks.defer(after_id=last)


@periodic("letters.drop_drafts", "17 * * * *")
def drop_drafts(timestamp: int) -> None:
    """Every hour: what was begun more than a day ago, query codes that were shown included, goes."""
    from zhengtong.capabilities.letters.services.writing import drop_old_drafts

    drop_old_drafts()
