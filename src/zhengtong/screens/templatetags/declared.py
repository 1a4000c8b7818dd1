"""``{% load declared %}``: addresses of declared screens."""

from typing import Any

from django import template

from zhengtong.kernel.modules import Text
from zhengtong.screens.declaration import ModelScreens
from zhengtong.screens.reveal import USUAL_PURPOSES
from zhengtong.screens.routing import url_of

register = template.Library()


@register.simple_tag
def screens_url(screens: ModelScreens, verb: str, row: Any = None, **parts: Any) -> str:
    """The address of a verb of ``screens``: ``{% screens_url screens "views.rename" view_id=view.pk %}``."""
    return url_of(screens, verb, row, **parts)


@register.simple_tag
def reveal_purposes() -> tuple[Text, ...]:
    """The purposes that are offered where somebody asks for a masked value."""
    return USUAL_PURPOSES
