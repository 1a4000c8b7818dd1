"""The lists of processes and of what went wrong in running ones; beginning a process."""

from django.contrib import messages
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from zhengtong.capabilities.workflow.public import (
    InstanceStatus,
    ProcessVersion,
    VersionStatus,
    WorkflowRefused,
    list_problems,
    settle_problem,
)
from zhengtong.desks.processes.finding import open_processes
from zhengtong.desks.processes.forms import ProcessForm
from zhengtong.desks.processes.options import list_items_of
from zhengtong.desks.processes.permissions import COMPILE
from zhengtong.desks.processes.services import begin_process
from zhengtong.screens.access import actor_of, for_staff
from zhengtong.screens.paging import paginate

UNPROCESSABLE = 422
MOST_PROBLEMS = 20


def desk_tabs(current: str) -> list[tuple[str, str, bool]]:
    pages = (("processes", _("流程")), ("tables", _("决策表")))
    return [(title, reverse(f"processes:{name}"), name == current) for name, title in pages]


@require_GET
@for_staff(COMPILE)
def show_processes(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    query = request.GET.get("q", "").strip()[:60]
    found = open_processes(actor).select_related("organisation")
    if query:
        found = found.filter(Q(name__icontains=query) | Q(code__icontains=query))
    page = paginate(found, request.GET, order=("-id",))
    rows = list(page.rows)
    versions = ProcessVersion.objects.filter(process__in=rows).exclude(status=VersionStatus.RETIRED)
    states: dict[tuple[int, str], ProcessVersion] = {
        (each.process_id, each.status): each for each in versions.defer("bpmn", "pinned", "layout")
    }
    running = Count("instances", filter=Q(instances__status=InstanceStatus.RUNNING))
    counted = (
        ProcessVersion.objects.filter(process__in=rows).order_by().values_list("process").annotate(running=running)
    )
    counts: dict[int, int] = {}
    for process_id, count in counted:
        counts[process_id] = counts.get(process_id, 0) + count
    items: dict[str, list[str]] = {}
    for version in list_items_of(*(each.code for each in rows)):
        items.setdefault(version.definition["process"], []).append(version.item.name)
    lines = [
        {
            "process": each,
            "live": states.get((each.pk, VersionStatus.PUBLISHED)),
            "draft": states.get((each.pk, VersionStatus.DRAFT)),
            "items": items.get(each.code, []),
            "running": counts.get(each.pk, 0),
        }
        for each in rows
    ]
    context = {
        "tabs": desk_tabs("processes"),
        "lines": lines,
        "page": page,
        "query": query,
        "problems": list_problems(actor)[:MOST_PROBLEMS],
    }
    return render(request, "processes/list.html", context)


@require_http_methods(["GET", "POST"])
@for_staff(COMPILE)
def new_process(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    live = ProcessVersion.objects.filter(process__in=open_processes(actor), status=VersionStatus.PUBLISHED)
    bases = list(live.order_by("process__name").values_list("process__code", "process__name")[:200])
    form = ProcessForm(actor, bases, request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = dict(form.cleaned_data)
        base = live.filter(process__code=given["base"]).values_list("bpmn", flat=True).first() or ""
        try:
            process = begin_process(actor=actor, **{**given, "base": base})
        except WorkflowRefused as error:
            form.add_error(error.field if error.field in form.fields else None, error.sentence)
        else:
            return redirect("processes:design", code=process.code)
    context = {"form": form, "title": _("新建流程"), "act": _("开始画"), "back": reverse("processes:processes")}
    return render(request, "processes/begin.html", context, status=UNPROCESSABLE if form.errors else 200)


@require_POST
@for_staff(COMPILE)
def settle(request: HttpRequest, problem_id: int) -> HttpResponse:
    actor = actor_of(request)
    problem = list_problems(actor).filter(pk=problem_id).first()
    if problem is None:
        raise Http404
    settle_problem(actor=actor, problem=problem)
    messages.success(request, _("已标记为处理完毕。"))
    return redirect("processes:processes")
