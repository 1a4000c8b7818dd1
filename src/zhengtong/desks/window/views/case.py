"""One case at the counter: form and papers side by side, the clock, the acts."""

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from zhengtong.capabilities.bundles.public import describe_bundle, is_bundle
from zhengtong.capabilities.cases.public import (
    Situation,
    Unacceptable,
    describe_acts,
    describe_case,
    get_open_notice,
    open_material,
    open_paper,
    reveal_answers,
    run_act,
    say,
)
from zhengtong.capabilities.payments.public import describe_fees
from zhengtong.desks.window.acts import ACTS, BY_CODE
from zhengtong.desks.window.views.bundle import describe_receiving
from zhengtong.desks.window.views.finding import find_case
from zhengtong.screens.access import actor_of, for_staff

COUNTER = ("cases.accept_case", "cases.deliver_case", "cases.file_for_applicant")
DESK = "window"


def render_case(
    request: HttpRequest, situation: Situation, problem: str = "", status: int = 200, *, is_revealed: bool = False
) -> HttpResponse:
    case = situation.case
    context = {
        **describe_case(case, DESK, is_revealed=is_revealed),
        **describe_acts(ACTS, situation, DESK),
        "notice": get_open_notice(case),
        "fees": describe_fees(case),
        "rounds": case.correction_notices.count(),
        "is_new": "filed" in request.GET,
        **describe_bundle(case, situation.actor, DESK),
        "problem": problem,
        "is_conflict": status == 409,
    }
    if is_bundle(case):
        context |= describe_receiving(case, context["materials"], may_accept=situation.actor.has(COUNTER[0]))
        return render(request, "window/bundle.html", context, status=status)
    return render(request, "window/case.html", context, status=status)


def show_fresh(request: HttpRequest, situation: Situation, problem: str, status: int) -> HttpResponse:
    """Show the case as it is now, with what was wrong above it."""
    fresh = find_case(request, situation.case.number or "")
    return render_case(request, Situation.of(fresh, situation.actor), problem, status)


@require_GET
@for_staff(*COUNTER)
def show_case(request: HttpRequest, number: str) -> HttpResponse:
    return render_case(request, Situation.of(find_case(request, number), actor_of(request)))


@require_POST
@for_staff(*COUNTER)
def reveal(request: HttpRequest, number: str) -> HttpResponse:
    """Show the personal answers once, for the purpose that was given."""
    situation = Situation.of(find_case(request, number), actor_of(request))
    try:
        reveal_answers(actor=situation.actor, case=situation.case, purpose=request.POST.get("purpose", ""))
    except Unacceptable as error:
        return render_case(request, situation, say(error), 422)
    return render_case(request, situation, is_revealed=True)


@require_http_methods(["GET", "POST"])
@for_staff(*COUNTER)
def act_on_case(request: HttpRequest, number: str, code: str) -> HttpResponse:
    act = BY_CODE.get(code)
    if act is None:
        raise Http404
    situation = Situation.of(find_case(request, number), actor_of(request))
    back = reverse("window:case", args=[situation.case.number])
    return run_act(request, act, situation, back=back, show_case=show_fresh)


@require_GET
@for_staff(*COUNTER)
def show_file(request: HttpRequest, number: str, material_id: int) -> HttpResponseBase:
    response = open_material(actor_of(request), find_case(request, number), material_id)
    if response is None:
        raise Http404
    return response


@require_GET
@for_staff(*COUNTER)
def show_paper(request: HttpRequest, number: str, paper_code: str) -> HttpResponseBase:
    response = open_paper(actor_of(request), find_case(request, number), paper_code)
    if response is None:
        raise Http404
    return response
