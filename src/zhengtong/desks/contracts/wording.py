"""A request and a contract in words: columns with masks, the filter, how often, whereto."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhengtong.capabilities.catalogue.public import Field, MaskKind
from zhengtong.capabilities.contracts.public import ContractContent, DataRequest, Frequency, Mode, Terms, Timing
from zhengtong.capabilities.sources.public import ColumnKind, Condition, Operator

OPERATORS = {
    Operator.EQUAL: gettext_lazy("等于"),
    Operator.UNEQUAL: gettext_lazy("不等于"),
    Operator.AT_LEAST: gettext_lazy("不小于"),
    Operator.AT_MOST: gettext_lazy("不大于"),
    Operator.ONE_OF: gettext_lazy("是其中之一"),
    Operator.BEGINS_WITH: gettext_lazy("以……开头"),
    Operator.IS_EMPTY: gettext_lazy("为空"),
    Operator.IS_FILLED: gettext_lazy("不为空"),
}
FREQUENCIES = {
    Frequency.MANUAL: gettext_lazy("不定时，由人工启动"),
    Frequency.HOURLY: gettext_lazy("每小时"),
    Frequency.DAILY: gettext_lazy("每天"),
    Frequency.WEEKLY: gettext_lazy("每周"),
    Frequency.MONTHLY: gettext_lazy("每月"),
    Frequency.CUSTOM: gettext_lazy("自定义时间表"),
}
WEEKDAYS = tuple(gettext_lazy(each) for each in ("星期一", "星期二", "星期三", "星期四", "星期五", "星期六", "星期日"))
KINDS = {
    ColumnKind.TEXT: gettext_lazy("文本"),
    ColumnKind.INTEGER: gettext_lazy("整数"),
    ColumnKind.DECIMAL: gettext_lazy("小数"),
    ColumnKind.REAL: gettext_lazy("浮点数"),
    ColumnKind.BOOLEAN: gettext_lazy("是否"),
    ColumnKind.DATE: gettext_lazy("日期"),
    ColumnKind.DATETIME: gettext_lazy("日期时间"),
    ColumnKind.TIME: gettext_lazy("时间"),
    ColumnKind.BINARY: gettext_lazy("二进制"),
    ColumnKind.JSON: gettext_lazy("结构化文本"),
}


def say_conditions(conditions: Sequence[Condition], names: dict[str, str]) -> str:
    """Return a filter as a sentence."""
    said = []
    for each in conditions:
        name = names.get(each.column, each.column)
        values = "、".join(each.values)
        if each.operator is Operator.BEGINS_WITH:
            said.append(_("%(name)s以“%(values)s”开头") % {"name": name, "values": values})
        elif each.values:
            said.append(f"{name}{OPERATORS[each.operator]}“{values}”")
        else:
            said.append(f"{name}{OPERATORS[each.operator]}")
    return _("，且").join(said) if said else _("不筛选，全部数据")


def say_timing(timing: Timing, mode: str) -> str:
    """Return how often, in words."""
    if mode == Mode.INTERFACE:
        return _("随时调用")
    if mode == Mode.ONCE:
        return _("授权后提供一次")
    said = str(FREQUENCIES[timing.frequency])
    match timing.frequency:
        case Frequency.WEEKLY:
            said = f"{said}{WEEKDAYS[timing.weekday - 1]} {timing.at}"
        case Frequency.MONTHLY:
            said = _("每月%(day)s日 %(at)s") % {"day": timing.day, "at": timing.at}
        case Frequency.DAILY:
            said = f"{said} {timing.at}"
        case Frequency.CUSTOM:
            said = f"{said} {timing.cron}"
    if timing.working_days_only and timing.frequency is not Frequency.MANUAL:
        said = _("%(said)s，只在工作日") % {"said": said}
    return said


def say_schedule(content: ContractContent) -> str:
    """Return a contract's schedule in words where they can say it; its cron fields are what counts, so they stay."""
    if content.mode == Mode.INTERFACE:
        quota = {"calls": content.calls_a_day, "rows": content.rows_a_call}
        return _("随时调用，每日不超过 %(calls)s 次，每次不超过 %(rows)s 条") % quota
    if not content.schedule:
        return _("不定时，由人工启动") if content.mode != Mode.ONCE else _("授权后提供一次")
    timing = _read_timing(content.schedule)
    if timing is None:
        said = _("时间表 %(cron)s（分 时 日 月 周）") % {"cron": content.schedule}
    else:
        words = {"said": say_timing(timing, content.mode), "cron": content.schedule}
        said = _("%(said)s（时间表 %(cron)s）") % words
    return _("%(said)s，只在工作日") % {"said": said} if content.working_days_only else said


def _read_timing(schedule: str) -> Timing | None:
    """Return what one of the usual frequencies was compiled to, None of a schedule that none of them gives."""
    minute, hour, day, month, weekday = schedule.split()
    if month != "*" or not minute.isdecimal():
        return None
    try:
        at = f"{int(hour) if hour != '*' else 0:02}:{int(minute):02}"
        for frequency in (Frequency.HOURLY, Frequency.DAILY, Frequency.WEEKLY, Frequency.MONTHLY):
            timing = Timing(
                frequency,
                at,
                weekday=(int(weekday) or 7) if weekday != "*" else 1,
                day=int(day) if day != "*" else 1,
            )
            if timing.schedule() == schedule:
                return timing
    except ValueError:  # lists, ranges and days that no usual frequency has
        return None
    return None


def say_kind(field: Field) -> str:
    said = str(KINDS[ColumnKind(field.kind)])
    return f"{said}({field.length})" if field.length else said


def describe_columns(request: DataRequest, terms: Terms, fields: Iterable[Field]) -> list[dict[str, Any]]:
    """Return the columns asked for as rows of a table."""
    rows = []
    for field in fields:
        if field.code not in terms.columns:
            continue
        chosen = request.masks.get(field.code, {}).get("mask") or field.mask
        rows.append(
            {
                "cells": {
                    "name": field.name,
                    "kind": say_kind(field),
                    "grade": field.get_grade_display(),
                    "personal": "" if field.personal == "none" else field.get_personal_display(),
                    "mask": MaskKind(chosen).label,
                    "reason": terms.reasons.get(field.code, ""),
                }
            }
        )
    return rows


def list_request_headings() -> list[tuple[str, str] | tuple[str, str, str]]:
    return [
        ("name", _("信息项"), "main"),
        ("kind", _("类型")),
        ("grade", _("级别")),
        ("personal", _("个人信息")),
        ("mask", _("脱敏")),
        ("reason", _("为什么需要"), "wrap"),
    ]


def describe_agreed(content: ContractContent) -> list[dict[str, Any]]:
    """Return the agreed columns as rows of a table."""
    return [
        {
            "cells": {
                "name": each.column.comment or each.column.name,
                "code": each.column.name,
                "kind": KINDS[each.column.kind],
                "key": _("是") if each.column.is_key else "",
                "mask": MaskKind(each.mask).label,
            }
        }
        for each in content.fields
    ]


def list_agreed_headings() -> list[tuple[str, str] | tuple[str, str, str]]:
    return [
        ("name", _("信息项"), "main"),
        ("code", _("代码")),
        ("kind", _("类型")),
        ("key", _("主键")),
        ("mask", _("脱敏")),
    ]


def summarise_content(content: ContractContent, name: str) -> list[tuple[str, str]]:
    """Return what a contract says, line by line, as page and print show it; ``name`` is its version's."""
    names = {each.source: each.column.comment for each in content.fields}
    rows = [
        (_("信息资源"), name),
        (_("资源代码"), _("%(code)s 第 %(version)s 版") % {"code": content.resource, "version": content.version}),
        (_("提供单位"), content.provider),
        (_("使用单位"), content.consumer),
        (_("用途"), content.purpose),
        (_("应用场景（事项）"), content.matter),
        (_("依据"), content.legal_basis),
        (_("方式"), str(Mode(content.mode).label)),
        (_("频率"), say_schedule(content)),
        (_("行的范围"), say_conditions(content.conditions, names)),
        (_("数据来源"), f"{content.source} {content.place}"),
        (_("送到"), f"{content.target} {content.target_table}" if content.target else ""),
        (
            _("停止线"),
            _("一批中不合格超过 %(rejected)s%%，或者全量更新将删除超过 %(deleted)s%% 时停止")
            % {"rejected": f"{content.most_rejected * 100:g}", "deleted": f"{content.most_deleted * 100:g}"},
        ),
        (_("有效期"), _("%(start)s 至 %(end)s") % {"start": content.valid_from, "end": content.valid_until}),
    ]
    return [(label, value) for label, value in rows if value]
