"""What the worklist asks about a case that somebody watches: its words, and where it stands now."""

from collections.abc import Mapping, Sequence

from django.db.models import Prefetch

from zhengtong.capabilities.cases.domain import LegalState
from zhengtong.capabilities.cases.models import Task, TaskNode, TaskStatus
from zhengtong.capabilities.cases.selectors import ACTIVE_STATES, list_cases
from zhengtong.capabilities.cases.services.steps import task_url
from zhengtong.core.worklist.public import Standing, WatchWords
from zhengtong.kernel.policy import Actor

_PERSONAL = ("form", "applicant_number", "applicant_phone")


def find_words(actor: Actor, case_id: int) -> WatchWords | None:
    """Return the short words of a submitted case, None when ``actor`` may not see it."""
    case = list_cases(actor).filter(pk=case_id, number__isnull=False).defer(*_PERSONAL).first()
    if case is None:
        return None
    return WatchWords(case.number or "", case.item_name, case.applicant_name, task_url(case, TaskNode.REVIEW))


def describe_standing(actor: Actor, case_ids: Sequence[int]) -> Mapping[int, Standing]:
    """Return for each case that ``actor`` may see its state, who has its open task, and until when."""
    open_tasks = Task.objects.filter(status=TaskStatus.OPEN).select_related("assignee__staff")
    found = (
        list_cases(actor)
        .filter(pk__in=case_ids)
        .select_related("office__region")
        .defer(*_PERSONAL)
        .prefetch_related(Prefetch("tasks", queryset=open_tasks))
    )
    return {
        case.pk: Standing(
            step=str(case.get_state_display()),
            holder="、".join(task.assignee.staff.name for task in case.tasks.all() if task.assignee is not None),
            due_at=case.due_at,
            region=case.office.region.code,
            is_paused=case.state == LegalState.EXCLUDED_TIME,
            is_ended=case.state not in ACTIVE_STATES,
        )
        for case in found
    }
