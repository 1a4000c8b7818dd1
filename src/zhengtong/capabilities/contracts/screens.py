"""Registers: requests and contracts to filter and export (their pages are the desk's), rules, reasons for refusing."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from zhengtong.capabilities.contracts.models import Contract, DataRequest, RefusalReason, RuleKey, ShareRule
from zhengtong.capabilities.contracts.permissions import RULES, VIEW
from zhengtong.capabilities.contracts.services.rules import (
    add_reason,
    end_reason,
    set_rule,
    verify_reason,
    verify_rule,
)
from zhengtong.kernel.policy import Actor
from zhengtong.screens.declaration import STAFF, Act, Column, Count, Fields, Filter, History, ModelScreens

REQUEST_TONES = {
    "draft": "neutral",
    "correction": "warning",
    "dispute": "warning",
    "refused": "danger",
    "granted": "success",
    "withdrawn": "neutral",
}
CONTRACT_TONES = {"effective": "success", "suspended": "paused", "expired": "neutral", "revoked": "danger"}


def _request_url(row: DataRequest) -> str:
    return reverse("contracts_desk:request", args=[row.number])


def _contract_url(row: Contract) -> str:
    return reverse("contracts_desk:contract", args=[row.number])


class RequestScreens(ModelScreens):
    model, module, code, title = DataRequest, "contracts", "requests", _("共享申请台账")
    audience, permission, icon, menu_order = STAFF, VIEW, "list", 58
    columns = (
        Column("number", css="nowrap", link=_request_url),
        Column("resource", title=_("信息资源"), css="main"),
        Column("organisation", title=_("申请单位")),
        Column("provider", title=_("提供单位")),
        "mode",
        Column("state", tone=lambda row: REQUEST_TONES.get(row.state, "info")),
        Column("due_at", css="nowrap"),
        "submitted_at",
        Column("decided_at", is_shown=False),
        Column("purpose", css="wrap", is_shown=False),
        Column("legal_basis", css="wrap", is_shown=False),
        "valid_until",
    )
    filters = ("state", "mode", Filter("organisation", kind="organisation"), Filter("provider", kind="organisation"))
    search = ("number",)
    order, name = ("-id",), "number"
    detail = (
        Fields(
            _("申请"),
            names=(
                Column("number", link=_request_url),
                Column("resource", title=_("信息资源")),
                Column("organisation", title=_("申请单位")),
                Column("provider", title=_("提供单位")),
                "mode",
                "state",
                "purpose",
                "matter",
                "legal_basis",
                "valid_until",
                "submitted_at",
                "due_at",
                "decided_at",
            ),
        ),
        History(_("变更记录")),
    )
    stats = (Count(by="state"), Count(by="mode"))
    empty = _("还没有共享申请。")

    def rows(self, actor: Actor) -> QuerySet[Any]:
        return DataRequest.objects.select_related("resource", "organisation", "provider")


class ContractScreens(ModelScreens):
    model, module, code, title = Contract, "contracts", "contracts", _("共享合约台账")
    audience, permission, icon, menu_order = STAFF, VIEW, "list", 59
    columns = (
        Column("number", css="nowrap", link=_contract_url),
        Column("resource", title=_("信息资源"), css="main"),
        Column("provider", title=_("提供单位")),
        Column("consumer", title=_("使用单位")),
        "mode",
        Column("state", tone=lambda row: CONTRACT_TONES.get(row.state, "neutral")),
        "valid_from",
        "valid_until",
        Column("priority", is_shown=False),
        Column("digest", is_shown=False),
        Column("reason", css="wrap", is_shown=False),
    )
    filters = ("state", "mode", Filter("provider", kind="organisation"), Filter("consumer", kind="organisation"))
    search = ("number",)
    order, name = ("-id",), "number"
    detail = (
        Fields(
            _("合约"),
            names=(
                Column("number", link=_contract_url),
                Column("resource", title=_("信息资源")),
                Column("provider", title=_("提供单位")),
                Column("consumer", title=_("使用单位")),
                "mode",
                "state",
                "reason",
                "basis",
                "valid_from",
                "valid_until",
                "granted_at",
                "ended_at",
                "digest",
            ),
        ),
        History(_("变更记录")),
    )
    stats = (Count(by="state"), Count(by="mode"))
    empty = _("还没有共享合约。")

    def rows(self, actor: Actor) -> QuerySet[Any]:
        return Contract.objects.select_related("resource", "provider", "consumer")


_UNVERIFIED = Column("is_unverified", tone=lambda row: "warning" if row.is_unverified else "success")


class RuleScreens(ModelScreens):
    model, module, code, title = ShareRule, "contracts", "rules", _("共享办理规则")
    audience, permission, icon, menu_order = STAFF, RULES, "clock", 88
    columns = (
        Column("key", css="main"),
        Column("value", css="number"),
        Column("source", css="wrap"),
        "article",
        "effective_from",
        _UNVERIFIED,
    )
    filters = ("key", Filter("is_unverified", kind="flag"))
    order, small = ("key", "-effective_from", "id"), True
    create = Act(
        set_rule,
        RULES,
        title=_("设定规则"),
        asks={"key": forms.ChoiceField(label=_("规则"), choices=RuleKey.choices)},
        help=_("从施行日期起的申请适用，已经在计算的期限不变。"),
    )
    actions = (
        Act(
            verify_rule,
            RULES,
            title=_("已核对原文"),
            row="rule",
            when=lambda row: row.is_unverified,
            confirm=_("确认数字与公布的规定一致"),
        ),
    )
    detail = (
        Fields(_("规则"), names=("key", "value", "source", "article", "effective_from", "is_unverified")),
        History(_("变更记录")),
    )


class ReasonScreens(ModelScreens):
    model, module, code, title = RefusalReason, "contracts", "refusal-reasons", _("不予共享的理由")
    audience, permission, icon, menu_order = STAFF, RULES, "list", 89
    columns = (
        Column("title", css="main wrap"),
        "code",
        Column("source", css="wrap"),
        "article",
        "effective_from",
        "effective_to",
        _UNVERIFIED,
    )
    filters = (Filter("is_unverified", kind="flag"),)
    order, name, small = ("code", "-effective_from", "id"), "title", True
    create = Act(add_reason, RULES, title=_("新增理由"), help=_("没有法定依据的不能作为理由。"))
    actions = (
        Act(end_reason, RULES, title=_("停用"), row="reason", when=lambda row: row.effective_to is None),
        Act(
            verify_reason,
            RULES,
            title=_("已核对原文"),
            row="reason",
            when=lambda row: row.is_unverified,
            confirm=_("确认文字与公布的规定一致"),
        ),
    )
    detail = (
        Fields(
            _("理由"),
            names=("title", "code", "source", "article", "effective_from", "effective_to", "is_unverified"),
        ),
        History(_("变更记录")),
    )


SCREENS = (RequestScreens(), ContractScreens(), RuleScreens(), ReasonScreens())
