"""A hall's week in words: the days with the same hours together."""

from itertools import groupby

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhengtong.capabilities.reservations.public import Hall, read_opening

_NAMES = (
    gettext_lazy("周一"),
    gettext_lazy("周二"),
    gettext_lazy("周三"),
    gettext_lazy("周四"),
    gettext_lazy("周五"),
    gettext_lazy("周六"),
    gettext_lazy("周日"),
)


def describe_hours(hall: Hall) -> list[tuple[str, str]]:
    """Return pairs like 周一至周五 and 09:00—12:00，13:30—17:30; closed days are left out."""
    week = read_opening(hall).week
    days = []
    for weekday in range(7):
        sessions = sorted((each for each in week if each.weekday == weekday), key=lambda each: each.opens_at)
        words = "，".join(f"{each.opens_at:%H:%M}—{each.closes_at:%H:%M}" for each in sessions)
        if words:
            days.append((weekday, words, any(each.is_on_days_off for each in sessions)))
    found = []
    for (words, is_off), group in groupby(days, key=lambda each: each[1:]):
        spans = [weekday for weekday, _words, _off in group]
        first, last = str(_NAMES[spans[0]]), str(_NAMES[spans[-1]])
        title = first if first == last else _("%(first)s至%(last)s") % {"first": first, "last": last}
        note = _("（休息日延时服务）") if is_off and spans[0] >= 5 else ""
        found.append((title, f"{words}{note}"))
    return found
