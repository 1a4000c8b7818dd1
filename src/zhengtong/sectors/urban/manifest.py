"""What the urban management sector brings."""

from pathlib import Path

from django.utils.translation import gettext_lazy as _

from zhengtong.capabilities.cases.public import ItemFile
from zhengtong.capabilities.licences.public import LicenceKind
from zhengtong.capabilities.powers.public import PowerFile
from zhengtong.core.papers.public import PaperKind
from zhengtong.kernel.modules import Module
from zhengtong.sectors.urban.licence import (
    content_of_case,
    get_permit_status,
    list_public_facts,
    number_of_case,
)

HERE = Path(__file__).parent

MODULE = Module(
    code="urban",
    title=_("城市管理"),
    declares=(
        PowerFile(HERE / "seed" / "powers.toml"),
        ItemFile(HERE / "seed" / "items" / "shop-sign.toml"),
        PaperKind(
            code="urban.sign_permit",
            title=_("门头招牌设置许可证"),
            template=HERE / "papers" / "permit.typ",
            status=get_permit_status,
        ),
        LicenceKind(
            code="shop-sign-permit",
            title=_("门头招牌设置许可证"),
            paper_kind="urban.sign_permit",
            term="urban.sign_permit",
            number=number_of_case,
            content=content_of_case,
            facts=list_public_facts,
        ),
    ),
)
