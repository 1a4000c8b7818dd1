"""One row in a hundred, by its watermark, from the source to the reconciled target, in seconds."""

from benchmarks.exchange_city import ROUNDS, carry, places
from benchmarks.figure import Figure, compare

LIMIT = 1.5


def run() -> Figure:
    """Return the figure."""
    with places() as found:
        found.empty_target()
        carry(found)
        found.ask(found.source, "CREATE INDEX ON given (registered_at)")
        found.ask(found.target, "VACUUM ANALYZE taken")
        share = found.rows // 100
        turn = 0

        def increment() -> float:
            nonlocal turn
            turn += 1
            (after,) = found.ask(found.source, "SELECT max(registered_at)::text FROM given")
            found.ask(
                found.source,
                # Counted from the last watermark, not from now: a quick round's would lie before the last round's.
                f"UPDATE given SET staff = staff + 1, registered_at = '{after}'::timestamptz + id * interval '1 ms' "
                f"WHERE id % 100 = {turn % 100}",
            )
            carried = carry(found, mode="increment", plan={"after": after})
            assert carried.outcome.merged.updated == share
            return float(carried.full)

        return compare(
            "exchange_increment",
            increment,
            lambda: LIMIT,
            unit="s",
            described="the limit that was set",
            lower_is_better=True,
            rounds=ROUNDS,
        )
