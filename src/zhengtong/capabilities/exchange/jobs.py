"""The jobs that carry runs, take up those whose worker died, and stamp receipts that had to wait."""

from zhengtong.kernel.jobs import job, periodic


@job("exchange.run", retry=0)
def run_exchange(run_id: int) -> None:
    """Carry one run. What can be tried again is, by a job of its own."""
    from zhengtong.capabilities.exchange.services.running import run_window

    run_window(run_id)


@periodic("exchange.take_over", "* * * * *")
def take_over(timestamp: int) -> None:
    from zhengtong.capabilities.exchange.services.running import enqueue_overdue

    enqueue_overdue()


@periodic("exchange.stamp_receipts", "*/2 * * * *")
def stamp_receipts(timestamp: int) -> None:
    from zhengtong.capabilities.exchange.engine.receipts import stamp_waiting

    stamp_waiting()
