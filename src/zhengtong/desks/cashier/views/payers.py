"""A payer's own fees: what is due, paying, what she keeps as proof, asking for money back."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from zhengtong.capabilities.cases.public import RuleBroken, say
from zhengtong.capabilities.payments import public as payments
from zhengtong.capabilities.payments.public import OrderState, PaymentOrder
from zhengtong.desks.cashier.forms import RefundForm
from zhengtong.kernel.policy import ActorKind
from zhengtong.screens.access import actor_of
from zhengtong.screens.paging import paginate

View = Callable[..., HttpResponseBase]


def payers_only(view: View) -> View:
    """Let citizens in; whoever isn't signed in is asked to, staff are led to their own desk."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        kind = actor_of(request).kind
        if kind is ActorKind.ANONYMOUS:
            return redirect_to_login(request.get_full_path())
        if kind is not ActorKind.CITIZEN:
            return redirect(settings.STAFF_HOME_URL)
        return view(request, *args, **kwargs)

    return never_cache(wrapped)


def of_own_order(view: View) -> View:
    """Pass the order named by ``public_id`` to the view; what is somebody else's doesn't exist."""

    @wraps(view)
    def wrapped(request: HttpRequest, public_id: UUID, **kwargs: Any) -> HttpResponseBase:
        order = payments.get_order(actor_of(request), public_id)
        if order is None:
            raise Http404
        return view(request, order, **kwargs)

    return payers_only(wrapped)


@require_safe
@payers_only
def list_mine(request: HttpRequest) -> HttpResponse:
    page = paginate(payments.list_orders(actor_of(request)), request.GET, order=("-id",), size=20)
    due = [order for order in page.rows if order.state == OrderState.DUE]
    others = [order for order in page.rows if order.state != OrderState.DUE]
    context = {
        "page": page,
        "due": due,
        "rows": [(order, payments.order_tone(order)) for order in others],
    }
    return render(request, "cashier/mine.html", context)


@require_safe
@of_own_order
def show_order(request: HttpRequest, order: PaymentOrder) -> HttpResponse:
    return _show(request, order)


def _show(request: HttpRequest, order: PaymentOrder, form: RefundForm | None = None, status: int = 200) -> HttpResponse:
    refundable = payments.get_refundable(order) if order.paid else 0
    context = {
        "order": order,
        "tone": payments.order_tone(order),
        "is_due": order.state == OrderState.DUE,
        "is_sent": order.state == OrderState.DUE and order.sent_at is not None,
        "refunds": [(refund, payments.refund_tone(refund)) for refund in order.refunds.order_by("-id")],
        "may_ask": refundable > 0,
        "form": form or RefundForm(initial={"amount": payments.in_yuan(refundable)}),
        "summary": [
            (_("缴款单号"), order.number),
            (_("缴款人"), order.payer_name),
            (_("收费项目"), f"{order.fee_name}（{order.fee_code}）"),
            (_("收费标准"), order.standard),
            *([(_("减免"), order.exemption)] if order.exemption else []),
            (_("执收单位"), order.organisation.name),
            *([(_("缴款方式"), order.get_way_display())] if order.way else []),
        ],
    }
    return render(request, "cashier/order.html", context, status=status)


@require_POST
@of_own_order
def pay(request: HttpRequest, order: PaymentOrder) -> HttpResponseBase:
    """Lead to the provider's page; in a second tab to the same trade."""
    back = reverse("cashier:return", args=[order.public_id])
    try:
        url = payments.start_payment(actor=actor_of(request), order_id=order.pk, return_url=back)
    except RuleBroken as error:
        messages.error(request, say(error))
        return redirect("cashier:order", order.public_id)
    return redirect(url)


@require_safe
@of_own_order
def come_back(request: HttpRequest, order: PaymentOrder) -> HttpResponseBase:
    """Back from the provider: it is asked at once, so that nobody has to wait for its notification."""
    if order.state == OrderState.DUE:
        try:
            payments.ask_provider(order_id=order.pk)
        except payments.ProviderDown:
            messages.warning(
                request, _("支付渠道还没有告诉我们结果。已经付款的不要再付，结果出来后这里会更新，也会发消息给您。")
            )
            return redirect("cashier:order", order.public_id)
        order.refresh_from_db()
    if order.paid:
        messages.success(request, _("已收到您的缴款，缴款凭证可以下载。"))
    return redirect("cashier:order", order.public_id)


@require_POST
@of_own_order
def ask_back(request: HttpRequest, order: PaymentOrder) -> HttpResponseBase:
    form = RefundForm(request.POST)
    if form.is_valid():
        try:
            payments.ask_refund(actor=actor_of(request), order_id=order.pk, **form.cleaned_data)
        except payments.PaymentRefused as error:
            form.add_error(error.field if error.field in form.fields else None, say(error))
        else:
            messages.success(request, _("退费申请已提交，等待审批。"))
            return redirect("cashier:order", order.public_id)
    return _show(request, order, form, 422)
