"""Applications for seals: the form with its picture, the list, one application with its steps, papers and acts."""

from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from zhengtong.capabilities.seals import public as seals
from zhengtong.capabilities.seals.public import (
    APPLY,
    APPROVE,
    FILE,
    KEEP,
    MAKE,
    PATH,
    REVIEW,
    VIEW,
    SealApplication,
    Stage,
    StageWords,
)
from zhengtong.core.files.public import file_response
from zhengtong.core.identity.public import Organisation
from zhengtong.desks.seals.forms import (
    ApplyForm,
    FilingForm,
    NeededOpinionForm,
    OpinionForm,
    PaperForm,
    ReasonForm,
)
from zhengtong.desks.seals.views.acting import REFUSALS, ActPage, add_refusal, offer, show_act, url_of
from zhengtong.screens.access import actor_of, for_staff
from zhengtong.screens.paging import paginate

TONES = {"done": "success", "refused": "danger", "withdrawn": "neutral", "returned": "warning"}
ACTS = (
    ActPage(
        "review",
        gettext_lazy("审核通过"),
        REVIEW,
        seals.review_application,
        "application",
        (Stage.REVIEW,),
        gettext_lazy("已审核，送批准"),
        form=OpinionForm,
        lead=gettext_lazy("核对单位名称、印文、材料和保管人，符合规定的送批准。"),
    ),
    ActPage(
        "approve",
        gettext_lazy("批准"),
        APPROVE,
        seals.approve_application,
        "application",
        (Stage.APPROVAL,),
        gettext_lazy("已批准"),
        form=OpinionForm,
        lead=gettext_lazy("批准后由另一个人制作。注销申请批准后立即生效：证书吊销，标识无效。"),
        is_assured=True,
    ),
    ActPage(
        "make",
        gettext_lazy("制作印章"),
        MAKE,
        seals.make_seal,
        "application",
        (Stage.MAKING,),
        gettext_lazy("印章已制作，送备案"),
        lead=gettext_lazy(
            "按批准的印文绘制图样，在签名服务里产生国际和国密两对密钥，颁发两张证书。密钥不离开签名服务。"
        ),
        is_assured=True,
    ),
    ActPage(
        "file",
        gettext_lazy("登记备案"),
        FILE,
        seals.file_seal,
        "application",
        (Stage.FILING,),
        gettext_lazy("已登记备案，等保管人启用"),
        form=FilingForm,
    ),
    ActPage(
        "enable",
        gettext_lazy("启用"),
        KEEP,
        seals.enable_seal,
        "application",
        (Stage.ENABLING,),
        gettext_lazy("印章已启用"),
        lead=gettext_lazy("启用后可以申请用印。重新制作或者变更的，原来的一版同时停止使用，证书吊销。"),
        is_assured=True,
    ),
    ActPage(
        "resubmit",
        gettext_lazy("修改后再次申请"),
        APPLY,
        seals.resubmit_application,
        "application",
        (Stage.RETURNED,),
        gettext_lazy("已再次申请"),
        form=ReasonForm,
        initial=lambda row: {"reason": row.reason},
    ),
    ActPage(
        "return",
        gettext_lazy("退回修改"),
        REVIEW,
        seals.return_application,
        "application",
        (Stage.REVIEW,),
        gettext_lazy("已退回"),
        form=NeededOpinionForm,
    ),
    ActPage(
        "send-back",
        gettext_lazy("退回修改"),
        APPROVE,
        seals.return_application,
        "application",
        (Stage.APPROVAL,),
        gettext_lazy("已退回"),
        form=NeededOpinionForm,
    ),
    ActPage(
        "refuse",
        gettext_lazy("不予批准"),
        APPROVE,
        seals.refuse_application,
        "application",
        (Stage.APPROVAL,),
        gettext_lazy("已告知申请人"),
        form=NeededOpinionForm,
        is_grave=True,
    ),
    ActPage(
        "withdraw",
        gettext_lazy("撤回申请"),
        APPLY,
        seals.withdraw_application,
        "application",
        (Stage.REVIEW, Stage.RETURNED),
        gettext_lazy("已撤回"),
        is_grave=True,
        lead=gettext_lazy("撤回后要用印章的，重新申请。"),
    ),
)


def _find(request: HttpRequest, number: str) -> SealApplication:
    return get_object_or_404(seals.list_applications(actor_of(request)), number=number)


@require_safe
@for_staff(VIEW)
def list_all(request: HttpRequest) -> HttpResponse:
    page = paginate(seals.list_applications(actor_of(request)), request.GET, order=("-id",))
    columns = [
        ("number", _("编号"), "nowrap"),
        ("seal", _("印章"), "main"),
        ("purpose", _("事由")),
        ("stage", _("环节")),
        ("organisation", _("申请单位")),
        ("due", _("期限"), "nowrap"),
    ]
    rows = [
        {
            "url": reverse("seals_desk:application", args=[row.number]),
            "label": row.number,
            "cells": {
                "number": row.number,
                "seal": row.seal.name,
                "purpose": row.get_purpose_display(),
                "stage": row.get_stage_display(),
                "organisation": row.organisation.name,
                "due": f"{row.due_at:%Y-%m-%d}" if row.due_at else "",
            },
        }
        for row in page.rows
    ]
    context = {"page": page, "columns": columns, "rows": rows, "may_apply": actor_of(request).has(APPLY)}
    return render(request, "seals_desk/applications.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(APPLY)
def apply(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    organisation = get_object_or_404(Organisation.objects.select_related("region"), pk=actor.organisation)
    form = ApplyForm(organisation, request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            application = seals.apply_for_seal(
                actor=actor,
                organisation=organisation,
                kind=given["kind"],
                text=given["text"],
                line=given["line"],
                shape=given["shape"],
                keeper=given["keeper"],
                reason=given["reason"],
                strokes=_read_signature(given),
            )
        except REFUSALS as error:
            add_refusal(form, error)
        else:
            messages.success(request, _("申请已提交，等印章管理部门审核。可以在下面附上材料。"))
            return redirect("seals_desk:application", application.number)
    context = {"form": form, "organisation": organisation}
    return render(request, "seals_desk/apply.html", context, status=422 if form.errors else 200)


def _read_signature(given: dict[str, Any]) -> str:
    if given["kind"] != seals.SealKind.PERSONAL:
        return ""
    picture: UploadedFile[bytes] | None = given["picture"]
    if picture is not None:
        return seals.read_picture(picture.read())
    return seals.read_strokes(given["points"]) if given["points"] else ""


@require_safe
@for_staff(VIEW)
def show(request: HttpRequest, number: str) -> HttpResponse:
    return _show(request, _find(request, number))


def _show(request: HttpRequest, row: SealApplication, form: PaperForm | None = None) -> HttpResponse:
    actor = actor_of(request)
    papers = [
        {
            "name": f"{paper.title} {paper.file.name}",
            "size": paper.file.size,
            "url": reverse("seals_desk:paper", args=[row.number, paper.pk]),
        }
        for paper in row.papers.select_related("file")
    ]
    stage = Stage(row.stage)
    titles = [StageWords(each.value).label for each in PATH]
    is_open_for_papers = stage in (Stage.REVIEW, Stage.RETURNED) and seals.may_apply(actor, row)
    context = {
        "row": row,
        "tone": TONES.get(row.stage, "info"),
        "acts": offer(actor, row, row.stage, ACTS, url_of("application_act", row.number)),
        "steps": titles,
        "current": PATH.index(stage) + 1 if stage in PATH else 0,
        "papers": papers,
        "form": form or PaperForm(),
        "may_attach": is_open_for_papers,
        "history": describe_steps(row.steps.select_related("by__staff", "by__post__organisation")),
        "summary": [
            (_("印章"), row.seal.name, reverse("seals_desk:seal", args=[row.seal.code]), _("查看")),
            (_("印章编码"), row.seal.code),
            (_("种类"), row.seal.get_kind_display()),
            (_("使用单位"), row.organisation.name),
            (
                _("尺寸"),
                _("%(w)s × %(h)s 毫米") % {"w": f"{float(row.seal.width_mm):g}", "h": f"{float(row.seal.height_mm):g}"},
            ),
            (_("保管人"), row.seal.keeper.staff.name if row.seal.keeper else ""),
            (_("申请人"), row.applicant.staff.name),
            (_("理由"), row.reason),
        ],
    }
    return render(request, "seals_desk/application.html", context, status=422 if form and form.errors else 200)


def describe_steps(steps: Any) -> list[dict[str, Any]]:
    """Return the history as a timeline, the newest last."""
    return [
        {
            "title": step.get_act_display(),
            "at": step.at,
            "who": f"{step.by.post.organisation.short_name} {step.by.staff.name}" if step.by else _("系统"),
            "text": step.opinion,
        }
        for step in steps
    ]


@require_POST
@for_staff(APPLY)
def attach(request: HttpRequest, number: str) -> HttpResponse:
    row = _find(request, number)
    form = PaperForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            seals.attach_paper(
                actor=actor_of(request),
                application=row,
                title=form.cleaned_data["title"],
                upload=form.cleaned_data["file"],
            )
        except REFUSALS as error:
            add_refusal(form, error)
        else:
            messages.success(request, _("材料已附上"))
            return redirect("seals_desk:application", row.number)
    return _show(request, row, form)


@require_safe
@for_staff(VIEW)
def open_paper(request: HttpRequest, number: str, paper_id: int) -> HttpResponseBase:
    paper = _find(request, number).papers.select_related("file").filter(pk=paper_id).first()
    if paper is None:
        raise Http404
    return file_response(paper.file, actor=actor_of(request), as_attachment=False)


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(*seals.ANY)
def act_on(request: HttpRequest, number: str, act: str) -> HttpResponse:
    row = _find(request, number)
    back = reverse("seals_desk:application", args=[row.number])
    return show_act(request, acts=ACTS, code=act, row=row, state=row.stage, back=back, subject=row.seal.name)
