"""许可公示: granted licences as the public looks them up (行政许可法 第四十条), among a million of them."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Q, QuerySet

from zhengtong.capabilities.cases.models import Case, Decision, ItemVersion, Outcome, ServiceItem
from zhengtong.core.identity.public import LegalEntity
from zhengtong.kernel.marks import Mark

MOST_WORDS, LONGEST_WORD = 5, 40
# What has up to so many hits is looked up by them; of what has more, the newest are soon met on the way by date.
FEW = 2000


def list_published_grants(query: str = "") -> QuerySet[Decision]:
    """Return the decisions that grant, the newest first, those that have every word of ``query``.

    A word is a part of an enterprise's name, of an item's or of a decision's number. Natural persons are masked, so
    that their names can't be asked for either.
    """
    hidden = ItemVersion.objects.filter(definition__publish_grants=False).values_list("pk", flat=True)
    found = (
        Decision.objects.filter(outcome=Outcome.GRANT, case__mark__lte=Mark.INTERNAL, case__mark_circle=None)
        .exclude(case__item_version_id__in=list(hidden))
        .select_related("case__organisation", "case__office__region")
    )
    for word in query.replace("\x00", "").split()[:MOST_WORDS]:
        found = found.filter(_having(word[:LONGEST_WORD]))
    return found.order_by("-decided_at", "-id")


def _having(word: str) -> Q:
    """Return the condition that a decision has ``word``.

    Asked of each decision on the way, a rare word would have nearly all of them read; so it is first looked for where
    each name stands once.
    """
    condition = Q(pk__in=[])
    versions = ItemVersion.objects.filter(item__in=ServiceItem.objects.filter(name__icontains=word))
    if ids := list(versions.values_list("pk", flat=True)):
        condition |= Q(case__item_version_id__in=ids)
    entities = _few(LegalEntity.objects.filter(name__icontains=word))
    # A name that an enterprise had once is found from its beginning.
    named = Q(legal_entity__isnull=False, applicant_name__startswith=word)
    cases = _few(Case.objects.filter(named if not entities else named | Q(legal_entity_id__in=entities)))
    if entities is None or cases is None:
        condition |= Q(case__applicant_name__icontains=word, case__legal_entity__isnull=False)
    elif cases:
        condition |= Q(case_id__in=cases)
    # A number has digits; most words have none.
    if any(letter.isdigit() for letter in word):
        numbers = _few(Decision.objects.filter(number__icontains=word))
        condition |= Q(number__icontains=word) if numbers is None else Q(pk__in=numbers)
    return condition


def _few(found: QuerySet[Any]) -> Sequence[int] | None:
    """Return the ids of ``found``, None where there are more than a few."""
    ids = list(found.order_by().values_list("pk", flat=True)[: FEW + 1])
    return ids if len(ids) <= FEW else None
