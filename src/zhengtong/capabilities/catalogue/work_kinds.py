"""The work that the catalogue puts on lists: drafts to review, returned ones to correct."""

from django.utils.translation import gettext_lazy as _

from zhengtong.capabilities.catalogue.models import ResourceVersion, VersionStatus
from zhengtong.capabilities.catalogue.permissions import APPROVE, COMPILE, REVIEW
from zhengtong.capabilities.catalogue.services.settling import TURN, WORK_KIND, lock_version, require_row
from zhengtong.core.worklist.public import ItemGone, Move, TransferAct, WorkKind


def hold_version(move: Move) -> ResourceVersion:
    """Lock the version before its item moves. Raises ItemGone and Denied."""
    if not ResourceVersion.objects.filter(pk=move.object_id).exists():
        raise ItemGone
    version = lock_version(move.object_id)
    if version.status not in TURN:
        raise ItemGone
    if move.act != TransferAct.REASSIGNED:
        require_row(move.actor, TURN[VersionStatus(version.status)][0], version)
    return version


WORK_KINDS = (WorkKind(WORK_KIND, _("目录审核"), permissions=(REVIEW, APPROVE, COMPILE), guard=hold_version),)
