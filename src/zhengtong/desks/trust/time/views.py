"""The desk's pages on trusted time."""

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from zhengtong.capabilities.pki.public import get_trust_anchors
from zhengtong.capabilities.timestamps.public import (
    ClockPolicy,
    TimestampToken,
    check_stored,
    count_by_day,
    get_clock,
    list_tokens,
    name_kind,
    say_fault,
)
from zhengtong.desks.trust.time.forms import CheckForm
from zhengtong.screens.access import for_staff
from zhengtong.screens.paging import paginate
from zhengtong_verify.timestamp import check_file

VIEW = "timestamps.view_register"
DAYS = 14
UNPROCESSABLE = 422


@require_safe
@for_staff(VIEW)
def show_time(request: HttpRequest) -> HttpResponseBase:
    """The clock, what was stamped lately, and the register."""
    search = request.GET.get("q", "").strip()[:200]
    page = paginate(list_tokens(search), request.GET, order=("-gen_at", "-id"))
    clock, days = get_clock(), count_by_day(DAYS)
    fault = clock.find_fault()
    context = {
        "clock": clock,
        "is_local": clock.policy is ClockPolicy.LOCAL,
        "fault": say_fault(fault) if fault else "",
        "days": list(reversed(days)),
        "most": max(1, *(count for _day, count in days)),
        "today": days[-1][1],
        "week": sum(count for _day, count in days[-7:]),
        "page": page,
        "rows": [(token, name_kind(token.kind)) for token in page.rows],
        "search": search,
    }
    return render(request, "trust/time.html", context)


@require_safe
@for_staff(VIEW)
def show_token(request: HttpRequest, serial: str) -> HttpResponseBase:
    """One token, judged now as anybody outside would."""
    token = get_object_or_404(TimestampToken, serial=serial)
    verdict = check_stored(token)
    summary = [
        (_("类别"), name_kind(token.kind)),
        (_("对象"), token.key or "—"),
        (_("摘要算法"), token.algorithm.replace("_", "-").upper()),
        (_("摘要"), token.digest),
        (_("序列号"), token.serial),
        (_("时间策略"), token.policy),
        (_("签发者"), verdict.authority or "—"),
    ]
    context = {"token": token, "verdict": verdict, "summary": summary}
    return render(request, "trust/token.html", context)


@require_safe
@for_staff(VIEW)
def download_token(request: HttpRequest, serial: str) -> HttpResponseBase:
    token = get_object_or_404(TimestampToken, serial=serial)
    response = HttpResponse(bytes(token.token), content_type="application/vnd.etsi.timestamp-token")
    response.headers["Content-Disposition"] = f'attachment; filename="{token.serial}.tst"'
    return response


@require_http_methods(["GET", "POST"])
@for_staff(VIEW)
def check(request: HttpRequest) -> HttpResponseBase:
    """A token that somebody brought, and what it is said to prove. Nothing of it is kept."""
    is_sent = request.method == "POST"
    form = CheckForm(request.POST if is_sent else None, request.FILES if is_sent else None)
    verdict = None
    if is_sent and form.is_valid():
        token, document = form.cleaned_data["token"], form.cleaned_data["document"]
        verdict = check_file(token.read(), document.read(), anchors=get_trust_anchors())
    context = {"form": form, "verdict": verdict}
    return render(request, "trust/check_token.html", context, status=UNPROCESSABLE if form.errors else 200)
