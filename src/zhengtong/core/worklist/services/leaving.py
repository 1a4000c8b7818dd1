"""Somebody leaves: what was open in her appointment goes to the successor, or back to the office, and is told."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from zhengtong.core.audit.public import record
from zhengtong.core.identity.public import Appointment, get_staff_actor
from zhengtong.core.worklist.declarations import WorkKind
from zhengtong.core.worklist.events import WorkItemMoved
from zhengtong.core.worklist.messages import list_leaders, page_address, tell
from zhengtong.core.worklist.models import IS_OPEN, Nature, TransferAct, Watch, WorkItem, WorkState, WorkTransfer
from zhengtong.kernel.events import publish
from zhengtong.kernel.modules import registry
from zhengtong.kernel.policy import Actor
from zhengtong.kernel.steps import step


@dataclass(frozen=True)
class LeftOpen:
    """Where the open items of an appointment went."""

    to_successor: int
    to_office: int


@step()
def hand_over(*, actor: Actor, appointment_id: int, successor_id: int | None, reason: str = "") -> LeftOpen:
    """Move all open items of an appointment that ends, a thousand in a few statements.

    What the successor may do goes to her, what she may not do (or everything, when there is none) back into the pool
    of its office, whose leaders are told. What was only to be read goes to the successor or is cancelled. Run again it
    finds nothing.
    """
    leaver = Appointment.objects.select_related("staff").get(pk=appointment_id)
    successor = _find_successor(successor_id)
    held = WorkItem.objects.filter(IS_OPEN, assignee_id=appointment_id)
    _hold_owners(held)
    items = list(held.select_for_update().order_by("kind", "object_id"))
    to_successor, to_office, dropped = _divide(items, successor)
    for found, to in ((to_successor, successor_id), (to_office, None)):
        _move_all(actor, found, appointment_id, to, reason)
    if dropped:
        ids = [item.pk for item in dropped]
        WorkItem.objects.filter(pk__in=ids).update(state=WorkState.CANCELLED, done_at=timezone.now())
    watched = _move_watches(appointment_id, successor_id)
    if not items and not watched:
        return LeftOpen(0, 0)
    record(
        actor,
        "worklist.hand_over",
        leaver,
        after={
            "successor": successor_id,
            "to_successor": [item.pk for item in to_successor],
            "to_office": [item.pk for item in to_office],
            "cancelled": [item.pk for item in dropped],
            "watched": watched,
        },
    )
    if successor is not None and to_successor:
        tell(
            actor,
            successor,
            "handed_over",
            link=page_address("handed_over"),
            name=leaver.staff.name,
            count=len(to_successor),
        )
    _tell_leaders(actor, leaver, to_office)
    return LeftOpen(len(to_successor), len(to_office))


def _find_successor(successor_id: int | None) -> Appointment | None:
    if successor_id is None:
        return None
    found = Appointment.objects.select_related("staff__account", "post__organisation__region")
    return found.prefetch_related("post__roles").get(pk=successor_id)


def _hold_owners(held: QuerySet[WorkItem]) -> None:
    """Let the owners lock their rows before the items are locked, as in every act of theirs."""
    by_kind: dict[str, list[int]] = defaultdict(list)
    for kind, object_id in held.order_by("kind", "object_id").values_list("kind", "object_id"):
        by_kind[kind].append(object_id)
    for kind, object_ids in by_kind.items():
        declared = registry.get(WorkKind, kind)
        if declared.hold is not None:
            declared.hold(object_ids)


def _divide(
    items: Sequence[WorkItem], successor: Appointment | None
) -> tuple[list[WorkItem], list[WorkItem], list[WorkItem]]:
    """Return what goes to the successor, what goes back to the office, and what nobody has to read any more."""
    if successor is None:
        return [], [i for i in items if i.nature == Nature.TO_DO], [i for i in items if i.nature == Nature.TO_READ]
    able = get_staff_actor(successor)
    reach = {permission: able.reach(permission) for permission in {item.permission for item in items}}
    readings = WorkItem.objects.filter(IS_OPEN, assignee_id=successor.pk, nature=Nature.TO_READ)
    has = set(readings.values_list("kind", "object_id"))
    to_successor: list[WorkItem] = []
    to_office: list[WorkItem] = []
    dropped: list[WorkItem] = []
    for item in items:
        if item.nature == Nature.TO_READ:
            (dropped if (item.kind, item.object_id) in has else to_successor).append(item)
        else:
            (to_successor if item.organisation_id in reach[item.permission] else to_office).append(item)
    return to_successor, to_office, dropped


def _move_all(actor: Actor, items: Sequence[WorkItem], from_id: int, to_id: int | None, reason: str) -> None:
    if not items:
        return
    now = timezone.now()
    WorkItem.objects.filter(pk__in=[item.pk for item in items]).update(assignee_id=to_id)
    WorkTransfer.objects.bulk_create(
        WorkTransfer(
            item=item,
            from_appointment_id=from_id,
            to_appointment_id=to_id,
            to_organisation_id=item.organisation_id if to_id is None else None,
            act=TransferAct.HANDED_OVER,
            reason=reason[:200],
            by_id=actor.appointment,
            by_agent_id=actor.agent,
            at=now,
        )
        for item in items
    )
    by_kind: dict[str, list[int]] = defaultdict(list)
    for item in items:
        by_kind[item.kind].append(item.object_id)
    for kind, object_ids in by_kind.items():
        publish(
            WorkItemMoved(
                actor=actor,
                kind=kind,
                object_ids=tuple(object_ids),
                from_id=from_id,
                to_id=to_id,
                act=TransferAct.HANDED_OVER,
                reason=reason,
            )
        )


def _move_watches(from_id: int, to_id: int | None) -> int:
    """Give the successor what was watched; without one the rows stay with the appointment that ended."""
    if to_id is None:
        return 0
    same = Watch.objects.filter(appointment_id=to_id, kind=OuterRef("kind"), object_id=OuterRef("object_id"))
    return Watch.objects.filter(~Exists(same), appointment_id=from_id).update(appointment_id=to_id)


def _tell_leaders(actor: Actor, leaver: Appointment, items: Sequence[WorkItem]) -> None:
    """Tell the leaders of each office how many items came back to it."""
    by_office: dict[int, list[WorkItem]] = defaultdict(list)
    for item in items:
        by_office[item.organisation_id].append(item)
    link = page_address("back_in_office")
    for organisation_id, found in by_office.items():
        for leader in list_leaders(organisation_id, {item.permission for item in found}):
            if leader.pk != leaver.pk:
                tell(actor, leader, "back_in_office", link=link, name=leaver.staff.name, count=len(found))
