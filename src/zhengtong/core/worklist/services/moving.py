"""Work goes from one to another: claimed, handed to a colleague, taken back, put back into the office's pool.

The owner's guard comes first: it locks the owner's rows, then the item is locked, as in every act of the owner. What
is refused is refused before anything is written, so that a batch goes on with the next.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from zhengtong.core.audit.public import record
from zhengtong.core.identity.public import Appointment, list_colleagues
from zhengtong.core.worklist.declarations import Move, WorkKind
from zhengtong.core.worklist.errors import ItemGone, ItemTaken, NotMovable, Opened, WorkRefused, WrongColleague
from zhengtong.core.worklist.events import WorkItemMoved
from zhengtong.core.worklist.leading import leads
from zhengtong.core.worklist.messages import list_roles, page_address, tell
from zhengtong.core.worklist.models import (
    IS_OPEN,
    RECALLABLE,
    Nature,
    TransferAct,
    WorkItem,
    WorkState,
    WorkTransfer,
)
from zhengtong.core.worklist.services.watching import watch_what_was_given
from zhengtong.kernel.events import publish
from zhengtong.kernel.modules import registry
from zhengtong.kernel.policy import Actor, Denied
from zhengtong.kernel.rows import find_sole
from zhengtong.kernel.steps import step

BATCH = 100


@dataclass(frozen=True)
class Batch:
    """What became of many: the items that moved, and number and reason of those that didn't."""

    done: list[WorkItem] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)


@step()
def claim_item(*, actor: Actor, kind: str, object_id: int) -> WorkItem:
    """Take an office's open item. Raises ItemTaken when a colleague was faster, ItemGone, Denied."""
    mine = actor.held_appointment
    item, held = _hold(Move(actor, object_id, TransferAct.CLAIMED, mine), kind)
    if item.assignee_id != mine:
        _refuse_taken(item, actor)
        _move(item, actor, TransferAct.CLAIMED, to_id=mine, held=held)
    return item


@step()
def transfer_item(
    *, actor: Actor, kind: str, object_id: int, to: Appointment, reason: str, keeps_watching: bool = False
) -> WorkItem:
    """Hand an item to a colleague of its office who may do it too, and tell her; with ``keeps_watching`` the giver
    sees under 关注 how it goes on. Raises WrongColleague, ItemTaken, ItemGone, NotMovable, Denied."""
    item = _give(actor, kind, object_id, to, reason, keeps_watching)
    _tell_receiver(actor, [item], to, reason)
    return item


def delegate_item(*, actor: Actor, kind: str, object_id: int, to: Appointment, reason: str) -> WorkItem:
    """Transfer an item and keep watching it."""
    return transfer_item(actor=actor, kind=kind, object_id=object_id, to=to, reason=reason, keeps_watching=True)


@step()
def reassign_item(*, actor: Actor, kind: str, object_id: int, to: Appointment, reason: str) -> WorkItem:
    """As leader of an office, give what waits there, held by a colleague or by nobody, to another; both are told.

    Raises WrongColleague, ItemGone, NotMovable, Denied (she doesn't lead the item's office).
    """
    item, holder = _reassign(actor, kind, object_id, to, reason)
    _tell_reassigned(actor, [(item, holder)], to, reason)
    return item


@step()
def return_item(*, actor: Actor, kind: str, object_id: int, reason: str = "") -> WorkItem:
    """Put an item that one holds back into its office's pool. Raises ItemTaken, ItemGone, NotMovable, Denied."""
    item, held = _hold(Move(actor, object_id, TransferAct.RETURNED, None, reason), kind)
    _refuse_taken(item, actor)
    if item.assignee_id is not None:
        _move(item, actor, TransferAct.RETURNED, to_id=None, reason=reason, held=held)
    return item


@step()
def recall_item(*, actor: Actor, kind: str, object_id: int) -> WorkItem:
    """Take back what one gave to a colleague, as long as she hasn't opened it. Raises Opened, ItemGone, Denied."""
    item, held = _hold(Move(actor, object_id, TransferAct.RECALLED, actor.held_appointment), kind)
    last = WorkTransfer.objects.filter(item=item).order_by("-id").first()
    if last is None or last.act not in RECALLABLE or last.by_id != actor.appointment:
        raise Opened(_("这项任务之后又转到了别处，不能撤回。"))
    if last.seen_at is not None:
        raise Opened(_("对方已经打开这项任务，不能撤回；需要的话请与对方联系转回。"))
    receiver = item.assignee_id
    _move(item, actor, TransferAct.RECALLED, to_id=last.from_appointment_id, held=held)
    if receiver is not None:
        to = Appointment.objects.select_related("staff__account").get(pk=receiver)
        tell(actor, to, "recalled", name=actor.name, title=item.title, reference=item.reference)
    return item


@step()
def note_opened(*, actor: Actor, kind: str, object_ids: Sequence[int]) -> int:
    """Note that the receiver opened what was given to her: it can't be taken back from now on. Return how many."""
    if actor.appointment is None or not object_ids:
        return 0
    given = WorkTransfer.objects.filter(
        item__kind=kind,
        item__object_id__in=object_ids,
        item__state=WorkState.OPEN,
        item__nature=Nature.TO_DO,
        to_appointment_id=actor.appointment,
        act__in=RECALLABLE,
        seen_at=None,
    )
    seen = given.update(seen_at=timezone.now())
    if seen:
        for object_id in object_ids:
            record(actor, "worklist.open_item", (kind, object_id))
    return seen


@step()
def read_items(*, actor: Actor, item_ids: Sequence[int]) -> int:
    """Mark what this appointee was to read as read; return how many that were. Others' and old ones are left alone."""
    mine = WorkItem.objects.filter(
        IS_OPEN, pk__in=item_ids, assignee_id=actor.held_appointment, nature=Nature.TO_READ
    ).select_for_update()
    found = list(mine.order_by("pk"))
    WorkItem.objects.filter(pk__in=[item.pk for item in found]).update(
        state=WorkState.DONE, done_at=timezone.now(), done_by_agent_id=actor.agent
    )
    for item in found:
        record(actor, "worklist.read_item", item, after={"kind": item.kind, "object": item.object_id})
    return len(found)


@step()
def claim_items(*, actor: Actor, item_ids: Sequence[int]) -> Batch:
    """Claim what was ticked; what can't be is named with the reason, the rest is claimed."""
    return _each(item_ids, lambda item: claim_item(actor=actor, kind=item.kind, object_id=item.object_id))


@step()
def return_items(*, actor: Actor, item_ids: Sequence[int]) -> Batch:
    """Put what was ticked back into the office's pool."""
    return _each(item_ids, lambda item: return_item(actor=actor, kind=item.kind, object_id=item.object_id))


@step()
def recall_items(*, actor: Actor, item_ids: Sequence[int]) -> Batch:
    """Take back what was ticked from colleagues who haven't opened it."""
    return _each(item_ids, lambda item: recall_item(actor=actor, kind=item.kind, object_id=item.object_id))


@step()
def transfer_items(
    *, actor: Actor, item_ids: Sequence[int], to: Appointment, reason: str, keeps_watching: bool = False
) -> Batch:
    """Hand many items to one colleague, who is told once."""
    batch = _each(item_ids, lambda item: _give(actor, item.kind, item.object_id, to, reason, keeps_watching))
    if batch.done:
        _tell_receiver(actor, batch.done, to, reason)
    return batch


@step()
def reassign_items(*, actor: Actor, item_ids: Sequence[int], to: Appointment, reason: str) -> Batch:
    """As leader, give many items to one colleague; each of the people concerned is told once."""
    taken: list[tuple[WorkItem, int | None]] = []

    def reassign(item: WorkItem) -> WorkItem:
        taken.append(_reassign(actor, item.kind, item.object_id, to, reason))
        return taken[-1][0]

    batch = _each(item_ids, reassign)
    if taken:
        _tell_reassigned(actor, taken, to, reason)
    return batch


def _each(item_ids: Sequence[int], act: Callable[[WorkItem], WorkItem]) -> Batch:
    """Do ``act`` to each, in the order of the objects: two batches lock them in the same order."""
    batch = Batch()
    for item in WorkItem.objects.filter(pk__in=item_ids[:BATCH]).order_by("kind", "object_id"):
        try:
            batch.done.append(act(item))
        except WorkRefused as refusal:
            batch.refused.append((item.reference, str(refusal)))
        except Denied:
            batch.refused.append((item.reference, gettext("没有权限办理这项任务。")))
    return batch


def _hold(move: Move, kind: str) -> tuple[WorkItem, object]:
    """Lock the owner's rows and the item. Raises NotMovable, ItemGone, Denied, and what the guard raises."""
    declared = registry.get(WorkKind, kind)
    is_given = move.act in (TransferAct.TRANSFERRED, TransferAct.ASSIGNED, TransferAct.REASSIGNED)
    if (is_given and not declared.transfer_allowed) or (
        move.act == TransferAct.RETURNED and not declared.return_allowed
    ):
        raise NotMovable(_("“%(kind)s”不能转给他人或退回。"), kind=str(declared.title))
    held = declared.guard(move) if declared.guard else None
    item = find_sole(
        WorkItem.objects.select_for_update().filter(IS_OPEN, kind=kind, object_id=move.object_id, nature=Nature.TO_DO)
    )
    if item is None:
        raise ItemGone
    if move.act == TransferAct.REASSIGNED:
        if not leads(move.actor, item.organisation_id):
            raise Denied("worklist.reassign")
    elif item.organisation_id not in move.actor.reach(item.permission):
        raise Denied(item.permission)
    return item, held


def _refuse_taken(item: WorkItem, actor: Actor) -> None:
    if item.assignee_id is not None and item.assignee_id != actor.appointment:
        raise ItemTaken(Appointment.objects.select_related("staff").get(pk=item.assignee_id).staff.name)


def _give(actor: Actor, kind: str, object_id: int, to: Appointment, reason: str, keeps_watching: bool) -> WorkItem:
    item, held = _hold(Move(actor, object_id, TransferAct.TRANSFERRED, to.pk, reason), kind)
    _refuse_taken(item, actor)
    _require_reason(reason)
    if to.pk == actor.appointment:
        raise WrongColleague(_("不能转办给自己。"))
    _require_able(item, to)
    if item.assignee_id is None:
        act = TransferAct.ASSIGNED
    else:
        act = TransferAct.DELEGATED if keeps_watching else TransferAct.TRANSFERRED
    _move(item, actor, act, to_id=to.pk, reason=reason.strip()[:200], held=held)
    if keeps_watching:
        watch_what_was_given(actor, item)
    return item


def _reassign(actor: Actor, kind: str, object_id: int, to: Appointment, reason: str) -> tuple[WorkItem, int | None]:
    """Return the item and who had it."""
    item, held = _hold(Move(actor, object_id, TransferAct.REASSIGNED, to.pk, reason), kind)
    holder = item.assignee_id
    _require_reason(reason)
    if to.pk == holder:
        raise WrongColleague(_("这项任务已经在%(name)s手中。"), name=to.staff.name)
    _require_able(item, to)
    act = TransferAct.ASSIGNED if holder is None else TransferAct.REASSIGNED
    _move(item, actor, act, to_id=to.pk, reason=reason.strip()[:200], held=held)
    return item, holder


def _require_reason(reason: str) -> None:
    if not reason.strip():
        raise NotMovable(_("请填写转办的原因。"), "reason")


def _require_able(item: WorkItem, to: Appointment) -> None:
    roles = list_roles([item.permission])
    if not list_colleagues(item.organisation_id).filter(pk=to.pk, post__roles__role__in=roles).exists():
        raise WrongColleague(_("只能转办给本单位有同样权限的同事。"))


def _move(item: WorkItem, actor: Actor, act: TransferAct, *, to_id: int | None, held: object, reason: str = "") -> None:
    """Move the locked item: its row, its history, the journal, and its owner by event."""
    from_id = item.assignee_id
    item.assignee_id = to_id
    WorkItem.objects.filter(pk=item.pk).update(assignee_id=to_id)
    WorkTransfer.objects.create(
        item=item,
        from_appointment_id=from_id,
        to_appointment_id=to_id,
        to_organisation_id=item.organisation_id if to_id is None else None,
        act=act,
        reason=reason,
        by_id=actor.appointment,
        by_agent_id=actor.agent,
        at=timezone.now(),
    )
    record(
        actor,
        f"worklist.{act}",
        item,
        before={"assignee": from_id},
        after={"assignee": to_id, "kind": item.kind, "object": item.object_id},
    )
    publish(
        WorkItemMoved(
            actor=actor,
            kind=item.kind,
            object_ids=(item.object_id,),
            from_id=from_id,
            to_id=to_id,
            act=act,
            reason=reason,
            held=held,
        )
    )


def _tell_receiver(actor: Actor, items: list[WorkItem], to: Appointment, reason: str) -> None:
    to = Appointment.objects.select_related("staff__account").get(pk=to.pk)
    if len(items) == 1:
        [item] = items
        words = {"title": item.title, "reference": item.reference}
        tell(actor, to, "given_one", link=item.url, name=actor.name, reason=reason, **words)
    else:
        link = page_address("mine")
        tell(actor, to, "given_many", link=link, name=actor.name, count=len(items), reason=reason)


def _tell_reassigned(actor: Actor, taken: Sequence[tuple[WorkItem, int | None]], to: Appointment, reason: str) -> None:
    """Tell the receiver, unless it is the leader herself, and each colleague from whom something was taken."""
    if to.pk != actor.appointment:
        _tell_receiver(actor, [item for item, _holder in taken], to, reason)
    by_holder: dict[int, list[WorkItem]] = defaultdict(list)
    for item, holder in taken:
        if holder not in (None, actor.appointment):
            by_holder[holder].append(item)
    holders = Appointment.objects.select_related("staff__account").in_bulk(by_holder)
    for pk, items in by_holder.items():
        words = {"name": actor.name, "receiver": to.staff.name, "count": len(items), "reason": reason}
        if len(items) == 1:
            [item] = items
            words |= {"title": item.title, "reference": item.reference}
        template = "reassigned_one" if len(items) == 1 else "reassigned_many"
        tell(actor, holders[pk], template, link=page_address("mine"), **words)
