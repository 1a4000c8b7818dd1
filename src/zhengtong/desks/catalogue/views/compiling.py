"""The compile page: head and items of a draft on one page, kept as typed."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from zhengtong.capabilities.catalogue.public import (
    COMPILE,
    EDITABLE,
    ResourceVersion,
    VersionStatus,
    amend_version,
    confirm_proposals,
    find_gaps,
    read_text,
)
from zhengtong.core.identity.public import Refused
from zhengtong.desks.catalogue.access import of_version, read_revision
from zhengtong.desks.catalogue.forms import HeadForm, NoteForm, text_of
from zhengtong.desks.catalogue.presenting import STATUS_TONES
from zhengtong.desks.catalogue.rowsets import EditedRow, begin_rows, read_rows, rearrange
from zhengtong.kernel.policy import can
from zhengtong.screens.access import actor_of

_MOVES = ("up", "down", "remove", "add")


@require_http_methods(["GET", "HEAD", "POST"])
@of_version
def edit(request: HttpRequest, version: ResourceVersion) -> HttpResponse:
    """Show and save a draft. A row is moved, added or taken out without saving; the script does it in place."""
    if version.status not in EDITABLE or not can(actor_of(request), COMPILE, version):
        return redirect("catalogue_desk:version", version.pk)
    saved = read_text(version)
    if request.method != "POST":
        initial = {name: getattr(saved, name) for name in HeadForm.base_fields}
        return _show(
            request,
            version,
            HeadForm(initial=initial),
            NoteForm(initial={"note": version.note}),
            begin_rows(saved.fields),
        )
    head, note = HeadForm(request.POST), NoteForm(request.POST)
    rows = read_rows(request.POST, saved.fields)
    act = request.POST.get("act", "save")
    if act.partition("-")[0] in _MOVES:
        rows = rearrange(rows, act)
        if request.headers.get("HX-Request"):
            return render(request, "catalogue_desk/rows.html", {"rows": rows, "version": version})
        return _show(request, version, head, note, rows)
    if not all([head.is_valid(), note.is_valid(), *(row.form.is_valid() for row in rows)]):
        return _show(request, version, head, note, rows, status=422)
    text = text_of(head, tuple(row.form.to_field(row.was) for row in rows))
    try:
        amend_version(
            actor=actor_of(request),
            version=version,
            text=text,
            revision=read_revision(request),
            note=note.cleaned_data["note"],
        )
    except Refused as refused:
        is_here = refused.field in head.fields
        if is_here:
            head.add_error(refused.field, str(refused.message))
        problem = "" if is_here else str(refused.message)
        return _show(request, version, head, note, rows, problem=problem, status=409)
    messages.success(request, _("已保存"))
    return redirect("catalogue_desk:version" if act == "review" else "catalogue_desk:edit", version.pk)


def _show(
    request: HttpRequest,
    version: ResourceVersion,
    head: HeadForm,
    note: NoteForm,
    rows: list[EditedRow],
    *,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    revision: Any = request.POST.get("revision", "") if request.method == "POST" else version.revision
    bound: list[Any] = [head, note, *(row.form for row in rows)]
    context = {
        "version": version,
        "tone": STATUS_TONES[VersionStatus(version.status)],
        "head": head,
        "note": note if version.number > 1 else None,
        "rows": rows,
        "revision": revision,
        "gaps": find_gaps(version),
        "proposed": sum(row.was is not None and row.was.is_proposed for row in rows),
        "problem": problem,
        "errors": [each for each in bound if each.is_bound and each.errors],
    }
    return render(request, "catalogue_desk/edit.html", context, status=status)


@require_POST
@of_version
def confirm(request: HttpRequest, version: ResourceVersion) -> HttpResponse:
    """Confirm all that was guessed, after looking it through."""
    confirm_proposals(actor=actor_of(request), version=version)
    messages.success(request, _("推测的内容都已核对"))
    return redirect("catalogue_desk:edit", version.pk)
