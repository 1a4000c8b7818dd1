"""The one deadline of a letter: by which dated rule, moved by an extension, shown as a lamp, fired when it changes."""

from collections import defaultdict
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from zhengtong.capabilities.letters.domain import Node, due_after, lamp_at
from zhengtong.capabilities.letters.errors import LetterRefused
from zhengtong.capabilities.letters.models import COUNTING, Letter, LetterFollowUp, LetterLimit, LimitPurpose
from zhengtong.core.audit.public import build, record_all
from zhengtong.core.worklist.public import WorkItem, WorkState, reschedule_items
from zhengtong.kernel.calendar import WorkingCalendar
from zhengtong.kernel.calendars import get_calendar
from zhengtong.kernel.policy import SYSTEM

BATCH = 500
# Work that waits for the letter's own deadline; call-backs, publication and follow-ups have none or another.
TIMED = (Node.ACCEPTANCE, Node.DISPATCH, Node.HANDLING, Node.APPROVAL, Node.EXTENSION)


def calendar_of(letter: Letter) -> WorkingCalendar:
    return get_calendar(letter.region.code)


def find_limit(kind: str, category_id: int | None, day: date, purpose: str = LimitPurpose.ANSWER) -> LetterLimit:
    """Return the most exact limit in force on ``day``. Raises LetterRefused when the administration set none."""
    rows = LetterLimit.objects.filter(
        Q(kind="") | Q(kind=kind),
        Q(category=None) | Q(category=category_id),
        Q(effective_to=None) | Q(effective_to__gte=day),
        purpose=purpose,
        effective_from__lte=day,
    )
    found = sorted(rows, key=lambda row: (row.category_id is not None, row.kind != "", row.effective_from))
    if not found:
        raise LetterRefused(_("没有设定这类来信的办理期限，请联系管理员在“来信期限”里补上。"))
    return found[-1]


def start_clock(letter: Letter, at: datetime) -> None:
    """Put the columns of a clock that counts from ``at`` into the letter (not saved)."""
    calendar = calendar_of(letter)
    limit = find_limit(letter.kind, letter.category_id, calendar.local_date(at))
    letter.counts_from, letter.days = at, limit.days
    letter.rule = f"{limit.source}{limit.article}"[:200]
    letter.due_at = due_after(at, limit.days + letter.extension_days, calendar)
    set_lamp(letter, timezone.now())


CLOCK_FIELDS = ("counts_from", "days", "rule", "due_at", "next_alert_at", "level", "extension_days")


def set_lamp(letter: Letter, now: datetime) -> None:
    lamp = lamp_at(now, letter.counts_from, letter.due_at, calendar_of(letter))
    letter.level, letter.next_alert_at = lamp.level, lamp.next_alert_at


def extend_clock(letter: Letter, days: int) -> None:
    """Add working days to the deadline, and show it on the open work (the letter isn't saved)."""
    letter.extension_days = days
    letter.due_at = due_after(letter.counts_from, letter.days + days, calendar_of(letter))
    set_lamp(letter, timezone.now())
    show_due(letter)


def show_due(letter: Letter) -> None:
    for node in TIMED:
        reschedule_items(
            kind=node.kind,
            object_ids=[letter.pk],
            due_at=letter.due_at,
            next_alert_at=letter.next_alert_at,
            level=letter.level,
        )


@transaction.atomic
def fire_due(limit: int = BATCH) -> int:
    """Change the lamps whose moment has come, here and on the worklist; return how many. Run again it finds none."""
    now = timezone.now()
    due = list(
        Letter.objects.filter(COUNTING, next_alert_at__lte=now)
        .select_related("region")
        .select_for_update(skip_locked=True, of=("self",))
        .order_by("next_alert_at")[:limit]
    )
    entries = []
    by_lamp: dict[tuple[datetime, datetime | None, str], list[int]] = defaultdict(list)
    for letter in due:
        before = letter.level
        set_lamp(letter, now)
        by_lamp[letter.due_at, letter.next_alert_at, letter.level].append(letter.pk)
        after = {"level": letter.level, "due_at": letter.due_at}
        entries.append(build(SYSTEM, "letters.clock_alert", letter, before={"level": before}, after=after))
    Letter.objects.bulk_update(due, ["level", "next_alert_at"])
    for (due_at, next_alert_at, level), ids in by_lamp.items():
        for node in TIMED:
            reschedule_items(kind=node.kind, object_ids=ids, due_at=due_at, next_alert_at=next_alert_at, level=level)
    record_all(entries)
    return len(due)


@transaction.atomic
def fire_work(limit: int = BATCH) -> int:
    """Change the lamps of follow-ups, whose deadline is their own; return how many."""
    now = timezone.now()
    items = list(
        WorkItem.objects.filter(
            kind__in=(Node.RECTIFICATION.kind, Node.RECHECK.kind), state=WorkState.OPEN, next_alert_at__lte=now
        ).select_for_update(skip_locked=True, of=("self",))[:limit]
    )
    follow_ups = LetterFollowUp.objects.select_related("letter__region").in_bulk(
        [item.object_id for item in items], field_name="letter_id"
    )
    for item in items:
        follow_up = follow_ups[item.object_id]
        lamp = lamp_at(now, follow_up.opened_at, follow_up.due_at, calendar_of(follow_up.letter))
        reschedule_items(
            kind=item.kind,
            object_ids=[item.object_id],
            due_at=follow_up.due_at,
            next_alert_at=lamp.next_alert_at,
            level=lamp.level,
        )
    return len(items)


@transaction.atomic
def recompute_open(after_id: int, limit: int = BATCH) -> int:
    """Recompute the deadlines of running letters with today's calendar; return the last id, 0 at the end."""
    now = timezone.now()
    rows = list(
        Letter.objects.filter(COUNTING, pk__gt=after_id)
        .select_related("region")
        .select_for_update(of=("self",))
        .order_by("pk")[:limit]
    )
    entries = []
    for letter in rows:
        before = letter.due_at
        letter.due_at = due_after(letter.counts_from, letter.days + letter.extension_days, calendar_of(letter))
        if letter.due_at != before:
            set_lamp(letter, now)
            show_due(letter)
            after = {"due_at": letter.due_at}
            entries.append(build(SYSTEM, "letters.clock_recomputed", letter, before={"due_at": before}, after=after))
    Letter.objects.bulk_update(rows, ["due_at", "next_alert_at", "level"])
    record_all(entries)
    return rows[-1].pk if len(rows) == limit else 0
