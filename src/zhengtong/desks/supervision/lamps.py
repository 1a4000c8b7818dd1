"""The two clocks of a running case as chips: a word, a shape and a colour."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from zhengtong.capabilities.cases.public import Clock, days_left
from zhengtong.kernel.calendars import get_calendar
from zhengtong.screens.templatetags.look import chip

PROMISED, STATUTORY = "promised", "statutory"
_TICK = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Lamp:
    """How one clock stands: ``level`` is red, yellow, green, paused or done."""

    level: str
    words: str

    @property
    def chip(self) -> SafeString:
        tones = {"red": "danger", "yellow": "warning", "green": "info", "paused": "paused", "done": "success"}
        return chip(self.words, tones[self.level])


def read_lamp(clock: Clock, region: str, now: datetime) -> Lamp:
    """Return how ``clock`` stands at ``now``, or stood when it stopped: 中止, 超期 so many days, 预警 (nine tenths are
    used up), 剩 so many, or 按期."""
    now = clock.finished_at or now
    if clock.unit == "working_days":
        left = days_left(clock.due_at, region, now) or 0
    else:
        calendar = get_calendar(region)
        left = (calendar.local_date(clock.due_at - _TICK) - calendar.local_date(now)).days
    if clock.finished_at is not None and clock.finished_at <= clock.due_at:
        return Lamp("done", _("按期"))
    if clock.due_at <= now:
        return Lamp("red", _("超期%(n)d日") % {"n": max(-left, 1)})
    if clock.is_paused:
        return Lamp("paused", _("中止"))
    rest = _("今日到期") if left <= 0 else _("剩%(n)d日") % {"n": left}
    if clock.level == "yellow":
        return Lamp("yellow", _("预警，%(rest)s") % {"rest": rest})
    return Lamp("green", rest)


def by_basis(clocks: Iterable[Clock]) -> dict[str, Clock]:
    """Return ``clocks``, those of one case that concern the same thing, by basis."""
    return {clock.basis: clock for clock in clocks}
