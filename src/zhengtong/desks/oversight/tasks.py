"""The desk's own job: it tells the auditors when blocks can't be closed."""

from zhengtong.desks.oversight.warnings import warn_auditors
from zhengtong.kernel.jobs import periodic


@periodic("oversight_desk.warn", "*/5 * * * *")
def warn(timestamp: int) -> None:
    """Look whether records wait for their block longer than they should."""
    warn_auditors()
