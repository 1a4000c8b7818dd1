"""Charts of statistics: what the script needs to draw one, in plain data. The table has the same numbers."""

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from zhengtong.screens.statistics import Tally

# More bars than this aren't compared by eye; the table has them all.
MOST_BARS = 20
LYING, STANDING = "lying", "standing"


def describe_chart(tally: "Tally") -> dict[str, Any]:
    """Return the chart of ``tally``: lying bars over kinds and places, standing ones over time; {} for nothing to see.

    ``bars`` are title, value and address; the axis begins at zero. ``summary`` says it to who doesn't see it.
    """
    is_over_time = bool(tally.stat.period)
    groups = tally.groups if is_over_time else tally.groups[:MOST_BARS]
    if not any(group.value for group in groups):
        return {}
    most = max(groups, key=lambda group: group.value)
    return {
        "kind": STANDING if is_over_time else LYING,
        "title": tally.title,
        "unit": tally.unit,
        "bars": [{"title": group.title, "value": float(group.value), "url": group.url} for group in groups],
        "summary": _("%(title)s，共 %(count)d 组，最多的是%(most)s。下面的表格有全部数字。")
        % {"title": tally.title, "count": len(tally.groups), "most": most.title},
    }
