"""Keys that come twice in one window: the first counts, every further one is held."""

import polars as pl

_SEED = 0x7A68656E6774
# Sorted runs that are merged when they have grown alike: a few binary searches a chunk, eight bytes a key.
_MOST_RUNS = 4


class Seen:
    """The keys of a window so far, as 64-bit hashes.

    Of ten million different keys two share one in one window of 370,000: then a row too many is held, and none is lost.
    """

    def __init__(self) -> None:
        self._runs: list[pl.Series] = []

    def find_doubled(self, keys: pl.DataFrame, counted: pl.Series | None) -> pl.Series | None:
        """Return which rows have a key that was there before, None when none has; only ``counted`` rows count."""
        hashes = keys.hash_rows(_SEED)
        if counted is not None and not counted.all():
            # A row that is held for another reason takes nobody's place.
            own = hashes.filter(counted)
            found = self._find(own)
            if found is None:
                return None
            rows = counted.arg_true().filter(found)
            return pl.repeat(False, len(hashes), dtype=pl.Boolean, eager=True).scatter(rows, True)
        return self._find(hashes)

    def _find(self, hashes: pl.Series) -> pl.Series | None:
        doubled = ~hashes.is_first_distinct()
        for run in self._runs:
            places = run.search_sorted(hashes).clip(0, len(run) - 1)
            doubled = doubled | (run.gather(places) == hashes)
        fresh = (hashes.filter(~doubled) if doubled.any() else hashes).sort()
        if len(fresh):
            self._runs.append(fresh)
        while len(self._runs) > 1 and (len(self._runs) > _MOST_RUNS or len(self._runs[-2]) <= 2 * len(self._runs[-1])):
            last, before = self._runs.pop(), self._runs.pop()
            self._runs.append(before.append(last).sort())
        return doubled if doubled.any() else None
