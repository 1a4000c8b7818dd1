"""What the food sector brings."""

from pathlib import Path

from django.utils.translation import gettext_lazy as _

from zhengtong.capabilities.cases.public import ItemFile
from zhengtong.core.papers.public import PaperKind
from zhengtong.kernel.modules import Module
from zhengtong.sectors.food.licence import get_licence_status

HERE = Path(__file__).parent

MODULE = Module(
    code="food",
    title=_("食品经营"),
    declares=(
        ItemFile(HERE / "seed" / "items" / "food-business-licence.toml"),
        PaperKind(
            code="food.licence",
            title=_("食品经营许可证"),
            template=HERE / "papers" / "licence.typ",
            status=get_licence_status,
        ),
    ),
)
