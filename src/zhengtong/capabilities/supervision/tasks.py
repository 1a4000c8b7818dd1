"""Jobs of supervision: deltas are folded, and counted anew when working days change."""

from zhengtong.kernel.jobs import job, periodic


@periodic("supervision.fold", "* * * * *")
def fold(timestamp: int) -> None:
    """Every minute. Figures don't wait for it: they are the sum of folded and unfolded."""
    from zhengtong.capabilities.supervision.counting import BATCH, count_once, fold_deltas

    count_once()
    while fold_deltas() == BATCH:
        continue


@job("supervision.rebuild")
def rebuild() -> None:
    from zhengtong.capabilities.supervision.counting import rebuild_tallies

    rebuild_tallies()
