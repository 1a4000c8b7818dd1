"""Who else has to know that a part failed: those who hold or decided the other parts of the same application."""

from zhengtong.capabilities.bundles.models import BundlePart
from zhengtong.capabilities.cases.public import Task, TaskNode, TaskStatus, describe_on_lists, task_url
from zhengtong.core.worklist.public import WorkItem, WorkState, open_item

PART_FAILED = "bundles.part_failed"
REVIEW = "cases.review_case"


def tell_other_organs(parts: list[BundlePart], failed: BundlePart, why: str) -> None:
    """Put it on the reading list of whoever reviews, or reviewed, another part.

    A part that was granted before stands (行政许可法 第八条; 第六十九条 says when it is revoked): its organ is told and
    looks, nothing is undone by the platform.
    """
    others = {part.case_id: part for part in parts if part.case_id and part.pk != failed.pk}
    readers: dict[int, Task] = {}
    for task in Task.objects.filter(case__in=others, node=TaskNode.REVIEW).exclude(status=TaskStatus.CANCELLED):
        holder = task.assignee_id if task.status == TaskStatus.OPEN else task.done_by_id
        if holder is not None and task.organisation_id != failed.office.organisation_id:
            readers[holder] = task
    told = set(
        WorkItem.objects.filter(
            kind=PART_FAILED, object_id=failed.pk, state=WorkState.OPEN, assignee_id__in=readers
        ).values_list("assignee_id", flat=True)
    )
    for holder, task in readers.items():
        if holder in told:
            continue
        case = others[task.case_id].case
        assert case is not None  # others hold only parts that have one
        open_item(
            kind=PART_FAILED,
            object_id=failed.pk,
            organisation_id=task.organisation_id,
            permission=REVIEW,
            assignee_id=holder,
            **describe_on_lists(case),
            step=why[:40],
            url=task_url(case, TaskNode.REVIEW),
        )
