"""The work that supervision of sharing puts on lists, and what is asked before it moves to another."""

from collections.abc import Callable

from django.utils.translation import gettext_lazy as _

from zhengtong.capabilities.sharing.models import Rectification
from zhengtong.capabilities.sharing.permissions import ANSWER, SUPERVISE
from zhengtong.capabilities.sharing.services.rectifying import CHECK_KIND, WORK_KIND, lock
from zhengtong.core.worklist.public import ItemGone, Move, TransferAct, WorkKind
from zhengtong.kernel.policy import require


def _guard(permission: str, state: str) -> Callable[[Move], Rectification]:
    def hold(move: Move) -> Rectification:
        """Lock the rectification before its item moves. Raises ItemGone and Denied."""
        if not Rectification.objects.filter(pk=move.object_id).exists():
            raise ItemGone
        row = lock(move.object_id)
        if row.state != state:
            raise ItemGone
        if move.act != TransferAct.REASSIGNED:
            require(move.actor, permission, row)
        return row

    return hold


WORK_KINDS = (
    WorkKind(WORK_KIND, _("共享整改"), permissions=(ANSWER,), guard=_guard(ANSWER, Rectification.State.OPEN)),
    WorkKind(
        CHECK_KIND, _("共享整改验收"), permissions=(SUPERVISE,), guard=_guard(SUPERVISE, Rectification.State.ANSWERED)
    ),
)
