"""What sign-on does by the clock."""

from zhengtong.capabilities.signon.applications import tasks as applications
from zhengtong.capabilities.signon.services import attempts, holding, passkeys, resets
from zhengtong.kernel.jobs import periodic
from zhengtong.kernel.policy import SYSTEM

__all__ = ["applications"]


@periodic("signon.carry_out_resets", cron="*/10 * * * *")
def carry_out_resets(timestamp: int) -> None:
    resets.carry_out_due()


@periodic("signon.forget_what_is_over", cron="*/30 * * * *")
def forget_what_is_over(timestamp: int) -> None:
    passkeys.forget_old_challenges()
    holding.forget_old_forms()


@periodic("signon.forget_old_attempts", cron="40 3 * * *")
def forget_old_attempts(timestamp: int) -> None:
    attempts.forget_old_attempts(actor=SYSTEM)
