"""What licences bring."""

from pathlib import Path

from django.utils.translation import gettext_lazy as _

from zhengtong.capabilities.cases.public import DraftCheck, EndingRequest
from zhengtong.capabilities.licences.changing import (
    DECIDE,
    PROPOSE,
    REVOCATION_PAPER,
    REVOKED,
    WORK_KIND,
    is_cancellation,
)
from zhengtong.capabilities.licences.datasets import DATASETS
from zhengtong.capabilities.licences.described import DEFAULT_PAPER, check_licence, get_described_status
from zhengtong.capabilities.licences.journal import ACTION_WORDS
from zhengtong.capabilities.licences.lookups import ASKED, LOOK_UP
from zhengtong.capabilities.licences.models import Licence, LicenceLookup
from zhengtong.capabilities.licences.screens import LicenceScreens
from zhengtong.capabilities.licences.sealing import FINISHER
from zhengtong.capabilities.licences.suspending import RESUMED, SUSPENDED
from zhengtong.core.identity.public import Protected
from zhengtong.core.papers.public import DESCRIBED_MUST_SHOW, DESCRIBED_SAMPLE, PaperKind
from zhengtong.core.worklist.public import WorkKind
from zhengtong.kernel.modules import Module, Permission

HERE = Path(__file__).parent

MODULE = Module(
    code="licences",
    title=_("电子证照"),
    declares=(
        *DATASETS,
        ACTION_WORDS,
        LicenceScreens(),
        REVOCATION_PAPER,
        REVOKED,
        SUSPENDED,
        RESUMED,
        ASKED,
        FINISHER,
        WorkKind(WORK_KIND, _("撤销许可"), permissions=(DECIDE,), transfer_allowed=False),
        PaperKind(
            code=DEFAULT_PAPER,
            title=_("电子证照"),
            template=HERE / "papers" / "described.typ",
            status=get_described_status,
            sample=DESCRIBED_SAMPLE,
            must_show=DESCRIBED_MUST_SHOW,
        ),
        EndingRequest("licences.cancellation", is_cancellation),
        DraftCheck("licences.licence", "licence", check_licence),
        Permission("licences.view_licence", _("查看证照")),
        Permission(PROPOSE, _("提出撤销许可")),
        Permission(DECIDE, _("决定撤销许可")),
        Permission(LOOK_UP, _("经同意查看他人证照")),
        Protected(LicenceLookup, organisation="organisation_id"),
        Protected(
            Licence,
            organisation="organisation_id",
            owner="account_id",
            entity="legal_entity_id",
            matters=("case__office__item__code",),
            owner_actions=frozenset({"licences.view_licence"}),
        ),
    ),
)
