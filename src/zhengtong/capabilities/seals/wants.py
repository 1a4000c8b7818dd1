"""What a seal is to look like: the words checked, shape and size by the rules in force, the picture made from them."""

import re
import unicodedata
from dataclasses import asdict, dataclass
from typing import Any, Final

from django.utils.translation import gettext as _

from zhengtong.capabilities.seals.images.drawing import Drawing, draw_oval, draw_round, draw_square
from zhengtong.capabilities.seals.images.signatures import draw_signature
from zhengtong.capabilities.seals.models import RuleKey, SealKind, Shape
from zhengtong.capabilities.seals.selectors import get_rule
from zhengtong.core.identity.public import Organisation, OrganisationKind, Refused, RegionLevel

LONGEST: Final = {SealKind.STATUTORY: 30, SealKind.SPECIAL: 30, SealKind.REPRESENTATIVE: 20, SealKind.PERSONAL: 20}
LONGEST_LINE: Final = 12
_HAN = re.compile(r"[\u3400-\u9fff\U00020000-\U000323af（）〇·0-9A-Za-z]+")
OVAL, SQUARE, SIGNATURE = (45.0, 30.0), 20.0, (40.0, 16.0)


@dataclass(frozen=True, slots=True)
class Wanted:
    """The words and the shape of a seal. ``strokes`` is a personal signature: path data in a box of 0–1000 by 0–400."""

    kind: SealKind
    text: str
    line: str = ""
    shape: Shape = Shape.ROUND
    strokes: str = ""

    def plain(self) -> dict[str, Any]:
        return {name: str(value) for name, value in asdict(self).items()}

    @classmethod
    def of(cls, plain: dict[str, Any]) -> "Wanted":
        return cls(
            SealKind(plain["kind"]),
            plain["text"],
            plain.get("line", ""),
            Shape(plain["shape"]),
            plain.get("strokes", ""),
        )

    @property
    def name(self) -> str:
        """What the seal is called: 安澜市水务局行政审批专用章."""
        if self.kind == SealKind.REPRESENTATIVE:
            return _("%(name)s（法定代表人名章）") % {"name": self.text}
        if self.kind == SealKind.PERSONAL:
            return _("%(name)s（个人签名）") % {"name": self.text}
        return f"{self.text}{self.line}"


def check_wanted(*, kind: str, text: str, line: str, shape: str, strokes: str, organisation: Organisation) -> Wanted:
    """Return what is wanted in the form it is kept in. Raises Refused with the field."""
    try:
        chosen = SealKind(kind)
    except ValueError:
        raise Refused("kind", _("请选择印章的种类。"), "kind") from None
    text = unicodedata.normalize("NFC", "".join(text.split())).replace("(", "（").replace(")", "）")
    line = unicodedata.normalize("NFC", "".join(line.split()))
    if not text or not _HAN.fullmatch(text):
        raise Refused("text", _("印文只能有汉字、数字、字母、括号和间隔号。"), "text")
    if len(text) > LONGEST[chosen]:
        raise Refused("text", _("印文最多 %(n)s 个字。") % {"n": LONGEST[chosen]}, "text")
    if line and (not _HAN.fullmatch(line) or len(line) > LONGEST_LINE):
        raise Refused("line", _("专用名称最多 %(n)s 个汉字。") % {"n": LONGEST_LINE}, "line")
    if chosen == SealKind.SPECIAL:
        if not line.endswith("章"):
            raise Refused("line", _("专用章要写明用途，如“行政审批专用章”“合同专用章”。"), "line")
        form = Shape.OVAL if shape == Shape.OVAL else Shape.ROUND
    elif chosen == SealKind.STATUTORY:
        if organisation.kind == OrganisationKind.GOVERNMENT:
            raise Refused(
                "emblem",
                _(
                    "人民政府的法定名称章中央刊国徽，由上级人民政府制发，不能在这里制作。请申请专用章，或者与制发机关联系。"
                ),
                "kind",
            )
        line, form = "", Shape.ROUND
    elif chosen == SealKind.REPRESENTATIVE:
        line, form = "", Shape.SQUARE
    else:
        line, form = "", Shape.SIGNATURE
        if not strokes:
            raise Refused("strokes", _("请手写签名，或者上传签名的图片。"), "strokes")
    if form in (Shape.ROUND, Shape.OVAL) and not 3 <= len(text) <= 30:
        raise Refused("text", _("单位名称应为 3 到 30 个字。"), "text")
    return Wanted(chosen, text, line, form, strokes if form is Shape.SIGNATURE else "")


def size_of(wanted: Wanted, organisation: Organisation) -> tuple[float, float]:
    """Return width and height in millimetres by the rules in force (国发〔1999〕25号)."""
    if wanted.shape is Shape.OVAL:
        return OVAL
    if wanted.shape is Shape.SQUARE:
        return SQUARE, SQUARE
    if wanted.shape is Shape.SIGNATURE:
        return SIGNATURE
    if wanted.kind is SealKind.SPECIAL:
        key = RuleKey.SPECIAL_SIZE
    elif organisation.kind == OrganisationKind.TOWN:
        key = RuleKey.TOWN_SIZE
    elif organisation.region.level == RegionLevel.COUNTY:
        key = RuleKey.COUNTY_SIZE
    elif organisation.region.level in (RegionLevel.CITY, RegionLevel.PROVINCE):
        key = RuleKey.CITY_SIZE
    else:
        key = RuleKey.OTHER_SIZE
    size = float(get_rule(key))
    return size, size


def draw(wanted: Wanted, *, width: float, height: float, code: str) -> Drawing:
    """Draw the seal. Raises Refused for a character that no installed font has."""
    match wanted.shape:
        case Shape.ROUND:
            return draw_round(wanted.text, diameter=width, line=wanted.line, code=code)
        case Shape.OVAL:
            return draw_oval(wanted.text, width=width, height=height, line=wanted.line, code=code)
        case Shape.SQUARE:
            return draw_square(wanted.text, side=width)
    return draw_signature(wanted.strokes, width=width, height=height)
