"""No time is certified that is earlier than one before: over restarts, processes and threads."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhengtong.capabilities.timestamps.clock import (
    TOLERANCE_US,
    ClockFault,
    ClockPolicy,
    KernelClock,
    TimeNotAvailable,
    TrustedClock,
    read_kernel_clock,
)

LOCAL, SYNCHRONISED = ClockPolicy.LOCAL, ClockPolicy.SYNCHRONISED
START = 1_800_000_000_000_000_000
READ = (
    "import sys; from pathlib import Path;"
    "from zhengtong.capabilities.timestamps.clock import TrustedClock, ClockPolicy;"
    "clock = TrustedClock(Path(sys.argv[1]), ClockPolicy.LOCAL);"
    "[print(clock.read().at.timestamp()) for _ in range(200)]"
)


@given(st.lists(st.tuples(st.integers(-5_000_000, 5_000_000), st.booleans()), max_size=30))
def test_whatever_the_clock_does_the_times_never_fall(
    tmp_path_factory: pytest.TempPathFactory, moves: list[tuple[int, bool]]
) -> None:
    now = [START]
    file = tmp_path_factory.mktemp("clock") / "clock"
    clock = TrustedClock(file, LOCAL, read_time_ns=lambda: now[0])
    given_out: list[datetime] = []
    for microseconds, restarts in moves:
        now[0] += microseconds * 1000
        if restarts:
            clock.close()
            clock = TrustedClock(file, LOCAL, read_time_ns=lambda: now[0])
        fault = clock.find_fault()
        if fault is None:
            given_out.append(clock.read().at)
            continue
        assert fault is ClockFault.WENT_BACK
        assert now[0] // 1000 < given_out[-1].timestamp() * 1_000_000 + 1000 - TOLERANCE_US
        with pytest.raises(TimeNotAvailable):
            clock.read()
    clock.close()
    assert given_out == sorted(given_out)


def test_processes_and_threads_share_one_order(tmp_path: Path) -> None:
    file = tmp_path / "clock"
    children = [
        subprocess.Popen([sys.executable, "-c", READ, str(file)], stdout=subprocess.PIPE, text=True) for _ in range(2)
    ]
    clock = TrustedClock(file, LOCAL)
    with ThreadPoolExecutor(4) as pool:
        own = list(pool.map(lambda _number: clock.read().at, range(200)))
    for child in children:
        said = [float(line) for line in (child.communicate()[0]).splitlines()]
        assert len(said) == 200
        assert said == sorted(said)
    assert clock.read().at >= max(own)
    clock.close()


def test_what_the_database_knows_counts_too(tmp_path: Path) -> None:
    later = datetime.now(UTC) + timedelta(hours=1)
    clock = TrustedClock(tmp_path / "clock", LOCAL, not_before=later)
    with pytest.raises(TimeNotAvailable, match="went_back"):
        clock.read()
    clock.close()


def test_a_little_behind_is_the_latest_time_again(tmp_path: Path) -> None:
    now = [START]
    clock = TrustedClock(tmp_path / "clock", LOCAL, read_time_ns=lambda: now[0])
    first = clock.read()
    now[0] -= 900_000_000
    assert clock.read() == first
    now[0] -= 200_000_000
    with pytest.raises(TimeNotAvailable):
        clock.read()
    clock.close()


@pytest.mark.parametrize(
    ("kernel", "fault"),
    [
        (None, ClockFault.UNKNOWN),
        (KernelClock(False, 10), ClockFault.NOT_SYNCHRONISED),
        (KernelClock(True, 500_001), ClockFault.NOT_SYNCHRONISED),
        (KernelClock(True, 500_000), None),
    ],
)
def test_the_kernel_is_asked_in_production(
    tmp_path: Path, kernel: KernelClock | None, fault: ClockFault | None
) -> None:
    clock = TrustedClock(tmp_path / "clock", SYNCHRONISED, read_kernel=lambda: kernel)
    assert clock.find_fault() is fault
    if fault is None:
        assert clock.read().accuracy_ms == 500
    else:
        with pytest.raises(TimeNotAvailable, match=fault.value):
            clock.read()
    clock.close()


def test_this_kernel_answers() -> None:
    kernel = read_kernel_clock()
    assert kernel is None or kernel.most_error_us >= 0
