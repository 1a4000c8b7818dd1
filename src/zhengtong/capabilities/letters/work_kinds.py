"""The work that letters put on lists, and what is asked before it moves from one person to another."""

from collections.abc import Callable, Sequence

from zhengtong.capabilities.letters.domain import NODE_PERMISSIONS, Node
from zhengtong.capabilities.letters.models import COUNTING, Letter, LetterCooperation
from zhengtong.capabilities.letters.permissions import VIEW
from zhengtong.capabilities.letters.services.steps import STEP_TITLES, find_work
from zhengtong.core.worklist.public import ItemGone, Move, TransferAct, WorkKind
from zhengtong.kernel.policy import Denied, require
from zhengtong.kernel.rows import find_sole


def _letter_of(node: Node, object_id: int) -> int | None:
    if node is not Node.COOPERATION:
        return object_id
    return LetterCooperation.objects.values_list("letter_id", flat=True).filter(pk=object_id).first()


def _guard_of(node: Node) -> Callable[[Move], Letter]:
    def hold(move: Move) -> Letter:
        """Lock the letter, like every other act, and say whether its work may move so. Raises ItemGone and Denied."""
        found = _letter_of(node, move.object_id)
        if found is None:
            raise ItemGone
        letter = find_sole(Letter.objects.select_for_update(of=("self",)).filter(pk=found))
        if letter is None:
            raise ItemGone
        permission = VIEW if move.act == TransferAct.REASSIGNED else NODE_PERMISSIONS[node]
        if node is Node.COOPERATION:
            asked = LetterCooperation.objects.get(pk=move.object_id)
            if asked.organisation_id not in move.actor.reach(permission):
                raise Denied(permission)
        else:
            require(move.actor, permission, letter)
        if find_work(node, move.object_id) is None:
            raise ItemGone
        return letter

    return hold


def _hold_many_of(node: Node) -> Callable[[Sequence[int]], None]:
    def hold(object_ids: Sequence[int]) -> None:
        """Lock the letters of many items, in the order of their ids."""
        letters = list(object_ids)
        if node is Node.COOPERATION:
            helping = LetterCooperation.objects.filter(pk__in=object_ids)
            letters = list(helping.values_list("letter_id", flat=True))
        found = Letter.objects.filter(pk__in=letters).order_by("pk").select_for_update(of=("self",))
        list(found.values_list("pk", flat=True))

    return hold


def hold_office(organisation_id: int) -> None:
    """Lock all running letters that an office has, in the order of their ids."""
    found = Letter.objects.filter(COUNTING, organisation_id=organisation_id).order_by("pk")
    list(found.select_for_update(of=("self",)).values_list("pk", flat=True))


WORK_KINDS = tuple(
    WorkKind(
        node.kind,
        STEP_TITLES[node],
        permissions=(NODE_PERMISSIONS[node],),
        guard=_guard_of(node),
        hold=_hold_many_of(node),
        hold_office=hold_office if node is Node.HANDLING else None,
    )
    for node in Node
)
