"""What the market sector brings: the registration of businesses and its licence."""

from pathlib import Path

from django.utils.translation import gettext_lazy as _

from zhengtong.capabilities.cases.public import ItemFile, RuleFile
from zhengtong.capabilities.licences.public import LicenceKind, get_described_status
from zhengtong.capabilities.powers.public import PowerFile
from zhengtong.capabilities.workflow.public import ProcessFile
from zhengtong.core.papers.public import DESCRIBED_MUST_SHOW, DESCRIBED_SAMPLE, PaperKind
from zhengtong.kernel.modules import Module
from zhengtong.sectors.market.licence import content_of_case, get_licence_status, list_public_facts, number_of_case

HERE = Path(__file__).parent
SEED = HERE / "seed"

MODULE = Module(
    code="market",
    title=_("经营主体登记"),
    declares=(
        *(PowerFile(path) for path in sorted(SEED.glob("*powers.toml"))),
        RuleFile(SEED / "limits.toml"),
        *(ProcessFile(path) for path in sorted((SEED / "processes").glob("*.bpmn"))),
        *(ItemFile(path) for path in sorted((SEED / "items").glob("*.toml"))),
        PaperKind(
            code="market.certificate",
            title=_("经营准入证照"),
            template=HERE / "papers" / "certificate.typ",
            status=get_described_status,
            sample=DESCRIBED_SAMPLE,
            must_show=DESCRIBED_MUST_SHOW,
        ),
        PaperKind(
            code="market.licence",
            title=_("营业执照"),
            template=HERE / "papers" / "licence.typ",
            status=get_licence_status,
            sample={
                "operator_name": "澄波区澜水面馆",
                "entity_kind": "个体工商户",
                "representative_title": "经营者",
                "legal_representative": "王晓岚",
                "business_scope": "许可项目：餐饮服务。一般项目：外卖递送服务。",
                "established_on": "2026-12-01",
                "address_title": "经营场所",
                "premises": "滨江路66号1-3号商铺",
                "composition": "个人经营",
            },
            must_show=(
                ("operator_name", _("名称")),
                ("legal_representative", _("经营者或者法定代表人")),
                ("business_scope", _("经营范围")),
            ),
        ),
        LicenceKind(
            code="business-licence",
            title=_("营业执照"),
            paper_kind="market.licence",
            term="",
            number=number_of_case,
            content=content_of_case,
            facts=list_public_facts,
        ),
    ),
)
