"""An office ends on a merger, a split or its abolition: what is open in it goes on in the office that succeeds it.

Whoever holds an item keeps it, because appointments survive the change; only when her post went elsewhere, so that the
item is out of her reach now, does it come back to the successor's pool.
"""

from collections import defaultdict
from collections.abc import Sequence

from django.utils import timezone

from zhengtong.core.audit.public import record
from zhengtong.core.identity.public import Appointment, Organisation, get_staff_actor
from zhengtong.core.worklist.declarations import WorkKind
from zhengtong.core.worklist.events import WorkItemMoved
from zhengtong.core.worklist.messages import list_leaders, page_address, tell
from zhengtong.core.worklist.models import IS_OPEN, Nature, TransferAct, WorkItem, WorkTransfer
from zhengtong.kernel.events import publish
from zhengtong.kernel.modules import registry
from zhengtong.kernel.policy import Actor
from zhengtong.kernel.steps import step


@step()
def move_to_successor(*, actor: Actor, organisation_id: int, successor_id: int) -> int:
    """Move the open items of an organisation that ended; return how many. Run again it finds nothing.

    The leaders of the successor are told. Closed items stay with the office that did them.
    """
    for kind in registry.of(WorkKind):
        if kind.hold_office is not None:
            kind.hold_office(organisation_id)
    found = WorkItem.objects.filter(IS_OPEN, organisation_id=organisation_id)
    items = list(found.select_for_update().order_by("kind", "object_id"))
    if not items:
        return 0
    WorkItem.objects.filter(pk__in=[item.pk for item in items]).update(organisation_id=successor_id)
    stranded = _find_stranded(items, successor_id)
    _put_back(actor, stranded, successor_id)
    record(
        actor,
        "worklist.succeed",
        ("identity.organisation", organisation_id),
        after={
            "successor": successor_id,
            "items": [item.pk for item in items],
            "back_in_office": [item.pk for item in stranded],
        },
    )
    back = {item.pk for item in stranded}
    free = [item for item in items if item.assignee_id is None or item.pk in back]
    _tell_leaders(actor, organisation_id, successor_id, items, len(free))
    return len(items)


def _find_stranded(items: Sequence[WorkItem], successor_id: int) -> list[WorkItem]:
    """Return those items whose holder can't do them in the successor: a split took her post elsewhere."""
    held = [item for item in items if item.assignee_id is not None and item.nature == Nature.TO_DO]
    holders = Appointment.objects.select_related("staff__account", "post__organisation__region").prefetch_related(
        "post__roles"
    )
    actors = {
        holder.pk: get_staff_actor(holder) for holder in holders.filter(pk__in={item.assignee_id for item in held})
    }
    return [item for item in held if successor_id not in actors[item.assignee_id or 0].reach(item.permission)]


def _put_back(actor: Actor, items: Sequence[WorkItem], successor_id: int) -> None:
    if not items:
        return
    now = timezone.now()
    WorkItem.objects.filter(pk__in=[item.pk for item in items]).update(assignee_id=None)
    WorkTransfer.objects.bulk_create(
        WorkTransfer(
            item=item,
            from_appointment_id=item.assignee_id,
            to_organisation_id=successor_id,
            act=TransferAct.SUCCEEDED,
            by_id=actor.appointment,
            by_agent_id=actor.agent,
            at=now,
        )
        for item in items
    )
    went: dict[tuple[str, int | None], list[int]] = defaultdict(list)
    for item in items:
        went[item.kind, item.assignee_id].append(item.object_id)
    for (kind, holder), object_ids in went.items():
        publish(
            WorkItemMoved(
                actor=actor,
                kind=kind,
                object_ids=tuple(object_ids),
                from_id=holder,
                to_id=None,
                act=TransferAct.SUCCEEDED,
            )
        )


def _tell_leaders(actor: Actor, ended_id: int, successor_id: int, items: Sequence[WorkItem], free: int) -> None:
    name = Organisation.objects.values_list("name", flat=True).get(pk=ended_id)
    link = page_address("office")
    for leader in list_leaders(successor_id, {item.permission for item in items}):
        tell(actor, leader, "succeeded", link=link, name=name, count=len(items), free=free)
