"""The peak memory of the worker that carries a million rows and ten million, each in a process of its own."""

import os
import resource
import subprocess
import sys

from benchmarks.exchange_city import ROWS, carry, places
from benchmarks.figure import Figure, say

LIMIT = 400


def run() -> list[Figure]:
    """Return the figure of either size; rows can be fewer by ``EXCHANGE_ROWS``, ten times as many are the larger."""
    return [_measure(ROWS), _measure(10 * ROWS)]


def _measure(rows: int) -> Figure:
    with places(rows) as found:
        found.empty_target()
        command = [sys.executable, "-m", "benchmarks.exchange_memory", found.source, found.target, str(rows)]
        made = subprocess.run(command, check=True, capture_output=True, text=True, env=os.environ)
    peak = int(made.stdout.split()[-1])
    say(f"  {rows} rows: {peak} MB")
    return Figure(
        name=f"exchange_memory_{rows}",
        value=peak,
        unit="MB",
        reference="the limit that was set",
        reference_value=LIMIT,
        ratio=round(LIMIT / peak, 3),
        rounds=1,
        peak_rss_mb=peak,
    )


def main() -> None:
    """Carry once and print the peak of this process in MB."""
    from benchmarks.exchange_city import Places

    source, target, rows = sys.argv[1:]
    carry(Places(source, target, int(rows)))
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)  # noqa: T201  # to the process above


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zhengtong.config.settings")
    import django

    django.setup()
    main()
