"""The sentences with which a form refuses an answer: the server says them, and the browser shows the same at once."""

from typing import Any

from django.utils.translation import gettext as _

from zhengtong.capabilities.cases.item_definition import FieldSpec

SMALLEST_NUMBER, LARGEST_NUMBER = 0, 10**8
# 经度 and 纬度 of all of China with its seas.
WEST, EAST, SOUTH, NORTH = 73, 136, 3, 54
CHOSEN = frozenset({"choice", "multichoice", "date", "dictionary"})


def limits_of(spec: FieldSpec) -> tuple[float, float]:
    """Return the smallest and the largest number that the field takes."""
    low = spec.minimum if spec.minimum is not None else SMALLEST_NUMBER
    return low, spec.maximum if spec.maximum is not None else LARGEST_NUMBER


def plain_number(value: float) -> str:
    """Return a limit as people write it: 100, not 100.0."""
    return f"{value:g}" if abs(value) < 10**6 and value != int(value) else f"{int(value)}"


def sentences_of(spec: FieldSpec) -> dict[str, str]:
    """Return the sentences for a field by what is wrong: the keys are those that the browser's checks know."""
    label: dict[str, Any] = {"label": spec.label}
    missing = _("请选择%(label)s") if spec.type in CHOSEN else _("请填写%(label)s")
    said = {"required": missing % label, "control": _("含有不能保存的控制字符，请删除后重新输入")}
    match spec.type:
        case "number":
            low, high = limits_of(spec)
            said |= {
                "number": _("请填写数字"),
                "minimum": _("%(label)s不能小于 %(limit)s") % (label | {"limit": plain_number(low)}),
                "maximum": _("%(label)s不能大于 %(limit)s") % (label | {"limit": plain_number(high)}),
                "decimals": _("%(label)s最多 %(limit)d 位小数") % (label | {"limit": spec.decimals})
                if spec.decimals
                else _("%(label)s应填整数") % label,
            }
        case "calculated":
            for name, why in (
                ("zero", _("除数是零")),
                ("large", _("算出来的数太大")),
                ("kinds", _("填写的内容不能这样运算")),
            ):
                said[f"trouble_{name}"] = _("“%(label)s”算不出来：%(why)s。请核对填写的内容。") % {**label, "why": why}
            said |= {"yes": _("是"), "no": _("否")}
        case "id_number" | "credit_code" | "phone":
            said["identifier"] = _("%(label)s有误，请对照证件逐位核对") % label
        case "date":
            said["date"] = _("日期不存在，请按 2026-11-21 的样子填写")
        case "choice" | "multichoice" | "dictionary":
            said["option"] = _("请从列出的选项里选择")
        case "map_point":
            said["required"] = _("请在地图上标出%(label)s，或者填写经度和纬度") % label
            said["point"] = _(
                "请填写经度和纬度两个数字，经度在 %(west)d 到 %(east)d 之间，纬度在 %(south)d 到 %(north)d 之间"
            ) % {
                "west": WEST,
                "east": EAST,
                "south": SOUTH,
                "north": NORTH,
            }
        case "upload":
            said["required"] = _("请上传“%(label)s”") % label
        case "repeat":
            said["required"] = _("请至少填写 %(count)d 行%(label)s") % (label | {"count": max(spec.min_rows, 1)})
            said["too_many"] = _("%(label)s最多 %(count)d 行") % (label | {"count": spec.max_rows})
            said["row"] = _("第 %(row)s 行%(column)s：%(error)s")
        case "text" | "textarea" | "address":
            said["too_long"] = _("%(label)s最多 %(limit)s 字") % (label | {"limit": spec.max_length})
            said["pattern"] = spec.message or _("格式不对")
    return said
