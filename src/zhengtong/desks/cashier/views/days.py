"""每日对账 at the desk: the days, one day's differences, settling them, the same as a sheet."""

import csv
import io
from datetime import date, timedelta

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from zhengtong.capabilities.cases.public import say
from zhengtong.capabilities.payments import public as payments
from zhengtong.capabilities.payments.public import RECONCILE, Difference, PaymentRefused, Reconciliation
from zhengtong.core.audit.public import record
from zhengtong.desks.cashier.forms import DayForm, SettlementForm
from zhengtong.kernel.assurance import require_assurance
from zhengtong.screens.access import actor_of, for_staff
from zhengtong.screens.formats import cn_date, cn_datetime, cn_money
from zhengtong.screens.paging import paginate
from zhengtong.screens.templatetags.look import chip


def _standing(day: Reconciliation) -> str:
    if day.waiting:  # type: ignore[attr-defined]  # annotated by the selector
        return chip(_("%(n)d 条待处理") % {"n": day.waiting}, "warning")  # type: ignore[attr-defined]  # the same
    return chip(_("已平"), "success") if not day.total else chip(_("差异已处理"), "success")  # type: ignore[attr-defined]  # the same


@require_GET
@for_staff(RECONCILE)
def list_days(request: HttpRequest) -> HttpResponse:
    return _list(request, DayForm(initial={"day": timezone.localdate() - timedelta(days=1)}))


def _list(request: HttpRequest, form: DayForm, status: int = 200) -> HttpResponse:
    page = paginate(payments.list_reconciliations(), request.GET, order=("-day",))
    context = {
        "form": form,
        "page": page,
        "columns": [
            ("day", _("日期"), "main"),
            ("ours", _("我方"), "number"),
            ("theirs", _("支付渠道"), "number"),
            ("state", _("结果")),
            ("run", _("对账时间")),
        ],
        "rows": [
            {
                "url": reverse("cashier:day", args=[each.day]),
                "cells": {
                    "day": cn_date(each.day),
                    "ours": _count(each.our_count, each.our_yuan),
                    "theirs": _count(each.their_count, each.their_yuan),
                    "state": _standing(each),
                    "run": f"{cn_datetime(each.run_at)} {each.run_by_name}",
                },
            }
            for each in page.rows
        ],
    }
    return render(request, "cashier/days.html", context, status=status)


def _count(number: int, yuan: object) -> str:
    return _("%(n)d 笔，%(sum)s") % {"n": number, "sum": cn_money(str(yuan))}


@require_POST
@for_staff(RECONCILE)
def run(request: HttpRequest) -> HttpResponse:
    form = DayForm(request.POST)
    if form.is_valid():
        try:
            kept = payments.reconcile_day(actor=actor_of(request), day=form.cleaned_data["day"])
        except PaymentRefused as error:
            form.add_error(error.field if error.field in form.fields else None, say(error))
        else:
            messages.success(request, _("%(day)s 的账已经对过。") % {"day": cn_date(kept.day)})
            return redirect("cashier:day", kept.day)
    return _list(request, form, 422)


@require_GET
@for_staff(RECONCILE)
def show_day(request: HttpRequest, day: date) -> HttpResponse:
    return _show(request, day)


def _find(day: date) -> Reconciliation:
    found = payments.get_reconciliation(day)
    if found is None:
        raise Http404
    return found


def _show(
    request: HttpRequest, day: date, form: SettlementForm | None = None, failed: int = 0, status: int = 200
) -> HttpResponse:
    kept = _find(day)
    found = kept.differences.select_related("order", "settled_by__staff").order_by("id")
    context = {
        "kept": kept,
        "state": _standing(kept),
        "summary": [
            (_("我方"), _count(kept.our_count, kept.our_yuan)),
            (_("支付渠道"), _count(kept.their_count, kept.their_yuan)),
            (_("对账时间"), cn_datetime(kept.run_at)),
            (_("对账人"), kept.run_by_name),
        ],
        "differences": [(each, (form if form and each.pk == failed else SettlementForm())) for each in found],
    }
    return render(request, "cashier/day.html", context, status=status)


@require_POST
@for_staff(RECONCILE)
def settle(request: HttpRequest, day: date, difference_id: int) -> HttpResponse:
    kept = _find(day)
    if not Difference.objects.filter(reconciliation=kept, pk=difference_id).exists():
        messages.warning(request, _("这条差异已经没有了：重新对账后两边一致。"))
        return redirect("cashier:day", day)
    form = SettlementForm(request.POST)
    if form.is_valid():
        try:
            payments.settle_difference(
                actor=actor_of(request), difference_id=difference_id, reason=form.cleaned_data["reason"]
            )
        except PaymentRefused as error:
            if error.field not in form.fields:  # settled or gone meanwhile: its form isn't shown any more
                messages.warning(request, say(error))
                return redirect("cashier:day", day)
            form.add_error(error.field, say(error))
        else:
            messages.success(request, _("差异已处理"))
            return redirect("cashier:day", day)
    return _show(request, day, form, difference_id, 422)


@require_GET
@for_staff(RECONCILE)
def export(request: HttpRequest, day: date) -> HttpResponse:
    """The day's differences as a sheet."""
    require_assurance(request, "export")
    kept = _find(day)
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(
        [_("差异"), _("单号"), _("流水号"), _("我方金额（元）"), _("渠道金额（元）"), _("处理时间"), _("处理说明")]
    )
    for each in kept.differences.order_by("id"):
        settled = f"{timezone.localtime(each.settled_at):%Y-%m-%d %H:%M}" if each.settled_at else ""
        writer.writerow(
            [each.get_kind_display(), each.trade, each.reference, each.our_yuan, each.their_yuan, settled, each.reason]
        )
    record(actor_of(request), "payments.export", kept, after={"day": str(day)})
    response = HttpResponse("\ufeff" + text.getvalue(), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="reconciliation-{day}.csv"'
    return response
