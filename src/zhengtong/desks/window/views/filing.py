"""Filing for someone at the counter: choose the item, type the form, take the papers, hand out the receipt."""

from typing import Any
from uuid import UUID

from django import forms as django_forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from zhengtong.capabilities.bundles.public import (
    SITUATION,
    is_bundle,
    outline,
    submit_application_at_counter,
)
from zhengtong.capabilities.cases.public import (
    Case,
    Channel,
    IncompleteApplication,
    ItemOffice,
    ItemVersion,
    LegalState,
    RuleBroken,
    SectionForm,
    SectionSpec,
    UploadSlot,
    adopt_live_version,
    attach_file,
    bind_section,
    compare_forms,
    get_case_by_public_id,
    get_definition,
    get_live_version,
    list_cases,
    list_materials,
    make_schema,
    open_material,
    remove_file,
    save_draft,
    say,
    start_at_counter,
)
from zhengtong.core.files.public import FileKind, UploadRefused, accept_attribute, describe_kinds, upload_limit
from zhengtong.desks.window.forms import NewCaseForm
from zhengtong.kernel.policy import Actor
from zhengtong.screens.access import actor_of, for_staff

FILE = "cases.file_for_applicant"
SHOWN_DRAFTS = 10


def list_reachable_offices(actor: Actor) -> QuerySet[ItemOffice]:
    found = ItemOffice.objects.filter(organisation_id__in=actor.reach(FILE), item__is_published=True)
    # Bundles first: "bundle" comes before "licence".
    return found.select_related("item", "organisation", "region").order_by("item__kind", "item__name", "region__code")


@require_http_methods(["GET", "POST"])
@for_staff(FILE)
def begin(request: HttpRequest) -> HttpResponse:
    """Choose item and organ; what was begun and not submitted is offered again."""
    actor = actor_of(request)
    offices = {office.pk: office for office in list_reachable_offices(actor)[:200]}
    titles = {pk: f"{office.item.name} · {office.organisation.name}" for pk, office in offices.items()}
    form = NewCaseForm(titles, request.POST or None)
    if request.method == "POST" and form.is_valid():
        case = start_at_counter(actor=actor, office=offices[int(form.cleaned_data["office"])])
        return redirect("window:fill", case.public_id)
    drafts = list_cases(actor).filter(state=LegalState.DRAFT, channel=Channel.COUNTER, filed_by_id=actor.appointment)
    context = {
        "form": form,
        "drafts": drafts.select_related("organisation").order_by("-id")[:SHOWN_DRAFTS],
        "has_offices": bool(offices),
    }
    return render(request, "window/new.html", context, status=422 if form.errors else 200)


def _draft(request: HttpRequest, public_id: UUID) -> Case:
    """Return a case of the counter that this clerk may see. Raises Http404."""
    case = get_case_by_public_id(actor_of(request), public_id)
    if case is None or case.channel != Channel.COUNTER:
        raise Http404
    return case


def list_asked_now(case: Case) -> tuple[SectionSpec, ...]:
    """Return what the answers so far leave to be asked; of a bundle its questions alone until all are answered."""
    asked = get_definition(case.item_version_id).list_asked(case.form)
    return asked if not is_bundle(case) or _knows_situation(case) else asked[:1]


def _knows_situation(case: Case) -> bool:
    section = get_definition(case.item_version_id).section(SITUATION)
    return section is not None and bind_section(section, case.form).is_valid()


def _typed(case: Case, request: HttpRequest) -> dict[str, Any]:
    typed: dict[str, Any] = {}
    for section in list_asked_now(case):
        form = SectionForm(section, request.POST)
        typed |= form.kept()
        # A box without a tick isn't in the request at all.
        typed |= {spec.key: spec.key in request.POST for spec in section.fields if spec.type == "boolean"}
    return typed


@require_http_methods(["GET", "POST"])
@for_staff(FILE)
def fill(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The form, the materials and the identity check on one page. Saving keeps everything, right or wrong."""
    case, actor = _draft(request, public_id), actor_of(request)
    if case.number is not None:
        return redirect("window:case", case.number)
    live = get_live_version(case.office.item)
    if case.state == LegalState.DRAFT and live.pk != case.item_version_id:
        return _show_changes(request, case, live)
    if request.method != "POST":
        return _show(request, case, _forms(case))
    problems: dict[str, list[str]] = {}
    try:
        save_draft(actor=actor, case_id=case.pk, answers=_typed(case, request))
        problems = _take_files(request, case, actor)
    except RuleBroken as error:
        messages.error(request, say(error))
        return redirect("window:fill", case.public_id)
    if any(SectionForm(s, request.POST).is_rearranged for s in list_asked_now(case)):
        case.refresh_from_db(fields=["form"])
        return _show(request, case, _forms(case), problems)
    if "next" in request.POST and not problems:
        case.refresh_from_db(fields=["form"])
        if _knows_situation(case):
            return redirect(reverse("window:fill", args=[case.public_id]) + "#plan")
    elif "submit" not in request.POST and not problems:
        messages.success(request, _("已保存，还没有提交"))
        return redirect("window:fill", case.public_id)
    case.refresh_from_db(fields=["form"])
    if is_bundle(case) and not _knows_situation(case):
        asked = [SectionForm(s, request.POST, slots=_slots(case, s)) for s in list_asked_now(case)]
        return _show(request, case, asked, problems, status=422)
    # As kept: another answer to the questions may have brought fields that the page didn't show.
    sections = [bind_section(s, case.form, slots=_slots(case, s, problems)) for s in list_asked_now(case)]
    if not problems:
        try:
            filed = submit_application_at_counter(
                actor=actor, case_id=case.pk, identity_checked="identity_checked" in request.POST
            )
        except IncompleteApplication as error:
            for section, key, sentence in error.errors:
                if section == "materials":
                    problems.setdefault(key, []).append(sentence)
        except RuleBroken as error:
            problems["identity_checked"] = [say(error)]
        else:
            messages.success(request, _("已提交，编号 %(number)s，请打印接收凭证交给申请人") % {"number": filed.number})
            return redirect(reverse("window:case", args=[filed.number]) + "?filed=1")
    return _show(request, case, sections, problems, status=422)


def _show_changes(request: HttpRequest, case: Case, live: ItemVersion) -> HttpResponse:
    """Show what the item's newer form asks differently; move the draft when the clerk says so."""
    if "adopt" in request.POST:
        adopt_live_version(actor=actor_of(request), case_id=case.pk)
        return redirect("window:fill", case.public_id)
    changes = compare_forms(get_definition(case.item_version_id), get_definition(live.pk), case.form)
    return render(request, "window/version.html", {"case": case, "changes": changes})


def _forms(case: Case) -> list[SectionForm]:
    return [SectionForm(s, initial=case.form, slots=_slots(case, s)) for s in list_asked_now(case)]


def _slots(case: Case, section: SectionSpec, problems: dict[str, list[str]] | None = None) -> dict[str, UploadSlot]:
    """Return where the section's fields that take files send them."""
    uploads = [spec for spec in section.fields if spec.type == "upload"]
    given: dict[str, list[dict[str, Any]]] = {}
    for material in list_materials(case) if uploads else ():
        given.setdefault(material.key, []).append(_file(case, material.pk, material.file))
    return {
        spec.key: UploadSlot(
            reverse("window:upload", args=[case.public_id]),
            tuple(given.get(spec.key, ())),
            hint=" ".join((spec.help, describe_kinds(_kinds(spec.kinds)))).strip(),
            accept=accept_attribute(_kinds(spec.kinds)),
            max_mb=upload_limit() >> 20,
            errors=tuple((problems or {}).get(spec.key, ())),
        )
        for spec in uploads
    }


def _take_files(request: HttpRequest, case: Case, actor: Actor) -> dict[str, list[str]]:
    """Take files that came with the form (a browser without script), drop those ticked; return refusals by material."""
    problems: dict[str, list[str]] = {}
    definition = get_definition(case.item_version_id)
    for spec in [*definition.materials, *(each.as_material() for each in definition.list_uploads())]:
        for text in request.POST.getlist(f"{spec.key}_remove"):
            if text.isascii() and text.isdigit() and len(text) < 18:
                remove_file(actor=actor, case_id=case.pk, material_id=int(text))
        for upload in request.FILES.getlist(spec.key):
            try:
                attach_file(actor=actor, case_id=case.pk, key=spec.key, upload=upload)
            except UploadRefused as refused:
                problems.setdefault(spec.key, []).append(refused.message)
            except RuleBroken as error:
                problems.setdefault(spec.key, []).append(say(error))
    return problems


def _show(
    request: HttpRequest,
    case: Case,
    sections: list[SectionForm],
    problems: dict[str, list[str]] | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    problems = problems or {}
    given: dict[str, list[dict[str, Any]]] = {}
    for material in list_materials(case):
        given.setdefault(material.key, []).append(_file(case, material.pk, material.file))
    errors: list[django_forms.BaseForm | tuple[str, str]] = [form for form in sections if form.is_bound]
    errors += [(f"id_{key}", text) for key, texts in problems.items() for text in texts]
    definition = get_definition(case.item_version_id)
    knows = not is_bundle(case) or _knows_situation(case)
    materials = [
        {
            "spec": spec,
            "hint": " ".join((spec.help, describe_kinds(_kinds(spec.kinds)))).strip(),
            "accept": accept_attribute(_kinds(spec.kinds)),
            "files": given.get(spec.key, []),
            "errors": problems.get(spec.key, []),
            "is_required": spec.is_required and (spec.condition is None or is_bundle(case)),
            "condition": definition.text["materials"][position].get("condition_text", ""),
        }
        for position, spec in enumerate(definition.materials)
        if knows and (not is_bundle(case) or spec.is_asked(case.form) or spec.key in given)
    ]
    context = {
        "case": case,
        "sections": sections,
        "materials": materials,
        "errors": errors,
        "identity_error": problems.get("identity_checked"),
        "identity_checked": "identity_checked" in request.POST,
        "upload_url": reverse("window:upload", args=[case.public_id]),
        "max_mb": upload_limit() >> 20,
        "knows_situation": knows,
        "rules": {"schema": make_schema(definition), "answers": {}},
        "has_map": any(each.type == "map_point" for form in sections for each in form.section.fields),
        "plan": outline(definition, case.form) if is_bundle(case) and knows else None,
    }
    return render(request, "window/fill.html", context, status=status)


def _kinds(kinds: tuple[str, ...]) -> frozenset[FileKind]:
    return frozenset(FileKind(kind) for kind in kinds)


def _file(case: Case, pk: int, file: Any) -> dict[str, Any]:
    return {
        "id": pk,
        "name": file.name,
        "size": file.size,
        "kind": file.content_type,
        "url": reverse("window:draft_file", args=[case.public_id, pk]),
        "delete_url": reverse("window:remove", args=[case.public_id, pk]),
    }


@require_POST
@for_staff(FILE)
def save(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Keep what was typed so far, on behalf of the page's script."""
    case = _draft(request, public_id)
    try:
        saved_at = save_draft(actor=actor_of(request), case_id=case.pk, answers=_typed(case, request))
    except RuleBroken as error:
        return _problem(say(error), 409)
    return JsonResponse({"saved_at": saved_at.isoformat()})


@require_POST
@for_staff(FILE)
def upload(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Take one file at once, for the page's script."""
    case, given = _draft(request, public_id), request.FILES.get("file")
    if given is None:
        return _problem(_("没有收到文件，请重新选择"), 400)
    try:
        material = attach_file(
            actor=actor_of(request), case_id=case.pk, key=request.POST.get("slot", "")[:60], upload=given
        )
    except UploadRefused as refused:
        return _problem(refused.message, 422)
    except RuleBroken as error:
        return _problem(say(error), 422)
    return JsonResponse(_file(case, material.pk, material.file), status=201)


@require_GET
@for_staff(FILE)
def show_file(request: HttpRequest, public_id: UUID, material_id: int) -> HttpResponseBase:
    """Show a file of an application that has no number yet."""
    response = open_material(actor_of(request), _draft(request, public_id), material_id)
    if response is None:
        raise Http404
    return response


@require_POST
@for_staff(FILE)
def remove(request: HttpRequest, public_id: UUID, material_id: int) -> HttpResponse:
    case = _draft(request, public_id)
    try:
        remove_file(actor=actor_of(request), case_id=case.pk, material_id=material_id)
    except RuleBroken as error:
        return _problem(say(error), 422)
    return HttpResponse(status=204)


def _problem(detail: str, status: int) -> JsonResponse:
    body = {"type": "about:blank", "title": _("没有保存"), "status": status, "detail": detail}
    return JsonResponse(
        body, status=status, content_type="application/problem+json", json_dumps_params={"ensure_ascii": False}
    )
