"""Narrowing a list of cases by what an address says; values that mean nothing are left out."""

import re
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Final

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone
from django.utils.dateparse import parse_date

from zhengtong.capabilities.cases.domain import LegalState
from zhengtong.capabilities.cases.models import Case, CaseKind, ItemOffice, Task, TaskStatus
from zhengtong.capabilities.cases.presentation import late_clocks
from zhengtong.core.identity.public import Organisation, Region
from zhengtong.core.worklist.public import Nature, WorkItem, WorkState
from zhengtong.kernel.calendars import get_calendar

LONGEST_ID = 18
_NUMBERED = re.compile(r"\d[\d-]*", re.ASCII)
# What a ``holder`` is called when nobody has claimed the task.
NOBODY: Final = "0"
LAMPS: Final = ("red", "yellow", "green")
# Within how many working days something may be asked to be due.
DUE_WITHIN: Final = (1, 3, 5)


def read_day(text: str) -> date | None:
    """Return the day that ``text`` writes as 2026-02-28, None when it isn't one."""
    try:
        day = parse_date(text)
    except ValueError:  # 2026-02-30
        return None
    return day if day and 1900 <= day.year < date.max.year else None  # there has to be a day after it


def read_id(text: str) -> int | None:
    """Return the id of a row that ``text`` may be."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= LONGEST_ID else None


def beginning_of(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))


def _read_query(given: Mapping[str, str]) -> str:
    return given.get("q", "").replace("\x00", "").strip()[:60]


def is_number(given: Mapping[str, str]) -> bool:
    """Return whether ``q`` is the beginning of a number, the year at least begun: AL-2.

    What is found by it is shown by number too, the newest first: in any other order the newest cases of all would be
    read to find a few old ones.
    """
    query, prefix = _read_query(given).upper(), f"{settings.CASE_NUMBER_PREFIX}-"
    return query.startswith(prefix) and _NUMBERED.fullmatch(query, len(prefix)) is not None


def narrow_cases(found: QuerySet[Case], given: Mapping[str, str], now: datetime | None = None) -> QuerySet[Case]:
    """Apply the filters that ``given`` names, each as the text of an address.

    ``q`` is a number or an applicant from the beginning, ``region`` and ``item`` are codes, ``organisation`` and
    ``holder`` ids (:data:`NOBODY` for unclaimed work), ``from`` and ``until`` days of the submission, both included;
    ``lamp`` and ``due`` (within so many working days) keep running cases only.
    """
    moment = now or timezone.now()
    query = _read_query(given)
    if is_number(given):
        # Nobody's name begins like a number, and an index finds the beginning of one of the two, not of either.
        found = found.filter(number__startswith=query.upper())
    elif not query.isascii():  # as no number is
        found = found.filter(applicant_name__startswith=query)
    elif query:
        found = found.filter(Q(number__startswith=query.upper()) | Q(applicant_name__startswith=query))
    if given.get("state", "") in set(LegalState):
        found = found.filter(state=given["state"])
    if given.get("kind", "") in CaseKind.values:
        found = found.filter(kind=given["kind"])
    found = _narrow_place(found, given)
    if first := read_day(given.get("from", "")):
        found = found.filter(submitted_at__gte=beginning_of(first))
    if last := read_day(given.get("until", "")):
        found = found.filter(submitted_at__lt=beginning_of(last + timedelta(days=1)))
    if given.get("due", "") in map(str, DUE_WITHIN):
        found = list_running(found).filter(due_at__gt=moment, due_at__lte=end_of_working_day(int(given["due"]), moment))
    if given.get("lamp", "") in LAMPS:
        found = filter_lamp(found, given["lamp"], moment)
    return found


def _narrow_place(found: QuerySet[Case], given: Mapping[str, str]) -> QuerySet[Case]:
    """Apply where it lies: in which region, organ, item, in whose hands."""
    if region := Region.objects.filter(code=given.get("region", "")).first() if given.get("region") else None:
        inside = Organisation.objects.filter(region__path__contained_by=str(region.path)).values_list("pk", flat=True)
        found = found.filter(organisation_id__in=list(inside))
    if organisation := read_id(given.get("organisation", "")):
        found = found.filter(organisation_id=organisation)
    if item := given.get("item", "").replace("\x00", ""):
        found = found.filter(
            office_id__in=list(ItemOffice.objects.filter(item__code=item).values_list("pk", flat=True))
        )
    holder = given.get("holder", "")
    if holder == NOBODY:
        free = Task.objects.filter(case=OuterRef("pk"), status=TaskStatus.OPEN, assignee=None)
        # Asked of one case after the other, as far as the page needs: joined, all tasks ever would be read.
        found = list_running(found).filter(pk=Subquery(free.values("case_id")[:1]))
    elif person := read_id(holder):
        # The worklist knows what waits with a person; tasks themselves are known by their cases only.
        held = WorkItem.objects.filter(kind="cases.task", state=WorkState.OPEN, nature=Nature.TO_DO, assignee_id=person)
        tasks = Task.objects.filter(pk__in=held.values("object_id"))
        found = list_running(found).filter(pk__in=tasks.values("case_id"))
    return found


def end_of_working_day(number: int, now: datetime) -> datetime:
    """Return the end of the ``number``-th working day after today, in the country's calendar."""
    return beginning_of(get_calendar().add_working_days(timezone.localdate(now), number) + timedelta(days=1))


def list_running(found: QuerySet[Case]) -> QuerySet[Case]:
    """Keep what was submitted and hasn't ended: the words of the indexes over running cases."""
    return found.filter(closed_at=None, number__isnull=False)


def filter_lamp(found: QuerySet[Case], lamp: str, now: datetime | None = None) -> QuerySet[Case]:
    """Keep the running cases whose lamp is ``red`` (past due), ``yellow`` (warned) or ``green`` (neither).

    A running case has one clock at a time that counts, and its end is the case's own ``due_at``; a case that waits
    for its applicant has none and is green.
    """
    moment = now or timezone.now()
    found = list_running(found)
    if lamp == "red":
        return found.filter(due_at__lte=moment)
    warned = Exists(late_clocks("yellow", moment).filter(case=OuterRef("pk")))
    if lamp == "yellow":
        return found.filter(warned, due_at__gt=moment)
    return found.filter(Q(due_at=None) | Q(due_at__gt=moment)).exclude(warned)
