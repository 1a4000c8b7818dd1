"""The work that follow-ups put on lists, and what is asked before it moves from one person to another."""

from collections.abc import Callable, Sequence

from zhengtong.capabilities.ratings.models import FollowUp, FollowUpState
from zhengtong.capabilities.ratings.permissions import VIEW
from zhengtong.capabilities.ratings.steps import NODE_PERMISSIONS, TITLES, Node
from zhengtong.core.worklist.public import ItemGone, Move, TransferAct, WorkKind
from zhengtong.kernel.policy import require
from zhengtong.kernel.rows import find_sole


def _guard_of(node: Node) -> Callable[[Move], FollowUp]:
    def hold(move: Move) -> FollowUp:
        """Lock the follow-up and say whether its work may move so. Raises ItemGone and Denied."""
        found = find_sole(FollowUp.objects.select_for_update(of=("self",)).filter(pk=move.object_id))
        if found is None or found.state != node.value:
            raise ItemGone
        require(move.actor, VIEW if move.act == TransferAct.REASSIGNED else NODE_PERMISSIONS[node], found)
        return found

    return hold


def hold_many(object_ids: Sequence[int]) -> None:
    found = FollowUp.objects.filter(pk__in=object_ids).order_by("pk").select_for_update(of=("self",))
    list(found.values_list("pk", flat=True))


def hold_office(organisation_id: int) -> None:
    """Lock all running follow-ups that an office has, in the order of their ids."""
    found = FollowUp.objects.filter(organisation_id=organisation_id).exclude(state=FollowUpState.CLOSED)
    list(found.order_by("pk").select_for_update(of=("self",)).values_list("pk", flat=True))


WORK_KINDS = tuple(
    WorkKind(
        node.kind,
        TITLES[node],
        permissions=(NODE_PERMISSIONS[node],),
        guard=_guard_of(node),
        hold=hold_many,
        hold_office=hold_office if node is Node.RECTIFY else None,
    )
    for node in Node
)
