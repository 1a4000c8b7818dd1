"""The rules of signing in: what roles have to have, what is asked before which act, what is unusual. Dated rows."""

from collections.abc import Sequence

from django import forms
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from zhengtong.capabilities.signon.public import (
    SET_POLICY,
    STRENGTHS,
    FactorRule,
    StepUpRule,
    WatchRule,
    set_factor_rule,
    set_step_up_rule,
    set_watch_rule,
)
from zhengtong.kernel.assurance import AssuredAct
from zhengtong.kernel.modules import Role, registry
from zhengtong.screens.declaration import STAFF, Act, Column, Fields, Filter, History, ModelScreens

TRUST = "trust"


def _roles() -> Sequence[tuple[str, str]]:
    return [("", gettext("请选择")), *((role.code, str(role.title)) for role in registry.of(Role))]


def _acts() -> Sequence[tuple[str, str]]:
    return [("", gettext("请选择")), *((act.code, str(act.title)) for act in registry.of(AssuredAct))]


def _title(kind: type[Role] | type[AssuredAct], code: str) -> str:
    try:
        return str(registry.get(kind, code).title)
    except LookupError:
        return code


def _strength_field() -> forms.TypedChoiceField:
    return forms.TypedChoiceField(label=_("强度"), coerce=int, choices=STRENGTHS)


def _day_field() -> forms.DateField:
    return forms.DateField(label=_("施行日期"), initial=timezone.localdate)


def _basis_field() -> forms.CharField:
    return forms.CharField(label=_("依据"), max_length=200, help_text=_("文件名称和文号，或者标准的条款"))


ROLE = Column("role", value=lambda row: _title(Role, row.role), css="main")
ACT = Column("act", value=lambda row: _title(AssuredAct, row.act), css="main")


class FactorRuleScreens(ModelScreens):
    model, module, code, title = FactorRule, "security", "policy", _("登录要求")
    audience, permission, icon, menu_order, api, small = STAFF, SET_POLICY, "shield", 50, False, True
    columns = (ROLE, "strength", "effective_from", "grace_days", Column("basis", css="wrap"))
    filters = ("strength",)
    order = ("-effective_from", "-id")
    create = Act(
        set_factor_rule,
        SET_POLICY,
        title=_("规定登录要求"),
        asks={
            "role": forms.ChoiceField(label=_("角色"), choices=_roles),
            "strength": _strength_field(),
            "effective_from": _day_field(),
            "grace_days": forms.IntegerField(label=_("宽限天数"), min_value=0, max_value=365, initial=30),
            "basis": _basis_field(),
        },
        done=_("已规定；下次登录起按它要求"),
        assurance=TRUST,
    )
    detail = (
        Fields(_("登录要求"), names=(ROLE, "strength", "effective_from", "grace_days", "basis")),
        History(_("变更记录")),
    )
    help = _("同一角色后施行的代替先施行的；宽限期满还没有添加的，登录后只能打开“登录安全”。")
    empty = _("还没有规定：各角色用密码就能登录。")


class StepUpRuleScreens(ModelScreens):
    model, module, code, title = StepUpRule, "security", "step-up", _("办理前确认身份")
    audience, permission, icon, menu_order, api, small = STAFF, SET_POLICY, "check", 52, False, True
    columns = (ACT, "strength", Column("minutes", unit=_("分钟")), "effective_from", Column("basis", css="wrap"))
    filters = ("strength",)
    order = ("-effective_from", "-id")
    create = Act(
        set_step_up_rule,
        SET_POLICY,
        title=_("规定确认身份的要求"),
        asks={
            "act": forms.ChoiceField(label=_("行为"), choices=_acts),
            "strength": _strength_field(),
            "minutes": forms.IntegerField(label=_("多少分钟内确认过"), min_value=1, max_value=480, initial=15),
            "effective_from": _day_field(),
            "basis": _basis_field(),
        },
        done=_("已规定，从施行日期起生效"),
        assurance=TRUST,
    )
    detail = (
        Fields(_("确认身份的要求"), names=(ACT, "strength", "minutes", "effective_from", "basis")),
        History(_("变更记录")),
    )


def _time_field(label: object) -> forms.TimeField:
    return forms.TimeField(label=label, widget=forms.TimeInput(attrs={"type": "time"}))  # type: ignore[arg-type]  # lazy text


class WatchRuleScreens(ModelScreens):
    model, module, code, title = WatchRule, "security", "watch", _("异常登录标准")
    audience, permission, icon, menu_order, api, small = STAFF, SET_POLICY, "flag", 54, False, True
    columns = (
        Column("effective_from", css="main"),
        "night_from",
        "night_until",
        "two_places_minutes",
        "many_accounts",
        "many_failures",
        "window_minutes",
        "reset_hours",
        "kept_days",
        Column("basis", css="wrap"),
    )
    filters = (Filter("effective_from"),)
    order = ("-effective_from", "-id")
    create = Act(
        set_watch_rule,
        SET_POLICY,
        title=_("修改标准"),
        asks={
            "night_from": _time_field(_("夜间开始")),
            "night_until": _time_field(_("夜间结束")),
            "effective_from": _day_field(),
            "basis": _basis_field(),
        },
        done=_("已规定，从施行日期起生效"),
        assurance=TRUST,
    )
    detail = (Fields(_("异常登录标准"), names=columns), History(_("变更记录")))
