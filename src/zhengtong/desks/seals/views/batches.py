"""Batches: documents added one by one or many at once, one place, one approval, progress that can be watched."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from zhengtong.capabilities.seals import public as seals
from zhengtong.capabilities.seals.public import KEEP, USE, VIEW, Batch, BatchState
from zhengtong.desks.seals.forms import BatchForm, NeededOpinionForm, OpinionForm
from zhengtong.desks.seals.views.acting import REFUSALS, ActPage, add_refusal, offer, show_act, url_of
from zhengtong.desks.seals.views.uses import describe_sheet, read_places
from zhengtong.screens.access import actor_of, for_staff
from zhengtong.screens.formats import cn_datetime
from zhengtong.screens.paging import paginate

TONES = {
    BatchState.DONE: "success",
    BatchState.RUNNING: "info",
    BatchState.WAITING: "warning",
    BatchState.REFUSED: "danger",
}
ACTS = (
    ActPage(
        "approve",
        gettext_lazy("同意用印"),
        KEEP,
        seals.approve_batch,
        "batch",
        (BatchState.WAITING,),
        gettext_lazy("已同意，正在逐份盖章"),
        form=OpinionForm,
        lead=gettext_lazy("同意的是这一批的每一份文件和位置。盖章在后台进行，可以看进度，可以取消还没有盖的。"),
        is_assured=True,
    ),
    ActPage(
        "refuse",
        gettext_lazy("不同意"),
        KEEP,
        seals.refuse_batch,
        "batch",
        (BatchState.WAITING,),
        gettext_lazy("已告知申请人"),
        form=NeededOpinionForm,
        is_grave=True,
    ),
    ActPage(
        "cancel",
        gettext_lazy("取消这一批"),
        USE,
        seals.cancel_batch,
        "batch",
        (BatchState.COLLECTING, BatchState.WAITING, BatchState.RUNNING),
        gettext_lazy("已取消，盖好的仍然有效"),
        is_grave=True,
        lead=gettext_lazy("还没有盖的不再盖，已经盖好的仍然有效。"),
    ),
)


def _find(request: HttpRequest, public_id: Any) -> Batch:
    return get_object_or_404(seals.list_batches(actor_of(request)), public_id=public_id)


@require_safe
@for_staff(USE, VIEW)
def list_all(request: HttpRequest) -> HttpResponse:
    page = paginate(seals.list_batches(actor_of(request)), request.GET, order=("-id",))
    columns = [
        ("title", _("批次"), "main"),
        ("seal", _("印章")),
        ("state", _("状态")),
        ("applicant", _("申请人")),
        ("asked", _("申请时间"), "nowrap"),
    ]
    rows = [
        {
            "url": reverse("seals_desk:batch", args=[row.public_id]),
            "label": row.title,
            "cells": {
                "title": row.title,
                "seal": row.seal.name,
                "state": row.get_state_display(),
                "applicant": row.applicant.staff.name,
                "asked": cn_datetime(row.asked_at),
            },
        }
        for row in page.rows
    ]
    context = {"page": page, "columns": columns, "rows": rows, "may_use": actor_of(request).has(USE)}
    return render(request, "seals_desk/batches.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(USE)
def begin(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    form = BatchForm(actor, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            batch = seals.start_batch(actor=actor, **form.cleaned_data)
        except REFUSALS as error:
            add_refusal(form, error)
        else:
            return redirect("seals_desk:batch", batch.public_id)
    return render(request, "seals_desk/new_batch.html", {"form": form}, status=422 if form.errors else 200)


@require_safe
@for_staff(USE, VIEW)
def show(request: HttpRequest, public_id: Any) -> HttpResponse:
    batch, actor = _find(request, public_id), actor_of(request)
    page = paginate(batch.uses.select_related("file"), request.GET, order=("id",))
    first = batch.uses.select_related("file", "seal").order_by("id").first()
    is_open = batch.state == BatchState.COLLECTING and batch.applicant_id == actor.appointment
    columns = [
        ("title", _("文件"), "main"),
        ("pages", _("页数"), "number"),
        ("state", _("状态")),
        ("failure", _("原因")),
    ]
    rows = [
        {
            "url": reverse("seals_desk:use", args=[use.number]),
            "label": use.title,
            "cells": {
                "title": use.title,
                "pages": use.pages,
                "state": use.get_state_display(),
                "failure": use.failure,
            },
        }
        for use in page.rows
    ]
    context = {
        "batch": batch,
        "tone": TONES.get(BatchState(batch.state), "neutral"),
        "acts": offer(actor, batch, batch.state, ACTS, url_of("batch_act", batch.public_id)),
        "is_open": is_open,
        "documents": batch.uses.count(),
        "first": first,
        **(describe_sheet(first) if first is not None and is_open else {}),
        **_progress(batch),
        "page": page,
        "columns": columns,
        "rows": rows,
    }
    return render(request, "seals_desk/batch.html", context)


def _progress(batch: Batch) -> dict[str, Any]:
    counts = seals.count_batch(batch)
    done = counts["sealed"] + counts["failed"] + counts["cancelled"]
    return {
        "batch": batch,
        "counts": counts,
        "is_running": batch.state == BatchState.RUNNING,
        "done": done,
    }


@require_safe
@for_staff(USE, VIEW)
def progress(request: HttpRequest, public_id: Any) -> HttpResponse:
    return render(request, "seals_desk/batch_progress.html", _progress(_find(request, public_id)))


@require_POST
@for_staff(USE)
def add(request: HttpRequest, public_id: Any) -> HttpResponse:
    """Add every file that was chosen; what can't be sealed is named with its reason, the others are added."""
    batch, actor, added = _find(request, public_id), actor_of(request), 0
    for upload in request.FILES.getlist("files"):
        try:
            seals.add_document(actor=actor, batch=batch, upload=upload)
            added += 1
        except REFUSALS as error:
            said = str(getattr(error, "message", "") or error)
            messages.error(request, _("“%(name)s”没有加入：%(why)s") % {"name": upload.name, "why": said})
    if added:
        messages.success(request, _("已加入 %(n)s 份文件") % {"n": added})
    return redirect("seals_desk:batch", batch.public_id)


@require_POST
@for_staff(USE)
def place(request: HttpRequest, public_id: Any) -> HttpResponse:
    batch = _find(request, public_id)
    try:
        seals.submit_batch(
            actor=actor_of(request),
            batch=batch,
            places=read_places(request),
            on_last_page=request.POST.get("on_last_page") == "on",
        )
    except REFUSALS as error:
        messages.error(request, str(getattr(error, "message", "") or error))
    else:
        messages.success(request, _("已送印章保管人批准"))
    return redirect("seals_desk:batch", batch.public_id)


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(USE, KEEP)
def act_on(request: HttpRequest, public_id: Any, act: str) -> HttpResponse:
    batch = _find(request, public_id)
    back = reverse("seals_desk:batch", args=[batch.public_id])
    return show_act(request, acts=ACTS, code=act, row=batch, state=batch.state, back=back, subject=batch.title)
