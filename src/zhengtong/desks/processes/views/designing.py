"""The designer, what it saves and asks; one process's page."""

import json
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from zhengtong.capabilities.workflow.public import InstanceStatus, ProcessInstance, WorkflowRefused, retire_process
from zhengtong.desks.processes.finding import (
    draft_of,
    find_process,
    live_of,
    may_change,
    may_migrate,
    newest_of,
    to_lines,
)
from zhengtong.desks.processes.options import list_items_of, list_options
from zhengtong.desks.processes.permissions import COMPILE
from zhengtong.desks.processes.services import Overtaken, save_drawing, stamp_of
from zhengtong.desks.processes.words import list_words
from zhengtong.kernel.expressions import ExpressionError, parse
from zhengtong.kernel.policy import require
from zhengtong.screens.access import actor_of, for_staff
from zhengtong.screens.formats import cn_datetime

LARGEST = 3_000_000
MOST_NAMES = 1000
ROOTS = ("form", "case", "outcome", "outcomes", "values", "table")
_DRAWN = ("outcome", "outcomes", "values", "table")


@require_GET
@for_staff(COMPILE)
def show_process(request: HttpRequest, code: str) -> HttpResponse:
    process = find_process(request, code)
    live, draft = live_of(process), draft_of(process)
    shown = live or draft
    running = ProcessInstance.objects.filter(version__process=process, status=InstanceStatus.RUNNING).count()
    context = {
        "process": process,
        "live": live,
        "draft": draft,
        "versions": process.versions.select_related("published_by__staff").defer("bpmn", "pinned", "layout")[:50],
        "running": running,
        "items": list_items_of(process.code),
        "may_change": may_change(actor_of(request), process),
        "may_migrate": may_migrate(actor_of(request), process),
        "findings": to_lines(draft.findings) if draft else [],
        "drawing": {"bpmn": shown.bpmn} if shown else None,
        "words": list_words(),
    }
    return render(request, "processes/process.html", context)


@require_GET
@for_staff(COMPILE)
def design(request: HttpRequest, code: str) -> HttpResponse:
    actor = actor_of(request)
    process = find_process(request, code)
    require(actor, COMPILE, process)
    newest = newest_of(process)
    draft = draft_of(process)
    context = {
        "process": process,
        "state": _("草稿") if draft else _("还没有改动"),
        "stamp": stamp_of(newest),
        "bpmn": newest.bpmn if newest else "",
        "drawing": {"bpmn": newest.bpmn if newest else ""},
        "drawing_title": _("%(name)s的流程图") % {"name": process.name},
        "findings": to_lines(newest.findings) if newest else [],
        "options": list_options(actor, process),
        "words": list_words(),
        "saved": _("%(at)s 保存过") % {"at": cn_datetime(draft.saved_at)} if draft else "",
    }
    return render(request, "processes/designer.html", context)


@require_POST
@for_staff(COMPILE)
def save(request: HttpRequest, code: str) -> HttpResponse:
    """Take the drawing from the designer; answer with what is wrong in it."""
    process = find_process(request, code)
    given = _read(request)
    bpmn, stamp = given.get("bpmn"), given.get("version")
    if not isinstance(bpmn, str) or not isinstance(stamp, str) or len(bpmn) > LARGEST:
        return JsonResponse({"problem": _("流程图太大或者读不懂，没有保存。")}, status=422)
    try:
        draft = save_drawing(actor=actor_of(request), process=process, bpmn=bpmn, stamp=stamp)
    except Overtaken as error:
        return JsonResponse({"problem": str(error)}, status=409)
    except WorkflowRefused as error:
        return JsonResponse({"problem": error.sentence}, status=422)
    return JsonResponse({"version": stamp_of(draft), "findings": to_lines(draft.findings)})


@require_POST
@for_staff(COMPILE)
def check_expression(request: HttpRequest, code: str) -> HttpResponse:
    """Say what is wrong with a condition while it is typed; ``names`` are those that the drawing knows."""
    find_process(request, code)
    given = _read(request)
    text, names = str(given.get("expression", "")), given.get("names")
    known = {str(each) for each in names[:MOST_NAMES]} if isinstance(names, list) else set()
    try:
        expression = parse(text)
    except ExpressionError as error:
        return JsonResponse({"problem": str(error)})
    return JsonResponse({"problem": _fault(expression.names, known)})


def _fault(asked: frozenset[str], known: set[str]) -> str:
    forms = any(each.startswith("form.") for each in known)
    for name in sorted(asked):
        root, _dot, rest = name.partition(".")
        if root not in ROOTS or not rest:
            return _("“%(name)s”不认识：名称要以 form.、case.、outcome.、values. 或 table. 开头。") % {"name": name}
        head = ".".join(name.split(".")[:2])
        heads = {".".join(each.split(".")[:2]).replace("outcome.", f"{root}.", 1) for each in known}
        if (root in _DRAWN or (root == "form" and forms)) and head not in heads:
            return _("图里和表单里没有“%(name)s”，请从可以用的名称里选。") % {"name": name}
    return ""


def _read(request: HttpRequest) -> dict[str, Any]:
    try:
        found = json.loads(request.body)
    except (ValueError, UnicodeDecodeError):
        return {}
    return found if isinstance(found, dict) else {}


@require_POST
@for_staff(COMPILE)
def retire(request: HttpRequest, code: str) -> HttpResponse:
    process = find_process(request, code)
    try:
        retire_process(actor=actor_of(request), process=process)
    except WorkflowRefused as error:
        messages.error(request, error.sentence)
    else:
        messages.success(request, _("已停用，新的办件不再走这个流程；在办的照原来的走完。"))
    return redirect("processes:process", code=code)
