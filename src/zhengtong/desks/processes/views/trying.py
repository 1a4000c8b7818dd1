"""A trial walk through the draft, or through the version in force where there is none."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from zhengtong.desks.processes.finding import find_process, newest_of, to_lines
from zhengtong.desks.processes.options import list_options
from zhengtong.desks.processes.permissions import COMPILE
from zhengtong.desks.processes.simulating import list_choices, list_inputs, mark_path, say_who, tell, walk
from zhengtong.desks.processes.words import list_words
from zhengtong.screens.access import actor_of, for_staff

LONGEST = 300


@require_http_methods(["GET", "POST"])
@for_staff(COMPILE)
def show_simulation(request: HttpRequest, code: str) -> HttpResponse:
    """Ask for sample answers; a trial writes nothing, so it isn't recorded."""
    actor = actor_of(request)
    process = find_process(request, code)
    version = newest_of(process)
    if version is None:
        raise Http404
    options = list_options(actor, process)
    titles = {key: {each["value"]: each["title"] for each in rows} for key, rows in options.items() if key != "names"}

    def title(key: str, value: str) -> str:
        return str(titles[key].get(value, value))

    given = {
        each["name"]: request.POST.get(f"given-{each['name']}", "").strip()[:LONGEST]
        for each in list_inputs(process, version.bpmn)
    }
    choices = list_choices(version.bpmn)
    chosen = {each["id"]: request.POST.get(f"chosen-{each['id']}", "")[:LONGEST] for each in choices}
    context = {
        "process": process,
        "version": version,
        "inputs": [{**each, "value": given[each["name"]]} for each in list_inputs(process, version.bpmn)],
        "choices": [{**each, "value": chosen[each["id"]]} for each in choices],
        "drawing": {"bpmn": version.bpmn},
        "words": list_words(),
    }
    if request.method == "POST":
        trace = walk(version.bpmn, given, chosen)
        context |= {
            "trace": trace,
            "steps": tell(trace, version.bpmn, title),
            "waiting": [{"title": each.title, "who": say_who(each.spec, title, version.bpmn)} for each in trace.open],
            "findings": [each for each in to_lines(trace.findings) if each["level"] == "error"],
            "drawing": {"bpmn": version.bpmn, "marks": mark_path(trace, version.bpmn), "badges": _badges(trace)},
            "verdict": _("走到了结束。") if trace.has_ended else "",
        }
    return render(request, "processes/simulate.html", context)


def _badges(trace: object) -> list[dict[str, str]]:
    """Return the order in which nodes were worked at, written on the drawing."""
    numbers: dict[str, list[str]] = {}
    for number, step in enumerate(getattr(trace, "steps", ()), 1):
        numbers.setdefault(step.node_id, []).append(str(number))
    return [{"id": node, "text": "、".join(found[:4]), "tone": "success"} for node, found in numbers.items()]
