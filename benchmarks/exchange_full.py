"""The whole path on first load: checked, masked, sealed, staged, merged, reconciled; against the raw pipe of COPY."""

from benchmarks.exchange_city import ROUNDS, carry, places
from benchmarks.figure import Figure, compare


def run() -> Figure:
    """Return the figure."""
    with places() as found:

        def full() -> float:
            found.empty_target()
            carried = carry(found)
            assert carried.outcome.merged.inserted == found.rows
            return float(found.rows / carried.full)

        def raw() -> float:
            found.empty_target()
            return float(found.rows / found.copy_raw())

        return compare(
            "exchange_full", full, raw, unit="rows/s", described="COPY text through a pipe, same rows", rounds=ROUNDS
        )
