"""Searching the journal: by who, office, act, object, address, request, period and words; newest first.

All but the period are terms of one index that the sealer fills, so that a search costs the same on a million records,
and no act pays for it. What was recorded in the last seconds is in the list, and found by terms a moment later.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from zhengtong.core.audit.models import AuditRecord, RecordWords
from zhengtong.core.audit.terms import list_terms, tag

ORDER = ("-at", "-id")


@dataclass(frozen=True)
class Criteria:
    """What is looked for; what is empty doesn't narrow. ``since`` and ``until`` are days, both included."""

    words: str = ""
    person: str = ""
    office: int | None = None
    action: str = ""
    kind: str = ""
    object_id: str = ""
    address: str = ""
    request: str = ""
    since: date | None = None
    until: date | None = None

    @property
    def terms(self) -> list[str]:
        """The terms that a record has to have, all of them."""
        given = {
            "name": self.person,
            "office": self.office if self.office is not None else "",
            "act": self.action,
            "kind": self.kind,
            "from": self.address,
            "request": self.request,
        }
        return sorted(list_terms(self.words) | {tag(name, value) for name, value in given.items() if value != ""})


def search_journal(found: QuerySet[AuditRecord], criteria: Criteria) -> QuerySet[AuditRecord]:
    """Return those records of ``found`` that fit, newest first."""
    if criteria.words.strip() and not list_terms(criteria.words):
        return found.none()
    if criteria.kind and criteria.object_id:  # these two have an index of their own, with the time
        found = found.filter(object_kind=criteria.kind, object_id=criteria.object_id)
    elif criteria.object_id:
        found = found.filter(object_id=criteria.object_id)
    if criteria.since is not None:
        found = found.filter(at__gte=_beginning(criteria.since))
    if criteria.until is not None:
        found = found.filter(at__lt=_beginning(criteria.until + timedelta(days=1)))
    terms = [*criteria.terms, *sorted(list_terms(criteria.object_id))]
    if terms:
        found = found.filter(pk__in=RecordWords.objects.filter(terms__contains=terms).values("record"))
    return found.order_by(*ORDER)


def list_about(objects: Iterable[tuple[str, str]], words: str = "") -> QuerySet[AuditRecord]:
    """Return what was done to any of ``objects`` (pairs of kind and id), and what names all of ``words``."""
    about = Q(pk__in=[])
    for kind, key in objects:
        about |= Q(object_kind=kind, object_id=key)
    if terms := sorted(list_terms(words)):
        about |= Q(pk__in=RecordWords.objects.filter(terms__contains=terms).values("record"))
    return AuditRecord.objects.filter(about).order_by(*ORDER)


def _beginning(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))
