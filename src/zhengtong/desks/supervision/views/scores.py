"""Quarterly scores: as they stand, announced, as a spreadsheet and a paper; the formula and its versions."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from zhengtong.capabilities.cases.public import RuleBroken, Unacceptable, say
from zhengtong.capabilities.supervision.public import (
    SCORE_NAMES,
    QuarterScores,
    ScoreFormula,
    announce_quarter,
    find_announced,
    list_public_quarters,
    publish_formula,
    quarter_after,
    quarter_before,
    quarter_of,
)
from zhengtong.core.files.public import file_response
from zhengtong.core.papers.public import Paper, ensure_rendered
from zhengtong.desks.supervision.rule_forms import FormulaForm
from zhengtong.desks.supervision.score_report import (
    SCORES_PAPER,
    announced_quarter,
    issue_scores,
    period_of,
    read_quarter,
    write_workbook,
)
from zhengtong.screens.access import actor_of, for_staff
from zhengtong.screens.sheets.formats import FORMATS

WATCH, SCORE = "supervision.watch", "supervision.announce_scores"
UNPROCESSABLE = 422


def _asked(text: str) -> date:
    """Return the quarter that ``text`` writes as 2026-07; the last whole one for anything else."""
    today = timezone.localdate()
    try:
        first = quarter_of(date.fromisoformat(f"{text}-01")) if len(text) == 7 else None
    except ValueError:
        first = None
    if first is None or first.year < 2000 or first > today:
        return quarter_before(quarter_of(today))
    return first


def _url(first: date) -> str:
    return f"{reverse('supervision:scores')}?quarter={first:%Y-%m}"


@require_GET
@for_staff(WATCH)
def show_scores(request: HttpRequest) -> HttpResponse:
    actor, first = actor_of(request), _asked(request.GET.get("quarter", ""))
    quarter = read_quarter(actor, first)
    following = quarter_after(first)
    is_over = following <= timezone.localdate()
    issuer = quarter.announced.issuer_id if quarter.announced else None
    context = {
        "quarter": quarter,
        "first": f"{first:%Y-%m}",
        "is_over": is_over,
        "may_announce": is_over and quarter.announced is None and actor.has(SCORE) and bool(quarter.offices),
        "may_issue": quarter.announced is not None and actor.has(SCORE) and issuer == actor.organisation,
        "papers": _papers(quarter.announced),
        "previous_url": _url(quarter_before(first)),
        "next_url": _url(following) if following <= timezone.localdate() else "",
        "sheet_url": f"{reverse('supervision:scores_sheet')}?quarter={first:%Y-%m}",
        "cards_url": f"{reverse('supervision:cards')}?from={first:%Y-%m-%d}&until={_last(first)}",
        "names": SCORE_NAMES.items(),
    }
    return render(request, "supervision/scores.html", context)


def _last(first: date) -> str:
    from datetime import timedelta

    return (quarter_after(first) - timedelta(days=1)).isoformat()


def _papers(announced: QuarterScores | None) -> list[Paper]:
    if announced is None:
        return []
    year, n = announced.first_day.year, (announced.first_day.month + 2) // 3
    found = Paper.objects.filter(kind=SCORES_PAPER.code, issuer=announced.issuer, number__contains=f"〔{year}〕{n}号")
    return list(found.order_by("-id")[:20])


@require_POST
@for_staff(SCORE)
def announce(request: HttpRequest) -> HttpResponse:
    first = _asked(request.POST.get("quarter", ""))
    try:
        announce_quarter(actor=actor_of(request), first=first, is_public=request.POST.get("public") == "1")
    except RuleBroken as error:
        messages.error(request, say(error))
    else:
        messages.success(request, _("已公布%(period)s考评") % {"period": period_of(first)})
    return redirect(_url(first))


@require_POST
@for_staff(SCORE)
def issue(request: HttpRequest) -> HttpResponse:
    """Issue the paper of an announced quarter."""
    actor, first = actor_of(request), _asked(request.POST.get("quarter", ""))
    announced = find_announced(actor, first)
    if announced is None or announced.issuer_id != actor.organisation:
        raise Http404
    paper = issue_scores(actor=actor, announced=announced)
    messages.success(request, _("已制发%(number)s") % {"number": paper.number})
    return redirect(_url(first))


@require_GET
@for_staff(WATCH)
def show_paper(request: HttpRequest, code: str) -> HttpResponseBase:
    actor = actor_of(request)
    paper = Paper.objects.filter(kind=SCORES_PAPER.code, code=code).select_related("file").first()
    if paper is None or (paper.issuer_id != actor.organisation and paper.issuer_id not in actor.reach(WATCH)):
        raise Http404
    rendered = ensure_rendered(paper)
    if rendered.file is None:
        raise Http404
    return file_response(rendered.file, actor=actor, as_attachment=False)


@require_GET
@for_staff(WATCH)
def download_sheet(request: HttpRequest) -> HttpResponseBase:
    quarter = read_quarter(actor_of(request), _asked(request.GET.get("quarter", "")))
    response = StreamingHttpResponse(write_workbook(quarter), content_type=FORMATS["xlsx"].content_type)
    name = f"{SCORES_PAPER.title}-{quarter.first:%Y%m}.xlsx"
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    return response


@require_http_methods(["GET", "POST"])
@for_staff(SCORE)
def write_formula(request: HttpRequest) -> HttpResponseBase:
    """The formula: its current text to change, its versions, the names that it may ask for."""
    versions = list(ScoreFormula.objects.select_related("published_by__staff").order_by("-number"))
    initial: dict[str, Any] = {}
    if versions:
        known = ("expression", "excellent", "good", "passing")
        initial = {name: getattr(versions[0], name) for name in known} | {"based_on": versions[0].number}
    form = FormulaForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            formula = publish_formula(actor=actor_of(request), **form.cleaned_data)
        except RuleBroken as error:
            name = error.field if isinstance(error, Unacceptable) else ""
            form.add_error(name if name in form.fields else None, say(error))
        else:
            messages.success(request, _("已发布第%(number)d版") % {"number": formula.number})
            return redirect("supervision:formula")
    context = {"form": form, "versions": versions, "names": SCORE_NAMES.items()}
    return render(request, "supervision/formula.html", context, status=UNPROCESSABLE if form.errors else 200)


@require_GET
def show_public(request: HttpRequest) -> HttpResponse:
    """The quarters that were announced to the public: offices only, no people."""
    quarters = list(list_public_quarters()[:8])
    asked = request.GET.get("quarter", "")
    chosen = next((each for each in quarters if str(each.pk) == asked), quarters[0] if quarters else None)
    context = {
        "quarters": [(each.pk, f"{period_of(each.first_day)} {each.issuer.short_name}") for each in quarters],
        "chosen": chosen,
        "quarter": announced_quarter(chosen) if chosen else None,
    }
    return render(request, "supervision/scores_public.html", context)
