"""The registers of the supervision of sharing: targets, intervals, rectifications."""

from django.utils.translation import gettext_lazy as _

from zhengtong.capabilities.sharing.models import CycleAllowance, Rectification, SharingTarget
from zhengtong.capabilities.sharing.permissions import ANSWER, SUPERVISE, WATCH
from zhengtong.capabilities.sharing.services.rectifying import (
    accept_rectification,
    answer_rectification,
    demand_rectification,
    return_rectification,
    withdraw_rectification,
)
from zhengtong.capabilities.sharing.services.targets import set_allowance, set_target, verify_target
from zhengtong.screens.declaration import STAFF, Act, Column, Fields, Filter, History, ModelScreens

TONES = {"open": "warning", "answered": "info", "closed": "success", "withdrawn": "neutral"}


class RectificationScreens(ModelScreens):
    model, module, code, title = Rectification, "sharing", "rectifications", _("共享整改")
    audience, permission, icon, menu_order = STAFF, WATCH, "flag", 74
    columns = (
        Column("number", css="main"),
        "organisation__name",
        "measure",
        "month",
        Column("found", css="wrap"),
        "due_at",
        Column("state", tone=lambda row: TONES[row.state]),
    )
    filters = (Filter("state"), Filter("measure"), Filter("organisation", kind="organisation"))
    order, name = ("-id",), "number"
    search = ("number",)
    create = Act(demand_rectification, SUPERVISE, title=_("下发整改通知"))
    actions = (
        Act(
            answer_rectification,
            ANSWER,
            title=_("反馈整改情况"),
            when=lambda row: row.state == "open",
        ),
        Act(
            accept_rectification,
            SUPERVISE,
            title=_("通过验收"),
            when=lambda row: row.state == "answered",
        ),
        Act(
            return_rectification,
            SUPERVISE,
            title=_("退回再整改"),
            when=lambda row: row.state == "answered",
        ),
        Act(
            withdraw_rectification,
            SUPERVISE,
            title=_("撤回"),
            when=lambda row: row.state == "open",
            is_dangerous=True,
        ),
    )
    detail = (
        Fields(
            _("整改通知"),
            names=("number", "organisation__name", "measure", "month", "found", "required", "due_at", "state"),
        ),
        Fields(_("整改情况"), names=("answer", "answered_at", "opinion", "closed_at")),
        History(_("办理经过")),
    )


class TargetScreens(ModelScreens):
    model, module, code, title = SharingTarget, "sharing", "targets", _("共享考核指标")
    audience, permission, icon, menu_order = STAFF, SUPERVISE, "list", 75
    columns = (
        Column("measure", css="main"),
        "percent",
        "weight",
        Column("source", css="wrap"),
        Column("article", css="wrap"),
        "effective_from",
        "effective_to",
        Column("is_unverified", tone=lambda row: "warning" if row.is_unverified else "success"),
    )
    filters = (Filter("measure"), Filter("is_unverified", kind="flag"))
    order, name, small = ("measure", "-effective_from", "id"), "measure", True
    create = Act(set_target, SUPERVISE, title=_("设定指标"))
    actions = (Act(verify_target, SUPERVISE, title=_("核对无误"), when=lambda row: row.is_unverified),)
    detail = (
        Fields(
            _("指标"),
            names=(
                "measure",
                "percent",
                "weight",
                "source",
                "article",
                "effective_from",
                "effective_to",
                "is_unverified",
            ),
        ),
        History(_("变更记录")),
    )


class AllowanceScreens(ModelScreens):
    model, module, code, title = CycleAllowance, "sharing", "allowances", _("更新间隔")
    audience, permission, icon, menu_order = STAFF, SUPERVISE, "clock", 76
    columns = (Column("cycle", css="main"), "days")
    order, name, small = ("days", "id"), "cycle", True
    amend = Act(set_allowance, SUPERVISE, title=_("修改"))
    detail = (Fields(_("更新间隔"), names=("cycle", "days")), History(_("变更记录")))


SCREENS = (RectificationScreens(), TargetScreens(), AllowanceScreens())
