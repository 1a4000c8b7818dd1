"""``{% load tours %}{% tour %}``: the tour of the page one is on, where it has one for this person."""

from typing import Any

from django import template

from zhengtong.screens.access import actor_of
from zhengtong.screens.tours import get_tour

register = template.Library()


@register.inclusion_tag("screens/components/tour.html", takes_context=True)
def tour(context: template.Context) -> dict[str, Any]:
    """Nothing on an error page, which belongs to no view."""
    request = context.get("request")
    match = getattr(request, "resolver_match", None)
    if request is None or match is None or not hasattr(request, "actor") or context.get("status"):
        return {"tour": None}
    return {"tour": get_tour(actor_of(request), match.view_name), "is_signed_in": request.user.is_authenticated}
