"""The journal's own jobs: closing blocks every few seconds, bringing a root off the machine every hour."""

from zhengtong.core.audit import checking
from zhengtong.core.audit.publishing import publish_roots
from zhengtong.core.audit.sealing import seal_journal
from zhengtong.kernel.jobs import periodic

__all__ = ["checking", "publish", "seal"]


@periodic("audit.seal", "* * * * * */5")  # the sixth field is the seconds
def seal(timestamp: int) -> None:
    """Close blocks over what was recorded since."""
    seal_journal()


@periodic("audit.publish", "3 * * * *")
def publish(timestamp: int) -> None:
    """Publish the root of the last hour; the first of a day is the one that goes out by e-mail, too."""
    publish_roots()
