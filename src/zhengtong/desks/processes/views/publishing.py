"""The second look before a drawing is published, and the versions that were."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from zhengtong.capabilities.workflow.public import (
    InstanceStatus,
    Process,
    ProcessInstance,
    ProcessVersion,
    Unpublishable,
    UnreadableDrawing,
    WorkflowRefused,
    check_process,
    publish_process,
)
from zhengtong.desks.processes.comparing import Comparison, compare_drawings
from zhengtong.desks.processes.finding import draft_of, find_process, find_version, live_of, may_change, to_lines
from zhengtong.desks.processes.options import list_forms, list_options
from zhengtong.desks.processes.permissions import COMPILE
from zhengtong.desks.processes.staffing import name_unstaffed
from zhengtong.desks.processes.words import list_words
from zhengtong.kernel.policy import Actor, require
from zhengtong.screens.access import actor_of, for_staff

REFUSED = 409
_LISTS = {
    "role": "roles",
    "organisation": "organisations",
    "relation": "relations",
    "table": "tables",
    "documents": "documents",
    "departments": "departments",
}


def compare(actor: Actor, process: Process, old: str, new: str) -> Comparison:
    options = list_options(actor, process)
    titles = {setting: {each["value"]: each["title"] for each in options[key]} for setting, key in _LISTS.items()}

    def title(setting: str, value: str) -> str:
        known = titles.get(setting, {})
        return "、".join(known.get(part.strip(), part.strip()) for part in value.split(","))

    try:
        return compare_drawings(old, new, title)
    except UnreadableDrawing as error:
        return Comparison([str(error)])


@require_http_methods(["GET", "POST"])
@for_staff(COMPILE)
def publish(request: HttpRequest, code: str) -> HttpResponse:
    actor = actor_of(request)
    process = find_process(request, code)
    require(actor, COMPILE, process)
    problem = ""
    if request.method == "POST":
        try:
            version = publish_process(
                actor=actor,
                process=process,
                digest=request.POST.get("digest", ""),
                staffing=name_unstaffed,
                forms=list_forms(process),
            )
        except WorkflowRefused as error:
            problem = error.sentence
            if not isinstance(error, Unpublishable) and draft_of(process) is None:
                messages.error(request, problem)
                return redirect("processes:process", code=code)
        else:
            said = _("第%(number)d版已发布，以后受理的办件走这一版。") % {"number": version.number}
            messages.success(request, said)
            return redirect("processes:process", code=code)
    draft, live = draft_of(process), live_of(process)
    if draft is None:
        messages.info(request, _("没有改动，不用发布。"))
        return redirect("processes:process", code=code)
    findings = to_lines(check_process(draft.bpmn, staffing=name_unstaffed, forms=list_forms(process)))
    context: dict[str, Any] = {
        "process": process,
        "draft": draft,
        "live": live,
        "findings": findings,
        "has_errors": any(each["level"] == "error" for each in findings),
        "problem": problem,
        "words": list_words(),
        "running": ProcessInstance.objects.filter(version__process=process, status=InstanceStatus.RUNNING).count(),
        **_pair(actor, process, live, draft),
    }
    return render(request, "processes/publish.html", context, status=REFUSED if problem else 200)


def _pair(actor: Actor, process: Process, old: ProcessVersion | None, new: ProcessVersion) -> dict[str, Any]:
    """Return the changes and both drawings, marked."""
    if old is None:
        return {"changes": [], "new_drawing": {"bpmn": new.bpmn}}
    found = compare(actor, process, old.bpmn, new.bpmn)
    return {
        "changes": found.sentences,
        "old_drawing": {"bpmn": old.bpmn, "marks": found.old_marks},
        "new_drawing": {"bpmn": new.bpmn, "marks": found.new_marks},
    }


@require_GET
@for_staff(COMPILE)
def show_version(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """One version beside another: the one before it, or ``?against=``."""
    actor = actor_of(request)
    process = find_process(request, code)
    version = find_version(process, number)
    numbers = list(process.versions.exclude(pk=version.pk).order_by("-number").values_list("number", flat=True))
    asked = request.GET.get("against", "")
    earlier = [each for each in numbers if each < number]
    other = int(asked) if asked.isdecimal() and int(asked) in numbers else next(iter(earlier), None)
    old = find_version(process, other) if other is not None else None
    context = {
        "process": process,
        "version": version,
        "old": old,
        "choices": [(each, _("第%(number)d版") % {"number": each}) for each in numbers],
        "words": list_words(),
        "may_change": may_change(actor, process),
        **_pair(actor, process, old, version),
    }
    return render(request, "processes/version.html", context)


@require_GET
@for_staff(COMPILE)
def download(request: HttpRequest, code: str, number: int) -> HttpResponse:
    version = find_version(find_process(request, code), number)
    response = HttpResponse(version.bpmn, content_type="application/xml; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{code}-v{number}.bpmn"'
    return response
