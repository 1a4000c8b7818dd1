"""What the authority sets, at the desk: the classification and the limits."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from zhengtong.capabilities.catalogue.models import CatalogueLimit, Classification
from zhengtong.capabilities.catalogue.permissions import MANAGE, VIEW
from zhengtong.capabilities.catalogue.services.rules import (
    add_classification,
    remove_classification,
    rename_classification,
    set_limit,
    verify_limit,
)
from zhengtong.screens.declaration import STAFF, Act, Column, Fields, History, ModelScreens

LEVELS = {1: _("类"), 3: _("项"), 6: _("目")}


def _level(row: Any) -> Any:
    return LEVELS.get(len(row.code), _("细目"))


class ClassificationScreens(ModelScreens):
    model, module, code, title = Classification, "catalogue", "classifications", _("资源分类")
    audience, permission, icon, menu_order = STAFF, VIEW, "list", 60
    small = True
    columns = (
        Column("code", css="nowrap"),
        Column("name", css="main"),
        Column("level", title=_("层次"), value=_level),
        Column("parent", title=_("上级")),
    )
    search, order, name = ("code",), ("code",), "name"
    create = Act(
        add_classification,
        MANAGE,
        title=_("增加分类"),
        help=_("代码以上级的代码开头：类1位，项再加2位，目再加3位，细目再加1至6位。"),
        done=_("已增加"),
    )
    amend = Act(rename_classification, MANAGE, title=_("改名"), row="classification", done=_("已保存"))
    actions = (
        Act(
            remove_classification,
            MANAGE,
            title=_("删除"),
            row="classification",
            is_dangerous=True,
            confirm=_("只能删除下面没有分类、也没有资源的。"),
            done=_("已删除"),
        ),
    )
    detail = (
        Fields(_("资源分类"), names=("code", "name", Column("parent", title=_("上级")))),
        History(_("变更记录")),
    )
    help = _("按《政务信息资源目录编制指南》分类、项、目、细目四层，资源代码由分类代码和序号组成。")


class LimitScreens(ModelScreens):
    model, module, code, title = CatalogueLimit, "catalogue", "limits", _("目录审核期限")
    audience, permission, icon, menu_order = STAFF, MANAGE, "clock", 61
    small = True
    columns = (
        Column("step", css="main"),
        "days",
        "source",
        "article",
        "effective_from",
        "effective_to",
        Column("is_unverified", title=_("待核对")),
    )
    order = ("-effective_from", "-pk")
    create = Act(
        set_limit,
        MANAGE,
        title=_("设定期限"),
        asks={"is_unverified": forms.BooleanField(label=_("待核对"), required=False, initial=True)},
        done=_("已设定，此前的一条到前一天为止"),
    )
    actions = (
        Act(
            verify_limit,
            MANAGE,
            title=_("已与原文核对"),
            row="limit",
            when=lambda limit: limit.is_unverified,
            done=_("已核对"),
        ),
    )
    detail = (
        Fields(
            _("期限"),
            names=("step", "days", "source", "article", "effective_from", "effective_to", "is_unverified"),
        ),
        History(_("变更记录")),
    )
    help = _("改变期限不影响已经在审的。标着“待核对”的数字没有与依据的原文比对过。")


SCREENS = (ClassificationScreens(), LimitScreens())
