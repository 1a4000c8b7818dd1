"""What supervision needs of a case: its open task, held while something is said of it, and a line in its timeline."""

from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from zhengtong.capabilities.cases.errors import NoTask
from zhengtong.capabilities.cases.models import Case, CaseEvent, Task, TaskStatus
from zhengtong.capabilities.cases.services.steps import lock_case
from zhengtong.core.audit.public import record
from zhengtong.core.identity.public import Appointment
from zhengtong.kernel.policy import Actor


def hold_open_task(*, actor: Actor, case_id: int, permission: str) -> tuple[Case, Task]:
    """Return the case, locked until the end of the transaction, and the task that has been open longest.

    Raises Denied without ``permission`` on the case, and NoTask when nobody has anything to do.
    """
    case = lock_case(case_id, actor=actor, permission=permission)
    task = (
        case.tasks.filter(status=TaskStatus.OPEN)
        .select_related("assignee__staff__account", "organisation")
        .order_by("id")
        .first()
    )
    if task is None:
        raise NoTask
    return case, task


def note_remark(case: Case, act: str, *, actor: Actor, note: str, journal: Mapping[str, Any], module: str) -> None:
    """Put a remark for the officials into the locked case's timeline and the journal (``<module>.<act>``).

    It is no act on the case: a form that somebody has open can still be sent.
    """
    held = Appointment.objects.filter(pk=actor.held_appointment)
    at_work_in = held.values_list("post__organisation__name", flat=True)
    CaseEvent.objects.create(
        case=case,
        at=timezone.now(),
        act=act,
        actor_name=actor.name,
        organisation_name=at_work_in.first() or "",
        note=note[:1000],
    )
    record(actor, f"{module}.{act}", case, after=dict(journal))


def note_happening(case: Case, act: str, *, actor: Actor, words: str) -> None:
    """Put a line for the applicant into the locked case's timeline, of what a module above did and keeps a record of.

    It is no act on the case: a form that somebody has open can still be sent.
    """
    CaseEvent.objects.create(
        case=case,
        at=timezone.now(),
        act=act,
        actor_name=actor.name,
        organisation_name=case.organisation.name if actor.appointment else "",
        words=words[:300],
    )
