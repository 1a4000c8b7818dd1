"""What the exchange does by the clock: turns, alerts, tickets, slots. The engine's own jobs come with it."""

# Jobs, feeds and targets are known to whoever starts the platform: a worker finds them by their names.
from zhengtong.capabilities.exchange import jobs as jobs
from zhengtong.capabilities.exchange.between import target as target
from zhengtong.capabilities.exchange.capture import opening as opening
from zhengtong.kernel.jobs import periodic
from zhengtong.kernel.policy import SYSTEM


@periodic("exchange.start_due", "* * * * *")
def start_due_contracts(timestamp: int) -> None:
    """Start the contracts whose turn it is; those of turns that were missed while nothing ran, once."""
    from zhengtong.capabilities.exchange.services.scheduling import start_due

    start_due(actor=SYSTEM)


@periodic("exchange.watch_runs", "* * * * *")
def watch_over_runs(timestamp: int) -> None:
    """Tell of runs that failed and of receipts without stamps, and settle tickets whose rows were exchanged again."""
    from zhengtong.capabilities.exchange.services.alerting import watch_runs, watch_stamps
    from zhengtong.capabilities.exchange.services.quarantine import settle_tickets

    watch_runs(actor=SYSTEM)
    watch_stamps(actor=SYSTEM)
    settle_tickets(actor=SYSTEM)


@periodic("exchange.measure_captures", "*/5 * * * *")
def measure_slots(timestamp: int) -> None:
    """See how far behind the captures are, and drop the slots of contracts that have ended."""
    from zhengtong.capabilities.exchange.services.capturing import end_captures, measure_captures

    measure_captures()
    end_captures(actor=SYSTEM)
