"""My entries: by what has to be done with them, found by name or code."""

from typing import Any

from django.db.models import Exists, OuterRef, Q, Subquery
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_safe

from zhengtong.capabilities.catalogue.public import (
    COMPILE,
    OPEN,
    VIEW,
    Resource,
    ResourceState,
    ResourceVersion,
    VersionStatus,
    list_entries,
    write_workbook,
)
from zhengtong.desks.catalogue.presenting import STATE_TONES, STATUS_TONES
from zhengtong.kernel.calendars import get_calendar
from zhengtong.kernel.policy import Actor, can
from zhengtong.screens.access import actor_of, for_staff
from zhengtong.screens.formats import cn_date
from zhengtong.screens.paging import paginate
from zhengtong.screens.templatetags.look import chip

MOST_EXPORTED = 5_000
TABS: dict[str, tuple[str, tuple[str, ...]]] = {
    "open": (gettext_noop("编制中"), (VersionStatus.DRAFT, VersionStatus.RETURNED)),
    "department": (gettext_noop("待部门审核"), (VersionStatus.DEPARTMENT_REVIEW,)),
    "authority": (gettext_noop("待主管审核"), (VersionStatus.AUTHORITY_REVIEW,)),
    "published": (gettext_noop("已发布"), ()),
    "retired": (gettext_noop("已停用"), ()),
}
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _find(actor: Actor, tab: str, query: str) -> Any:
    found: Any = list_entries(actor)
    _title, statuses = TABS[tab]
    if statuses:
        found = found.filter(Exists(ResourceVersion.objects.filter(resource=OuterRef("pk"), status__in=statuses)))
    elif tab == "published":
        found = found.filter(state__in=(ResourceState.PUBLISHED, ResourceState.CHANGING))
    else:
        found = found.filter(state=ResourceState.RETIRED)
    if query:
        found = found.filter(Q(name__icontains=query) | Q(code__startswith=query))
    return found


def read_query(request: HttpRequest) -> tuple[str, str]:
    tab = request.GET.get("tab", "open")
    query = request.GET.get("q", "").replace("\x00", "").strip()[:60]
    return (tab if tab in TABS else "open"), query


@require_safe
@for_staff(VIEW)
def show_list(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    tab, query = read_query(request)
    open_one = ResourceVersion.objects.filter(resource=OuterRef("pk"), status__in=OPEN)
    found = _find(actor, tab, query).annotate(
        open_id=Subquery(open_one.values("pk")[:1]),
        open_status=Subquery(open_one.values("status")[:1]),
        open_name=Subquery(open_one.values("name")[:1]),
        open_due=Subquery(open_one.values("due_at")[:1]),
    )
    page = paginate(found, request.GET, order=("-pk",))
    context = {
        "tabs": [
            (_(title), f"?tab={key}", key == tab, _find(actor, key, "")[:100].count() if statuses else "")
            for key, (title, statuses) in TABS.items()
        ],
        "tab": tab,
        "query": query,
        "columns": _columns(tab),
        "rows": [_row(each, tab) for each in page.rows],
        "page": page,
        "may_compile": can(actor, COMPILE),
    }
    return render(request, "catalogue_desk/list.html", context)


def _columns(tab: str) -> list[tuple[str, ...]]:
    last = (
        [("published", _("发布日期"), "nowrap")] if tab in ("published", "retired") else [("due", _("期限"), "nowrap")]
    )
    return [
        ("name", _("资源名称"), "main wrap"),
        ("code", _("代码"), "nowrap"),
        ("provider", _("提供单位")),
        ("share", _("共享类型")),
        ("state", _("状态")),
        *last,
    ]


def _row(each: Any, tab: str) -> dict[str, Any]:
    is_open = tab not in ("published", "retired") and each.open_id
    if is_open:
        state = chip(VersionStatus(each.open_status).label, STATUS_TONES[VersionStatus(each.open_status)])
    else:
        state = chip(each.get_state_display(), STATE_TONES[ResourceState(each.state)])
    return {
        "url": reverse("catalogue_desk:version", args=[each.open_id])
        if is_open
        else reverse("catalogue_desk:entry", args=[each.pk]),
        "key": each.pk,
        "cells": {
            "name": each.open_name if is_open else each.name,
            "code": each.code,
            "provider": each.provider.short_name,
            "share": each.get_share_type_display(),
            "state": state,
            "due": cn_date(get_calendar().last_date(each.open_due)) if each.open_due else "—",
            "published": cn_date(each.published_on) if each.published_on else "—",
        },
    }


@require_safe
@for_staff(VIEW)
def export(request: HttpRequest) -> HttpResponseBase:
    """The list as a sheet in the template's columns: each entry with its published version, or else its newest."""
    actor = actor_of(request)
    tab, query = read_query(request)
    found = list(_find(actor, tab, query).order_by("code")[:MOST_EXPORTED])
    return sheet_response(found, _("信息资源目录"))


def sheet_response(entries: list[Resource], name: str) -> StreamingHttpResponse:
    """Return entries as an xlsx that is downloaded."""
    newest = {
        version.resource_id: version
        for version in ResourceVersion.objects.filter(resource__in=[each.pk for each in entries])
        .exclude(status=VersionStatus.DISCARDED)
        .select_related("classification", "resource__provider")
        .order_by("number")
    }
    current = ResourceVersion.objects.select_related("classification", "resource__provider").in_bulk(
        [each.current_id for each in entries if each.current_id]
    )
    chosen = [current.get(each.current_id or 0) or newest.get(each.pk) for each in entries]
    response = StreamingHttpResponse(write_workbook([each for each in chosen if each]), content_type=SHEET)
    response.headers["Content-Disposition"] = (
        f"attachment; filename*=UTF-8''{_quote(name)}-{timezone.localdate():%Y%m%d}.xlsx"
    )
    return response


def _quote(name: str) -> str:
    from urllib.parse import quote

    return quote(name, safe="")
