"""What the food sector brings."""

from pathlib import Path

from django.utils.translation import gettext_lazy as _

from zhengtong.capabilities.bundles.public import BundleFile
from zhengtong.capabilities.cases.public import ItemFile, RuleFile
from zhengtong.capabilities.licences.public import LicenceKind, get_described_status
from zhengtong.capabilities.powers.public import PowerFile
from zhengtong.core.papers.public import DESCRIBED_MUST_SHOW, DESCRIBED_SAMPLE, PaperKind
from zhengtong.kernel.modules import Module
from zhengtong.sectors.food.licence import content_of_case, get_licence_status, list_public_facts, number_of_case

HERE = Path(__file__).parent
SEED = HERE / "seed"

MODULE = Module(
    code="food",
    title=_("食品经营"),
    declares=(
        *(PowerFile(path) for path in sorted(SEED.glob("*powers.toml"))),
        RuleFile(SEED / "limits.toml"),
        *(ItemFile(path) for path in sorted((SEED / "items").glob("*.toml"))),
        PaperKind(
            code="food.certificate",
            title=_("食品生产经营证照"),
            template=HERE / "papers" / "certificate.typ",
            status=get_described_status,
            sample=DESCRIBED_SAMPLE,
            must_show=DESCRIBED_MUST_SHOW,
        ),
        BundleFile(HERE / "seed" / "bundles" / "open-restaurant.toml"),
        PaperKind(
            code="food.licence",
            title=_("食品经营许可证"),
            template=HERE / "papers" / "licence.typ",
            status=get_licence_status,
            sample={
                "operator_name": "望江区老陈面馆",
                "credit_code": "92990102MA7K3T5N8X",
                "legal_representative": "陈建国",
                "residence": "滨江路66号",
                "premises": "滨江路66号1-3号商铺",
                "business_form": "餐饮服务经营者",
                "business_items": ["热食类食品制售", "自制饮品制售"],
                "valid_until": "2031-11-30",
                "complaint_phone": "12315",
            },
            must_show=(
                ("operator_name", _("经营者名称")),
                ("premises", _("经营场所")),
                ("business_items", _("经营项目")),
                ("valid_until", _("有效期")),
            ),
        ),
        LicenceKind(
            code="food-business-licence",
            title=_("食品经营许可证"),
            paper_kind="food.licence",
            term="food.licence",
            number=number_of_case,
            content=content_of_case,
            facts=list_public_facts,
        ),
    ),
)
