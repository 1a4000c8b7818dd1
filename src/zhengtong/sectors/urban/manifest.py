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
            sample={
                "operator_name": "澜水面馆",
                "credit_code": "92990102MA7K3T5N8X",
                "premises": "澄波区滨江路66号1-3号商铺",
                "sign_text": "澜水面馆",
                "sign_kind": "立体发光字",
                "sign_width": "3.6",
                "sign_height": "0.8",
                "sign_clearance": "3.2",
                "sign_material": "铝塑板底板，不锈钢发光字",
                "sign_lighting": "内部透光",
                "valid_until": "2029-11-30",
                "complaint_phone": "12319",
            },
            must_show=(("operator_name", _("设置人")), ("premises", _("设置地点")), ("valid_until", _("有效期"))),
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
