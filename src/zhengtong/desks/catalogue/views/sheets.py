"""A sheet of entries: the template, uploading, the differences, confirming."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from zhengtong.capabilities.catalogue.public import (
    COMPILE,
    VERDICT_TONES,
    VERDICT_WORDS,
    CatalogueSheet,
    SheetState,
    Verdict,
    apply_sheet,
    cancel_sheet,
    read_sheet,
    say_changes,
    worst,
    write_workbook,
)
from zhengtong.core.identity.public import Refused
from zhengtong.desks.catalogue.forms import SheetForm
from zhengtong.desks.catalogue.views.lists import SHEET
from zhengtong.kernel.policy import visible
from zhengtong.screens.access import actor_of, for_staff


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(COMPILE)
def upload(request: HttpRequest) -> HttpResponse:
    """Upload a sheet; it is read and compared, nothing is written."""
    actor = actor_of(request)
    form = SheetForm(request.POST or None, request.FILES or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                sheet = read_sheet(actor=actor, upload=form.cleaned_data["file"])
            except Refused as refused:
                form.add_error("file", str(refused.message))
            else:
                return redirect("catalogue_desk:sheet", sheet.pk)
    recent = visible(actor, COMPILE, CatalogueSheet.objects.select_related("uploaded_by__staff"))
    context = {"form": form, "recent": list(recent.defer("plan").order_by("-pk")[:20])}
    return render(request, "catalogue_desk/upload.html", context, status=status)


@require_safe
@for_staff(COMPILE)
def download_template(request: HttpRequest) -> HttpResponseBase:
    response = StreamingHttpResponse(write_workbook([]), content_type=SHEET)
    response.headers["Content-Disposition"] = 'attachment; filename="catalogue-template.xlsx"'
    return response


def _find(request: HttpRequest, pk: int) -> CatalogueSheet:
    found = visible(actor_of(request), COMPILE, CatalogueSheet.objects.all()).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


@require_safe
@for_staff(COMPILE)
def show_sheet(request: HttpRequest, pk: int) -> HttpResponse:
    sheet = _find(request, pk)
    entries: dict[str, list[dict[str, Any]]] = {"refused": [], "change": [], "new": [], "same": []}
    for each in sheet.plan:
        verdict = worst(change["verdict"] for change in each["changes"])
        entries[each["act"]].append(
            {
                **each,
                "shown": say_changes(each["changes"]),
                "verdict": (VERDICT_WORDS[verdict], VERDICT_TONES[Verdict(verdict)]),
                "items": len((each["text"] or {}).get("fields", ())),
            }
        )
    context = {
        "sheet": sheet,
        "entries": entries,
        "may_confirm": sheet.state == SheetState.CHECKED and bool(entries["new"] or entries["change"]),
        "is_waiting": sheet.state == SheetState.CHECKED,
    }
    return render(request, "catalogue_desk/sheet.html", context)


@require_POST
@for_staff(COMPILE)
def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    sheet = _find(request, pk)
    skipped = [line for line in request.POST.getlist("skip") if line.isascii() and line.isdecimal() and len(line) < 9]
    try:
        apply_sheet(actor=actor_of(request), sheet=sheet, skip=frozenset(map(int, skipped)))
    except Refused as refused:
        messages.error(request, str(refused.message))
        return redirect("catalogue_desk:sheet", sheet.pk)
    messages.success(request, _("已导入为草稿，核对后逐个送审"))
    return redirect("catalogue_desk:entries")


@require_POST
@for_staff(COMPILE)
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    sheet = _find(request, pk)
    try:
        cancel_sheet(actor=actor_of(request), sheet=sheet)
    except Refused as refused:
        messages.error(request, str(refused.message))
        return redirect("catalogue_desk:sheet", sheet.pk)
    messages.success(request, _("已放弃，什么也没有写入"))
    return redirect("catalogue_desk:upload")
