"""What every act on a case looks up and hardly ever changes, kept in the process: its office, its item's version."""

import time
from functools import lru_cache

from zhengtong.capabilities.cases.models import ItemOffice, ItemVersion

KEEP_SECONDS = 1.0
_offices: dict[int, tuple[float, ItemOffice]] = {}


def get_office(office_id: int) -> ItemOffice:
    """Return an office with its item, region, counter, organs, at most a second old. Only to read."""
    now = time.monotonic()
    kept = _offices.get(office_id)
    if kept is None or now - kept[0] >= KEEP_SECONDS:
        related = ("item", "region", "window", "organisation__parent")
        kept = _offices[office_id] = (now, ItemOffice.objects.select_related(*related).get(pk=office_id))
    return kept[1]


@lru_cache(maxsize=512)
def get_version(version_id: int) -> ItemVersion:
    """Return a published version without its text (see ``get_definition``). It never changes."""
    return ItemVersion.objects.defer("definition").get(pk=version_id)
