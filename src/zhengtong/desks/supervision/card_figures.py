"""Cards of this quarter and the last announced score, for the levels of the drill."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from zhengtong.capabilities.cases.public import beginning_of
from zhengtong.capabilities.supervision.public import Card, CardStatus, Score, quarter_of
from zhengtong.kernel.reach import IdSet


def card_figures(
    organisations: Iterable[int], organisation: int | None = None, holder: int | None = None
) -> list[dict[str, Any]]:
    """Return this quarter's cards by level, and of one office or person the last score; two queries."""
    first = quarter_of(timezone.localdate())
    found = Card.objects.filter(at__gte=beginning_of(first)).exclude(status=CardStatus.CANCELLED)
    reach = organisations if isinstance(organisations, IdSet) else list(organisations)
    found = found.filter(case__organisation_id__in=list(reach))
    if holder is not None:
        found = found.filter(holder_id=holder)
    counted = found.aggregate(yellow=Count("id", filter=Q(level="yellow")), red=Count("id", filter=Q(level="red")))
    given = {"from": first.isoformat()}
    given |= {"organisation": str(organisation)} if organisation else {}
    given |= {"holder": str(holder)} if holder else {}
    base = reverse("supervision:cards")
    figures = [
        {
            "value": counted[level],
            "label": title,
            "url": f"{base}?{urlencode({**given, 'level': level})}",
            "unit": _("张"),
            "tone": tone if counted[level] else "",
        }
        for level, title, tone in (("yellow", _("本季度黄牌"), "warning"), ("red", _("本季度红牌"), "danger"))
    ]
    if organisation is not None:
        score = (
            Score.objects.filter(organisation_id=organisation, holder_id=holder)
            .select_related("quarter")
            .order_by("-quarter__first_day", "-quarter_id")
            .first()
        )
        if score is not None:
            quarter = score.quarter.first_day
            figures.append(
                {
                    "value": score.value,
                    "label": _("%(year)d年第%(n)d季度得分") % {"year": quarter.year, "n": (quarter.month + 2) // 3},
                    "url": f"{reverse('supervision:scores')}?quarter={quarter:%Y-%m}",
                    "unit": str(score.get_grade_display()),
                    "tone": "",
                }
            )
    return figures
