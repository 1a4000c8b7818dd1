"""Jobs of requests and contracts: what the day brings, deadlines after a new calendar."""

from zhengtong.kernel.jobs import job, periodic


@periodic("contracts.watch_the_day", "7 * * * *")
def watch_the_day(timestamp: int) -> None:
    """Every hour: contracts that ended at midnight, lapsed corrections, reminders. Run again it finds nothing new."""
    from zhengtong.capabilities.contracts.services import watching

    watching.end_contracts()
    watching.lapse_corrections()
    watching.remind_of_requests()
    watching.remind_of_contracts()


@job("contracts.recompute_clocks")
def recompute_clocks() -> None:
    from zhengtong.capabilities.contracts.services import watching

    watching.recompute_clocks()
