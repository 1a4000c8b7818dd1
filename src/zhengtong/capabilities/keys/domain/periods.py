"""How long a key is used before the next one takes its place.

GB/T 39786 asks for a stated period of use. A certificate's end may come earlier and then rules; a seal's key goes with
the seal's certificate, an encryption key with its own.
"""

from datetime import datetime, timedelta
from typing import Final

from zhengtong.core.crypto.public import Purpose

KEY_ENCRYPTION: Final = timedelta(days=365)
PERIODS: Final = {
    Purpose.CA: timedelta(days=3650),
    Purpose.TIMESTAMP: timedelta(days=1095),
    Purpose.SEAL: timedelta(days=1825),
    Purpose.IDENTITY: timedelta(days=180),
    Purpose.JOURNAL: timedelta(days=1095),
    Purpose.CONTENT: timedelta(days=1095),
}


def next_rotation(purpose: Purpose, made_at: datetime) -> datetime | None:
    """Return by when a key of ``purpose`` made at ``made_at`` should have a successor; None when it has no period."""
    period = PERIODS.get(purpose)
    return made_at + period if period else None
