"""The heat map: where cases wait and how long; the cases behind a number; where one case is."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from zhengtong.capabilities.workflow.public import (
    NodeEvent,
    Process,
    ProcessInstance,
    get_graph,
    list_node_events,
    list_open_nodes,
)
from zhengtong.desks.processes.cases import case_page, list_seen, may_see, name_subjects
from zhengtong.desks.processes.finding import find_process, live_of
from zhengtong.desks.processes.heat import Wait, read_waits
from zhengtong.desks.processes.permissions import COMPILE, VIEW_CASE
from zhengtong.desks.processes.words import list_words
from zhengtong.screens.access import actor_of, for_staff
from zhengtong.screens.paging import paginate

PERIODS = (7, 30, 90, 365)


@require_GET
@for_staff(COMPILE)
def show_heat(request: HttpRequest, code: str) -> HttpResponse:
    process = find_process(request, code)
    asked = request.GET.get("days", "")
    days = int(asked) if asked.isdecimal() and int(asked) in PERIODS else 30
    version = live_of(process) or process.versions.exclude(status="draft").order_by("-number").first()
    waits = read_waits(process, days)
    context: dict[str, object] = {
        "process": process,
        "days": days,
        "periods": [(_("近%(days)d天") % {"days": each}, f"?days={each}", each == days) for each in PERIODS],
        "words": list_words(),
    }
    if version is not None:
        nodes = get_graph(version).nodes
        order = {node: number for number, node in enumerate(nodes)}
        found = sorted(waits.values(), key=lambda each: order.get(each.node, len(order)))
        context["rows"] = [
            {
                "wait": each,
                "title": nodes[each.node].title
                if each.node in nodes
                else _("%(node)s（不在现行版本里）") % {"node": each.node},
                "url": _list_url(process, each.node) if each.waiting else "",
            }
            for each in found
        ]
        drawn = [each for each in found if each.node in nodes]
        context["drawing"] = {"bpmn": version.bpmn, "marks": _marks(drawn), "badges": _badges(process, drawn)}
    return render(request, "processes/heat.html", context)


def _gone(node: str) -> str:
    return _("%(node)s（不在现行版本里）") % {"node": node}


def _list_url(process: Process, node: str) -> str:
    return f"{reverse('processes:waiting', args=[process.code])}?node={node}"


def _marks(waits: list[Wait]) -> dict[str, str]:
    """Return the hottest: more than half of what the fullest node holds is hot, the rest that holds any warm."""
    fullest = max((each.waiting for each in waits), default=0)
    return {each.node: "hot" if each.waiting * 2 > fullest else "warm" for each in waits if each.waiting}


def _badges(process: Process, waits: list[Wait]) -> list[dict[str, str]]:
    return [
        {
            "id": each.node,
            "text": _("等%(n)d件 · %(median)s/%(slow)s小时")
            % {"n": each.waiting, "median": each.median, "slow": each.slow},
            "tone": "warning" if each.waiting else "info",
            "url": _list_url(process, each.node) if each.waiting else "",
        }
        for each in waits
    ]


@require_GET
@for_staff(COMPILE)
def show_waiting(request: HttpRequest, code: str) -> HttpResponse:
    """The cases that wait at a node, the longest first. Whoever may not see a case learns its number only."""
    actor = actor_of(request)
    process = find_process(request, code)
    node = request.GET.get("node", "")[:200]
    found = NodeEvent.objects.filter(process=process, node_id=node, left_at=None).select_related("instance__version")
    page = paginate(found, request.GET, order=("entered_at", "id"))
    subjects = [(each.instance.subject_label, each.instance.subject_id) for each in page.rows]
    names, seen, opens = name_subjects(subjects), list_seen(actor, subjects), case_page(actor)
    now = timezone.now()
    rows = []
    for stay, subject in zip(page.rows, subjects, strict=True):
        number = names.get(subject, "")
        rows.append(
            {
                "number": number or f"{subject[0]} {subject[1]}",
                "url": reverse(opens, args=[number]) if number and opens and subject[1] in seen else "",
                "since": stay.entered_at,
                "hours": round((now - stay.entered_at).total_seconds() / 3600, 1),
                "version": stay.instance.version.number,
            }
        )
    live = live_of(process)
    nodes = get_graph(live).nodes if live else {}
    title = nodes[node].title if node in nodes else node
    context = {"process": process, "title": title, "rows": rows, "page": page}
    return render(request, "processes/waiting.html", context)


@require_GET
@for_staff(VIEW_CASE)
def show_instance(request: HttpRequest, instance_id: int) -> HttpResponse:
    """Where one case is on its process's drawing: a page, or, asked for by htmx, a part of another desk's page."""
    instance = ProcessInstance.objects.select_related("version__process").filter(pk=instance_id).first()
    if instance is None or not may_see(actor_of(request), instance):
        raise Http404
    nodes = get_graph(instance.version).nodes
    marks: dict[str, str] = {}
    for event in list_node_events(instance):
        if event.node_id in nodes:
            marks[nodes[event.node_id].element or event.node_id] = "passed"
    waiting = list_open_nodes(instance)
    for each in waiting:
        marks[nodes[each.node_id].element or each.node_id] = "current"
    context = {
        "instance": instance,
        "number": name_subjects([(instance.subject_label, instance.subject_id)]).get(
            (instance.subject_label, instance.subject_id), ""
        ),
        "waiting": [each.title for each in waiting],
        "drawing": {"bpmn": instance.version.bpmn, "marks": marks},
        "words": list_words(),
    }
    is_part = request.headers.get("HX-Request") == "true"
    return render(request, f"processes/{'instance_drawing' if is_part else 'instance'}.html", context)
