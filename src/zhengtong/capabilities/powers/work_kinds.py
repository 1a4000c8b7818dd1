"""The work that powers put on lists: drafts for the legal office to review."""

from django.utils.translation import gettext_lazy as _

from zhengtong.capabilities.powers.models import PowerVersion, VersionStatus
from zhengtong.capabilities.powers.services.settling import REVIEW, WORK_KIND, lock_version, require_version
from zhengtong.core.worklist.public import ItemGone, Move, TransferAct, WorkKind


def hold_version(move: Move) -> PowerVersion:
    """Lock the version under review before its item moves. Raises ItemGone and Denied."""
    if not PowerVersion.objects.filter(pk=move.object_id).exists():
        raise ItemGone
    version = lock_version(move.object_id)
    if move.act != TransferAct.REASSIGNED:
        require_version(move.actor, REVIEW, version)
    if version.status != VersionStatus.IN_REVIEW:
        raise ItemGone
    return version


WORK_KINDS = (WorkKind(WORK_KIND, _("权力清单审核"), permissions=(REVIEW,), guard=hold_version),)
