"""Versions, items and mounts as pages show them."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhengtong.capabilities.catalogue.public import (
    FieldText,
    Resource,
    ResourceState,
    ResourceVersion,
    VersionStatus,
    VersionText,
    say_attribute,
    say_value,
)
from zhengtong.screens.formats import cn_datetime
from zhengtong.screens.templatetags.look import chip

STATUS_TONES = {
    VersionStatus.DRAFT: "neutral",
    VersionStatus.DEPARTMENT_REVIEW: "info",
    VersionStatus.AUTHORITY_REVIEW: "info",
    VersionStatus.RETURNED: "warning",
    VersionStatus.PUBLISHED: "success",
    VersionStatus.SUPERSEDED: "neutral",
    VersionStatus.DISCARDED: "neutral",
}
STATE_TONES = {
    ResourceState.COMPILING: "neutral",
    ResourceState.PUBLISHED: "success",
    ResourceState.CHANGING: "warning",
    ResourceState.RETIRED: "neutral",
}
_PERSONAL = {"personal": "warning", "sensitive": "danger"}
_HEAD = (
    "abstract", "data_format", "update_cycle", "share_type", "share_condition", "withheld_basis", "share_way",
    "open_type", "open_condition", "related",
)  # fmt: skip


def show_head(resource: Resource, text: VersionText, classification: Any) -> list[tuple[Any, Any]]:
    """Return what an entry says beside its items, without what is empty."""
    rows: list[tuple[Any, Any]] = [
        (_("资源代码"), resource.code),
        (_("提供单位"), resource.provider.name),
        (_("分类"), str(classification)),
    ]
    rows += [
        (say_attribute(name, is_head=True), said) for name in _HEAD if (said := say_value(name, getattr(text, name)))
    ]
    return rows


COLUMNS = (
    ("position", gettext_lazy("序号"), "number"),
    ("name", gettext_lazy("信息项名称"), "main wrap"),
    ("code", gettext_lazy("代码"), "wrap"),
    ("kind", gettext_lazy("数据类型")),
    ("length", gettext_lazy("长度"), "number"),
    ("flags", gettext_lazy("约束")),
    ("personal", gettext_lazy("个人信息")),
    ("grade", gettext_lazy("级别"), "nowrap"),
    ("mask", gettext_lazy("默认脱敏")),
)


def item_columns() -> list[tuple[Any, ...]]:
    return list(COLUMNS)


def show_items(fields: tuple[FieldText, ...]) -> list[dict[str, Any]]:
    return [
        {
            "key": each.code,
            "tone": "warning" if each.is_proposed else "",
            "cells": {
                "position": place,
                "name": each.name,
                "code": each.code if each.column in ("", each.code) else f"{each.code} ← {each.column}",
                "kind": say_value("kind", each.kind),
                "length": _size(each),
                "flags": "、".join(_flags(each)) or "—",
                "personal": chip(say_value("personal", each.personal), _PERSONAL[each.personal])
                if each.personal != "none"
                else "—",
                "grade": say_value("grade", each.grade),
                "mask": say_value("mask", each.mask) if each.mask != "none" else "—",
            },
        }
        for place, each in enumerate(fields, 1)
    ]


def _size(each: FieldText) -> str:
    if each.precision is not None:
        return f"{each.precision},{each.scale or 0}"
    return str(each.length) if each.length else "—"


def _flags(each: FieldText) -> list[str]:
    found = [_("主键")] if each.is_key else []
    if not each.is_nullable:
        found.append(_("不能为空"))
    if each.dictionary:
        found.append(_("字典：%(name)s") % {"name": each.dictionary})
    if each.rule:
        found.append(_("有校验规则"))
    return found


def timeline_of(version: ResourceVersion) -> list[dict[str, Any]]:
    """Return who did what with a version, in order."""
    steps = [
        (_("开始编制"), version.started_at, version.compiled_by),
        (_("送审"), version.submitted_at, version.compiled_by),
        (_("部门审核通过"), version.reviewed_at, version.reviewed_by),
        (_("主管审核并发布"), version.published_at, version.approved_by),
    ]
    return [
        {"title": title, "at": cn_datetime(at), "who": who.staff.name if who else ""} for title, at, who in steps if at
    ]
