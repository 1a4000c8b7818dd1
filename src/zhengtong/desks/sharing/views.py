"""The ranking of a month, one department's year, circulars; and for the public what is shared."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from zhengtong.capabilities.sharing.public import (
    SUPERVISE,
    WATCH,
    Circular,
    Line,
    Measure,
    Rectification,
    amend_circular,
    draft_circular,
    issue_circular,
    list_months,
    list_stale,
    month_after,
    month_before,
    read_month,
    read_year,
    write_table,
)
from zhengtong.core.audit.public import record
from zhengtong.core.files.public import file_response
from zhengtong.core.identity.public import Organisation, Refused
from zhengtong.core.papers.public import ensure_rendered
from zhengtong.desks.sharing.forms import CircularForm
from zhengtong.desks.sharing.pages import chart_rows, chart_scores, chart_year, read_asked, write_workbook
from zhengtong.screens.access import actor_of, for_staff
from zhengtong.screens.sheets.formats import FORMATS

UNPROCESSABLE = 422
MOST_SHOWN = 20


def _office_url(line: Line, month: str) -> str:
    return f"{reverse('sharing_desk:office', args=[line.organisation.public_id])}?month={month}"


@require_GET
@for_staff(WATCH)
def show_ranking(request: HttpRequest) -> HttpResponse:
    actor, today = actor_of(request), timezone.localdate()
    asked = read_asked(request.GET.get("month", ""), today)
    month, written = read_month(asked, actor.reach(WATCH)), f"{asked:%Y-%m}"
    following, here = month_after(asked), reverse("sharing_desk:ranking")
    context = {
        "month": month,
        "written": written,
        "today": f"{today:%Y-%m}",
        "lines": [(line, _office_url(line, written)) for line in month.lines],
        "chart": chart_scores(month, lambda line: _office_url(line, written)),
        "year": chart_rows(read_year(None)) if len(month.lines) > 1 else {},
        "previous_url": f"{here}?month={month_before(asked):%Y-%m}",
        "next_url": f"{here}?month={following:%Y-%m}" if following <= today else "",
        "sheet_url": f"{reverse('sharing_desk:sheet')}?month={written}",
        "may_supervise": actor.has(SUPERVISE),
    }
    return render(request, "sharing/ranking.html", context)


@require_GET
@for_staff(WATCH)
def download_sheet(request: HttpRequest) -> HttpResponseBase:
    actor = actor_of(request)
    asked = read_asked(request.GET.get("month", ""), timezone.localdate())
    month = read_month(asked, actor.reach(WATCH))
    record(actor, "sharing.export", ("sharing.month", f"{asked:%Y-%m}"), after={"count": len(month.lines)})
    response = StreamingHttpResponse(write_workbook(month), content_type=FORMATS["xlsx"].content_type)
    name = f"{_('共享考核')}-{asked:%Y%m}.xlsx"
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    return response


@require_GET
@for_staff(WATCH)
def show_office(request: HttpRequest, office: UUID) -> HttpResponse:
    actor = actor_of(request)
    organisation = get_object_or_404(Organisation, public_id=office)
    if organisation.pk not in actor.reach(WATCH):
        raise Http404
    asked = read_asked(request.GET.get("month", ""), timezone.localdate())
    month = read_month(asked, frozenset({organisation.pk}))
    year = read_year(organisation.pk)
    stale = list(list_stale(organisation.pk)[: MOST_SHOWN + 1])
    context = {
        "organisation": organisation,
        "month": month,
        "written": f"{asked:%Y-%m}",
        "line": month.lines[0] if month.lines else None,
        "charts": [(f"chart-{measure}", chart) for measure in Measure if (chart := chart_year(year, measure))],
        "stale": stale[:MOST_SHOWN],
        "has_more": len(stale) > MOST_SHOWN,
        "rectifications": Rectification.objects.filter(organisation=organisation).order_by("-id")[:MOST_SHOWN],
        "may_supervise": actor.has(SUPERVISE),
        "back_url": f"{reverse('sharing_desk:ranking')}?month={asked:%Y-%m}",
    }
    return render(request, "sharing/office.html", context)


@require_GET
@for_staff(WATCH)
def list_circulars(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    circulars = Circular.objects.select_related("paper").order_by("-month")
    if not actor.has(SUPERVISE):
        circulars = circulars.exclude(issued_at=None)
    drafted = set(Circular.objects.values_list("month", flat=True))
    context = {
        "circulars": list(circulars[:60]),
        "months": [(f"{month:%Y-%m}", f"{month:%Y-%m}") for month in list_months(24) if month not in drafted],
        "may_supervise": actor.has(SUPERVISE),
    }
    return render(request, "sharing/circulars.html", context)


@require_POST
@for_staff(SUPERVISE)
def draft(request: HttpRequest) -> HttpResponse:
    asked = read_asked(request.POST.get("month", ""), timezone.localdate())
    try:
        circular = draft_circular(actor=actor_of(request), month=asked)
    except Refused as refused:
        messages.error(request, str(refused.message))
        return redirect("sharing_desk:circulars")
    return redirect("sharing_desk:circular", pk=circular.pk)


def _get(request: HttpRequest, pk: int) -> Circular:
    circular = get_object_or_404(Circular.objects.select_related("paper__file"), pk=pk)
    if circular.issued_at is None and not actor_of(request).has(SUPERVISE):
        raise Http404
    return circular


@require_http_methods(["GET", "POST"])
@for_staff(WATCH)
def show_circular(request: HttpRequest, pk: int) -> HttpResponse:
    """Read it; while it is a draft, who supervises writes it here."""
    circular, actor = _get(request, pk), actor_of(request)
    initial = {"title": circular.title, "opening": circular.opening, "demands": circular.demands}
    form = CircularForm(request.POST or None, initial=initial) if circular.issued_at is None else None
    if form is not None and request.method == "POST" and form.is_valid():
        try:
            amend_circular(actor=actor, circular=circular, **form.cleaned_data)
        except Refused as refused:
            form.add_error(refused.field if refused.field in form.fields else None, str(refused.message))
        else:
            messages.success(request, _("已保存"))
            return redirect("sharing_desk:circular", pk=pk)
    month = read_month(circular.month)
    context: dict[str, Any] = {
        "circular": circular,
        "form": form,
        "table": circular.figures[0] if circular.figures else write_table(month),
        "is_frozen": month.is_frozen,
        "opening": circular.opening.splitlines(),
        "demands": circular.demands.splitlines(),
    }
    status = UNPROCESSABLE if form is not None and form.errors else 200
    return render(request, "sharing/circular.html", context, status=status)


@require_POST
@for_staff(SUPERVISE)
def issue(request: HttpRequest, pk: int) -> HttpResponse:
    try:
        circular = issue_circular(actor=actor_of(request), circular=_get(request, pk))
    except Refused as refused:
        messages.error(request, str(refused.message))
    else:
        number = circular.paper.number if circular.paper else ""
        messages.success(request, _("已印发%(number)s") % {"number": number})
    return redirect("sharing_desk:circular", pk=pk)


@require_GET
@for_staff(WATCH)
def show_paper(request: HttpRequest, pk: int) -> HttpResponseBase:
    circular = _get(request, pk)
    if circular.paper is None:
        raise Http404
    rendered = ensure_rendered(circular.paper)
    if rendered.file is None:
        raise Http404
    return file_response(rendered.file, actor=actor_of(request), as_attachment=False)


@require_safe
def show_public(request: HttpRequest) -> HttpResponse:
    """What departments share, as final months have it: no persons, no content, no connection."""
    months = list_months(24)
    final = next((month for month in (read_month(each) for each in months) if month.is_frozen), None)
    shown = final or (read_month(months[0]) if months else None)
    year = read_year(None)
    context = {
        "month": shown,
        "chart": chart_rows(year),
        "rate": chart_year(year, Measure.SHARING_RATE),
        "lines": [line for line in shown.lines if line.counts.published] if shown else [],
    }
    return render(request, "sharing/public.html", context)
