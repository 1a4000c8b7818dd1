"""The clock that time stamps are read from: which one, how good it is, and that it never goes back.

The latest time given out is kept in a file that all processes of a machine share under a lock, so neither a restart nor
a second process can certify an earlier one. A clock that went back by more than a moment is not believed: no time
stamps until it has caught up or somebody has put it right.
"""

import ctypes
import fcntl
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

from zhengtong.capabilities.timestamps.domain.tokens import LOCAL_CLOCK, SYNCHRONISED_CLOCK, Moment

# Synchronisation slews and steps a little; within this the last time is given out again.
TOLERANCE_US = 1_000_000
# Worse than this, as the kernel estimates, a clock does not count as synchronised.
WORST_ERROR_US = 500_000

_TIME_ERROR, _STA_UNSYNC = 5, 0x40


class ClockPolicy(StrEnum):
    """Which clock this installation certifies. The token's policy says it."""

    LOCAL = "local"
    SYNCHRONISED = "synchronised"


class ClockFault(StrEnum):
    WENT_BACK = "went_back"
    NOT_SYNCHRONISED = "not_synchronised"
    UNKNOWN = "unknown"  # the system doesn't say


class TimeNotAvailable(Exception):
    """No time that may be certified."""

    def __init__(self, fault: ClockFault) -> None:
        super().__init__(fault.value)
        self.fault = fault


@dataclass(frozen=True)
class KernelClock:
    """What the kernel says of its own clock (adjtimex): chrony, ntpd or timesyncd told it."""

    is_synchronised: bool
    most_error_us: int


class _Timex(ctypes.Structure):
    _fields_ = [
        ("modes", ctypes.c_uint),
        ("offset", ctypes.c_long),
        ("frequency", ctypes.c_long),
        ("most_error", ctypes.c_long),
        ("estimated_error", ctypes.c_long),
        ("status", ctypes.c_int),
        ("rest", ctypes.c_byte * 512),  # more than any version has
    ]


def read_kernel_clock() -> KernelClock | None:
    """Return what the kernel knows of its clock's quality, None where it can't be asked."""
    try:
        ask = ctypes.CDLL(None).adjtimex
    except (OSError, AttributeError):
        return None
    answer = _Timex()
    state = ask(ctypes.byref(answer))
    if state < 0:
        return None
    is_synchronised = state != _TIME_ERROR and not answer.status & _STA_UNSYNC
    return KernelClock(is_synchronised, answer.most_error)


class TrustedClock:
    """Gives out times to certify, none earlier than one before."""

    def __init__(
        self,
        file: Path,
        policy: ClockPolicy,
        *,
        not_before: datetime | None = None,
        read_time_ns: Callable[[], int] = time.time_ns,
        read_kernel: Callable[[], KernelClock | None] = read_kernel_clock,
    ) -> None:
        """``file`` keeps the latest time; ``not_before`` is the latest that is known from elsewhere."""
        self.policy = policy
        self._file = file
        self._floor = 0 if not_before is None else round(not_before.timestamp() * 1_000_000)
        self._read_time_ns, self._read_kernel = read_time_ns, read_kernel
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._handle = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def read(self) -> Moment:
        """Return the time to certify now. Raises TimeNotAvailable."""
        accuracy = self._judge()
        # A lock of this open file alone would not keep this process's other threads out.
        handle = os.open(self._file, os.O_RDWR | os.O_CLOEXEC)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            now = self._read_time_ns() // 1000
            last = max(self._floor, int.from_bytes(os.pread(handle, 8, 0)))
            if now < last - TOLERANCE_US:
                raise TimeNotAvailable(ClockFault.WENT_BACK)
            now = max(now, last)
            os.pwrite(handle, now.to_bytes(8), 0)
        finally:
            os.close(handle)
        local = self.policy is ClockPolicy.LOCAL
        return Moment(_at(now), LOCAL_CLOCK if local else SYNCHRONISED_CLOCK, accuracy)

    def find_fault(self) -> ClockFault | None:
        """Return why there would be no time stamp now, if so, without giving out a time."""
        try:
            self._judge()
        except TimeNotAvailable as error:
            return error.fault
        return ClockFault.WENT_BACK if self._read_time_ns() // 1000 < self._last() - TOLERANCE_US else None

    @property
    def last(self) -> datetime | None:
        """The latest time given out."""
        last = self._last()
        return _at(last) if last else None

    def close(self) -> None:
        os.close(self._handle)

    def _last(self) -> int:
        return max(self._floor, int.from_bytes(os.pread(self._handle, 8, 0)))

    def _judge(self) -> int | None:
        """Return how many milliseconds the clock may be off. Of a local clock, compared with nothing, nobody knows."""
        if self.policy is ClockPolicy.LOCAL:
            return None
        kernel = self._read_kernel()
        if kernel is None:
            raise TimeNotAvailable(ClockFault.UNKNOWN)
        if not kernel.is_synchronised or kernel.most_error_us > WORST_ERROR_US:
            raise TimeNotAvailable(ClockFault.NOT_SYNCHRONISED)
        return WORST_ERROR_US // 1000


def _at(microseconds: int) -> datetime:
    # Whole milliseconds: what the token says is what is kept.
    return datetime.fromtimestamp(microseconds // 1000 / 1000, UTC)
