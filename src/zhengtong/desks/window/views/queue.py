"""What waits at the counter: for acceptance, with me, to be handed over; and today's numbers."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from zhengtong.capabilities.cases.public import Task, work_rows
from zhengtong.core.worklist.public import WorkItem, list_done, list_mine, list_office
from zhengtong.kernel.policy import Actor
from zhengtong.screens.access import actor_of, for_staff
from zhengtong.screens.paging import CAP, count_capped, paginate
from zhengtong.screens.templatetags.look import chip

ACCEPT, DELIVER = "cases.accept_case", "cases.deliver_case"


def _shown(found: QuerySet[WorkItem]) -> str:
    total, capped = count_capped(found)
    return f"{CAP}+" if capped else str(total)


def _scopes(actor: Actor) -> dict[str, tuple[str, QuerySet[WorkItem]]]:
    office = list_office(actor)
    return {
        "": (_("待受理"), office.filter(permission=ACCEPT)),
        "mine": (_("我领办的"), list_mine(actor).filter(permission__in=(ACCEPT, DELIVER))),
        "deliver": (_("待送达"), office.filter(permission=DELIVER)),
    }


def mark_bundles(items: Sequence[WorkItem], rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Say of the rows that are parts of one application that they are, and of which."""
    tasks = [item.object_id for item in items if item.kind == "cases.task"]
    parents = dict(
        Task.objects.filter(pk__in=tasks, case__parent__isnull=False).values_list("pk", "case__parent__number")
    )
    for item, row in zip(items, rows, strict=True):
        number = parents.get(item.object_id) if item.kind == "cases.task" else None
        if number:
            url = reverse("window:case", args=[number])
            words = _("一件事")
            link = format_html('<a href="{}" title="{}">{}</a>', url, number, chip(words, "info"))
            row["cells"]["reference"] = format_html("{} {}", item.reference, link)
    return rows


def _due(found: QuerySet[WorkItem], due: str) -> QuerySet[WorkItem]:
    now = timezone.now()
    if due == "overdue":
        return found.filter(due_at__lte=now)
    if due == "today":
        midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
        return found.filter(due_at__gt=now, due_at__lte=midnight)
    return found


def list_today(actor: Actor) -> list[tuple[str, int]]:
    """Return what this clerk has done today, by step."""
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    done = list_done(actor).filter(done_at__gte=midnight).order_by()
    counted = dict(done.values_list("permission").annotate(n=Count("id")).values_list("permission", "n"))
    return [
        (_("今日办结受理环节"), counted.get(ACCEPT, 0)),
        (_("今日窗口送达"), counted.get(DELIVER, 0)),
    ]


@require_GET
@for_staff(ACCEPT, DELIVER)
def show_queue(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    scopes = _scopes(actor)
    scope = request.GET.get("scope", "")
    scope = scope if scope in scopes else ""
    due = request.GET.get("due", "")
    found = scopes[scope][1]
    query = request.GET.get("q", "").strip()[:60]
    if query:
        found = found.filter(Q(reference__istartswith=query) | Q(party__icontains=query))
    page = paginate(_due(found, due).select_related("organisation__region"), request.GET, order=("due_at", "id"))
    here = reverse("window:queue")
    waiting = scopes[""][1]
    context: dict[str, Any] = {
        "scope": scope,
        "due": due,
        "page": page,
        "columns": [
            ("reference", _("编号"), "nowrap"),
            ("title", _("事项"), "main"),
            ("party", _("申请人")),
            ("step", _("环节")),
            ("opened", _("收到"), "nowrap"),
            ("due", _("时限（工作日）"), "nowrap"),
        ],
        "rows": mark_bundles(page.rows, work_rows(page.rows)),
        "tabs": [
            (title, f"{here}?scope={key}" if key else here, key == scope, _shown(items))
            for key, (title, items) in scopes.items()
        ],
        "chips": [
            (title, _with(request, value), due == value, _shown(_due(found, value)))
            for value, title in (("", _("全部")), ("today", _("今日到期")), ("overdue", _("超期")))
        ],
        "figures": [
            (_("待受理"), _shown(waiting), here, ""),
            (_("今日到期"), _shown(_due(waiting, "today")), f"{here}?due=today", "warning"),
            (_("超期"), _shown(_due(waiting, "overdue")), f"{here}?due=overdue", "danger"),
            *((title, n, "", "") for title, n in list_today(actor)),
        ],
        "is_filtered": bool(query or due),
        "may_file": actor.has("cases.file_for_applicant"),
    }
    return render(request, "window/queue.html", context)


def _with(request: HttpRequest, due: str) -> str:
    changed = request.GET.copy()
    for name in ("after", "before", "due"):
        changed.pop(name, None)
    if due:
        changed["due"] = due
    return "?" + changed.urlencode()
