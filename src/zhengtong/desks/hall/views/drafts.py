"""Filling in an application: one section a page, saved by itself, checked as a whole, submitted once."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from zhengtong.capabilities.bundles.public import SITUATION, submit_application
from zhengtong.capabilities.cases.public import (
    Case,
    IncompleteApplication,
    ItemDefinition,
    LegalState,
    RuleBroken,
    SectionForm,
    SectionSpec,
    bind_section,
    check_application,
    delete_draft,
    get_definition,
    get_live_version,
    save_draft,
)
from zhengtong.desks.hall.access import HallRequest, of_own_case, of_own_draft
from zhengtong.desks.hall.answers import in_words, problem
from zhengtong.desks.hall.application import (
    browser_rules,
    describe_fields,
    list_slots,
    list_steps,
    locate,
    marked_section,
    show_answers,
    show_materials,
)
from zhengtong.desks.hall.plans import list_changes, plan_draft
from zhengtong.desks.hall.views.materials import take_files


@require_safe
@of_own_draft
def open_draft(request: HallRequest, case: Case) -> HttpResponse:
    """Lead to where filling in goes on."""
    if case.state == LegalState.NEED_MATERIALS:
        return redirect("hall:correction", case.public_id)
    return redirect(*_place_of(case, ""))


def _place_of(case: Case, section: str) -> tuple[Any, ...]:
    """Return the section where filling in goes on from one that isn't asked: the next that is."""
    definition = get_definition(case.item_version_id)
    asked = [each.key for each in definition.list_asked(case.form)]
    keys = [each.key for each in definition.sections]
    later = keys[keys.index(section) :] if section in keys else keys
    found = next((key for key in later if key in asked), None)
    return ("hall:section", case.public_id, found) if found else ("hall:materials", case.public_id)


@require_http_methods(["GET", "HEAD", "POST"])
@of_own_draft
def edit_section(request: HallRequest, case: Case, section: str) -> HttpResponse:
    """One section. What was typed is kept whether it is right or not; only what is right leads on."""
    definition = get_definition(case.item_version_id)
    spec = find_asked(definition, case, section)
    if case.state == LegalState.NEED_MATERIALS or definition.section(section) is None:
        return redirect("hall:draft", case.public_id)
    if spec is None:
        return redirect(*_place_of(case, section))
    if request.method == "POST":
        refused = take_files(request, case, [each.as_material() for each in spec.fields if each.type == "upload"])
        form = SectionForm(spec, request.POST, slots=list_slots(case, spec, refused))
        case.saved_at = save_draft(actor=request.actor, case_id=case.pk, answers=form.kept())
        case.refresh_from_db(fields=["form"])
        was, spec = spec, find_asked(definition, case, section) or spec
        is_wider = bool({each.key for each in spec.fields} - {each.key for each in was.fields})
        if "fields" in request.POST:
            form = SectionForm(spec, initial=case.form, slots=list_slots(case, spec))
            fields = describe_fields(request.actor, form, spec, definition, case)
            return render(request, "hall/section_fields.html", {"case": case, "section": spec, "fields": fields})
        if form.is_rearranged:
            form, is_wider = SectionForm(spec, initial=case.form, slots=list_slots(case, spec)), False
        elif not refused and form.is_valid() and not is_wider:
            _tell_changes(request, case, definition)
            steps = list_steps(case, definition)
            place = [each.key for each in definition.list_asked(case.form)].index(section)
            return redirect(
                reverse("hall:review", args=[case.public_id]) if "back" in request.POST else steps[place + 1][1]
            )
        if is_wider:
            messages.info(request, _("按您刚才的回答，这一页还有几项要填。"))
            slots = list_slots(case, spec)
            is_right = form.is_valid()
            form = SectionForm(spec, None if is_right else request.POST, initial=case.form, slots=slots)
    elif "check" in request.GET:
        form = bind_section(spec, case.form, slots=list_slots(case, spec))
    else:
        form = SectionForm(spec, initial=case.form, slots=list_slots(case, spec))
    steps = list_steps(case, definition)
    place = [each.key for each in definition.list_asked(case.form)].index(section)
    plan = plan_draft(case, definition) if section == SITUATION else None
    context = {
        "case": case,
        "plan": plan,
        "section": spec,
        "form": form,
        "fields": describe_fields(request.actor, form, spec, definition, case),
        "steps": steps,
        "current": place + 1,
        "previous_url": steps[place - 1][1] if place else "",
        "is_from_review": "back" in request.GET or "back" in request.POST,
        "rules": browser_rules(definition, case, spec),
        "has_map": any(each.type == "map_point" for each in spec.fields),
    }
    return render(request, "hall/section.html", context)


def find_asked(definition: ItemDefinition, case: Case, section: str) -> SectionSpec | None:
    """Return the section with the fields that the answers so far leave to be asked, None when there are none."""
    return next((each for each in definition.list_asked(case.form) if each.key == section), None)


def _tell_changes(request: HttpRequest, case: Case, definition: ItemDefinition) -> None:
    """Say which items and materials another answer to the situation adds or leaves out.

    The page brings along what it showed when it was opened: meanwhile the answers were saved by themselves.
    """
    if "was_items" not in request.POST or (plan := plan_draft(case, definition)) is None:
        return
    before = set(request.POST["was_items"][:2000].split()), set(request.POST["was_materials"][:4000].split())
    lines = list_changes(before, plan)
    if lines:
        messages.info(request, "".join([_("按您改过的情况，要办的有变化。"), *lines]))


@require_POST
@of_own_draft
def autosave(request: HallRequest, case: Case) -> HttpResponse:
    """Keep what is being typed, right or wrong; the page shows the moment that is answered."""
    definition = get_definition(case.item_version_id)
    spec = find_asked(definition, case, request.POST.get("section", ""))
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
            for section in definition.list_asked(case.form)
        ],
        "plan": plan_draft(case, definition),
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
    """Submit. Clicked twice, or sent again after a lost answer, it leads to the same receipt.

    What a newer form changes is shown first.
    """
    if case.state == LegalState.DRAFT and get_live_version(case.office.item).pk != case.item_version_id:
        return redirect("hall:version", case.public_id)
    try:
        submit_application(actor=request.actor, case_id=case.pk)
    except IncompleteApplication as error:
        return show_review(request, case, error.errors)
    except RuleBroken as error:
        messages.error(request, in_words(error))
        return redirect("hall:review" if case.state == LegalState.DRAFT else "hall:case", case.public_id)
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
