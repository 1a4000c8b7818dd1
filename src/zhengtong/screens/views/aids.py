"""What helps people to find their way: the workbench's help, and remembering which tour was seen."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from zhengtong.kernel.policy import ActorKind, Denied
from zhengtong.screens.access import actor_of
from zhengtong.screens.menu import list_entries
from zhengtong.screens.tours import list_tours, remember_tour

_LONGEST = 100


@require_POST
def remember(request: HttpRequest) -> HttpResponse:
    """Keeps that the steps ``step`` of the tour of ``page`` were shown to somebody who is signed in."""
    actor = actor_of(request)
    if actor.account_id is None:
        raise Denied("remember a tour")
    codes = [code[:_LONGEST] for code in request.POST.getlist("step")[:_LONGEST]]
    remember_tour(actor=actor, page=request.POST.get("page", "")[:_LONGEST], codes=codes)
    return HttpResponse(status=204)


@require_safe
def show_help(request: HttpRequest) -> HttpResponse:
    """What this member of staff can do at the workbench, with the way there: her menu, her tours, the keys."""
    actor = actor_of(request)
    if actor.kind is not ActorKind.STAFF:
        raise Denied("read the workbench's help")
    tours = list_tours(actor)
    texts = {step.at: step.text for tour in tours for step in tour.steps}
    entries = [
        (entry, texts.get(entry.url_name, "")) for entry in list_entries(actor) if entry.url_name != "screens:help"
    ]
    context = {
        "tours": tours,
        "explained": [(entry, text) for entry, text in entries if text],
        "others": [entry for entry, text in entries if not text],
    }
    return render(request, "screens/desk_help.html", context)
