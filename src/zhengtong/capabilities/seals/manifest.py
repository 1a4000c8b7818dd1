"""What seals bring: who may do what with them, what is told and put on lists, their registers at the desk."""

from django.utils.translation import gettext_lazy as _

from zhengtong.capabilities.seals.journal import ACTION_WORDS
from zhengtong.capabilities.seals.messages import MESSAGE_TEMPLATES
from zhengtong.capabilities.seals.models import (
    Batch,
    LedgerRow,
    OutsideSystem,
    Seal,
    SealApplication,
    SealRule,
    SealUse,
    StandingAuthorisation,
)
from zhengtong.capabilities.seals.permissions import APPLY, KEEP, PERMISSIONS, ROLES, USE, VIEW
from zhengtong.capabilities.seals.screens import SCREENS
from zhengtong.capabilities.seals.work_kinds import WORK_KINDS
from zhengtong.core.identity.public import MatterKind, Protected
from zhengtong.kernel.modules import Module

MODULE = Module(
    code="seals",
    title=_("电子印章"),
    declares=(
        *PERMISSIONS,
        *ROLES,
        MatterKind("seals.applying", _("申请印章和用印"), (VIEW, APPLY, USE)),
        MatterKind("seals.keeping", _("保管印章、批准用印"), (VIEW, KEEP)),
        Protected(Seal, organisation="organisation_id"),
        Protected(SealApplication, organisation="organisation_id"),
        Protected(SealUse, organisation="organisation_id"),
        Protected(Batch, organisation="organisation_id"),
        Protected(StandingAuthorisation, organisation="organisation_id"),
        Protected(LedgerRow, organisation="organisation_id"),
        Protected(OutsideSystem, organisation="organisation_id"),
        # Limits and sizes are everybody's to read who works with seals.
        Protected(SealRule, is_unscoped=True),
        ACTION_WORDS,
        *MESSAGE_TEMPLATES,
        *WORK_KINDS,
        *SCREENS,
    ),
)
