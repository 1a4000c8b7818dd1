"""What changed between two texts of an item, in words that a clerk reads: place, before, after."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from zhengtong.kernel.modules import Text


@dataclass(frozen=True, slots=True)
class Change:
    """``before`` is "" of what was added, ``after`` of what was taken out."""

    place: str
    before: str
    after: str


_TITLES: Mapping[str, Text] = {
    "code": gettext_lazy("代码"),
    "name": gettext_lazy("名称"),
    "name_en": gettext_lazy("英文名称"),
    "type": gettext_lazy("办件类型"),
    "audience": pgettext_lazy("item", "对象"),
    "power": gettext_lazy("权责清单条目"),
    "level": gettext_lazy("行使层级"),
    "base_code": gettext_lazy("基本编码"),
    "implementation_code": gettext_lazy("实施编码"),
    "aliases": gettext_lazy("俗称"),
    "summary": gettext_lazy("一句话说明"),
    "life_events": gettext_lazy("人生事件"),
    "legal_basis": gettext_lazy("依据"),
    "conditions": gettext_lazy("条件"),
    "limits": gettext_lazy("期限"),
    "statutory": gettext_lazy("法定期限"),
    "promised_days": gettext_lazy("承诺期限"),
    "fee": gettext_lazy("收费"),
    "amount": gettext_lazy("金额"),
    "basis": gettext_lazy("依据"),
    "channels": gettext_lazy("办理渠道"),
    "online": gettext_lazy("网上办理"),
    "window": gettext_lazy("窗口办理"),
    "post": gettext_lazy("邮寄"),
    "depth": gettext_lazy("网办深度"),
    "visits": gettext_lazy("跑动次数"),
    "offices": gettext_lazy("实施机构"),
    "materials": gettext_lazy("材料"),
    "questions": gettext_lazy("情形问题"),
    "items": gettext_lazy("事项"),
    "form": gettext_lazy("表单"),
    "fields": gettext_lazy("字段"),
    "guide": gettext_lazy("指南"),
    "can_i": gettext_lazy("我能办吗"),
    "what_do_i_need": gettext_lazy("要准备什么"),
    "how_long": gettext_lazy("要多久"),
    "how_much": gettext_lazy("要花多少钱"),
    "where": gettext_lazy("到哪里办"),
    "law": gettext_lazy("依据的法律"),
    "faq": gettext_lazy("常见问题"),
    "steps": gettext_lazy("办理步骤"),
    "process": gettext_lazy("办理流程"),
    "condition": gettext_lazy("什么情况下"),
    "required": gettext_lazy("必须"),
    "kinds": gettext_lazy("文件格式"),
    "source": gettext_lazy("来源"),
    "issuer": gettext_lazy("出具单位"),
    "options": gettext_lazy("选项"),
    "label": gettext_lazy("问题"),
    "help": gettext_lazy("说明"),
    "title": gettext_lazy("名称"),
    "article": gettext_lazy("条款"),
    "text": gettext_lazy("内容"),
    "answer": gettext_lazy("回答"),
    "question": gettext_lazy("问题"),
    "after": gettext_lazy("等待"),
    "when": gettext_lazy("什么情况下"),
    "why": gettext_lazy("为什么要办"),
    "document": gettext_lazy("材料代码"),
    "e_licence": gettext_lazy("可替代的电子证照"),
    "organisation": gettext_lazy("办理机关"),
    "address": gettext_lazy("办理地点"),
    "hours": gettext_lazy("办理时间"),
    "phone": gettext_lazy("咨询电话"),
    "supervision_phone": gettext_lazy("监督电话"),
}
_NAMES = ("key", "code", "organisation", "title", "name", "question")
_SHOWN = ("label", "name", "title", "question", "code", "key")
_LONGEST = 400


def list_changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Change]:
    """Return how ``after`` differs from ``before``, in the order of ``after``; rows are met by what names them."""
    return list(_of_mapping("", before, after))


def describe_condition(raw: Any, labels: Mapping[str, str]) -> str:
    """Return a condition in words: “经营面积”至少 300，并且“街道”是“主要大街”."""
    match raw:
        case {"any": [*parts]}:
            return _("，或者").join(describe_condition(part, labels) for part in parts)
        case {"all": [*parts]}:
            return _("，并且").join(describe_condition(part, labels) for part in parts)
        case {"not": {"field": str(key), "values": [*values]}}:
            said = {"field": labels.get(key, key), "values": "”“".join(map(str, values))}
            return _("“%(field)s”不是“%(values)s”") % said
        case {"not": part}:
            return _("不是（%(condition)s）") % {"condition": describe_condition(part, labels)}
        case {"field": str(key), "values": [*values]}:
            said = {"field": labels.get(key, key), "values": "”“".join(map(str, values))}
            return _("“%(field)s”是“%(values)s”") % said
        case {"field": str(key), "threshold": code} | {"field": str(key), "rule": code}:
            return _("“%(field)s”达到“%(code)s”规定的界限") % {"field": labels.get(key, key), "code": code}
        case {"field": str(key), "at_least": amount}:
            return _("“%(field)s”至少 %(amount)s") % {"field": labels.get(key, key), "amount": f"{amount:g}"}
    return str(raw)


def _of_mapping(place: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    for key in dict.fromkeys((*after, *before)):
        here = f"{place} · {_TITLES.get(key, key)}" if place else str(_TITLES.get(key, key))
        if key == "condition" or key == "when":
            old, new = before.get(key), after.get(key)
            if old != new:
                yield Change(
                    here, describe_condition(old, {}) if old else "", describe_condition(new, {}) if new else ""
                )
        else:
            yield from _of_value(here, before.get(key), after.get(key))


def _of_value(place: str, before: Any, after: Any) -> Iterator[Change]:
    if before == after or (before in (None, "", [], {}) and after in (None, "", [], {})):
        return
    if isinstance(before, Mapping | None) and isinstance(after, Mapping | None):
        yield from _of_mapping(place, before or {}, after or {})
    elif _is_rows(before) and _is_rows(after):
        yield from _of_rows(place, before or [], after or [])
    else:
        yield Change(place, _say(before), _say(after))


def _is_rows(value: Any) -> bool:
    return value is None or (isinstance(value, list) and all(isinstance(each, Mapping) for each in value))


def _of_rows(place: str, before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]]) -> Iterator[Change]:
    old, new = _by_name(before), _by_name(after)
    for name, row in new.items():
        here = f"{place} · {_call(row)}"
        if name in old:
            yield from _of_mapping(here, old[name], row)
        else:
            yield Change(here, "", _say(row))
    for name, row in old.items():
        if name not in new:
            yield Change(f"{place} · {_call(row)}", _say(row), "")
    kept = [name for name in new if name in old]
    if kept != [name for name in old if name in new]:
        yield Change(
            place + " · " + _("顺序"),
            "、".join(_call(old[name]) for name in old if name in new),
            "、".join(_call(new[name]) for name in kept),
        )


def _by_name(rows: Sequence[Mapping[str, Any]]) -> dict[Any, Mapping[str, Any]]:
    """Return rows by what names them and, of those called alike, by which of them it is."""
    found: dict[Any, Mapping[str, Any]] = {}
    for row in rows:
        name = next((str(row[key]) for key in _NAMES if row.get(key)), "")
        count = 0
        while (name, count) in found:
            count += 1
        found[name, count] = row
    return found


def _call(row: Mapping[str, Any]) -> str:
    return next((str(row[key]) for key in _SHOWN if row.get(key)), "—")[:60]


def _say(value: Any) -> str:
    if value in (None, ""):
        return ""
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if isinstance(value, Mapping):
        said = "；".join(
            f"{_TITLES.get(key, key)} {_say(each)}" for key, each in value.items() if each not in (None, "")
        )
    elif isinstance(value, list):
        said = "、".join(_say(each) for each in value)
    else:
        said = str(value)
    return said if len(said) <= _LONGEST else said[:_LONGEST] + "…"
