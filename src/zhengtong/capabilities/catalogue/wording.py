"""Gaps, changes and verdicts as people read them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhengtong.capabilities.catalogue.domain import Change, Gap, Verdict
from zhengtong.capabilities.catalogue.models import (
    Field,
    FieldGrade,
    MaskKind,
    OpenType,
    PersonalClass,
    ResourceVersion,
    ShareType,
    UpdateCycle,
)
from zhengtong.kernel.modules import Text

KIND_WORDS: dict[str, Text] = {
    "text": gettext_lazy("字符型"),
    "integer": gettext_lazy("整数型"),
    "decimal": gettext_lazy("小数型"),
    "real": gettext_lazy("浮点型"),
    "boolean": gettext_lazy("是否型"),
    "date": gettext_lazy("日期型"),
    "datetime": gettext_lazy("日期时间型"),
    "time": gettext_lazy("时间型"),
    "binary": gettext_lazy("二进制型"),
    "json": gettext_lazy("结构型（JSON）"),
}
KINDS = tuple(KIND_WORDS.items())
VERDICT_WORDS: dict[str, Text] = {
    Verdict.SAME: gettext_lazy("内容没有变化"),
    Verdict.COMPATIBLE: gettext_lazy("兼容"),
    Verdict.BREAKING: gettext_lazy("不兼容"),
}
VERDICT_TONES = {Verdict.SAME: "neutral", Verdict.COMPATIBLE: "success", Verdict.BREAKING: "danger"}
_SENTENCES: dict[str, Text] = {
    "no-name": gettext_lazy("没有填写资源名称。"),
    "no-abstract": gettext_lazy("没有填写摘要。请写明有哪些内容、覆盖什么范围。"),
    "no-basis": gettext_lazy(
        "不予共享的，要写明法律、行政法规或者国务院政策依据的名称和条款（国发〔2016〕51号第九条）。"
    ),
    "withheld-but-open": gettext_lazy("不予共享的资源不能向社会开放，请把开放属性改为“不开放”。"),
    "no-condition": gettext_lazy("有条件共享的，要写明共享条件。"),
    "no-open-condition": gettext_lazy("有条件开放的，要写明开放条件。"),
    "no-fields": gettext_lazy("一个信息项也没有。请至少填写一项。"),
    "empty-key": gettext_lazy("信息项“%(name)s”是主键，不能允许为空。"),
    "open-personal": gettext_lazy("信息项“%(name)s”是个人信息，向社会开放前要选择脱敏方式。"),
    "unconfirmed": gettext_lazy("%(name)s的个人信息、级别和脱敏是按列名推测的，请核对后勾选“已核对”。"),
    "no-key": gettext_lazy("挂接的数据要做增量，却没有主键。请指定主键，或者去掉增量列。"),
}
_HEAD = {each.name: each.verbose_name for each in ResourceVersion._meta.concrete_fields}
_ITEM = {each.name: each.verbose_name for each in Field._meta.concrete_fields}
_CHANGE_WORDS: dict[str, Text] = {
    "added": gettext_lazy("增加信息项"),
    "removed": gettext_lazy("去掉信息项"),
    "renamed": gettext_lazy("信息项换了代码"),
}
_VALUES: dict[str, dict[Any, Text]] = {
    "share_type": dict(ShareType.choices),
    "open_type": dict(OpenType.choices),
    "update_cycle": dict(UpdateCycle.choices),
    "personal": dict(PersonalClass.choices),
    "mask": dict(MaskKind.choices),
    "grade": dict(FieldGrade.choices),
    "kind": KIND_WORDS,
}


def say_gaps(gaps: Sequence[Gap]) -> list[str]:
    """Return a sentence for each gap; what was guessed and waits to be confirmed is one of them together."""
    said = [say_gap(gap) for gap in gaps if gap.code != "unconfirmed"]
    guessed = [f"“{gap.name}”" for gap in gaps if gap.code == "unconfirmed"]
    if guessed:
        more = _("等%(n)s项") % {"n": len(guessed)} if len(guessed) > 5 else ""
        said.append(str(_SENTENCES["unconfirmed"]) % {"name": "、".join(guessed[:5]) + more})
    return said


def say_gap(gap: Gap) -> str:
    return str(_SENTENCES[gap.code]) % {"name": gap.name or gap.field}


@dataclass(frozen=True)
class ShownChange:
    """A difference on a page: where, before, after, and what it means."""

    place: str
    before: str
    after: str
    verdict: str
    word: Text
    tone: str


def say_value(name: str, value: Any) -> str:
    if value is None or value == "" or value == {}:
        return ""
    if isinstance(value, bool):
        return _("是") if value else _("否")
    return str(_VALUES.get(name, {}).get(value, value))


def say_attribute(name: str, *, is_head: bool) -> Text:
    """Return what an attribute of the head or of an item is called."""
    return (_HEAD if is_head else _ITEM).get(name, name)


def say_changes(changes: Iterable[Change | dict[str, Any]]) -> list[ShownChange]:
    """Return the changes in words; also those that a version keeps as JSON."""
    shown = []
    for each in changes:
        change = each if isinstance(each, Change) else Change(**each)
        word = _CHANGE_WORDS.get(change.change) or say_attribute(change.change, is_head=not change.field)
        place = f"{change.field} · {word}" if change.field else str(word)
        before, after = say_value(change.change, change.before), say_value(change.change, change.after)
        shown.append(
            ShownChange(
                place,
                before,
                after,
                change.verdict,
                VERDICT_WORDS[change.verdict],
                VERDICT_TONES[Verdict(change.verdict)],
            )
        )
    return shown
