"""The tallies of a real city: its cases were copied without the triggers that count, so all is counted once."""

from zhengtong.capabilities.supervision.counting import rebuild_tallies
from zhengtong.kernel.demo import DemoContext

title = "监察计数"


def load(context: DemoContext) -> None:
    """Count everything. What the services of the small city did has been counted as it was done."""
    if context.is_city:
        rebuild_tallies()
