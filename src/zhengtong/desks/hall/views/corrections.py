"""Answering a correction notice: only what it marks can be changed; everything else stays as it was handed in."""

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from zhengtong.capabilities.cases.public import (
    Case,
    IncompleteApplication,
    ItemDefinition,
    LegalState,
    RuleBroken,
    SectionForm,
    correctable_materials,
    get_definition,
    get_open_notice,
    resubmit_case,
    save_draft,
)
from zhengtong.desks.hall.access import HallRequest, of_own_draft
from zhengtong.desks.hall.answers import in_words
from zhengtong.desks.hall.application import describe_fields, list_slots, marked_section, show_answers, show_materials
from zhengtong.desks.hall.views.materials import describe_uploads, offer_own, take_files

Errors = list[tuple[str, str]]


@require_http_methods(["GET", "HEAD", "POST"])
@of_own_draft
def correct(request: HallRequest, case: Case) -> HttpResponse:
    """The marked fields and materials with the clerk's words; sends the corrections when they are complete."""
    if case.state != LegalState.NEED_MATERIALS:
        return redirect("hall:draft", case.public_id)
    definition = get_definition(case.item_version_id)
    section = marked_section(case, definition)
    if request.method != "POST":
        form = SectionForm(section, initial=case.form, slots=list_slots(case, section))
        return show_correction(request, case, form, [], {})
    refused = take_files(request, case, [spec.as_material() for spec in section.fields if spec.type == "upload"])
    form = SectionForm(section, request.POST, slots=list_slots(case, section, refused))
    case.saved_at = save_draft(actor=request.actor, case_id=case.pk, answers=form.kept())
    case.refresh_from_db(fields=["form"])
    marked = [each["spec"] for each in list_marked(case, definition)]
    refused |= take_files(request, case, marked)
    if form.is_rearranged:
        form = SectionForm(section, initial=case.form, slots=list_slots(case, section))
        return show_correction(request, case, form, [], refused)
    if not form.is_valid() or refused:
        return show_correction(request, case, form, [], refused)
    if "stay" in request.POST:
        messages.success(request, _("已保存，还没有提交。"))
        return redirect("hall:correction", case.public_id)
    return resubmit(request, case, form)


def resubmit(request: HallRequest, case: Case, form: SectionForm) -> HttpResponse:
    try:
        resubmit_case(actor=request.actor, case_id=case.pk)
    except IncompleteApplication as error:
        errors = [(f"id_{field}", text) for _section, field, text in error.errors]
        return show_correction(request, case, form, errors, {})
    except RuleBroken as error:
        messages.error(request, in_words(error))
        return redirect("hall:case", case.public_id)
    messages.success(request, _("补正已提交，我们会重新核对。"))
    return redirect("hall:receipt", case.public_id)


def list_marked(case: Case, definition: ItemDefinition) -> list[dict[str, Any]]:
    """Return the materials that the open notice marks, with their files and the clerk's words."""
    notice = get_open_notice(case)
    words = {mark.target: mark.message for mark in notice.marks.all()} if notice else {}
    shown = {each["spec"].key: each for each in show_materials(case, definition)}
    wanted = correctable_materials(case)
    return [
        shown.get(spec.key, {"spec": spec, "files": [], "source": ""})
        | {"words": words.get(f"material:{spec.key}", _("按修改后的内容，还需要这项材料。"))}
        for spec in definition.materials
        if spec.key in wanted
    ]


def show_correction(
    request: HallRequest, case: Case, form: SectionForm, errors: Errors, refused: dict[str, list[str]]
) -> HttpResponse:
    definition = get_definition(case.item_version_id)
    notice = get_open_notice(case)
    words = {mark.target: mark.message for mark in notice.marks.all()} if notice else {}
    fields = describe_fields(request.actor, form, form.section, definition, case)
    marked = list_marked(case, definition)
    keys = {spec.key for spec in form.section.fields}
    context = {
        "case": case,
        "notice": notice,
        "form": form,
        "fields": [each | {"words": words.get(f"field:{each['bound'].name}", "")} for each in fields],
        "materials": offer_own(request, describe_uploads(case, marked, refused)),
        "reuse_url": reverse("hall:reuse", args=[case.public_id]),
        "errors": [form, *errors, *((f"id_{key}", text) for key, texts in refused.items() for text in texts)],
        "unchanged": [
            {
                "section": section,
                "rows": [
                    row
                    for spec in section.fields
                    if spec.key not in keys
                    for row in show_answers(replace(section, fields=(spec,)), case.form)
                ],
            }
            for section in definition.list_asked(case.form)
        ],
        "kept": [
            each
            for each in show_materials(case, definition)
            if each["spec"].key not in {marked_one["spec"].key for marked_one in marked}
        ],
    }
    return render(request, "hall/correction.html", context, status=422 if errors else 200)
