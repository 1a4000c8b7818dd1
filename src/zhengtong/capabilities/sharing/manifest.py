"""What the supervision of sharing brings: who watches, targets, rectifications, the circular's paper."""

from django.utils.translation import gettext_lazy as _

from zhengtong.capabilities.sharing.journal import ACTION_WORDS
from zhengtong.capabilities.sharing.models import (
    Circular,
    CycleAllowance,
    MonthFigure,
    Rectification,
    SharingTarget,
)
from zhengtong.capabilities.sharing.permissions import PERMISSIONS, ROLES
from zhengtong.capabilities.sharing.screens import SCREENS
from zhengtong.capabilities.sharing.services.circulars import CIRCULAR_PAPER
from zhengtong.capabilities.sharing.work_kinds import WORK_KINDS
from zhengtong.core.identity.public import Protected
from zhengtong.kernel.modules import Module

MODULE = Module(
    code="sharing",
    title=_("共享监督"),
    declares=(
        *PERMISSIONS,
        *ROLES,
        Protected(Rectification, organisation="organisation_id"),
        Protected(MonthFigure, organisation="organisation_id"),
        Protected(SharingTarget, is_unscoped=True),
        Protected(CycleAllowance, is_unscoped=True),
        Protected(Circular, is_unscoped=True),
        ACTION_WORDS,
        *WORK_KINDS,
        CIRCULAR_PAPER,
        *SCREENS,
    ),
)
