"""The work that nodes put on lists: a joining to assess or approve, a link that is away for long."""

from django.utils.translation import gettext_lazy as _

from zhengtong.capabilities.nodes.models import Node
from zhengtong.capabilities.nodes.permissions import APPROVE, OPERATE, VIEW
from zhengtong.capabilities.nodes.services.settling import JOINING, LINK
from zhengtong.core.worklist.public import ItemGone, Move, TransferAct, WorkKind
from zhengtong.kernel.policy import require


def hold_node(move: Move) -> Node:
    """Lock the node before its item moves. Raises ItemGone and Denied."""
    node = Node.objects.select_for_update(of=("self",)).filter(pk=move.object_id).first()
    if node is None:
        raise ItemGone
    if move.act != TransferAct.REASSIGNED:
        require(move.actor, VIEW, node)
    return node


WORK_KINDS = (
    WorkKind(JOINING, _("节点接入"), permissions=(OPERATE, APPROVE), guard=hold_node),
    WorkKind(LINK, _("链路中断"), permissions=(OPERATE,), guard=hold_node),
)
