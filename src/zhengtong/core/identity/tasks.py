"""What identity does by the clock."""

from zhengtong.core.identity import services
from zhengtong.kernel.jobs import periodic
from zhengtong.kernel.policy import SYSTEM


@periodic("identity.forget_unverified_registrations", cron="20 3 * * *")
def forget_unverified_registrations(timestamp: int) -> None:
    services.forget_unverified_registrations(actor=SYSTEM)
