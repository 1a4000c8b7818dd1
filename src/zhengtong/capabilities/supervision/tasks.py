"""Jobs of supervision: deltas are folded, counted anew when working days change; events judged, drafts tried."""

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


@periodic("supervision.judge", "* * * * *")
def judge(timestamp: int) -> None:
    """Every minute: what happened is judged, and cards about which nothing was said in time stand."""
    from zhengtong.capabilities.supervision.judging import BATCH, judge_pending
    from zhengtong.capabilities.supervision.proceedings import let_cards_stand

    while judge_pending() == BATCH:
        continue
    let_cards_stand()


@job("supervision.try_rule")
def try_rule(trial: int) -> None:
    from zhengtong.capabilities.supervision.trials import run_trial

    run_trial(trial)
