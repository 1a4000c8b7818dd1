"""The work that seals put on lists: steps of applications, uses and batches to approve."""

from django.utils.translation import gettext_lazy as _

from zhengtong.capabilities.seals.domain import OPEN_STAGES
from zhengtong.capabilities.seals.models import BatchState, SealApplication, UseState
from zhengtong.capabilities.seals.models.uses import Batch, SealUse
from zhengtong.capabilities.seals.permissions import APPLY, APPROVE, FILE, KEEP, MAKE, REVIEW
from zhengtong.capabilities.seals.services.settling import (
    APPLICATION_KIND,
    BATCH_KIND,
    TURN,
    USE_KIND,
    lock_application,
    lock_seal,
    require_seal,
)
from zhengtong.capabilities.seals.services.using import lock_use
from zhengtong.core.worklist.public import ItemGone, Move, TransferAct, WorkKind


def hold_application(move: Move) -> SealApplication:
    """Lock the application before its item moves. Raises ItemGone and Denied."""
    if not SealApplication.objects.filter(pk=move.object_id).exists():
        raise ItemGone
    application = lock_application(move.object_id)
    stages = {stage.value: stage for stage in OPEN_STAGES}
    if application.stage not in stages:
        raise ItemGone
    if move.act != TransferAct.REASSIGNED:
        require_seal(move.actor, TURN[stages[application.stage]][0], application)
    return application


def hold_use(move: Move) -> SealUse:
    """Lock the use before its item moves. Raises ItemGone and Denied."""
    if not SealUse.objects.filter(pk=move.object_id).exists():
        raise ItemGone
    use = lock_use(move.object_id)
    if use.state != UseState.WAITING:
        raise ItemGone
    if move.act != TransferAct.REASSIGNED:
        require_seal(move.actor, KEEP, use)
    return use


def hold_batch(move: Move) -> Batch:
    """Lock the batch before its item moves. Raises ItemGone and Denied."""
    found = Batch.objects.filter(pk=move.object_id).values_list("seal_id", flat=True).first()
    if found is None:
        raise ItemGone
    lock_seal(found)
    batch = Batch.objects.select_for_update(of=("self",)).get(pk=move.object_id)
    if batch.state != BatchState.WAITING:
        raise ItemGone
    if move.act != TransferAct.REASSIGNED:
        require_seal(move.actor, KEEP, batch)
    return batch


WORK_KINDS = (
    WorkKind(
        APPLICATION_KIND,
        _("印章申请"),
        permissions=(REVIEW, APPROVE, MAKE, FILE, KEEP, APPLY),
        guard=hold_application,
    ),
    WorkKind(USE_KIND, _("用印审批"), permissions=(KEEP,), guard=hold_use),
    WorkKind(BATCH_KIND, _("批量用印审批"), permissions=(KEEP,), guard=hold_batch),
)
