"""The limits as of today, remembered for some seconds: a call doesn't ask the database what is permitted."""

from datetime import date
from time import monotonic

from django.utils import timezone

from zhengtong.capabilities.interfaces.models import InterfaceRule, RuleKey

# What holds while an installation has not been given its rows.
_DEFAULTS = {
    RuleKey.SKEW_SECONDS: 300,
    RuleKey.KEEP_DAYS: 190,
    RuleKey.UNSTAMPED_MINUTES: 240,
    RuleKey.OVERLAP_DAYS: 30,
    RuleKey.ATTEMPTS: 12,
}
FRESH_SECONDS = 10.0
_known: dict[str, int] = {}
_until = 0.0


def get_rule(key: RuleKey, day: date | None = None) -> int:
    """Return the value of a rule on ``day`` (today)."""
    if day is not None:
        return _read(day)[key]
    global _known, _until
    if monotonic() >= _until:
        _known, _until = _read(timezone.localdate()), monotonic() + FRESH_SECONDS
    return _known[key]


def forget() -> None:
    """Ask anew at the next call."""
    global _until
    _until = 0.0


def _read(day: date) -> dict[str, int]:
    rows = InterfaceRule.objects.filter(valid_from__lte=day).order_by("valid_from").values_list("key", "value")
    return {str(key): value for key, value in _DEFAULTS.items()} | dict(rows)
