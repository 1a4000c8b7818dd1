"""The few files that applicants of the demo city upload: drawn here, so they are real PDFs and photos."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from pathlib import Path
from time import gmtime

from PIL import Image, ImageDraw, ImageFont

_FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts")
_FONT_FILES = ("NotoSansCJK-Regular.ttc", "NotoSerifCJK-Regular.ttc")
INK, PAPER = "#222222", "#fdfdf8"


@dataclass(frozen=True, slots=True)
class Drawing:
    """One file: its name as the applicant gave it, its bytes and their type."""

    name: str
    data: bytes
    content_type: str


@cache
def list_drawings(key: str) -> tuple[Drawing, ...]:
    """Return the drawings that are handed in for the material ``key``; one at least."""
    return tuple(_MAKERS.get(key, _agent_authority)())


@cache
def _font(size: int) -> "ImageFont.FreeTypeFont | ImageFont.ImageFont | None":
    for folder in _FONT_FOLDERS:
        for name in _FONT_FILES:
            for path in sorted(Path(folder).rglob(name)):
                return ImageFont.truetype(str(path), size)
    return None


def _write(draw: ImageDraw.ImageDraw, at: tuple[int, int], text: str, size: int = 24) -> None:
    # Without a Chinese font there are lines and no words: the demo must load on any machine.
    if (font := _font(size)) is not None:
        draw.text(at, text, fill=INK, font=font)


def _save(picture: Image.Image, name: str) -> Drawing:
    buffer = BytesIO()
    if name.endswith(".pdf"):
        # Otherwise Pillow writes the moment into the file; without it one drawing is one file, stored once.
        picture.save(buffer, "PDF", resolution=100, creationDate=gmtime(0), modDate=gmtime(0))
        return Drawing(name, buffer.getvalue(), "application/pdf")
    picture.save(buffer, "JPEG", quality=70)
    return Drawing(name, buffer.getvalue(), "image/jpeg")


_ROOMS = (
    ("加工间 18㎡ 水池×3 灶台", "备餐 6㎡ 消毒柜", "库房 5㎡ 冷藏柜", "就餐区 42㎡"),
    ("操作间 12㎡ 水池×2 冷藏柜", "更衣 3㎡", "洗消 4㎡ 消毒柜", "前厅 20㎡ 收银"),
    ("热加工 26㎡ 灶台×4 排烟", "凉菜间 8㎡ 二次更衣", "库房 9㎡ 冷冻柜", "大厅 95㎡"),
)
_BOXES = ((60, 120, 430, 420), (430, 120, 620, 420), (620, 120, 840, 420), (60, 420, 840, 700))


def _premises_plan() -> Iterator[Drawing]:
    for number, rooms in enumerate(_ROOMS, 1):
        picture = Image.new("RGB", (900, 780), PAPER)
        draw = ImageDraw.Draw(picture)
        _write(draw, (60, 40), "经营场所布局、主要设备设施和操作流程图", 30)
        for box, words in zip(_BOXES, rooms, strict=True):
            draw.rectangle(box, outline=INK, width=4)
            for line, word in enumerate(words.split()):
                _write(draw, (box[0] + 18, box[1] + 20 + 40 * line), word)
        draw.line((245, 420, 245, 520), fill="#b00000", width=4)
        _write(draw, (270, 640), "原料 → 粗加工 → 烹饪 → 备餐 → 就餐", 24)
        yield _save(picture, f"布局图{number}.jpg" if number % 2 else f"平面图{number}.pdf")


def _listing(heading: str, lines: tuple[str, ...], name: str) -> Drawing:
    picture = Image.new("RGB", (820, 1160), PAPER)
    draw = ImageDraw.Draw(picture)
    _write(draw, (80, 80), heading, 34)
    for number, line in enumerate(lines, 1):
        _write(draw, (80, 120 + 64 * number), f"{number}. {line}", 26)
    draw.rectangle((30, 30, 790, 1130), outline=INK, width=2)
    return _save(picture, name)


def _safety_rules() -> Iterator[Drawing]:
    rules = ("从业人员健康管理制度", "食品安全自查制度", "进货查验记录制度", "场所及设施设备清洗消毒制度")
    more = ("食品留样制度", "食品添加剂使用制度", "食品安全事故处置方案", "餐厨废弃物处置制度")
    yield _listing("食品安全规章制度目录清单", rules, "制度目录.pdf")
    yield _listing("食品安全规章制度目录清单", rules + more, "食品安全制度清单.pdf")


def _health_certificates() -> Iterator[Drawing]:
    for count in (2, 3):
        lines = tuple(f"从业人员 {n + 1}　健康检查合格　有效期一年" for n in range(count))
        yield _listing("食品从业人员健康证明", lines, f"健康证明{count}人.jpg")


def _business_licence() -> Iterator[Drawing]:
    yield _listing("营业执照（副本）复印件", ("名称见申请表", "类型见登记信息", "经营范围含食品经营"), "营业执照.jpg")


def _agent_authority() -> Iterator[Drawing]:
    lines = ("委托事项：申请食品经营许可", "委托权限：提交材料、接收文书", "委托人签章")
    yield _listing("授权委托书", lines, "授权委托书.jpg")


@cache
def draw_sheet(name: str) -> Drawing:
    """Return a sheet that says which material it stands for."""
    return _listing(name[:22], ("见所附原件", "与原件核对无误", "提交人签章"), f"{name[:20].replace('/', '、')}.jpg")


_MAKERS = {
    "premises_plan": _premises_plan,
    "safety_rules": _safety_rules,
    "health_certificates": _health_certificates,
    "business_licence": _business_licence,
    "agent_authority": _agent_authority,
}
