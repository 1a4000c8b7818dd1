"""Asking for a seal: upload, choose the place on the page, the keeper's answer, sealing."""

import json
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from zhengtong.capabilities.seals import public as seals
from zhengtong.capabilities.seals.public import KEEP, USE, VIEW, CopyState, Place, SealUse, UseState
from zhengtong.core.files.public import open_bytes
from zhengtong.core.identity.public import Refused
from zhengtong.desks.seals.forms import NeededOpinionForm, OpinionForm, UseForm
from zhengtong.desks.seals.views.acting import REFUSALS, ActPage, add_refusal, offer, show_act, url_of
from zhengtong.screens.access import actor_of, for_staff
from zhengtong.screens.formats import cn_datetime
from zhengtong.screens.paging import paginate

TONES = {
    UseState.SEALED: "success",
    UseState.APPROVED: "info",
    UseState.WAITING: "warning",
    UseState.REFUSED: "danger",
    UseState.FAILED: "danger",
}
ACTS = (
    ActPage(
        "approve",
        gettext_lazy("同意用印"),
        KEEP,
        seals.approve_use,
        "use",
        (UseState.WAITING,),
        gettext_lazy("已同意用印"),
        form=OpinionForm,
        lead=gettext_lazy("同意的是这一份文件、这些位置、这些份数：文件改动一个字，就不能再盖。"),
        is_assured=True,
    ),
    ActPage(
        "seal",
        gettext_lazy("加盖印章"),
        USE,
        seals.seal_use,
        "use",
        (UseState.APPROVED,),
        gettext_lazy("已加盖印章"),
        lead=gettext_lazy("签名服务凭一次性许可签名，盖好的文件和台账同时生成。"),
        is_assured=True,
    ),
    ActPage(
        "refuse",
        gettext_lazy("不同意"),
        KEEP,
        seals.refuse_use,
        "use",
        (UseState.WAITING,),
        gettext_lazy("已告知申请人"),
        form=NeededOpinionForm,
        is_grave=True,
    ),
    ActPage(
        "withdraw",
        gettext_lazy("撤回申请"),
        USE,
        seals.withdraw_use,
        "use",
        (UseState.DRAFT, UseState.WAITING, UseState.APPROVED),
        gettext_lazy("已撤回"),
        is_grave=True,
    ),
)


def find_use(request: HttpRequest, number: str) -> SealUse:
    related = ("file", "ofd_file", "seal__making", "seal__organisation", "authorisation", "batch")
    return get_object_or_404(seals.list_uses(actor_of(request)).select_related(*related), number=number)


@require_safe
@for_staff(VIEW)
def list_all(request: HttpRequest) -> HttpResponse:
    found = seals.list_uses(actor_of(request)).filter(batch=None)
    state = request.GET.get("state", "")
    if state in UseState.values:
        found = found.filter(state=state)
    page = paginate(found, request.GET, order=("-id",))
    columns = [
        ("number", _("编号"), "nowrap"),
        ("title", _("文件"), "main"),
        ("seal", _("印章")),
        ("state", _("状态")),
        ("applicant", _("申请人")),
        ("asked", _("申请时间"), "nowrap"),
    ]
    rows = [
        {
            "url": reverse("seals_desk:use", args=[row.number]),
            "label": row.number,
            "cells": {
                "number": row.number,
                "title": row.title,
                "seal": row.seal.name,
                "state": row.get_state_display(),
                "applicant": row.applicant.staff.name if row.applicant else str(row.system or _("平台业务")),
                "asked": cn_datetime(row.asked_at),
            },
        }
        for row in page.rows
    ]
    context = {"page": page, "columns": columns, "rows": rows, "may_use": actor_of(request).has(USE)}
    return render(request, "seals_desk/uses.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(USE)
def begin(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    initial = {"seal": request.GET.get("seal", "")}
    form = UseForm(actor, request.POST or None, request.FILES or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            file = seals.take_document(actor=actor, upload=given["file"])
            use = seals.start_use(
                actor=actor,
                seal=given["seal"],
                file=file,
                title=given["title"],
                reason=given["reason"],
                copies=given["copies"],
                with_ofd=given["with_ofd"],
            )
        except REFUSALS as error:
            add_refusal(form, error)
        else:
            return redirect("seals_desk:place", use.number)
    return render(request, "seals_desk/new_use.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(USE)
def place(request: HttpRequest, number: str) -> HttpResponse:
    """Choose on the page where the seal goes, and ask the keeper."""
    use = find_use(request, number)
    if use.state != UseState.DRAFT:
        return redirect("seals_desk:use", use.number)
    wrong = ""
    if request.method == "POST":
        try:
            seals.submit_use(actor=actor_of(request), use=use, places=read_places(request))
        except REFUSALS as error:
            wrong = str(getattr(error, "message", "") or error)
        else:
            messages.success(request, _("已送印章保管人批准"))
            return redirect("seals_desk:use", use.number)
    status = 422 if wrong else 200
    return render(request, "seals_desk/place.html", {"use": use, "wrong": wrong, **describe_sheet(use)}, status=status)


def read_places(request: HttpRequest) -> list[Place]:
    """Return the places that the page sends, or the one that was typed. Raises Refused for what is none."""
    try:
        given = json.loads(request.POST.get("places") or "[]")
        places = [Place(int(page), float(x), float(y)) for page, x, y in given]
        if not places:
            typed = (request.POST.get(name, "") for name in ("page", "x", "y"))
            page, x, y = typed
            places = [Place(int(page), float(x), float(y))]
    except (ValueError, TypeError):
        raise Refused("places", _("请选择印章盖在哪一页的什么位置。"), "places") from None
    return places


def describe_sheet(use: SealUse) -> dict[str, Any]:
    """Return what the picker needs: sizes of the pages that are near, of the seal, where it first goes."""
    size = seals.measure_page(open_bytes(use.file), use.pages)
    width, height = float(use.seal.width_mm), float(use.seal.height_mm)
    start = (max(0.0, size.width * 0.62 - width / 2), max(0.0, size.height * 0.80 - height / 2))
    return {
        "sheet": {
            "pages": use.pages,
            "page": use.pages,
            "width": round(size.width, 2),
            "height": round(size.height, 2),
            "seal_width": width,
            "seal_height": height,
            "x": round(start[0], 1),
            "y": round(start[1], 1),
            "page_url": reverse("seals_desk:page", args=[use.number, 999999]),
            "seal_url": reverse("seals_desk:picture", args=[use.seal.code]),
        }
    }


@require_safe
@for_staff(VIEW)
def show(request: HttpRequest, number: str) -> HttpResponse:
    use, actor = find_use(request, number), actor_of(request)
    if use.state == UseState.DRAFT and use.applicant_id == actor.appointment and use.batch is None:
        return redirect("seals_desk:place", use.number)
    copies = [
        {
            "name": copy.file.name,
            "size": copy.file.size,
            "url": reverse("seals_desk:copy", args=[use.number, copy.pk]),
            "note": _("第 %(n)s 份 %(render)s") % {"n": copy.copy, "render": copy.get_render_display()},
        }
        for copy in use.sealed_copies.filter(state=CopyState.SEALED).select_related("file")
        if copy.file is not None
    ]
    context = {
        "use": use,
        "tone": TONES.get(UseState(use.state), "neutral"),
        "acts": offer(actor, use, use.state, ACTS, url_of("use_act", use.number)),
        "copies": copies,
        "places": [
            {"page": page, "x": x, "y": y, "url": reverse("seals_desk:page", args=[use.number, page])}
            for page, x, y in use.places
        ],
        "sheet": describe_sheet(use)["sheet"],
        "rows": use.seal.ledger.filter(copy__use=use).order_by("number"),
        "summary": [
            (_("文件"), use.file.name, reverse("seals_desk:document", args=[use.number]), _("打开")),
            (_("文件摘要（SHA-256）"), use.sha256),
            (_("页数"), use.pages),
            (_("印章"), use.seal.name, reverse("seals_desk:seal", args=[use.seal.code]), _("查看")),
            (_("份数"), use.copies),
            (_("格式"), "PDF、OFD" if use.ofd_file_id else "PDF"),
            (_("用印事由"), use.reason),
            (_("申请人"), use.applicant.staff.name if use.applicant else str(use.system or _("平台业务"))),
            (_("批准"), _decision(use)),
            (_("批准的内容摘要（SM3）"), use.binding or _("无")),
        ],
    }
    return render(request, "seals_desk/use.html", context)


def _decision(use: SealUse) -> str:
    if use.authorisation is not None:
        return _("按常设授权“%(kind)s”") % {"kind": use.authorisation.document_kind}
    if use.decided_by is None:
        return str(_("未批准"))
    said = f"{use.decided_by.staff.name} {cn_datetime(use.decided_at)}"
    return f"{said}：{use.opinion}" if use.opinion else said


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(USE, KEEP)
def act_on(request: HttpRequest, number: str, act: str) -> HttpResponse:
    use = find_use(request, number)
    back = reverse("seals_desk:use", args=[use.number])
    return show_act(request, acts=ACTS, code=act, row=use, state=use.state, back=back, subject=use.title)
