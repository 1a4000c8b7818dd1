"""The quarantine desk: what is held back by contract and rule, sending it to the provider, and its answers."""

from collections.abc import Callable, Iterator
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from zhengtong.capabilities.contracts.public import Contract, say_fault
from zhengtong.capabilities.exchange import public as exchange
from zhengtong.capabilities.exchange.public import (
    CORRECT,
    OPERATE,
    REVEAL,
    VIEW,
    CorrectionTicket,
    HeldRow,
    TicketState,
)
from zhengtong.core.audit.public import record
from zhengtong.core.identity.public import Refused
from zhengtong.desks.exchange.acting import ActPage, add_refusal, offer, show_act
from zhengtong.desks.exchange.forms import AnswerForm, DropForm, TicketForm
from zhengtong.kernel.calendars import get_calendar
from zhengtong.kernel.modules import Text
from zhengtong.kernel.policy import Actor, can
from zhengtong.screens.access import actor_of, for_staff
from zhengtong.screens.formats import cn_date, cn_datetime
from zhengtong.screens.paging import paginate
from zhengtong.screens.sheets.plain_csv import csv_response
from zhengtong.screens.templatetags.look import chip

ROW_TONES = {"waiting": "warning", "ticketed": "info", "replayed": "success", "dropped": "neutral"}
TICKET_TONES = {TicketState.WAITING: "warning", TicketState.CORRECTED: "success", TicketState.IMPOSSIBLE: "neutral"}
MOST_EXPORTED = 10_000


def explain(codes: set[str]) -> list[tuple[Any, str]]:
    """Return what the rows on a page were held for: its name, what is wrong and what to do."""
    return [((fault := say_fault(code)).title, f"{fault.wrong}{fault.advice}") for code in sorted(codes)]


@require_safe
@for_staff(VIEW)
def list_groups(request: HttpRequest) -> HttpResponse:
    groups = exchange.list_held_groups(actor_of(request))
    rows = [
        {
            "url": f"{reverse('exchange_desk:held', args=[group.contract.number])}?rule={group.rule}",
            "label": group.contract.resource.name,
            "cells": {
                "resource": group.contract.resource.name,
                "way": f"{group.contract.provider.name} → {group.contract.consumer.name}",
                "rule": say_fault(group.rule).title,
                "column": group.column,
                "waiting": group.waiting,
                "ticketed": group.ticketed,
                "last": cn_datetime(group.last_at),
            },
        }
        for group in groups
    ]
    columns = [
        ("resource", _("信息资源"), "main"),
        ("way", _("提供 → 使用")),
        ("rule", _("问题")),
        ("column", _("列")),
        ("waiting", _("待处理"), "number"),
        ("ticketed", _("更正中"), "number"),
        ("last", _("最近隔离"), "nowrap"),
    ]
    return render(request, "exchange_desk/quarantine.html", {"columns": columns, "rows": rows})


def _find(request: HttpRequest, number: str) -> Contract:
    return get_object_or_404(exchange.list_contracts(actor_of(request)), number=number)


@require_safe
@for_staff(VIEW)
def list_rows(request: HttpRequest, number: str) -> HttpResponse:
    """Show the held rows of a contract, their keys masked; each leads to its original, which takes a purpose."""
    contract, actor = _find(request, number), actor_of(request)
    rule, state = request.GET.get("rule", "")[:40], request.GET.get("state", "waiting")
    found = exchange.list_held(actor).filter(contract=contract)
    if rule:
        found = found.filter(rule=rule)
    if state in HeldRow.State.values:
        found = found.filter(state=state)
    page = paginate(found, request.GET, order=("-id",))
    may_reveal, may_act = can(actor, REVEAL, HeldRow(contract=contract)), exchange.is_on_side(actor, OPERATE, contract)
    rows = [
        {
            "key": row.pk,
            "url": reverse("screens:exchange.held.detail", args=[row.pk]) if may_reveal else "",
            "label": row.key_text,
            "cells": {
                "key": row.key_text,
                "column": row.column,
                "rule": say_fault(row.rule).title,
                "state": chip(row.get_state_display(), tone=ROW_TONES[row.state]),
                "ticket": row.ticket.number if row.ticket else "",
                "held": cn_datetime(row.held_at),
                "note": row.note,
            },
        }
        for row in page.rows
    ]
    query = f"&rule={rule}" if rule else ""
    context = {
        "contract": contract,
        "rule": rule,
        "rule_title": say_fault(rule).title if rule else "",
        "faults": explain({rule} if rule else {row.rule for row in page.rows}),
        "page": page,
        "rows": rows,
        "columns": [
            ("key", _("主键"), "main"),
            ("column", _("列")),
            ("rule", _("问题")),
            ("state", _("状态")),
            ("ticket", _("更正单")),
            ("held", _("隔离时间"), "nowrap"),
            ("note", _("说明")),
        ],
        "tabs": [(label, f"?state={value}{query}", value == state, "") for value, label in HeldRow.State.choices],
        "may_act": may_act and state == "waiting" and bool(rows),
        "select": "rows" if may_act and state == "waiting" else "",
    }
    return render(request, "exchange_desk/held.html", context)


_HELD_ACTS: dict[str, tuple[Text, type[forms.Form], Callable[..., CorrectionTicket | int]]] = {
    "ticket": (gettext_lazy("发起更正单"), TicketForm, exchange.open_ticket),
    "drop": (gettext_lazy("放弃"), DropForm, exchange.drop_held),
}


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(OPERATE)
def act_on_rows(request: HttpRequest, number: str, act: str) -> HttpResponse:
    """Ask what a bulk act needs and do it: to the chosen rows, or to all that wait (of a rule)."""
    contract = _find(request, number)
    back = reverse("exchange_desk:held", args=[number])
    if act not in _HELD_ACTS or request.method != "POST":
        return redirect(back)
    title, make_form, service = _HELD_ACTS[act]
    ids = [int(each) for each in request.POST.getlist("rows") if each.isascii() and each.isdigit()][:1000]
    rule = request.POST.get("rule", "")[:40]
    is_typed = "typed" in request.POST
    form = make_form(request.POST if is_typed else None)
    if is_typed and form.is_valid():
        try:
            made = service(actor=actor_of(request), contract=contract, ids=ids or None, rule=rule, **form.cleaned_data)
        except Refused as error:
            add_refusal(form, error)
        else:
            if isinstance(made, CorrectionTicket):
                messages.success(request, _("更正单 %(number)s 已发给提供方") % {"number": made.number})
                return redirect("exchange_desk:ticket", made.number)
            messages.success(request, _("已放弃 %(n)s 行") % {"n": made})
            return redirect(back)
    context: dict[str, Any] = {
        "title": title,
        "form": form,
        "back": back,
        "contract": contract,
        "ids": ids,
        "rule": rule,
        "rule_title": say_fault(rule).title if rule else "",
    }
    context["is_grave"] = act == "drop"
    return render(request, "exchange_desk/held_act.html", context, status=422 if form.errors else 200)


@require_safe
@for_staff(VIEW)
def export(request: HttpRequest, number: str) -> StreamingHttpResponse:
    """Hand out the list of a contract's held rows without their content: masked keys, rules, states.

    It goes out as it is read, at most ``MOST_EXPORTED`` rows; that it was taken is written down before.
    """
    contract, actor = _find(request, number), actor_of(request)
    found = exchange.list_held(actor).filter(contract=contract).order_by("-id")[:MOST_EXPORTED]
    record(actor, "exchange.export_held", contract, after={"contract": contract.number, "rows": found.count()})
    titles = (_("主键"), _("列"), _("问题"), _("下一步"), _("状态"), _("更正单"), _("隔离时间"))
    return csv_response(f"held-{contract.number}", titles, _lines(found))


def _lines(found: "QuerySet[HeldRow]") -> Iterator[tuple[object, ...]]:
    for row in found.iterator(1000):
        fault = say_fault(row.rule)
        said, ticket = f"{fault.title}。{fault.wrong}", row.ticket.number if row.ticket else ""
        yield row.key_text, row.column, said, fault.advice, row.get_state_display(), ticket, cn_datetime(row.held_at)


# Tickets -------------------------------------------------------------------------------------------------


def _may_answer(actor: Actor, ticket: CorrectionTicket) -> bool:
    return ticket.state == TicketState.WAITING and can(actor, CORRECT, ticket)


TICKET_ACTS = (
    ActPage(
        "answer",
        gettext_lazy("答复"),
        exchange.answer_ticket,
        "ticket",
        _may_answer,
        gettext_lazy("已答复"),
        form=AnswerForm,
        lead=gettext_lazy("更正在源头的业务系统里做。答复“已更正”后，这些行按主键重新读取、校验、交换。"),
    ),
)


@require_safe
@for_staff(VIEW)
def list_tickets(request: HttpRequest) -> HttpResponse:
    found, state = exchange.list_tickets(actor_of(request)), request.GET.get("state", "")
    if state in TicketState.values:
        found = found.filter(state=state)
    page = paginate(found, request.GET, order=("-id",))
    calendar = get_calendar()
    rows = [
        {
            "url": reverse("exchange_desk:ticket", args=[ticket.number]),
            "label": ticket.number,
            "cells": {
                "number": ticket.number,
                "resource": ticket.contract.resource.name,
                "provider": ticket.provider.name,
                "rows": ticket.rows,
                "state": chip(ticket.get_state_display(), tone=TICKET_TONES[TicketState(ticket.state)]),
                "due": cn_date(calendar.last_date(ticket.due_at)),
                "opened": cn_datetime(ticket.opened_at),
            },
        }
        for ticket in page.rows
    ]
    columns = [
        ("number", _("编号"), "main nowrap"),
        ("resource", _("信息资源")),
        ("provider", _("提供单位")),
        ("rows", _("行数"), "number"),
        ("state", _("状态")),
        ("due", _("更正期限"), "nowrap"),
        ("opened", _("发起时间"), "nowrap"),
    ]
    tabs: list[Any] = [(_("全部"), "?", state not in TicketState.values, "")]
    tabs += [(label, f"?state={value}", value == state, "") for value, label in TicketState.choices]
    context = {"page": page, "columns": columns, "rows": rows, "tabs": tabs}
    return render(request, "exchange_desk/tickets.html", context)


def _find_ticket(request: HttpRequest, number: str) -> CorrectionTicket:
    return get_object_or_404(exchange.list_tickets(actor_of(request)), number=number)


def _url_of(number: str) -> Callable[[str], str]:
    return lambda code: reverse("exchange_desk:ticket_act", args=[number, code])


@require_safe
@for_staff(VIEW)
def show_ticket(request: HttpRequest, number: str) -> HttpResponse:
    ticket, actor = _find_ticket(request, number), actor_of(request)
    may_reveal = can(actor, REVEAL, HeldRow(contract=ticket.contract))
    held = ticket.held.defer("original").order_by("id")
    page = paginate(held, request.GET, order=("id",))
    context = {
        "ticket": ticket,
        "tone": TICKET_TONES[TicketState(ticket.state)],
        "summary": [
            (_("信息资源"), ticket.contract.resource.name),
            (_("合约"), ticket.contract.number),
            (_("提供单位"), ticket.provider.name),
            (_("使用单位"), ticket.contract.consumer.name),
            (_("行数"), ticket.rows),
            (_("说明"), ticket.note),
            (_("发起人"), ticket.opened_by.staff.name if ticket.opened_by else _("系统")),
            (_("更正期限"), cn_date(get_calendar().last_date(ticket.due_at))),
            *(
                [
                    (_("答复"), ticket.answer),
                    (_("答复人"), ticket.answered_by.staff.name if ticket.answered_by else ""),
                    (_("答复时间"), cn_datetime(ticket.answered_at)),
                ]
                if ticket.answered_at
                else []
            ),
        ],
        "acts": offer(actor, ticket, TICKET_ACTS, _url_of(number)),
        "page": page,
        "faults": explain({row.rule for row in page.rows}),
        "columns": [("key", _("主键"), "main"), ("column", _("列")), ("rule", _("问题")), ("state", _("状态"))],
        "rows": [
            {
                "url": reverse("screens:exchange.held.detail", args=[row.pk]) if may_reveal else "",
                "label": row.key_text,
                "cells": {
                    "key": row.key_text,
                    "column": row.column,
                    "rule": say_fault(row.rule).title,
                    "state": chip(row.get_state_display(), tone=ROW_TONES[row.state]),
                },
            }
            for row in page.rows
        ],
    }
    return render(request, "exchange_desk/ticket.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(CORRECT, VIEW)
def act_on_ticket(request: HttpRequest, number: str, act: str) -> HttpResponse:
    ticket = _find_ticket(request, number)
    back = reverse("exchange_desk:ticket", args=[number])
    return show_act(request, acts=TICKET_ACTS, code=act, row=ticket, back=back, subject=ticket.number)
