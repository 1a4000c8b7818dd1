"""What waits for me and for my office, what I am to read, what I have done."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from zhengtong.core.worklist.public import filter_due, list_done
from zhengtong.desks.workbench.views.lists import (
    by_due,
    describe_filters,
    list_chips,
    list_scopes,
    list_tabs,
    narrow,
    rows_of,
    rows_with_holder,
    show,
    staff_actor,
)
from zhengtong.screens.paging import paginate


@require_GET
def show_todo(request: HttpRequest) -> HttpResponse:
    """The worklist: my own items, those of my office that nobody has claimed, or what I am to read."""
    actor = staff_actor(request)
    scopes = list_scopes(actor)
    scope = scopes.get(request.GET.get("scope", ""), scopes["mine"])
    due = request.GET.get("due", "")
    narrowed = narrow(scope.found, request.GET, scope.code)
    is_unit = scope.code == "unit"
    found = filter_due(narrowed, due).select_related("organisation__region", *(["assignee__staff"] if is_unit else []))
    page = paginate(found, request.GET, order=("due_at", "id"))
    tabs, counted = list_tabs(actor, scope.code, scopes, by_due(narrowed))
    context = {
        "scope": scope.code,
        "may_decide": actor.has("cases.decide_case"),
        "title": scope.title,
        "due": due,
        "page": page,
        "columns": [
            ("reference", _("编号"), "nowrap"),
            ("title", _("事项"), "main"),
            ("party", _("申请人")),
            ("step", _("环节")),
            *([("holder", _("在谁手中"))] if is_unit else []),
            ("opened", _("到达"), "nowrap"),
            ("due", _("时限（工作日）"), "nowrap"),
        ],
        "rows": rows_with_holder(page.rows) if is_unit else rows_of(page.rows),
        "tabs": tabs,
        "chips": list_chips(request.GET, counted),
        **describe_filters(request.GET, scope.nature, scope.code),
    }
    return show(request, "workbench/todo.html", context)


@require_GET
def show_done(request: HttpRequest) -> HttpResponse:
    """What this appointee has done or read, the latest first, and what an agent did in her stead."""
    actor = staff_actor(request)
    found = narrow(list_done(actor), request.GET).select_related("organisation__region", "done_by_agent__staff")
    page = paginate(found, request.GET, order=("-done_at", "-id"))
    rows = []
    for item, row in zip(page.rows, rows_of(page.rows), strict=True):
        agent = item.done_by_agent.staff.name if item.done_by_agent else ""
        rows.append({**row, "tone": "", "cells": {**row["cells"], "agent": agent}})
    columns = [
        ("reference", _("编号"), "nowrap"),
        ("title", _("事项"), "main"),
        ("party", _("申请人")),
        ("step", _("环节")),
        ("done", _("办结"), "nowrap"),
    ]
    if any(item.done_by_agent_id for item in page.rows):
        columns.append(("agent", _("代办人")))
    tabs, _counted = list_tabs(actor, "done")
    context = {"page": page, "columns": columns, "rows": rows, "tabs": tabs, **describe_filters(request.GET)}
    return show(request, "workbench/done.html", context)
