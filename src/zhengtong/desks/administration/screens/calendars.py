"""Holidays and the limits that laws set: dated rows, changed here and never in the code."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from zhengtong.capabilities.cases.public import LegalRule, RuleKind, verify_rule
from zhengtong.desks.administration.forms import (
    AmendNoticeForm,
    LimitForm,
    NoticeForm,
    RemedyForm,
    RuleForm,
    TermForm,
    WarningForm,
    write_days,
)
from zhengtong.desks.administration.services import (
    amend_notice,
    import_notice,
    revise_exclusion,
    revise_limit,
    revise_remedy,
    revise_term,
    revise_warning,
)
from zhengtong.kernel.calendars import IMPORT_CALENDAR
from zhengtong.kernel.holidays import DepartingDay
from zhengtong.kernel.models import CalendarDay, CalendarNotice
from zhengtong.kernel.policy import Actor
from zhengtong.screens.declaration import STAFF, Act, Column, Fields, Filter, History, ModelScreens, Related

COMPILE = "cases.compile_item"


def _notice(row: CalendarNotice) -> Mapping[str, Any]:
    days = [DepartingDay(day.date, day.is_working, day.name) for day in row.days.all()]
    return {"title": row.title, "number": row.number, "amended_by": row.amended_by, "days": write_days(days)}


def _days(_actor: Actor, row: CalendarNotice) -> Any:
    return CalendarDay.objects.filter(notice=row)


class NoticeScreens(ModelScreens):
    model, module, code, title = CalendarNotice, "administration", "holidays", _("节假日安排")
    audience, permission, icon, menu_order = STAFF, IMPORT_CALENDAR.code, "calendar", 50
    columns = (
        "year",
        "title",
        "number",
        Column("region", value=lambda row: row.region or gettext("全国")),
        "version",
        Column("imported_at", is_shown=False),
    )
    filters = ("year",)
    order, name = ("-year", "-id"), "title"
    create = Act(import_notice, IMPORT_CALENDAR.code, title=_("录入一年的安排"), form=NoticeForm)
    amend = Act(
        amend_notice,
        IMPORT_CALENDAR.code,
        title=_("修改安排"),
        form=AmendNoticeForm,
        row="notice",
        initial=_notice,
        help=_("保存后，受影响的办件期限会重新计算。"),
    )
    detail = (
        Fields(_("通知"), names=("year", "title", "number", "amended_by", "region", "version", "imported_at")),
        Related(
            _("放假和调休"),
            rows=_days,
            columns=(
                "date",
                Column("is_working", value=lambda day: gettext("上班") if day.is_working else gettext("放假")),
                "name",
            ),
            limit=80,
        ),
        History(_("变更记录")),
    )
    help = _("没有录入的年份按周末推算，跨到该年的期限会标为“暂定”。")


def _value(rule: LegalRule) -> str:
    """What the rule sets, in words."""
    given = rule.values
    match RuleKind(rule.kind):
        case RuleKind.LIMIT:
            unit = gettext("个工作日") if given["unit"] == "working_days" else gettext("日")
            longer = gettext("，可延长%(n)s") % {"n": f"{given['extension']}{unit}"} if given["extension"] else ""
            return f"{given['budget']}{unit}{longer}"
        case RuleKind.TERM:
            return gettext("%(n)s年") % {"n": given["years"]}
        case RuleKind.WARNING:
            return f"{given['percent']}%"
        case RuleKind.REMEDY:
            return str(given["text"])
    return "—"


def _current(rule: LegalRule) -> Mapping[str, Any]:
    return {"law": rule.law, "article": rule.article, "note": rule.note, **rule.values}


def _is(kind: RuleKind) -> Any:
    return lambda rule: rule.kind == kind and rule.effective_to is None


REVISIONS = (
    (revise_limit, RuleKind.LIMIT, LimitForm),
    (revise_term, RuleKind.TERM, TermForm),
    (revise_warning, RuleKind.WARNING, WarningForm),
    (revise_remedy, RuleKind.REMEDY, RemedyForm),
    (revise_exclusion, RuleKind.EXCLUSION, RuleForm),
)


class RuleScreens(ModelScreens):
    model, module, code, title = LegalRule, "administration", "rules", _("期限和法定规则")
    audience, permission, icon, menu_order = STAFF, COMPILE, "clock", 60
    columns = (
        Column("title"),
        "kind",
        Column("value", title=_("规定"), value=_value, needs=("values",), css="wrap"),
        Column("law", css="wrap"),
        "article",
        "effective_from",
        Column("effective_to", is_shown=False),
        Column("is_unverified", tone=lambda rule: "warning" if rule.is_unverified else "success"),
        Column("code", is_shown=False),
    )
    filters = ("kind", Filter("is_unverified", kind="flag"))
    order, name = ("id",), "title"
    actions = (
        *(
            Act(
                service,
                COMPILE,
                title=_("自某日起修改"),
                form=form,
                row="rule",
                initial=_current,
                when=_is(kind),
                help=_("现行规则到前一日为止；正在计算的期限仍按原规则。"),
            )
            for service, kind, form in REVISIONS
        ),
        Act(
            verify_rule,
            COMPILE,
            title=_("已核对原文"),
            when=lambda rule: rule.is_unverified,
            confirm=_("确认条款和数字与公布的法律法规原文一致"),
        ),
    )
    detail = (
        Fields(
            _("规则"),
            names=(
                "title",
                "kind",
                Column("value", title=_("规定"), value=_value),
                "law",
                "article",
                "effective_from",
                "effective_to",
                "note",
                "is_unverified",
                "code",
            ),
        ),
        History(_("变更记录")),
    )
