"""Published texts of items, kept in the process: a published version never changes."""

from functools import lru_cache

from zhengtong.capabilities.cases.item_definition import ItemDefinition, parse_definition
from zhengtong.capabilities.cases.models import ItemVersion


@lru_cache(maxsize=512)
def get_definition(version_id: int) -> ItemDefinition:
    """Return the text of a published version."""
    return parse_definition(ItemVersion.objects.values_list("definition", flat=True).get(pk=version_id))
