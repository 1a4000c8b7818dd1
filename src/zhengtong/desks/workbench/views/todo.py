"""What waits for me, what waits for my office, what I have done."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from zhengtong.capabilities.cases.public import TASK_PERMISSIONS, Conflict, TaskNode, claim_task, work_rows
from zhengtong.core.worklist.public import WorkItem, count_mine, list_done, list_mine, list_office
from zhengtong.kernel.policy import Actor, ActorKind, Denied
from zhengtong.screens.access import actor_of
from zhengtong.screens.paging import CAP, count_capped, paginate

BATCH = 100
TASK = "cases.task"


def staff_actor(request: HttpRequest) -> Actor:
    """Return the actor when she is staff. Raises Denied."""
    actor = actor_of(request)
    if actor.kind is not ActorKind.STAFF:
        raise Denied("workbench")
    return actor


def shown_count(found: QuerySet[Any]) -> str:
    total, capped = count_capped(found)
    return f"{CAP}+" if capped else str(total)


def _narrow(found: QuerySet[WorkItem], request: HttpRequest) -> QuerySet[WorkItem]:
    """Apply search, step and due from the address."""
    query = request.GET.get("q", "").strip()[:60]
    if query:
        found = found.filter(Q(reference__istartswith=query) | Q(party__icontains=query) | Q(title__icontains=query))
    step = request.GET.get("step", "")
    if step in TaskNode.values:
        found = found.filter(permission=TASK_PERMISSIONS[step])
    return found


def _due(found: QuerySet[WorkItem], due: str) -> QuerySet[WorkItem]:
    now = timezone.now()
    if due == "overdue":
        return found.filter(due_at__lte=now)
    if due == "today":
        end = timezone.localtime(now).replace(hour=23, minute=59, second=59, microsecond=999999)
        # A deadline is the end of its day, so that of today lies at midnight.
        return found.filter(due_at__gt=now, due_at__lte=end + timedelta(seconds=1))
    return found


@require_GET
def show_todo(request: HttpRequest) -> HttpResponse:
    """The worklist: my own items or those of my office that nobody has claimed."""
    actor = staff_actor(request)
    mine, office = list_mine(actor), list_office(actor)
    scope = "office" if request.GET.get("scope") == "office" else "mine"
    due = request.GET.get("due", "")
    narrowed = _narrow(office if scope == "office" else mine, request)
    page = paginate(_due(narrowed, due).select_related("organisation__region"), request.GET, order=("due_at", "id"))
    counted = count_mine(actor)
    here = reverse("workbench:todo")
    query = request.GET.copy()
    for name in ("after", "before", "due"):
        query.pop(name, None)
    context = {
        "scope": scope,
        "due": due,
        "page": page,
        "columns": [
            ("reference", _("编号"), "nowrap"),
            ("title", _("事项"), "main"),
            ("party", _("申请人")),
            ("step", _("环节")),
            ("opened", _("到达"), "nowrap"),
            ("due", _("时限（工作日）"), "nowrap"),
        ],
        "rows": work_rows(page.rows),
        "tabs": [
            (_("我的待办"), here, scope == "mine", counted["all"]),
            (_("待领办"), f"{here}?scope=office", scope == "office", shown_count(office)),
        ],
        "chips": [
            (title, _with(query, value), due == value, shown_count(_due(narrowed, value)))
            for value, title in (("", _("全部")), ("today", _("今日到期")), ("overdue", _("超期")))
        ],
        "steps": TaskNode.choices,
        "is_filtered": bool(request.GET.get("q") or request.GET.get("step") or due),
    }
    response = render(request, "workbench/todo.html", context)
    response["Cache-Control"] = "private, no-store"
    return response


def _with(query: QueryDict, due: str) -> str:
    changed = query.copy()
    if due:
        changed["due"] = due
    return f"?{changed.urlencode()}"


@require_POST
def claim_batch(request: HttpRequest) -> HttpResponse:
    """Claim what was ticked; what a colleague was faster with is named, the rest is claimed."""
    actor = staff_actor(request)
    wanted = request.POST.getlist("task")[:BATCH]
    items = list_office(actor).filter(kind=TASK, reference__in=wanted)
    claimed, missed = 0, []
    found = {item.reference: item.object_id for item in items}
    for reference in wanted:
        try:
            if reference not in found:
                missed.append(reference[:40])
                continue
            claim_task(actor=actor, task_id=found[reference])
            claimed += 1
        except Conflict:
            missed.append(reference[:40])
    if claimed:
        messages.success(request, ngettext("已领办 %(n)d 件", "已领办 %(n)d 件", claimed) % {"n": claimed})
    if missed:
        messages.warning(request, _("刚刚被同事领办或已办完：%(numbers)s") % {"numbers": "、".join(missed)})
    if not wanted:
        messages.warning(request, _("请先勾选要领办的办件"))
    return redirect(reverse("workbench:todo") + ("" if claimed else "?scope=office"))


@require_GET
def show_done(request: HttpRequest) -> HttpResponse:
    """What this appointee has done, the latest first."""
    actor = staff_actor(request)
    found = _narrow(list_done(actor), request).select_related("organisation__region")
    page = paginate(found, request.GET, order=("-done_at", "-id"))
    context = {
        "page": page,
        "columns": [
            ("reference", _("编号"), "nowrap"),
            ("title", _("事项"), "main"),
            ("party", _("申请人")),
            ("step", _("环节")),
            ("done", _("办结"), "nowrap"),
        ],
        "rows": [{**row, "tone": ""} for row in work_rows(page.rows)],
        "steps": TaskNode.choices,
        "is_filtered": bool(request.GET.get("q") or request.GET.get("step")),
    }
    response = render(request, "workbench/done.html", context)
    response["Cache-Control"] = "private, no-store"
    return response
