"""The items and drafts of an office."""

from typing import Any

from django.db.models import F, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_safe

from zhengtong.capabilities.cases.public import (
    OPEN_DRAFTS,
    DraftStatus,
    count_outdated,
    list_drafts,
    list_kept_items,
    list_standard_changes,
)
from zhengtong.desks.items.access import COMPILE
from zhengtong.desks.items.navigation import TONES
from zhengtong.screens.access import actor_of, for_staff
from zhengtong.screens.formats import cn_date
from zhengtong.screens.paging import paginate
from zhengtong.screens.templatetags.look import chip

TABS = {
    "open": gettext_noop("编制中"),
    "review": gettext_noop("待审核"),
    "published": gettext_noop("已发布"),
    "outdated": gettext_noop("上级标准已更新"),
    "done": gettext_noop("已办结"),
}


@require_safe
@for_staff(COMPILE)
def show_list(request: HttpRequest) -> HttpResponse:
    """Drafts or published items by tab, found by name or code, narrowed to single items or bundles."""
    actor = actor_of(request)
    tab = request.GET.get("tab", "open")
    tab = tab if tab in TABS else "open"
    query = request.GET.get("q", "").replace("\x00", "").strip()[:60]
    kind = request.GET.get("kind", "")
    drafts = list_drafts(actor)
    counts = {
        "open": drafts.filter(status__in=(DraftStatus.COMPILING, DraftStatus.RETURNED))[:1000].count(),
        "review": drafts.filter(status=DraftStatus.IN_REVIEW)[:1000].count(),
        "outdated": count_outdated(actor),
    }
    found: Any = list_kept_items(actor) if tab in ("published", "outdated") else drafts
    if tab == "outdated":
        found = found.exclude(standard=None).exclude(newest_standard=F("standard_version"))
    elif tab != "published":
        statuses = {
            "open": (DraftStatus.COMPILING, DraftStatus.RETURNED),
            "review": (DraftStatus.IN_REVIEW,),
            "done": (DraftStatus.PUBLISHED, DraftStatus.ABANDONED),
        }[tab]
        found = found.filter(status__in=statuses)
    if query:
        found = found.filter(Q(name__icontains=query) | Q(code__istartswith=query))
    if kind in ("licence", "bundle"):
        found = found.filter(kind=kind)
    order = ("name", "pk") if tab in ("published", "outdated") else ("-changed_at", "-pk")
    page = paginate(found, request.GET, order=order)
    rows = [_item_row(each) if tab in ("published", "outdated") else _draft_row(each) for each in page.rows]
    context = {
        "tabs": [(_(title), f"?tab={key}", key == tab, counts.get(key, "")) for key, title in TABS.items()],
        "tab": tab,
        "given": {"q": query, "kind": kind},
        "columns": _columns(tab),
        "rows": rows,
        "page": page,
    }
    return render(request, "items/list.html", context)


def _columns(tab: str) -> list[tuple[str, ...]]:
    columns = [("name", _("名称"), "main wrap"), ("code", _("代码")), ("kind", _("类别")), ("organisation", _("单位"))]
    if tab in ("published", "outdated"):
        return [*columns, ("state", _("标准"))]
    return [*columns, ("state", _("状态")), ("who", _("编制人")), ("at", _("修改"), "nowrap")]


def _draft_row(draft: Any) -> dict[str, Any]:
    return {
        "url": reverse("items_desk:draft", args=[draft.pk]),
        "key": draft.pk,
        "cells": {
            "name": draft.name,
            "code": draft.code,
            "kind": draft.get_kind_display(),
            "organisation": draft.organisation.short_name,
            "state": chip(draft.get_status_display(), TONES[DraftStatus(draft.status)]),
            "who": draft.started_by.staff.name,
            "at": cn_date(draft.changed_at),
        },
    }


def _item_row(item: Any) -> dict[str, Any]:
    is_outdated = item.standard_id is not None and item.newest_standard != item.standard_version_id
    state = chip(_("上级标准已更新"), "warning") if is_outdated else (_("采用上级标准") if item.standard_id else "—")
    return {
        "url": reverse("items_desk:published", args=[item.code]),
        "key": item.pk,
        "cells": {
            "name": item.name,
            "code": item.code,
            "kind": item.get_kind_display(),
            "organisation": item.organisation.short_name if item.organisation else _("平台"),
            "state": state,
        },
    }


@require_safe
@for_staff(COMPILE)
def show_published(request: HttpRequest, code: str) -> HttpResponse:
    """A published item: its versions, its draft if one is open, what the standard above changed."""
    item = list_kept_items(actor_of(request)).filter(code=code).first()
    if item is None:
        raise Http404
    is_outdated = item.standard_id is not None and item.newest_standard != item.standard_version_id
    context = {
        "item": item,
        "versions": list(item.versions.defer("definition").order_by("-number")[:50]),
        "open_draft": item.drafts.filter(status__in=OPEN_DRAFTS).first(),
        "is_outdated": is_outdated,
        "changes": list_standard_changes(item)[:300] if is_outdated else [],
    }
    return render(request, "items/published.html", context)
