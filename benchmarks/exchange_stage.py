"""Validate, mask and seal a million rows into staging, against the raw pipe of COPY text into a like table."""

from benchmarks.exchange_city import ROUNDS, Places, carry, places
from benchmarks.figure import Figure, compare


def run() -> Figure:
    """Return the figure."""
    with places() as found:
        return measure(found)


def measure(found: Places) -> Figure:
    def staged() -> float:
        found.empty_target()
        return found.rows / carry(found).stage

    def raw() -> float:
        found.empty_target()
        return found.rows / found.copy_raw()

    return compare(
        "exchange_stage", staged, raw, unit="rows/s", described="COPY text through a pipe, same rows", rounds=ROUNDS
    )
