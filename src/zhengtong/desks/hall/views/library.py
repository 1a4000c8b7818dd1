"""Her own library of materials: what she handed in once, where it was used; naming, dating, deleting, adding."""

from django import forms
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from zhengtong.capabilities.cases.public import (
    Case,
    RuleBroken,
    delete_material,
    describe_material,
    find_own_material,
    keep_material,
    list_own_materials,
    reuse_material,
)
from zhengtong.capabilities.licences.public import list_licences
from zhengtong.core.files.public import (
    PAPERS_AND_PHOTOS,
    UploadRefused,
    accept_attribute,
    describe_kinds,
    file_response,
)
from zhengtong.desks.hall.access import HallRequest, applicants_only, of_own_draft
from zhengtong.desks.hall.answers import in_words
from zhengtong.desks.hall.views.licences import describe as describe_licence

LICENCES, SHOWN = 5, 10


class DescriptionForm(forms.Form):
    name = forms.CharField(
        label=gettext_lazy("这是什么材料"),
        max_length=120,
        help_text=gettext_lazy("如“健康证明”“房屋租赁合同”。办事时按这个名称推荐给您。"),
        error_messages={"required": gettext_lazy("请写上这是什么材料")},
    )
    valid_until = forms.DateField(
        label=gettext_lazy("有效期至"),
        required=False,
        widget=forms.DateInput,
        help_text=gettext_lazy("长期有效的不填。过期以后不再推荐，也不能用来申请。"),
    )


class KeepForm(DescriptionForm):
    """A file to put into the library."""

    file = forms.FileField(
        label=gettext_lazy("文件"),
        widget=forms.FileInput(attrs={"accept": accept_attribute(PAPERS_AND_PHOTOS)}),
        error_messages={
            "required": gettext_lazy("请选择文件"),
            "empty": gettext_lazy("这个文件是空的，请重新选择"),
        },
    )
    field_order = ("name", "file", "valid_until")

    def __init__(self, *args: object, **options: object) -> None:
        super().__init__(*args, **options)  # type: ignore[arg-type]  # handed through
        self.fields["file"].help_text = describe_kinds(PAPERS_AND_PHOTOS)


@require_http_methods(["GET", "HEAD", "POST"])
@applicants_only
def show_library(request: HallRequest) -> HttpResponse:
    """All of it, found by name; a form that adds to it."""
    form = KeepForm(request.POST, request.FILES) if request.method == "POST" else KeepForm()
    if request.method == "POST" and form.is_valid():
        upload: UploadedFile[bytes] = form.cleaned_data["file"]
        try:
            keep_material(
                actor=request.actor,
                name=form.cleaned_data["name"],
                valid_until=form.cleaned_data["valid_until"],
                upload=upload,
            )
        except UploadRefused as refused:
            form.add_error("file", refused.message)
        except RuleBroken as error:
            form.add_error(None, in_words(error))
        else:
            messages.success(request, _("已存入我的材料，以后办事可以直接选用。"))
            return redirect("hall:library")
    query = request.GET.get("q", "").strip()[:60]
    found = list_own_materials(request.actor)
    shown = [own for own in found if query in own.name or any(query in name for name in own.names)]
    page = request.GET.get("page", "")
    start = (min(int(page), 99) - 1) * SHOWN if page.isascii() and page.isdigit() and page.strip("0") else 0
    context = {
        "materials": shown[start : start + SHOWN],
        "next": start // SHOWN + 2 if len(shown) > start + SHOWN else 0,
        "previous": start // SHOWN,
        "total": len(found),
        "query": query,
        "form": form,
        "may_keep": not request.actor.matters,
        "licences": [describe_licence(licence) for licence in list_licences(request.actor)[:LICENCES]],
    }
    return render(request, "hall/library.html", context, status=422 if form.errors else 200)


@require_safe
@applicants_only
def open_own(request: HallRequest, file_id: int) -> FileResponse:
    own = find_own_material(request.actor, file_id)
    if own is None:
        raise Http404
    return file_response(own.file, actor=request.actor, as_attachment="download" in request.GET)


@require_http_methods(["GET", "HEAD", "POST"])
@applicants_only
def describe(request: HallRequest, file_id: int) -> HttpResponse:
    """What it is called, and until when it holds."""
    own = find_own_material(request.actor, file_id)
    if own is None:
        raise Http404
    form = DescriptionForm(request.POST or None, initial={"name": own.name, "valid_until": own.valid_until})
    if request.method == "POST" and form.is_valid():
        try:
            describe_material(actor=request.actor, file_id=file_id, **form.cleaned_data)
        except RuleBroken as error:
            form.add_error(None, in_words(error))
        else:
            messages.success(request, _("已保存。"))
            return redirect("hall:library")
    context = {"own": own, "form": form}
    return render(request, "hall/library_material.html", context, status=422 if form.errors else 200)


@require_POST
@applicants_only
def delete(request: HallRequest, file_id: int) -> HttpResponse:
    if find_own_material(request.actor, file_id) is None:
        raise Http404
    try:
        delete_material(actor=request.actor, file_id=file_id)
    except RuleBroken as error:
        messages.error(request, in_words(error))
    else:
        messages.success(request, _("已删除，平台不再保存这份材料。"))
    return redirect("hall:library")


@require_POST
@of_own_draft
def reuse(request: HallRequest, case: Case) -> HttpResponse:
    """Hand in a file of the library: ``reuse`` holds the material's key and the file's number."""
    key, _colon, number = request.POST.get("reuse", "").partition(":")
    back = "hall:correction" if case.number else "hall:materials"
    place = f"{reverse(back, args=[case.public_id])}#id_{key[:60]}"
    if not (number.isascii() and number.isdigit() and len(number) < 18):
        messages.error(request, _("请选择要用的材料。"))
        return redirect(back, case.public_id)
    if find_own_material(request.actor, int(number)) is None:
        raise Http404
    try:
        reuse_material(actor=request.actor, case_id=case.pk, key=key, file_id=int(number))
    except RuleBroken as error:
        messages.error(request, in_words(error))
    else:
        messages.success(request, _("已用上次交的材料，不用再上传。"))
    return redirect(place)
