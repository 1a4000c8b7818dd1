"""What differs between two versions of a form, for whoever has a draft of the older, and for who draws the newer."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from zhengtong.capabilities.cases.answers import show_answer
from zhengtong.capabilities.cases.forms import bind_section
from zhengtong.capabilities.cases.item_definition import FieldSpec, ItemDefinition, SectionSpec

TYPE_NAMES: Final = {
    "address": gettext_lazy("地址"),
    "boolean": gettext_lazy("勾选框"),
    "calculated": gettext_lazy("计算字段"),
    "choice": gettext_lazy("单选"),
    "credit_code": gettext_lazy("统一社会信用代码"),
    "date": gettext_lazy("日期"),
    "dictionary": gettext_lazy("字典"),
    "id_number": gettext_lazy("身份证号码"),
    "map_point": gettext_lazy("地图位置"),
    "multichoice": gettext_lazy("多选"),
    "number": gettext_lazy("数字"),
    "phone": gettext_lazy("手机号码"),
    "repeat": gettext_lazy("可增减的多行"),
    "text": gettext_lazy("单行文字"),
    "textarea": gettext_lazy("多行文字"),
    "upload": gettext_lazy("上传文件"),
}
# Answers that read the same in another type.
_ALIKE = frozenset({"text", "textarea", "address"})


@dataclass(frozen=True, slots=True)
class FormChange:
    """``kind``: added, removed, type, required, optional, options, label, formula, material_added, material_removed.
    ``fate`` says what becomes of the answer that was given: "" when there was none, kept, check or lost."""

    kind: str
    key: str
    label: str
    sentence: str
    fate: str = ""
    answer: str = ""


def compare_forms(old: ItemDefinition, new: ItemDefinition, form: Mapping[str, Any] | None = None) -> list[FormChange]:
    """Return what changes from ``old`` to ``new``, in the order of the new form; ``form`` holds the answers given."""
    return list(_compare(old, new, form or {}))


def _compare(old: ItemDefinition, new: ItemDefinition, form: Mapping[str, Any]) -> Iterator[FormChange]:
    was = old.by_key
    for spec in new.fields():
        before = was.get(spec.key)
        if before is None:
            words = _("新增必填项“%(label)s”。") if spec.is_required else _("新增选填项“%(label)s”。")
            words = _("新增自动计算的“%(label)s”。") if spec.type == "calculated" else words
            yield FormChange("added", spec.key, spec.label, words % {"label": spec.label})
        else:
            yield from _compare_fields(before, spec, form)
    kept = new.by_key
    for spec in old.fields():
        if spec.key not in kept:
            answer = _given(spec, form)
            yield FormChange(
                "removed",
                spec.key,
                spec.label,
                _("不再问“%(label)s”。") % {"label": spec.label},
                "lost" if answer else "",
                answer,
            )
    names = {each.key: each for each in old.materials}
    for material in new.materials:
        if material.key not in names:
            yield FormChange(
                "material_added", material.key, material.name, _("新增材料“%(label)s”。") % {"label": material.name}
            )
    for material in old.materials:
        if new.material(material.key) is None:
            yield FormChange(
                "material_removed", material.key, material.name, _("不再要材料“%(label)s”。") % {"label": material.name}
            )


def _compare_fields(old: FieldSpec, new: FieldSpec, form: Mapping[str, Any]) -> Iterator[FormChange]:
    answer = _given(old, form)
    said: dict[str, Any] = {"label": new.label}

    def change(kind: str, sentence: str) -> FormChange:
        return FormChange(kind, new.key, new.label, sentence, _fate(old, new, form) if answer else "", answer)

    if old.type != new.type:
        said |= {"old": TYPE_NAMES[old.type], "new": TYPE_NAMES[new.type]}
        yield change("type", _("“%(label)s”由%(old)s改为%(new)s。") % said)
    elif old.label != new.label:
        yield change("label", _("“%(old)s”改称“%(label)s”。") % (said | {"old": old.label}))
    if new.is_required and not old.is_required:
        yield change("required", _("“%(label)s”改为必填。") % said)
    if old.is_required and not new.is_required and new.type != "calculated":
        yield change("optional", _("“%(label)s”改为选填。") % said)
    if old.type == new.type and (set(old.options) != set(new.options) or old.dictionary != new.dictionary):
        yield change("options", _("“%(label)s”的选项有变化。") % said)
    if old.formula and new.formula and old.formula.text != new.formula.text:
        yield change("formula", _("“%(label)s”的算法有变化。") % said)
    if old.type == new.type == "repeat":
        columns = {each.key: each for each in old.fields}, {each.key: each for each in new.fields}
        names = [
            *(
                pgettext("form", "新增%(label)s") % {"label": each.label}
                for key, each in columns[1].items()
                if key not in columns[0]
            ),
            *(
                pgettext("form", "取消%(label)s") % {"label": each.label}
                for key, each in columns[0].items()
                if key not in columns[1]
            ),
        ]
        if names:
            yield change("columns", _("“%(label)s”的每行%(names)s。") % (said | {"names": "、".join(names)}))


def _given(spec: FieldSpec, form: Mapping[str, Any]) -> str:
    value = form.get(spec.key)
    return "" if value in (None, "", [], False) else show_answer(spec, value)


def _fate(old: FieldSpec, new: FieldSpec, form: Mapping[str, Any]) -> str:
    """Return kept when the new field takes the answer as it is, check when it has to be looked at again."""
    if "repeat" in (old.type, new.type) or "upload" in (old.type, new.type) or new.type == "calculated":
        return "kept" if old.type == new.type else "lost"
    if old.type != new.type and not {old.type, new.type} <= _ALIKE and isinstance(form.get(old.key), list):
        return "lost"
    section = SectionSpec(new.key, "", "", (new,))
    return "kept" if bind_section(section, form).is_valid() else "check"
