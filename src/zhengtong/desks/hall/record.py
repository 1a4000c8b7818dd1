"""How an item has gone so far, shown on its guide: read from the tallies, never counted over cases."""

from dataclasses import dataclass

from zhengtong.capabilities.cases.public import ServiceItem
from zhengtong.capabilities.supervision.public import Measure, read_item_totals


@dataclass(frozen=True, slots=True)
class ItemRecord:
    """``ended`` applications were decided; ``score`` is the mean of the ``scores`` given, None without any."""

    ended: int
    score: float | None
    scores: int


def get_item_record(item: ServiceItem) -> ItemRecord:
    totals = read_item_totals(item.pk)
    scores = totals.get(Measure.APPRAISED, 0)
    return ItemRecord(
        ended=totals.get(Measure.GRANTED, 0) + totals.get(Measure.REFUSED, 0),
        score=totals.get(Measure.APPRAISAL_POINTS, 0) / scores if scores else None,
        scores=scores,
    )
