"""The supervision module's door."""

from zhengtong.capabilities.supervision.counting import fold_deltas, rebuild_tallies, untallied
from zhengtong.capabilities.supervision.declarations import UrgingPage
from zhengtong.capabilities.supervision.displays import (
    create_display,
    get_display,
    list_displays,
    may_revoke,
    revoke_display,
)
from zhengtong.capabilities.supervision.measures import Gauge, Measure
from zhengtong.capabilities.supervision.models import Card, Urging, WallDisplay
from zhengtong.capabilities.supervision.sums import (
    Sums,
    read_days,
    read_exercise,
    read_hours,
    read_item_totals,
    read_standing,
    read_sums,
)
from zhengtong.capabilities.supervision.urging import (
    answer_urging,
    get_urging,
    list_unanswered,
    list_urgings,
    may_answer,
    may_urge,
    urge_case,
    urging_url,
)

__all__ = [
    "Card",
    "Gauge",
    "Measure",
    "Sums",
    "Urging",
    "UrgingPage",
    "WallDisplay",
    "answer_urging",
    "create_display",
    "fold_deltas",
    "get_display",
    "get_urging",
    "list_displays",
    "list_unanswered",
    "list_urgings",
    "may_answer",
    "may_revoke",
    "may_urge",
    "read_days",
    "read_exercise",
    "read_hours",
    "read_item_totals",
    "read_standing",
    "read_sums",
    "rebuild_tallies",
    "revoke_display",
    "untallied",
    "urge_case",
    "urging_url",
]
