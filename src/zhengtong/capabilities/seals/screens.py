"""The registers of seals: ledger, standing authorisations, outside systems, rules. What has pictures has pages."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from zhengtong.capabilities.seals.models import LedgerRow, OutsideSystem, SealRule, StandingAuthorisation
from zhengtong.capabilities.seals.permissions import KEEP, RULES, VIEW
from zhengtong.capabilities.seals.services.rules import set_rule
from zhengtong.capabilities.seals.services.standing import revoke_authorisation
from zhengtong.capabilities.seals.services.systems import end_system
from zhengtong.kernel.policy import Actor
from zhengtong.screens.declaration import STAFF, Act, Column, Fields, Filter, History, ModelScreens


def _reason(label: Any, limit: int = 300) -> forms.CharField:
    return forms.CharField(label=label, max_length=limit, widget=forms.Textarea(attrs={"rows": 2}))


class LedgerScreens(ModelScreens):
    model, module, code, title = LedgerRow, "seals", "ledger", _("用印台账")
    audience, permission, icon, menu_order = STAFF, VIEW, "list", 46
    columns = (
        Column("at", css="nowrap"),
        Column("title", css="main"),
        Column("seal", title=_("印章"), link=lambda row: reverse("seals_desk:seal", args=[row.seal.code])),
        Column("number", css="number"),
        Column("organisation", title=_("用印单位")),
        Column("sha256_before", is_shown=False),
        Column("sha256_after", is_shown=False),
        Column("digest", is_shown=False),
    )
    filters = ("at", Filter("seal", title=_("印章"), kind="row"), Filter("sha256_after", kind="exact"))
    order = ("-id",)
    detail = (
        Fields(
            _("用印记录"),
            names=(
                "at",
                "title",
                Column("seal", title=_("印章")),
                "number",
                Column("organisation", title=_("用印单位")),
                "sha256_before",
                "sha256_after",
                "previous",
                "digest",
            ),
        ),
    )
    help = _("每盖一次章一行，每行的摘要接着上一行。改动任何一行，核对时都会发现。")
    empty = _("还没有用过印。")

    def rows(self, actor: Actor) -> QuerySet[Any]:
        return LedgerRow.objects.select_related("seal", "organisation")


def _is_live(row: StandingAuthorisation) -> bool:
    return row.revoked_at is None


class AuthorisationScreens(ModelScreens):
    model, module, code, title = StandingAuthorisation, "seals", "authorisations", _("常设授权")
    audience, permission, icon, menu_order = STAFF, VIEW, "check", 47
    small = True
    columns = (
        Column("document_kind", css="main"),
        Column("seal", title=_("印章")),
        Column("system", title=_("接入系统")),
        "valid_from",
        "valid_until",
        Column("used", css="number"),
        Column("total_ceiling", css="number"),
        Column("daily_ceiling", css="number"),
        "revoked_at",
    )
    order = ("-id",)
    actions = (
        Act(
            revoke_authorisation,
            KEEP,
            title=_("撤销授权"),
            row="authorisation",
            asks={"reason": _reason(_("撤销原因"))},
            when=_is_live,
            is_dangerous=True,
            confirm=_("撤销后立即不能再按这项授权用印，已经盖好的不受影响。"),
            done=_("已撤销"),
        ),
    )
    detail = (
        Fields(
            _("授权"),
            names=(
                "document_kind",
                Column("seal", title=_("印章")),
                Column("system", title=_("接入系统")),
                "valid_from",
                "valid_until",
                "daily_ceiling",
                "total_ceiling",
                "used",
                "reason",
                Column("granted_by", title=_("授权人")),
                "granted_at",
                "revoked_at",
                "revoke_reason",
            ),
        ),
        History(_("办理记录")),
    )
    help = _("授权后，这一种文件不用逐件批准就能盖章，限于期限和份数之内。设立在印章的页面上办。")
    empty = _("还没有常设授权。到印章的页面设立。")

    def rows(self, actor: Actor) -> QuerySet[Any]:
        return StandingAuthorisation.objects.select_related("seal", "system", "granted_by__staff")


def _is_active(row: OutsideSystem) -> bool:
    return row.is_active


class SystemScreens(ModelScreens):
    model, module, code, title = OutsideSystem, "seals", "systems", _("接入系统")
    audience, permission, icon, menu_order = STAFF, KEEP, "globe", 48
    small, name = True, "name"
    columns = (
        Column("name", css="main"),
        Column("organisation", title=_("所属单位"), related=("organisation",)),
        Column("owner", title=_("责任人"), value=lambda each: each.owner.staff.name, related=("owner__staff",)),
        Column("token_begins", css="nowrap"),
        Column("daily_quota", css="number"),
        "is_active",
        "last_used_at",
    )
    order = ("-id",)
    actions = (
        Act(
            end_system,
            KEEP,
            title=_("停用"),
            row="system",
            asks={"reason": _reason(_("停用原因"))},
            when=_is_active,
            is_dangerous=True,
            confirm=_("停用后它的令牌立即作废，给它的常设授权同时撤销。"),
            done=_("已停用"),
        ),
    )
    detail = (
        Fields(
            _("接入系统"),
            names=(
                "name",
                Column("organisation", title=_("所属单位")),
                Column("owner", title=_("责任人")),
                "token_begins",
                "daily_quota",
                "is_active",
                "created_at",
                "last_used_at",
            ),
        ),
        History(_("办理记录")),
    )
    help = _("外部系统凭令牌申请用印、取回盖章文件、核验。接口说明见“电子印章接口”。")
    empty = _("还没有接入系统。到印章台登记。")

    def rows(self, actor: Actor) -> QuerySet[Any]:
        return OutsideSystem.objects.select_related("organisation", "owner__staff", "owner__post__organisation")


class RuleScreens(ModelScreens):
    model, module, code, title = SealRule, "seals", "rules", _("印章规则")
    audience, permission, icon, menu_order = STAFF, RULES, "settings", 49
    small = True
    columns = (Column("key", css="main"), Column("value", css="number"), "valid_from", Column("basis", css="wrap"))
    order = ("key", "-valid_from", "id")
    create = Act(set_rule, RULES, title=_("设定规则"), done=_("已设定"))
    detail = (Fields(_("规则"), names=("key", "value", "valid_from", "basis")), History(_("变更记录")))
    help = _("期限、尺寸和上限。新的数值自施行日期起用，以前的按以前的算。")


SCREENS = (LedgerScreens(), AuthorisationScreens(), SystemScreens(), RuleScreens())
