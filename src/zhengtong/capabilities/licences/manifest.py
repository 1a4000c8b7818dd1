"""What licences bring."""

from pathlib import Path

from django.utils.translation import gettext_lazy as _

from zhengtong.capabilities.licences.described import DEFAULT_PAPER, get_described_status
from zhengtong.capabilities.licences.journal import ACTION_WORDS
from zhengtong.capabilities.licences.models import Licence
from zhengtong.core.identity.public import Protected
from zhengtong.core.papers.public import PaperKind
from zhengtong.kernel.modules import Module, Permission

HERE = Path(__file__).parent

MODULE = Module(
    code="licences",
    title=_("电子证照"),
    declares=(
        ACTION_WORDS,
        PaperKind(
            code=DEFAULT_PAPER,
            title=_("电子证照"),
            template=HERE / "papers" / "described.typ",
            status=get_described_status,
        ),
        Permission("licences.view_licence", _("查看证照")),
        Protected(
            Licence,
            organisation="organisation_id",
            owner="account_id",
            entity="legal_entity_id",
            owner_actions=frozenset({"licences.view_licence"}),
        ),
    ),
)
