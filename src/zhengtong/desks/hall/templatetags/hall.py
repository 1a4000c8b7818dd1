"""Items in the reader's language: what the item's text says in English is used where it says it."""

from django import template
from django.utils.translation import get_language

from zhengtong.capabilities.cases.public import ItemDefinition, ServiceItem

register = template.Library()


def _is_english() -> bool:
    return (get_language() or "").startswith("en")


@register.filter
def item_name(item: ServiceItem) -> str:
    return item.name_en if _is_english() and item.name_en else item.name


@register.filter
def item_summary(definition: ItemDefinition) -> str:
    english = definition.text.get("summary_en", "")
    return str(english if _is_english() and english else definition.text.get("summary", ""))


@register.filter
def item_aliases(item: ServiceItem) -> list[str]:
    """What people call the item: said in Chinese only."""
    return [] if _is_english() else item.aliases[:8]
