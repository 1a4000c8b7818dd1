"""The registers of letters: categories, limits, dispatch rules, receptions."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from zhengtong.capabilities.letters.models import (
    DispatchRule,
    LetterCategory,
    LetterKind,
    LetterLimit,
    LimitPurpose,
    Reception,
)
from zhengtong.capabilities.letters.permissions import MANAGE
from zhengtong.capabilities.letters.services.rules import (
    add_rule,
    amend_category,
    amend_rule,
    change_reception,
    create_category,
    restore_category,
    retire_category,
    set_limit,
    set_reception,
    verify_limit,
)
from zhengtong.screens.declaration import STAFF, Act, Column, Fields, Filter, History, ModelScreens


class CategoryScreens(ModelScreens):
    model, module, code, title = LetterCategory, "letters", "categories", _("来信类别")
    audience, permission, icon, menu_order = STAFF, MANAGE, "list", 80
    columns = (
        Column("name", css="main"),
        "code",
        Column("help", css="wrap"),
        "order",
        Column("is_active", tone=lambda row: "success" if row.is_active else "neutral"),
    )
    filters = (Filter("is_active", kind="flag"),)
    order, name, small = ("order", "id"), "name", True
    create = Act(create_category, MANAGE, title=_("新增类别"))
    amend = Act(amend_category, MANAGE, title=_("修改"))
    actions = (
        Act(
            retire_category,
            MANAGE,
            title=_("停用"),
            when=lambda row: row.is_active,
            confirm=_("停用以后不再供选择，已有的来信照常办理"),
        ),
        Act(restore_category, MANAGE, title=_("恢复使用"), when=lambda row: not row.is_active),
    )
    detail = (Fields(_("类别"), names=("name", "code", "help", "order", "is_active")), History(_("变更记录")))


def _kind(row: LetterLimit) -> str:
    return str(LetterKind(row.kind).label) if row.kind else gettext("各类")


def _category(row: LetterLimit | DispatchRule) -> str:
    return row.category.name if row.category else gettext("各类别")


class LimitScreens(ModelScreens):
    model, module, code, title = LetterLimit, "letters", "limits", _("来信期限")
    audience, permission, icon, menu_order = STAFF, MANAGE, "clock", 81
    columns = (
        "purpose",
        Column("kind", value=_kind, title=_("类型")),
        Column("category", value=_category, title=_("类别"), related=("category",)),
        "days",
        "extension_days",
        Column("source", css="wrap"),
        "effective_from",
        "effective_to",
        Column("is_unverified", tone=lambda row: "warning" if row.is_unverified else "success"),
    )
    filters = ("purpose", "kind", Filter("is_unverified", kind="flag"))
    order, small = ("purpose", "kind", "id"), True
    create = Act(
        set_limit,
        MANAGE,
        title=_("设定期限"),
        asks={
            "purpose": forms.ChoiceField(label=_("用于"), choices=LimitPurpose.choices),
            "kind": forms.ChoiceField(label=_("类型"), choices=[("", _("各类")), *LetterKind.choices], required=False),
        },
        help=_("从生效日期起的新来信适用，正在计算的期限不变。"),
    )
    actions = (
        Act(
            verify_limit,
            MANAGE,
            title=_("已核对原文"),
            when=lambda row: row.is_unverified,
            confirm=_("确认数字与本地公布的规定一致"),
        ),
    )
    detail = (
        Fields(
            _("期限"),
            names=(
                "purpose",
                "kind",
                "category",
                "days",
                "extension_days",
                "source",
                Column("article"),
                "effective_from",
                "effective_to",
                "is_unverified",
            ),
        ),
        History(_("变更记录")),
    )


class RuleScreens(ModelScreens):
    model, module, code, title = DispatchRule, "letters", "rules", _("派发规则")
    audience, permission, icon, menu_order = STAFF, MANAGE, "send", 82
    columns = (
        Column("category", value=_category, title=_("类别"), related=("category",), css="main"),
        Column(
            "region",
            value=lambda row: row.region.name if row.region else gettext("各地"),
            title=_("区划（网格）"),
            related=("region",),
        ),
        Column("organisation", related=("organisation",)),
        Column("note", css="wrap"),
        Column("is_active", tone=lambda row: "success" if row.is_active else "neutral"),
    )
    filters = (
        "category",
        Filter("region", kind="region"),
        Filter("organisation", kind="organisation"),
        Filter("is_active", kind="flag"),
    )
    order, small = ("id",), True
    create = Act(add_rule, MANAGE, title=_("新增规则"))
    amend = Act(amend_rule, MANAGE, title=_("修改"), row="rule")
    detail = (
        Fields(_("规则"), names=("category", "region", "organisation", "note", "is_active")),
        History(_("变更记录")),
    )
    help = _("派发时按“区划越近、类别越准”的顺序推荐单位，由派发员确定。")


class ReceptionScreens(ModelScreens):
    model, module, code, title = Reception, "letters", "receptions", _("来信受理单位")
    audience, permission, icon, menu_order = STAFF, MANAGE, "building", 83
    columns = (
        Column("region", related=("region",), css="main"),
        Column("organisation", related=("organisation",)),
    )
    order, small = ("id",), True
    create = Act(set_reception, MANAGE, title=_("设定受理单位"))
    amend = Act(change_reception, MANAGE, title=_("换受理单位"), row="reception")
    detail = (Fields(_("受理单位"), names=("region", "organisation")), History(_("变更记录")))
    help = _("没有自己受理单位的区划，来信由上一级的受理单位受理。")


SCREENS: tuple[Any, ...] = (CategoryScreens(), LimitScreens(), RuleScreens(), ReceptionScreens())
