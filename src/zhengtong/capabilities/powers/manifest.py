"""What powers bring: the lists by which an organ may act, who compiles and who reviews them, their screens."""

from django.utils.translation import gettext_lazy as _

from zhengtong.capabilities.powers.datasets import DATASETS
from zhengtong.capabilities.powers.journal import ACTION_WORDS
from zhengtong.capabilities.powers.messages import MESSAGE_TEMPLATES
from zhengtong.capabilities.powers.models import PowerEntry, PowerList, PowerVersion
from zhengtong.capabilities.powers.screens import SCREENS
from zhengtong.capabilities.powers.services.settling import COMPILE, REVIEW, VIEW
from zhengtong.capabilities.powers.work_kinds import WORK_KINDS
from zhengtong.core.identity.public import MatterKind, Protected
from zhengtong.kernel.modules import Module, Permission, Role

MODULE = Module(
    code="powers",
    title=_("权力清单"),
    declares=(
        *DATASETS,
        Permission(VIEW, _("查看权力清单")),
        Permission(COMPILE, _("编制权力清单")),
        Permission(REVIEW, _("审核和发布权力清单")),
        Role("power_compiler", _("权力清单编制员"), (VIEW, COMPILE)),
        Role("legal_reviewer", _("法制审核员"), (VIEW, REVIEW)),
        MatterKind("powers.compiling", _("编制权力清单"), (VIEW, COMPILE)),
        MatterKind("powers.reviewing", _("审核权力清单"), (VIEW, REVIEW)),
        # The lists themselves are public by law; who keeps an entry is asked by the services.
        Protected(PowerList, is_unscoped=True),
        Protected(PowerEntry, is_unscoped=True),
        Protected(PowerVersion, organisation="organisation_id"),
        ACTION_WORDS,
        *MESSAGE_TEMPLATES,
        *WORK_KINDS,
        *SCREENS,
    ),
)
