"""The monthly report on the screen, as a spreadsheet, and issued as a paper."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from zhengtong.core.files.public import file_response
from zhengtong.core.identity.public import Organisation
from zhengtong.core.papers.public import Paper, ensure_rendered
from zhengtong.desks.supervision.figures import month_after, month_before, month_of
from zhengtong.desks.supervision.issuing import REPORT_PAPER, MonthNotOver, issue_report, list_issued, number_of
from zhengtong.desks.supervision.listing import WATCH
from zhengtong.desks.supervision.report import COLUMNS, Report, make_report, write_workbook
from zhengtong.kernel.policy import Denied
from zhengtong.screens.access import actor_of, for_staff
from zhengtong.screens.sheets.formats import FORMATS


def _asked(request: HttpRequest, text: str) -> Report:
    return make_report(actor_of(request), WATCH, month_of(text, timezone.localdate()))


def _issuer(request: HttpRequest) -> Organisation:
    """Return the organ in whose name the report is. Raises Denied for who acts in none."""
    organisation = actor_of(request).organisation
    if organisation is None:
        raise Denied(WATCH)
    return Organisation.objects.get(pk=organisation)


def _url(report: Report) -> str:
    return f"{reverse('supervision:report')}?month={report.month:%Y-%m}"


@require_GET
@for_staff(WATCH)
def show_report(request: HttpRequest) -> HttpResponse:
    report, issuer = _asked(request, request.GET.get("month", "")), _issuer(request)
    today = timezone.localdate()
    following = month_after(report.month)
    here = reverse("supervision:report")
    context = {
        "report": report,
        "month": f"{report.month:%Y-%m}",
        "today": f"{today:%Y-%m}",
        "heads": [column.title for column in COLUMNS],
        "issuer": issuer,
        "number": number_of(issuer, report),
        "is_over": report.last_day < today,
        "papers": list(list_issued(issuer, report)),
        "previous_url": f"{here}?month={month_before(report.month):%Y-%m}",
        "next_url": f"{here}?month={following:%Y-%m}" if following <= today else "",
        "sheet_url": f"{reverse('supervision:report_sheet')}?month={report.month:%Y-%m}",
        "now": timezone.now(),
        # What stands behind three of the figures.
        "decided_url": f"{reverse('supervision:cases')}?kind=licence&decided={report.month:%Y-%m}",
    }
    return render(request, "supervision/report.html", context)


@require_GET
@for_staff(WATCH)
def download_sheet(request: HttpRequest) -> HttpResponseBase:
    """The report as xlsx."""
    report, issuer = _asked(request, request.GET.get("month", "")), _issuer(request)
    title = f"{issuer.name}{REPORT_PAPER.title}"
    response = StreamingHttpResponse(write_workbook(report, title), content_type=FORMATS["xlsx"].content_type)
    name = f"{REPORT_PAPER.title}-{report.month:%Y%m}.xlsx"
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    return response


@require_POST
@for_staff(WATCH)
def issue(request: HttpRequest) -> HttpResponse:
    """Issue the paper of an ended month; twice is once."""
    report = _asked(request, request.POST.get("month", ""))
    try:
        paper = issue_report(actor=actor_of(request), report=report, permission=WATCH)
    except MonthNotOver:
        messages.error(request, _("本月还没有结束，数字会变；月底以后再制发。现在可以导出表格或者打印本页。"))
    else:
        messages.success(request, _("已制发%(number)s") % {"number": paper.number})
    return redirect(_url(report))


@require_GET
@for_staff(WATCH)
def show_paper(request: HttpRequest, code: str) -> HttpResponseBase:
    """The PDF of an issued report, to whoever watches its issuer's reach."""
    actor = actor_of(request)
    paper = Paper.objects.filter(kind=REPORT_PAPER.code, code=code).select_related("file").first()
    if paper is None or (paper.issuer_id != actor.organisation and paper.issuer_id not in actor.reach(WATCH)):
        raise Http404
    rendered = ensure_rendered(paper)
    if rendered.file is None:
        raise Http404
    return file_response(rendered.file, actor=actor, as_attachment=False)
