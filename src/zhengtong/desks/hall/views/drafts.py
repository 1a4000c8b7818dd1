"""Filling in an application: one section a page, saved by itself, checked as a whole, submitted once."""

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from zhengtong.capabilities.cases.public import (
    Case,
    IncompleteApplication,
    LegalState,
    RuleBroken,
    SectionForm,
    bind_section,
    check_application,
    delete_draft,
    get_definition,
    save_draft,
    submit_case,
)
from zhengtong.desks.hall.access import HallRequest, of_own_case, of_own_draft
from zhengtong.desks.hall.answers import in_words, problem
from zhengtong.desks.hall.application import (
    describe_fields,
    list_steps,
    locate,
    marked_section,
    show_answers,
    show_materials,
)


@require_safe
@of_own_draft
def open_draft(request: HallRequest, case: Case) -> HttpResponse:
    """Lead to where filling in goes on."""
    if case.state == LegalState.NEED_MATERIALS:
        return redirect("hall:correction", case.public_id)
    return redirect("hall:section", case.public_id, get_definition(case.item_version_id).sections[0].key)


@require_http_methods(["GET", "HEAD", "POST"])
@of_own_draft
def edit_section(request: HallRequest, case: Case, section: str) -> HttpResponse:
    """One section. What was typed is kept whether it is right or not; only what is right leads on."""
    definition = get_definition(case.item_version_id)
    spec = definition.section(section)
    if case.state == LegalState.NEED_MATERIALS or spec is None:
        return redirect("hall:draft", case.public_id)
    steps = list_steps(case, definition)
    place = definition.sections.index(spec)
    if request.method == "POST":
        form = SectionForm(spec, request.POST)
        saved_at = save_draft(actor=request.actor, case_id=case.pk, answers=form.kept())
        if form.is_valid():
            return redirect(
                reverse("hall:review", args=[case.public_id]) if "back" in request.POST else steps[place + 1][1]
            )
        case.saved_at = saved_at
    elif "check" in request.GET:
        form = bind_section(spec, case.form)
    else:
        form = SectionForm(spec, initial=case.form)
    context = {
        "case": case,
        "section": spec,
        "form": form,
        "fields": describe_fields(request.actor, form, spec, definition, case),
        "steps": steps,
        "current": place + 1,
        "previous_url": steps[place - 1][1] if place else "",
        "is_from_review": "back" in request.GET or "back" in request.POST,
    }
    return render(request, "hall/section.html", context)


@require_POST
@of_own_draft
def autosave(request: HallRequest, case: Case) -> HttpResponse:
    """Keep what is being typed, right or wrong; the page shows the moment that is answered."""
    definition = get_definition(case.item_version_id)
    spec = definition.section(request.POST.get("section", ""))
    if case.state == LegalState.NEED_MATERIALS:
        spec = marked_section(case, definition)
    if spec is None:
        return problem(409, "outdated-form", _("申请表刚刚更新过，请刷新页面后接着填写。"))
    try:
        saved_at = save_draft(actor=request.actor, case_id=case.pk, answers=SectionForm(spec, request.POST).kept())
    except RuleBroken as error:
        return problem(409, error.code, in_words(error))
    return JsonResponse({"saved_at": saved_at.isoformat()})


@require_safe
@of_own_draft
def review(request: HallRequest, case: Case) -> HttpResponse:
    """Everything that was filled in, with links to change it, and what is still missing."""
    if case.state == LegalState.NEED_MATERIALS:
        return redirect("hall:correction", case.public_id)
    return show_review(request, case, [])


def show_review(request: HallRequest, case: Case, errors: list[tuple[str, str, str]]) -> HttpResponse:
    definition = get_definition(case.item_version_id)
    steps = list_steps(case, definition)
    _cleaned, missing = check_application(case)
    context = {
        "case": case,
        "sections": [
            {
                "section": section,
                "rows": show_answers(section, case.form),
                "url": reverse("hall:section", args=[case.public_id, section.key]) + "?back",
            }
            for section in definition.sections
        ],
        "materials": show_materials(case, definition),
        "missing": [(locate(case, *error[:2]), error[2]) for error in errors or missing],
        "steps": steps,
        "current": len(steps),
        "previous_url": steps[-2][1],
    }
    return render(request, "hall/review.html", context, status=422 if errors else 200)


@require_POST
@of_own_case
def submit(request: HallRequest, case: Case) -> HttpResponse:
    """Submit. Clicked twice, or sent again after a lost answer, it leads to the same receipt."""
    try:
        submit_case(actor=request.actor, case_id=case.pk)
    except IncompleteApplication as error:
        return show_review(request, case, error.errors)
    except RuleBroken as error:
        messages.error(request, in_words(error))
        return redirect("hall:case", case.public_id)
    return redirect("hall:receipt", case.public_id)


@require_POST
@of_own_case
def delete(request: HallRequest, case: Case) -> HttpResponse:
    """Throw a draft away."""
    if case.state != LegalState.DRAFT:
        messages.info(request, _("申请已经提交，不能删除。需要时可以撤回。"))
        return redirect("hall:case", case.public_id)
    delete_draft(actor=request.actor, public_id=case.public_id)
    messages.success(request, _("草稿已删除"))
    return redirect("hall:cases")
