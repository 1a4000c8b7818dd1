"""Giving files: each sent at once with its progress, or together with the page where no script runs."""

from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse, Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from zhengtong.capabilities.cases.public import (
    Case,
    LegalState,
    MaterialSpec,
    RuleBroken,
    attach_file,
    get_definition,
    list_offers,
    list_own_materials,
    remove_file,
)
from zhengtong.core.files.public import (
    FileKind,
    UploadRefused,
    accept_attribute,
    describe_kinds,
    file_response,
    upload_limit,
)
from zhengtong.desks.hall.access import HallRequest, of_own_case, of_own_draft
from zhengtong.desks.hall.answers import in_words, is_script, problem
from zhengtong.desks.hall.application import list_steps, show_file, show_materials
from zhengtong.desks.hall.plans import Plan, plan_draft

MEGABYTE = 1024 * 1024


@require_http_methods(["GET", "HEAD", "POST"])
@of_own_draft
def edit_materials(request: HallRequest, case: Case) -> HttpResponse:
    """All materials that the answers ask for."""
    if case.state == LegalState.NEED_MATERIALS:
        return redirect("hall:correction", case.public_id)
    definition = get_definition(case.item_version_id)
    errors: dict[str, list[str]] = {}
    if request.method == "POST":
        errors = take_files(request, case, [each["spec"] for each in show_materials(case, definition)])
        if not errors:
            return redirect("hall:materials" if "stay" in request.POST else "hall:review", case.public_id)
    steps = list_steps(case, definition)
    plan = plan_draft(case, definition)
    context = {
        "case": case,
        "plan": plan,
        "materials": offer_own(request, describe_uploads(case, show_materials(case, definition), errors, plan)),
        "reuse_url": reverse("hall:reuse", args=[case.public_id]),
        "errors": [(f"id_{key}", text) for key, texts in errors.items() for text in texts],
        "steps": steps,
        "current": len(steps) - 1,
        "previous_url": steps[-3][1],
    }
    return render(request, "hall/materials.html", context)


def describe_uploads(
    case: Case, shown: list[dict[str, Any]], errors: dict[str, list[str]], plan: Plan | None = None
) -> list[dict[str, Any]]:
    """Return materials with what their upload boxes say; of a bundle also which items want each."""
    wanted_by = {each.spec.key: each.wanted_by for each in plan.materials} if plan else {}
    raw = {each["key"]: each for each in get_definition(case.item_version_id).text["materials"]}
    return [
        each
        | {
            "url": reverse("hall:upload", args=[case.public_id]),
            "condition": raw[each["spec"].key].get("condition_text", ""),
            "wanted_by": wanted_by.get(each["spec"].key, ()),
            "accept": accept_attribute(kinds_of(each["spec"])),
            "hint": f"{each['spec'].help}{describe_kinds(kinds_of(each['spec']))}",
            "max_mb": upload_limit() // MEGABYTE,
            "errors": errors.get(each["spec"].key, []),
        }
        for each in shown
    ]


def offer_own(request: HallRequest, described: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the same with what of her library can be handed in for each again."""
    library = list_own_materials(request.actor)
    return [
        each
        | {
            "offers": []
            if each["source"]
            else list_offers(library, each["spec"], [file["digest"] for file in each["files"]])
        }
        for each in described
    ]


def kinds_of(spec: MaterialSpec) -> frozenset[FileKind]:
    return frozenset(FileKind(kind) for kind in spec.kinds)


def take_files(request: HallRequest, case: Case, specs: list[MaterialSpec]) -> dict[str, list[str]]:
    """Take what came with a form: files to remove, files to add. Return what was refused, by material."""
    errors: dict[str, list[str]] = {}
    for spec in specs:
        for text in request.POST.getlist(f"{spec.key}_remove")[:50]:
            if text.isascii() and text.isdigit() and len(text) < 18:
                try:
                    remove_file(actor=request.actor, case_id=case.pk, material_id=int(text))
                except RuleBroken as error:
                    errors.setdefault(spec.key, []).append(in_words(error))
        for upload in request.FILES.getlist(spec.key)[:50]:
            refusal = attach(request, case, spec.key, upload)
            if isinstance(refusal, str):
                errors.setdefault(spec.key, []).append(f"{upload.name}：{refusal}")
    return errors


def attach(request: HallRequest, case: Case, key: str, upload: "UploadedFile[bytes]") -> dict[str, Any] | str:
    """Add a file; return it as the page shows it, or the sentence that says why not."""
    try:
        return show_file(case, attach_file(actor=request.actor, case_id=case.pk, key=key, upload=upload))
    except UploadRefused as refused:
        return refused.message
    except RuleBroken as error:
        return in_words(error)


@require_POST
@of_own_draft
def upload_file(request: HallRequest, case: Case) -> HttpResponse:
    """One file from a page's script; answers with its row or with why it isn't taken."""
    upload = request.FILES.get("file")
    if upload is None:
        return problem(422, "no-file", _("没有收到文件，请重新选择。"))
    taken = attach(request, case, request.POST.get("slot", "")[:60], upload)
    if isinstance(taken, str):
        return problem(422, "file-refused", taken)
    return JsonResponse(taken, status=201)


@require_safe
@of_own_case
def open_file(request: HallRequest, case: Case, file_id: int) -> FileResponse:
    """Her own file, as she uploaded it."""
    material = case.materials.select_related("file").filter(pk=file_id).first()
    if material is None:
        raise Http404
    return file_response(material.file, actor=request.actor, as_attachment="download" in request.GET)


@require_POST
@of_own_draft
def remove(request: HallRequest, case: Case, file_id: int) -> HttpResponse:
    """Take a file out again."""
    try:
        remove_file(actor=request.actor, case_id=case.pk, material_id=file_id)
    except RuleBroken as error:
        if is_script(request):
            return problem(409, error.code, in_words(error))
        messages.error(request, in_words(error))
    if is_script(request):
        return HttpResponse(status=204)
    return redirect("hall:draft", case.public_id)
