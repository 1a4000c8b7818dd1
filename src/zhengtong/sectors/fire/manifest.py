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
