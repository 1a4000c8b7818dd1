"""The cashier's desk: what came today, what waits, what the books say."""

from django.db.models import Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from zhengtong.capabilities.payments import public as payments
from zhengtong.capabilities.payments.public import AccountWords, OrderState, RefundState
from zhengtong.screens.access import actor_of, for_staff
from zhengtong.screens.formats import cn_money


@require_GET
@for_staff(payments.VIEW)
def show_home(request: HttpRequest) -> HttpResponse:
    actor, today = actor_of(request), timezone.localdate()
    orders = payments.list_orders(actor)
    came = orders.filter(paid_at__date=today).aggregate(total=Sum("paid"))["total"] or 0
    may_reconcile = actor.has(payments.RECONCILE)
    balances = payments.add_up_accounts() if may_reconcile else {}
    context = {
        "came": cn_money(payments.in_yuan(came)),
        "due": orders.filter(state=OrderState.DUE).count(),
        "refunds": payments.list_refunds(actor).filter(state=RefundState.ASKED).count(),
        "approved": payments.list_refunds(actor).filter(state=RefundState.APPROVED).count(),
        "differences": payments.count_open_differences() if may_reconcile else None,
        "may_reconcile": may_reconcile,
        "columns": [
            ("account", _("科目"), "main"),
            ("debit", _("借方余额"), "number"),
            ("credit", _("贷方余额"), "number"),
        ],
        "balances": [
            {
                "cells": {
                    "account": AccountWords(account).label,
                    "debit": cn_money(payments.in_yuan(amount)) if amount > 0 else "",
                    "credit": cn_money(payments.in_yuan(-amount)) if amount < 0 else "",
                }
            }
            for account, amount in balances.items()
        ],
    }
    return render(request, "cashier/home.html", context)
