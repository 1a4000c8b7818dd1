"""Pages of marks: one row with its history, all in force, state secrets by number, the reader's watermark."""

import csv
from typing import Any

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from zhengtong.core.audit.public import record
from zhengtong.core.identity.public import Appointment, Organisation, Refused
from zhengtong.core.marks.public import (
    REGISTER_SECRET,
    VIEW_MARKS,
    MarkedRow,
    Marking,
    SecretRegistration,
    find_row,
    get_markable,
    get_marking,
    least_mark,
    list_in_force,
    list_markings,
    list_secrets,
    mark_row,
    may_mark,
    may_see_marks,
    name_circle,
    register_secret,
    return_secret,
    verify_marking,
)
from zhengtong.desks.marks.forms import MarkForm, ReturnForm, SecretForm
from zhengtong.kernel.assurance import require_assurance
from zhengtong.kernel.marks import Mark
from zhengtong.kernel.policy import Actor, ActorKind, Denied, require, visible
from zhengtong.screens.access import actor_of, for_staff
from zhengtong.screens.formats import cn_date, cn_datetime
from zhengtong.screens.paging import paginate

# Those whose rows can be marked ask for these; each row is asked again.
MARKING = ("marks.mark_content", "letters.handle_letter", "letters.dispatch_letter")


def find_shown(actor: Actor, kind: str, pk: int) -> MarkedRow:
    """Return a row whose marks this person may see: who may mark it, and who oversees its office's marks."""
    row = find_row(kind, pk)
    if row is None or not may_see_marks(actor, row):
        raise Http404
    return row


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(VIEW_MARKS, *MARKING)
def show_row(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """The mark of one row: what it says, who is responsible, whether it verifies; and the form to change it."""
    actor = actor_of(request)
    row = find_shown(actor, kind, pk)
    marking = get_marking(row)
    form = MarkForm(request.POST or None, actor=actor, initial=_initial(row, marking))
    if request.method == "POST" and form.is_valid():
        try:
            made = mark_row(
                actor=actor,
                row=row,
                level=form.cleaned_data["level"],
                basis=form.cleaned_data["basis"],
                terms=form.terms,
            )
        except Refused as refused:
            _tell(form, refused)
        except Denied as denied:
            if denied.action != "marks.lower":
                raise
            form.add_error(None, _say_responsible(marking))
        else:
            messages.success(request, _("现在的标识：%(mark)s") % {"mark": made.written})
            return redirect("marks_desk:row", kind, pk)
    declared = get_markable(row)
    context = {
        "row": row,
        "name": declared.name(row),
        "kind_title": row._meta.verbose_name,
        "back": declared.url(row),
        "summary": _describe(row, marking),
        "fault": verify_marking(marking) if marking else "",
        "marking": marking,
        "history": [_happening(each) for each in list_markings(row)],
        "related": [_relate(each) for each in (*declared.parents(row), *declared.children(row))],
        "form": form if may_mark(actor, row) else None,
        "responsible": _say_responsible(marking) if marking else "",
        "least": least_mark(row).label,
    }
    return render(request, "marks_desk/row.html", context, status=422 if form.is_bound and form.errors else 200)


def _tell(form: Any, refused: Refused) -> None:
    field = {"circle": "offices", "readers": "people"}.get(refused.field, refused.field)
    form.add_error(field if field in form.fields else None, str(refused.message))


def _initial(row: MarkedRow, marking: Marking | None) -> dict[str, Any]:
    offices = Organisation.objects.filter(pk__in=row.mark_circle or ()).values_list("name", flat=True)
    people = Appointment.objects.filter(pk__in=row.mark_readers or ()).values_list(
        "staff__account__username", flat=True
    )
    return {
        "level": row.mark,
        "until": marking.until if marking else None,
        "condition": marking.condition if marking else "",
        "offices": "\n".join(offices),
        "people": "\n".join(dict.fromkeys(filter(None, people))),
    }


def _say_responsible(marking: Marking | None) -> str:
    if marking is None or marking.responsible is None:
        return _("这个标识由平台按来源派生，不能在这里降低；请先降低来源的标识")
    return _("只有责任人%(name)s可以降低级别、缩短期限、扩大范围或者解除") % {"name": marking.responsible.staff.name}


def _describe(row: MarkedRow, marking: Marking | None) -> list[tuple[str, str]]:
    if marking is None:
        return [(_("级别"), str(Mark(row.mark).label)), (_("来历"), _("没有人标注过，按内部内容管理"))]
    circle = name_circle(marking)
    return [
        (_("标识"), marking.written),
        (_("期限"), cn_date(marking.until) if marking.until else marking.condition or _("没有规定")),
        (_("知悉范围"), "、".join(circle) or _("有权办理的人")),
        (_("责任人"), marking.responsible.staff.name if marking.responsible else _("平台")),
        (_("依据"), marking.basis),
        (_("标注时间"), cn_datetime(marking.marked_at)),
    ]


def _happening(marking: Marking) -> dict[str, Any]:
    by = marking.marked_by.staff.name if marking.marked_by else _("平台")
    return {
        "title": f"{marking.get_act_display()} · {marking.written}",
        "at": marking.marked_at,
        "who": by,
        "text": "；".join(filter(None, (marking.basis, "、".join(name_circle(marking))))),
    }


def _relate(row: MarkedRow) -> dict[str, Any]:
    declared = get_markable(row)
    return {
        "url": reverse("marks_desk:row", args=[declared.key, row.pk]),
        "cells": {"name": declared.name(row), "kind": row._meta.verbose_name, "mark": Mark(row.mark).label},
    }


@require_GET
@for_staff(VIEW_MARKS)
def list_marks(request: HttpRequest) -> HttpResponse:
    """All marks in force that this person oversees; those that end soon first when asked."""
    found = _chosen(request)
    page = paginate(found, request.GET, order=("-marked_at", "-id"))
    levels = [("", _("全部")), *((str(mark.value), str(mark.label)) for mark in (Mark.INTERNAL, Mark.WORK_SECRET))]
    chosen = request.GET.get("level", "")
    context = {
        "columns": _COLUMNS(),
        "rows": [_line(marking) for marking in page.rows],
        "page": page,
        "tabs": [
            {"title": title, "url": f"?level={value}" if value else "?", "is_current": value == chosen}
            for value, title in levels
        ],
        "query": request.GET.urlencode(),
    }
    return render(request, "marks_desk/list.html", context)


def _COLUMNS() -> list[tuple[str, str, str]]:  # said anew for each reader's language
    return [
        ("name", _("内容"), "main"),
        ("mark", _("标识"), ""),
        ("office", _("单位"), ""),
        ("responsible", _("责任人"), ""),
        ("until", _("期限至"), ""),
        ("at", _("标注时间"), ""),
    ]


def _chosen(request: HttpRequest) -> Any:
    found = list_in_force(actor_of(request))
    level = request.GET.get("level", "")
    return found.filter(level=int(level)) if level in ("0", "10", "20") else found


def _line(marking: Marking) -> dict[str, Any]:
    return {
        "url": reverse("marks_desk:row", args=[marking.object_kind, marking.object_id]),
        "cells": {
            "name": marking.name,
            "mark": marking.written,
            "office": marking.organisation.name,
            "responsible": marking.responsible.staff.name if marking.responsible else _("平台"),
            "until": cn_date(marking.until) if marking.until else marking.condition,
            "at": cn_datetime(marking.marked_at),
        },
    }


@require_GET
@for_staff(VIEW_MARKS)
def export(request: HttpRequest) -> HttpResponse:
    """The list as a sheet, for the yearly review (定密工作年度统计)."""
    require_assurance(request, "export")
    response = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="marks.csv"'
    columns, written = _COLUMNS(), csv.writer(response)
    written.writerow([title for _key, title, _role in columns])
    count = 0
    for marking in _chosen(request).order_by("pk").iterator():
        cells = _line(marking)["cells"]
        written.writerow([_plain(cells[key]) for key, _title, _role in columns])
        count += 1
    record(actor_of(request), "marks.export", ("marks.marking", "all"), after={"count": count, "format": "csv"})
    return response


def _plain(value: object) -> str:
    # A sheet takes what begins like this for a formula.
    text = str(value)
    return f"'{text}" if text[:1] in "=+-@\t\r" else text


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(REGISTER_SECRET)
def show_secrets(request: HttpRequest) -> HttpResponse:
    """State secrets on paper that the office holds, by number; and the form to note another."""
    actor = actor_of(request)
    form = SecretForm(request.POST or None, initial={"received_date": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        office = get_object_or_404(Organisation, pk=actor.organisation)
        try:
            register_secret(actor=actor, organisation=office, **form.cleaned_data)
        except Refused as refused:
            _tell(form, refused)
        else:
            messages.success(request, _("已登记。"))
            return redirect("marks_desk:secrets")
    page = paginate(list_secrets(actor), request.GET, order=("-registered_at", "-id"))
    context = {"form": form, "page": page, "secrets": page.rows, "return_form": ReturnForm()}
    return render(request, "marks_desk/secrets.html", context, status=422 if form.is_bound and form.errors else 200)


@require_POST
@for_staff(REGISTER_SECRET)
def return_one(request: HttpRequest, pk: int) -> HttpResponse:
    actor = actor_of(request)
    require(actor, REGISTER_SECRET)
    held = get_object_or_404(visible(actor, VIEW_MARKS, SecretRegistration.objects.all()), pk=pk)
    form = ReturnForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("请填写清退日期"))
        return redirect("marks_desk:secrets")
    try:
        return_secret(actor=actor, registration=held, day=form.cleaned_data["day"])
    except Refused as refused:
        messages.error(request, str(refused.message))
    else:
        messages.success(request, _("已登记清退。"))
    return redirect("marks_desk:secrets")


@never_cache
@require_GET
def draw_reader(request: HttpRequest) -> HttpResponse:
    """The reader's watermark for pages: a picture with her own name, so that it needs no inline style."""
    actor = actor_of(request)
    if actor.kind is ActorKind.ANONYMOUS:
        return redirect_to_login(request.get_full_path())
    if actor.kind is not ActorKind.STAFF:
        raise Http404
    office = Organisation.objects.filter(pk=actor.organisation or 0).values_list("short_name", flat=True).first() or ""
    said = escape(f"{actor.name} {office} {timezone.localtime():%Y-%m-%d %H:%M}")
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" width="100%" height="100%"><defs>'
        '<pattern id="p" width="360" height="220" patternUnits="userSpaceOnUse" patternTransform="rotate(-24)">'
        f'<text x="10" y="110" font-size="17" font-family="sans-serif" fill="#5a5a5a" fill-opacity="0.2">{said}</text>'
        '</pattern></defs><rect width="100%" height="100%" fill="url(#p)"/></svg>'
    )
    return HttpResponse(svg, content_type="image/svg+xml")
