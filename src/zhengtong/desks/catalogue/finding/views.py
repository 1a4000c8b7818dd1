"""Looking for data: staff among all that is published to them, everybody among what is public."""

from collections.abc import Iterator
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from zhengtong.capabilities.catalogue.public import (
    FIND,
    RAISE,
    Entry,
    list_catalogue,
    note_export,
    offer_each,
    offer_entry,
    read_entry,
    search_resources,
)
from zhengtong.desks.catalogue.finding.asking import SHARE_TONES, describe, read_wanted
from zhengtong.kernel.policy import ANONYMOUS, Actor
from zhengtong.screens.access import actor_of, for_staff
from zhengtong.screens.sheets.plain_csv import csv_response


@require_safe
@for_staff(FIND)
def find(request: HttpRequest) -> HttpResponse:
    actor, wanted = actor_of(request), read_wanted(request.GET)
    results = search_resources(actor, wanted)
    offers = offer_each(actor, (row.resource_id for row in results.rows))
    context = describe(wanted, results, offers)
    return render(request, "catalogue_desk/find.html", {**context, "raise_url": _raise_url(actor)})


@require_safe
@for_staff(FIND)
def show(request: HttpRequest, pk: int) -> HttpResponse:
    actor = actor_of(request)
    entry = read_entry(actor, pk)
    if entry is None:
        raise Http404
    context = {**_show(entry), "is_staff": True, "offer": offer_entry(actor, entry.resource)}
    return render(request, "catalogue_desk/found.html", context)


def _raise_url(actor: Actor) -> str:
    """Return where this reader says that data is needed which the catalogue doesn't have, "" when she may not."""
    return reverse("screens:catalogue.demands.new") if actor.has(RAISE) else ""


@require_safe
def find_open(request: HttpRequest) -> HttpResponse:
    """The catalogue as everybody reads it: the same for staff, so that nothing else is linked or kept by caches."""
    wanted = read_wanted(request.GET)
    return render(request, "catalogue_desk/open.html", describe(wanted, search_resources(ANONYMOUS, wanted)))


@require_safe
def show_open(request: HttpRequest, pk: int) -> HttpResponse:
    entry = read_entry(ANONYMOUS, pk)
    if entry is None:
        raise Http404
    return render(request, "catalogue_desk/open_entry.html", _show(entry))


def _show(entry: Entry) -> dict[str, Any]:
    version = entry.version
    rows = [
        (_("资源代码"), entry.resource.code),
        (_("提供单位"), entry.resource.provider.name),
        (_("提供单位代码"), entry.resource.provider.credit_code or ""),
        (_("分类"), " › ".join(entry.classes)),
        (_("资源格式"), version.data_format),
        (_("共享类型"), version.get_share_type_display()),
        (_("共享条件"), version.share_condition),
        (_("共享方式"), version.share_way),
        (_("不予共享的依据"), version.withheld_basis),
        (_("开放属性"), version.get_open_type_display()),
        (_("开放条件"), version.open_condition),
        (_("更新周期"), version.get_update_cycle_display()),
        (_("发布日期"), entry.resource.published_on),
        (_("版本"), version.number),
    ]
    return {
        "entry": entry,
        "version": version,
        "rows": [(title, value) for title, value in rows if value],
        "fields": entry.fields,
        "tone": SHARE_TONES.get(version.share_type, "neutral"),  # type: ignore[call-overload]  # a text of the choices
    }


@require_safe
@for_staff(FIND)
def export(request: HttpRequest) -> HttpResponseBase:
    """资源清单: all that was found, an information item a line, in the columns of 政务信息资源目录编制指南."""
    actor, wanted = actor_of(request), read_wanted(request.GET)
    note_export(actor=actor, wanted=wanted)
    return csv_response("catalogue", _titles(), _lines(list_catalogue(actor, wanted)))


def _titles() -> list[str]:
    return [
        _("资源代码"), _("资源名称"), _("提供单位"), _("提供单位代码"), _("摘要"), _("分类代码"), _("资源格式"),
        _("信息项名称"), _("数据类型"), _("长度"), _("共享类型"), _("共享条件"), _("共享方式"), _("是否向社会开放"),
        _("开放条件"), _("更新周期"), _("发布日期"),
    ]  # fmt: skip


def _lines(entries: Iterator[Entry]) -> Iterator[list[object]]:
    for entry in entries:
        version, resource = entry.version, entry.resource
        head = [
            resource.code, version.name, resource.provider.name, resource.provider.credit_code or "", version.abstract,
            version.classification.code, version.data_format,
        ]  # fmt: skip
        tail = [
            version.get_share_type_display(), version.share_condition or version.withheld_basis, version.share_way,
            version.get_open_type_display(), version.open_condition, version.get_update_cycle_display(),
            resource.published_on,
        ]  # fmt: skip
        if not entry.fields:
            yield [*head, "", "", "", *tail]
        for field in entry.fields:
            yield [*head, field.name, field.kind_title, field.length or "", *tail]
