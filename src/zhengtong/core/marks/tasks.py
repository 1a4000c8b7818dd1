"""Every night: marks whose period is over end by themselves."""

from zhengtong.kernel.jobs import periodic


@periodic("marks.expire", "10 0 * * *")
def expire(timestamp: int) -> None:
    from django.utils import timezone

    from zhengtong.core.marks.services import expire_marks

    expire_marks(timezone.localdate())
