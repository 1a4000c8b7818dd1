"""Registers of the exchange: held rows (masked), the limit for tickets. What moves has pages at the desk."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from zhengtong.capabilities.contracts.public import say_fault
from zhengtong.capabilities.exchange.models import HeldRow, TicketLimit
from zhengtong.capabilities.exchange.permissions import OPERATE, REVEAL
from zhengtong.capabilities.exchange.services.limits import set_ticket_limit
from zhengtong.kernel.policy import Actor
from zhengtong.screens.declaration import STAFF, Act, Column, Fields, Filter, History, ModelScreens

_TONES = {"waiting": "warning", "ticketed": "info", "replayed": "success", "dropped": "neutral"}


def write_original(row: HeldRow) -> str:
    """Return the row as it came, a line for each column."""
    return "\n".join(f"{name}：{'' if value is None else value}" for name, value in (row.original or {}).items())


def mask_original(text: str) -> str:
    """Leave the names of the columns and of each value its first character."""
    lines = (line.partition("：") for line in text.splitlines())
    return "\n".join(f"{name}{colon}{value[:1]}{'*' * min(len(value) - 1, 8)}" for name, colon, value in lines)


def say_title(row: HeldRow) -> str:
    return str(say_fault(row.rule).title)


def say_wrong(row: HeldRow) -> str:
    fault = say_fault(row.rule)
    return f"{fault.title}。{fault.wrong}"


def say_advice(row: HeldRow) -> str:
    return str(say_fault(row.rule).advice)


class HeldScreens(ModelScreens):
    model, module, code, title = HeldRow, "exchange", "held", _("隔离数据")
    audience, permission, reveal = STAFF, REVEAL, REVEAL
    menu, icon, name = False, "shield", "key_text"
    columns = (
        Column("key_text", css="main"),
        Column("contract", title=_("共享合约")),
        "column",
        Column("rule", title=_("问题"), value=say_title),
        Column("state", tone=lambda row: _TONES[row.state]),
        Column("held_at", css="nowrap"),
        Column("settled_at", is_shown=False),
        Column("note", is_shown=False),
    )
    filters = ("state", Filter("contract", title=_("共享合约"), kind="row"), "held_at")
    order = ("-id",)
    detail = (
        Fields(
            _("隔离数据"),
            names=(
                "key_text",
                Column("contract", title=_("共享合约")),
                "column",
                Column("rule", title=_("问题"), value=say_wrong),
                Column("advice", title=_("下一步"), value=say_advice),
                Column("content", title=_("原始内容"), value=write_original, mask=mask_original, needs=("original",)),
                "state",
                Column("ticket", title=_("更正单")),
                "note",
                "held_at",
                "settled_at",
            ),
        ),
        History(_("查看和处理记录")),
    )
    help = _("不合规则、没有交换出去的行。原文加密保存，说明用途才能查看，会记入日志。")
    empty = _("没有隔离的数据。")

    def rows(self, actor: Actor) -> QuerySet[Any]:
        return HeldRow.objects.select_related("contract", "ticket")


class TicketLimitScreens(ModelScreens):
    model, module, code, title = TicketLimit, "exchange", "ticket-limits", _("更正期限")
    audience, permission, small = STAFF, OPERATE, True
    menu, icon = False, "clock"
    columns = (
        Column("days", css="number"),
        Column("source", css="main"),
        "article",
        "effective_from",
        "is_unverified",
    )
    order = ("-effective_from", "-id")
    create = Act(set_ticket_limit, OPERATE, _("设定期限"), done=_("已设定"))
    detail = (Fields(_("期限"), names=("days", "source", "article", "effective_from", "is_unverified")), History())
    help = _("提供方在多少个工作日内答复更正单。新的期限只管从生效日起发出的更正单。")

    def rows(self, actor: Actor) -> QuerySet[Any]:
        return TicketLimit.objects.all()


SCREENS = (HeldScreens(), TicketLimitScreens())
