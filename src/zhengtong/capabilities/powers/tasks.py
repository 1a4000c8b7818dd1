"""Jobs of powers: at the turn of the day a version that was published ahead begins to hold."""

from django.utils import timezone

from zhengtong.kernel.jobs import periodic


@periodic("powers.turn_day", "1 0 * * *")
def turn_day(timestamp: int) -> None:
    from zhengtong.capabilities.powers.services.loading import turn_day as act

    act(timezone.localdate())
