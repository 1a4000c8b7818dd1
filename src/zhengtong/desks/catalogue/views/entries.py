"""An entry for staff: what holds, its items, where its data is, its versions, who uses it."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from zhengtong.capabilities.catalogue.public import (
    APPROVE,
    COMPILE,
    OPEN,
    VERDICT_TONES,
    VERDICT_WORDS,
    Mount,
    Resource,
    ResourceState,
    ResourceVersion,
    Verdict,
    VersionStatus,
    list_uses,
    mount_resource,
    offer_entry,
    read_text,
    restore_resource,
    retire_resource,
    start_change,
    unmount_resource,
)
from zhengtong.core.identity.public import Refused
from zhengtong.desks.catalogue.access import of_entry
from zhengtong.desks.catalogue.forms import MountForm, ReasonForm
from zhengtong.desks.catalogue.presenting import STATE_TONES, STATUS_TONES, item_columns, show_head, show_items
from zhengtong.desks.catalogue.views.lists import sheet_response
from zhengtong.kernel.policy import can
from zhengtong.screens.access import actor_of
from zhengtong.screens.formats import cn_date
from zhengtong.screens.templatetags.look import chip


@require_safe
@of_entry
def show_entry(request: HttpRequest, resource: Resource) -> HttpResponse:
    actor = actor_of(request)
    versions = list(
        ResourceVersion.objects.filter(resource=resource)
        .select_related("classification", "compiled_by__staff")
        .order_by("-number")[:50]
    )
    open_one = next((each for each in versions if each.status in OPEN), None)
    shown = next((each for each in versions if each.pk == resource.current_id), None) or next(iter(versions), None)
    text = read_text(shown) if shown else None
    may_compile, may_approve = can(actor, COMPILE, resource), can(actor, APPROVE, resource)
    context: dict[str, Any] = {
        "resource": resource,
        "tone": STATE_TONES[ResourceState(resource.state)],
        "shown": shown,
        "head": show_head(resource, text, shown.classification) if text and shown else [],
        "columns": item_columns(),
        "items": show_items(text.fields) if text else [],
        "version_columns": _columns(),
        "versions": [_version_row(each) for each in versions],
        "open_one": open_one,
        "mounts": list(Mount.objects.filter(resource=resource).select_related("source").order_by("pk")),
        "uses": list_uses(resource),
        "offer": offer_entry(actor, resource),
        "may_compile": may_compile,
        "may_change": may_compile and open_one is None and resource.state == ResourceState.PUBLISHED,
        "may_retire": may_approve and open_one is None and resource.state == ResourceState.PUBLISHED,
        "may_restore": may_approve and resource.state == ResourceState.RETIRED and resource.current_id is not None,
        "reason_form": ReasonForm(),
    }
    return render(request, "catalogue_desk/entry.html", context)


def _columns() -> list[tuple[str, ...]]:
    return [
        ("number", _("版本"), "main"),
        ("status", _("状态")),
        ("verdict", _("兼容性")),
        ("note", _("变更说明"), "wrap"),
        ("who", _("编制人")),
        ("at", _("发布时间"), "nowrap"),
    ]


def _version_row(each: ResourceVersion) -> dict[str, Any]:
    return {
        "url": reverse("catalogue_desk:version", args=[each.pk]),
        "key": each.pk,
        "cells": {
            "number": _("第%(n)s版") % {"n": each.number},
            "status": chip(each.get_status_display(), STATUS_TONES[VersionStatus(each.status)]),
            "verdict": chip(VERDICT_WORDS[each.verdict], VERDICT_TONES[Verdict(each.verdict)]) if each.verdict else "—",
            "note": each.note or "—",
            "who": each.compiled_by.staff.name if each.compiled_by else _("平台"),
            "at": cn_date(each.published_at) if each.published_at else "—",
        },
    }


@require_POST
@of_entry
def change(request: HttpRequest, resource: Resource) -> HttpResponse:
    version = start_change(actor=actor_of(request), resource=resource)
    messages.success(request, _("已按现行版本建立第%(n)s版草稿") % {"n": version.number})
    return redirect("catalogue_desk:edit", version.pk)


def _read_reason(request: HttpRequest) -> str:
    form = ReasonForm(request.POST)
    if not form.is_valid():
        raise Refused("reason", str(next(iter(form.errors.values()))[0]), "reason")
    said: str = form.cleaned_data["reason"]
    return said


@require_POST
@of_entry
def retire(request: HttpRequest, resource: Resource) -> HttpResponse:
    retire_resource(actor=actor_of(request), resource=resource, reason=_read_reason(request))
    messages.success(request, _("已停用"))
    return redirect("catalogue_desk:entry", resource.pk)


@require_POST
@of_entry
def restore(request: HttpRequest, resource: Resource) -> HttpResponse:
    restore_resource(actor=actor_of(request), resource=resource, reason=_read_reason(request))
    messages.success(request, _("已恢复使用"))
    return redirect("catalogue_desk:entry", resource.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@of_entry
def mount(request: HttpRequest, resource: Resource) -> HttpResponse:
    """Say where the data is."""
    actor = actor_of(request)
    form = MountForm(request.POST or None, actor=actor)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                mount_resource(actor=actor, resource=resource, **form.cleaned_data)
            except Refused as refused:
                form.add_error(refused.field if refused.field in form.fields else None, str(refused.message))
            else:
                messages.success(request, _("已挂接"))
                return redirect("catalogue_desk:entry", resource.pk)
    if not can(actor, COMPILE, resource):
        raise Http404
    return render(request, "catalogue_desk/mount.html", {"form": form, "resource": resource}, status=status)


@require_POST
@of_entry
def unmount(request: HttpRequest, resource: Resource, mount: int) -> HttpResponse:
    found = Mount.objects.filter(pk=mount, resource=resource).first()
    if found is None:
        raise Http404
    unmount_resource(actor=actor_of(request), mount=found)
    messages.success(request, _("已取消挂接"))
    return redirect("catalogue_desk:entry", resource.pk)


@require_safe
@of_entry
def export_entry(request: HttpRequest, resource: Resource) -> HttpResponseBase:
    return sheet_response([resource], resource.name)
