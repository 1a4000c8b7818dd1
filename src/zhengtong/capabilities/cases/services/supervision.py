"""What happens when a clock's alert comes due: the lamp changes, the worklist shows it, silence has its consequence."""

from collections import defaultdict

from django.db import transaction
from django.utils import timezone

from zhengtong.capabilities.cases import domain
from zhengtong.capabilities.cases.models import Clock, ClockPurpose, Task, TaskNode, TaskStatus
from zhengtong.capabilities.cases.services import clocks
from zhengtong.capabilities.cases.services.steps import WORK_KIND
from zhengtong.capabilities.cases.tasks import deem_accepted
from zhengtong.core.audit.public import build, record_all
from zhengtong.core.worklist.public import reschedule_items
from zhengtong.kernel.policy import SYSTEM


@transaction.atomic
def fire_due(limit: int = clocks.BATCH) -> int:
    """Fire one batch of due alerts; return how many clocks it held.

    The batch, what it changed and the jobs that follow are one transaction: killed in the middle, it happens
    again from the start; fired, it isn't found again, because ``next_alert_at`` moved on.
    """
    now = timezone.now()
    due = clocks.claim_due(now, limit)
    if not due:
        return 0
    rows = {
        clock.pk: clock
        for clock in Clock.objects.filter(pk__in=[clock.pk for clock in due])
        .select_related("case__office__region")
        .prefetch_related("intervals")
    }
    by_lamp: dict[tuple[object, ...], list[int]] = defaultdict(list)
    entries = []
    for clock in rows.values():
        before = clock.level
        clocks.write_state(clock, clocks.to_state(clock), clocks.calendar_of(clock.case), now)
        if clock.level != before:
            after = {"level": clock.level, "due_at": clock.due_at, "basis": clock.basis, "purpose": clock.purpose}
            entries.append(build(SYSTEM, "cases.clock_alert", clock, before={"level": before}, after=after))
        if clock.purpose == ClockPurpose.COMPLETENESS and clock.level == domain.Level.RED:
            deem_accepted.defer(case_id=clock.case_id)
        if clock.is_counted:
            by_lamp[(clock.due_at, clock.next_alert_at, clock.level)].append(clock.case_id)
    Clock.objects.bulk_update(rows.values(), ["level", "next_alert_at", "due_at", "is_provisional", "calendar_version"])
    tasks = defaultdict(list)
    cases = [case for found in by_lamp.values() for case in found]
    # What another office is asked has a term of its own.
    shown = Task.objects.filter(case_id__in=cases, status=TaskStatus.OPEN).exclude(node=TaskNode.CONSULTATION)
    for pk, case_id in shown.values_list("pk", "case_id"):
        tasks[case_id].append(pk)
    for (due_at, next_alert_at, level), found in by_lamp.items():
        reschedule_items(
            kind=WORK_KIND,
            object_ids=[pk for case_id in found for pk in tasks[case_id]],
            due_at=due_at,  # type: ignore[arg-type]  # the key's parts are the clock's columns
            next_alert_at=next_alert_at,  # type: ignore[arg-type]  # likewise
            level=str(level),
        )
    record_all(entries)
    return len(due)
