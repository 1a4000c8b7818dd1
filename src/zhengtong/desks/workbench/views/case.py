"""One case: everything about it, and the acts of whoever may act."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from zhengtong.capabilities.bundles.public import describe_bundle
from zhengtong.capabilities.cases.public import (
    Case,
    Situation,
    Unacceptable,
    describe_acts,
    describe_case,
    get_case,
    get_consulted_case,
    list_consultations,
    list_return_marks,
    list_waiting,
    open_material,
    open_paper,
    reveal_answers,
    run_act,
    say,
)
from zhengtong.capabilities.licences.public import get_request, list_differences
from zhengtong.core.identity.public import Appointment
from zhengtong.core.worklist.public import WorkTransfer, is_watching, list_transfers, note_opened
from zhengtong.desks.workbench.acts import ACTS, BY_CODE
from zhengtong.kernel.assurance import require_assurance
from zhengtong.screens.access import actor_of, for_staff

VIEW = "cases.view_case"
# Acts that sign a decision (签发): whoever does them may have to prove anew that it is she.
DECISIONS = ("grant", "refuse")
DESK = "workbench"


def find_case(request: HttpRequest, number: str) -> Case:
    """Return the case that this person may see. Raises Http404: an outsider doesn't learn that it exists."""
    actor = actor_of(request)
    case = get_case(actor, number) or get_consulted_case(actor, number)
    if case is None:
        raise Http404
    return case


def describe_moves(moves: Iterable[WorkTransfer]) -> list[dict[str, Any]]:
    """Return through whose hands the open tasks went, for the timeline."""
    return [
        {
            "title": f"{move.item.step} · {move.get_act_display()}",
            "at": move.at,
            "who": " → ".join(_name(each) for each in (move.from_appointment, move.to_appointment)),
            "text": "；".join(filter(None, (_say_who_moved(move), move.reason))),
        }
        for move in moves
    ]


def _say_who_moved(move: WorkTransfer) -> str:
    """Return who made it move, where that isn't one of the two, and in whose stead."""
    if move.by is None or (move.by_id in (move.from_appointment_id, move.to_appointment_id) and move.by_agent is None):
        return ""
    if move.by_agent is None:
        return _("由%(name)s决定") % {"name": move.by.staff.name}
    return _("由%(agent)s代%(name)s办理") % {"agent": move.by_agent.staff.name, "name": move.by.staff.name}


def _name(holder: Appointment | None) -> str:
    return holder.staff.name if holder else _("待领办")


def describe_return(case: Case, described: dict[str, Any]) -> dict[str, Any]:
    """Return the answers and materials with what the approver marked when she returned the case."""
    marks = list_return_marks(case)
    if not marks:
        return {}
    return {
        "sections": [
            replace(
                section,
                answers=tuple(replace(each, mark=marks.get(f"field:{each.key}", "")) for each in section.answers),
            )
            for section in described["sections"]
        ],
        "materials": [replace(each, mark=marks.get(f"material:{each.key}", "")) for each in described["materials"]],
    }


def describe_request(case: Case) -> dict[str, Any]:
    """Return what the case asks about a licence that there is already."""
    request = get_request(case)
    return {"licence_request": request, "licence_differences": list_differences(request)} if request else {}


def render_case(
    request: HttpRequest, situation: Situation, problem: str = "", status: int = 200, *, is_revealed: bool = False
) -> HttpResponse:
    case = situation.case
    described = describe_case(case, DESK, is_revealed=is_revealed)
    context = {
        **described,
        **describe_return(case, described),
        **describe_acts(ACTS, situation, DESK),
        "visits": list(case.site_visits.prefetch_related("officers__staff")),
        "procedures": list(case.procedures.select_related("chair__staff")),
        "waiting": list_waiting(case),
        "consultations": list_consultations(case),
        **describe_request(case),
        "decision": getattr(case, "decision", None),
        "moves": describe_moves(list_transfers("cases.task", [task.pk for task in situation.tasks])),
        "is_watching": is_watching(situation.actor, "cases.case", case.pk),
        **describe_bundle(case, situation.actor, DESK),
        "problem": problem,
        "is_conflict": status == 409,
    }
    return render(request, "workbench/case.html", context, status=status)


def show_fresh(request: HttpRequest, situation: Situation, problem: str, status: int) -> HttpResponse:
    """Show the case as it is now, with what was wrong above it."""
    fresh = find_case(request, situation.case.number or "")
    return render_case(request, Situation.of(fresh, situation.actor), problem, status)


@require_GET
@for_staff(VIEW)
def show_case(request: HttpRequest, number: str) -> HttpResponse:
    situation = Situation.of(find_case(request, number), actor_of(request))
    given = [task.pk for task in situation.tasks if task.delegated_by_id and situation.holds(task.node)]
    note_opened(actor=situation.actor, kind="cases.task", object_ids=given)
    return render_case(request, situation)


@require_POST
@for_staff(VIEW)
def reveal(request: HttpRequest, number: str) -> HttpResponse:
    """Show the personal answers once, for the purpose that was given."""
    situation = Situation.of(find_case(request, number), actor_of(request))
    try:
        reveal_answers(actor=situation.actor, case=situation.case, purpose=request.POST.get("purpose", ""))
    except Unacceptable as error:
        return render_case(request, situation, say(error), 422)
    return render_case(request, situation, is_revealed=True)


@require_http_methods(["GET", "POST"])
@for_staff(VIEW)
def act_on_case(request: HttpRequest, number: str, code: str) -> HttpResponse:
    act = BY_CODE.get(code)
    if act is None:
        raise Http404
    situation = Situation.of(find_case(request, number), actor_of(request))
    back = reverse("workbench:case", args=[situation.case.number])
    if code in DECISIONS and request.method == "POST":
        require_assurance(request, "issue")
    return run_act(request, act, situation, back=back, show_case=show_fresh)


@require_GET
@for_staff(VIEW)
def show_file(request: HttpRequest, number: str, material_id: int) -> HttpResponseBase:
    response = open_material(actor_of(request), find_case(request, number), material_id)
    if response is None:
        raise Http404
    return response


@require_GET
@for_staff(VIEW)
def show_paper(request: HttpRequest, number: str, paper_code: str) -> HttpResponseBase:
    response = open_paper(actor_of(request), find_case(request, number), paper_code)
    if response is None:
        raise Http404
    return response
