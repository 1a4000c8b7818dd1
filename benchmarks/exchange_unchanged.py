"""The whole path of a snapshot in which nothing has changed, against the raw pipe of COPY."""

from benchmarks.exchange_city import ROUNDS, carry, places
from benchmarks.figure import Figure, compare


def run() -> Figure:
    """Return the figure."""
    with places() as found:
        found.empty_target()
        carry(found)
        found.ask(found.target, "VACUUM ANALYZE taken")

        def unchanged() -> float:
            carried = carry(found)
            assert carried.outcome.merged.unchanged == found.rows
            return float(found.rows / carried.full)

        def raw() -> float:
            found.ask(found.target, "TRUNCATE raw")
            return float(found.rows / found.copy_raw())

        return compare(
            "exchange_unchanged",
            unchanged,
            raw,
            unit="rows/s",
            described="COPY text through a pipe, same rows",
            rounds=ROUNDS,
        )
