"""What the fire safety sector brings."""

from pathlib import Path

from django.utils.translation import gettext_lazy as _

from zhengtong.capabilities.cases.public import ItemFile
from zhengtong.capabilities.licences.public import LicenceKind
from zhengtong.capabilities.powers.public import PowerFile
from zhengtong.core.papers.public import PaperKind
from zhengtong.kernel.modules import Module
from zhengtong.sectors.fire.licence import content_of_case, get_opinion_status, list_public_facts, number_of_case

HERE = Path(__file__).parent

MODULE = Module(
    code="fire",
    title=_("消防安全"),
    declares=(
        PowerFile(HERE / "seed" / "powers.toml"),
        ItemFile(HERE / "seed" / "items" / "public-gathering-fire-check.toml"),
        PaperKind(
            code="fire.opinion",
            title=_("公众聚集场所投入使用、营业前消防安全检查意见书"),
            template=HERE / "papers" / "opinion.typ",
            status=get_opinion_status,
            sample={
                "operator_name": "澜水面馆",
                "credit_code": "92990102MA7K3T5N8X",
                "legal_representative": "王晓岚",
                "gathering_kind": "饭店",
                "premises": "澄波区滨江路66号1-3号商铺",
                "premises_floor": "地上1层至2层",
                "premises_area": "360",
                "procedure": "先检查后许可",
                "finding": "经检查，该场所符合消防安全要求，准予投入使用、营业。",
                "complaint_phone": "96119",
            },
            must_show=(("operator_name", _("场所名称")), ("premises", _("场所地址")), ("finding", _("检查意见"))),
        ),
        LicenceKind(
            code="public-gathering-fire-check",
            title=_("公众聚集场所投入使用、营业前消防安全检查意见书"),
            paper_kind="fire.opinion",
            term="",
            number=number_of_case,
            content=content_of_case,
            facts=list_public_facts,
        ),
    ),
)
