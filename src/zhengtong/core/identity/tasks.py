"""What identity does by the clock."""

from zhengtong.core.identity import services
from zhengtong.kernel.jobs import periodic
from zhengtong.kernel.policy import SYSTEM


@periodic("identity.forget_unverified_registrations", cron="20 3 * * *")
def forget_unverified_registrations(timestamp: int) -> None:
    services.forget_unverified_registrations(actor=SYSTEM)


@periodic("identity.tell_of_ended_delegations", cron="10 0 * * *")
def tell_of_ended_delegations(timestamp: int) -> None:
    services.tell_of_ended_delegations(actor=SYSTEM)


@periodic("identity.end_guardianships_of_adults", cron="15 0 * * *")
def end_guardianships_of_adults(timestamp: int) -> None:
    services.end_guardianships_of_adults(actor=SYSTEM)


@periodic("identity.apply_reorganisations", cron="2 * * * *")
def apply_reorganisations(timestamp: int) -> None:
    services.apply_due_reorganisations(actor=SYSTEM)


@periodic("identity.hand_over", cron="5 * * * *")
def hand_over(timestamp: int) -> None:
    services.hand_over_ended(actor=SYSTEM)
