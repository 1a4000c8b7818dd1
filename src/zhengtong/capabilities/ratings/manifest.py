"""What ratings bring: who follows up bad ones, how they are protected, the limits, the work, the messages."""

from pathlib import Path

from django.utils.translation import gettext_lazy as _

from zhengtong.capabilities.cases.public import RuleFile
from zhengtong.capabilities.ratings.datasets import DATASETS
from zhengtong.capabilities.ratings.journal import ACTION_WORDS
from zhengtong.capabilities.ratings.messages import MESSAGE_TEMPLATES
from zhengtong.capabilities.ratings.models import FollowUp
from zhengtong.capabilities.ratings.permissions import HANDLE, PERMISSIONS, ROLES, VERIFY, VIEW
from zhengtong.capabilities.ratings.work_kinds import WORK_KINDS
from zhengtong.core.identity.public import MatterKind, Protected
from zhengtong.kernel.modules import Module

MODULE = Module(
    code="ratings",
    title=_("好差评"),
    declares=(
        *DATASETS,
        *PERMISSIONS,
        *ROLES,
        ACTION_WORDS,
        Protected(FollowUp, organisation="organisation_id"),
        MatterKind("ratings.handling", _("差评整改"), (VIEW, HANDLE)),
        MatterKind("ratings.verification", _("差评整改核实"), (VIEW, VERIFY)),
        RuleFile(Path(__file__).with_name("seed") / "limits.toml"),
        *WORK_KINDS,
        *MESSAGE_TEMPLATES,
    ),
)
