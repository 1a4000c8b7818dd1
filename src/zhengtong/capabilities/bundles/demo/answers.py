"""What the founders of the demo city's restaurants answer and hand in."""

from collections.abc import Mapping
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageDraw, ImageFont

from zhengtong.capabilities.cases.public import FieldSpec, ItemDefinition
from zhengtong.core.identity.public import Citizen

LARGE = {
    "has_licence": "还没有",
    "floor_area": "420",
    "seats": "120",
    "street": "主要大街或重点路段",
    "sells_alcohol": "是",
}
SMALL = LARGE | {"floor_area": "86", "seats": "24", "sells_alcohol": "否"}
# By what a field's key ends in; the others follow from their type.
_SAID = {
    "exits": "3",
    "staff_count": "6",
    "premises_floor": "一层",
    "sign_width": "4.2",
    "sign_height": "0.9",
    "sign_clearance": "3.2",
    "sign_material": "铝塑板底，亚克力立体字，膨胀螺栓固定",
    "registered_capital": "10",
    "business_items": ["热食类食品制售", "冷食类食品制售"],
    "premises_tenure": "租赁",
    "building_acceptance": "已通过消防验收",
    "procedure": "不采用告知承诺",
    "delivery_method": "只要电子证",
    "entity_kind": "个体工商户",
    "safety_manager_post": "食品安全员",
    "opening_date": "",
    "has_storage_elsewhere": "",
    "storage_address": "",
}


def answer_all(
    definition: ItemDefinition, situation: Mapping[str, str], citizen: Citizen, *, shop: str, address: str
) -> dict[str, Any]:
    """Return answers to everything that the situation leaves to be asked."""
    by_type: dict[str, Any] = {
        "address": address,
        "boolean": "on",
        "date": "",
        "id_number": citizen.id_number,
        "phone": citizen.phone,
        "textarea": "无",
    }
    form: dict[str, Any] = dict(situation)
    while asked := [s for section in definition.list_asked(form) for s in section.fields if s.key not in form]:
        for spec in asked:
            form[spec.key] = _answer(spec, by_type, citizen.name, shop)
    return form


def _answer(spec: FieldSpec, by_type: Mapping[str, Any], person: str, shop: str) -> Any:
    said = next((value for key, value in _SAID.items() if spec.key.endswith(key)), None)
    if said is not None and (not spec.options or not isinstance(said, str) or said in spec.options):
        return said
    if spec.type == "choice":
        return spec.options[0]
    if spec.type == "multichoice":
        return [spec.options[0]]
    if spec.type == "number":
        return f"{max(spec.minimum or 1, 1):g}"
    if spec.type in by_type:
        return by_type[spec.type]
    return shop if spec.key == "operator_name" or "sign_text" in spec.key else person


@cache
def _font(size: int) -> "ImageFont.FreeTypeFont | ImageFont.ImageFont | None":
    found = sorted(Path("/usr/share/fonts").rglob("NotoSansCJK-Regular.ttc"))
    return ImageFont.truetype(str(found[0]), size) if found else None


def draw_paper(name: str, shop: str) -> SimpleUploadedFile:
    """Return a sheet that says what it is and whose, as a photo. Without a Chinese font there are lines, no words."""
    sheet = Image.new("RGB", (900, 640), "#fdfdf8")
    draw = ImageDraw.Draw(sheet)
    draw.rectangle((36, 36, 864, 604), outline="#444444", width=2)
    for line in range(210, 560, 44):
        draw.line((90, line, 810, line), fill="#c9c9c0")
    if (font := _font(30)) is not None:
        draw.text((90, 80), name[:24], fill="#222222", font=font)
        draw.text((90, 140), shop, fill="#444444", font=font)
    content = BytesIO()
    sheet.save(content, "JPEG", quality=70)
    return SimpleUploadedFile(f"{name[:20]}.jpg", content.getvalue(), "image/jpeg")
