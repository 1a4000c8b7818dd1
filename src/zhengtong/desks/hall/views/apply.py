"""From the guide to a draft: who applies, for whom, and to which office."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from zhengtong.capabilities.cases.public import (
    Audience,
    CaseKind,
    ItemDefinition,
    ItemOffice,
    ServiceItem,
    get_definition,
    get_item,
    get_live_version,
    has_questions,
    list_offices,
    read_answers,
    save_draft,
    start_draft,
)
from zhengtong.desks.hall import prefill
from zhengtong.desks.hall.access import HallRequest, applicants_only
from zhengtong.desks.hall.forms import OfficeForm
from zhengtong.desks.hall.plans import Plan, plan_application


@require_http_methods(["GET", "HEAD", "POST"])
@applicants_only
def apply_for_item(request: HallRequest, code: str) -> HttpResponse:
    """What has to be in place before the form, then the office; leads to the first section."""
    item = get_item(code)
    if item is None:
        raise Http404
    citizen = prefill.get_citizen(request.actor)
    has_profile = bool(citizen.name and citizen.id_number)
    is_for_enterprise = item.audience == Audience.ENTERPRISE
    in_right_capacity = (request.actor.legal_entity is not None) == is_for_enterprise
    is_asked = not request.actor.matters or item.code in request.actor.matters
    is_ready = has_profile and in_right_capacity and is_asked
    offices = list_offices(item)
    form = OfficeForm(
        request.POST or None,
        offices=offices,
        hint=_("选经营场所或者事情所在的地区。"),
        initial=_preselected(request, item),
    )
    if request.method == "POST" and is_ready and form.is_valid():
        return _begin(request, form.cleaned_data["office"])
    version = get_live_version(item)
    context = {
        "item": item,
        "form": form,
        "citizen": citizen,
        "handler": prefill.get_handler(request.actor).name,
        "has_profile": has_profile,
        "is_for_enterprise": is_for_enterprise,
        "in_right_capacity": in_right_capacity,
        "is_ready": is_ready,
        "is_asked": is_asked,
        "has_offices": offices.exists(),
        "plan": _plan(request, item, get_definition(version.pk)),
    }
    return render(request, "hall/apply.html", context)


def _preselected(request: HallRequest, item: ServiceItem) -> dict[str, int]:
    offices = list_offices(item)
    chosen = offices.filter(region__code=request.GET.get("region", "")[:12]).first()
    if chosen is None and offices[:2].count() == 1:
        chosen = offices.first()
    return {"office": chosen.pk} if chosen else {}


def _begin(request: HallRequest, office: ItemOffice) -> HttpResponse:
    """Start the draft with everything that the platform knows, or go on with the one that is there."""
    definition = get_definition(get_live_version(office.item).pk)
    known = prefill.gather(request.actor, with_residence=True)
    said = read_answers(definition, request.GET) if has_questions(definition) else None
    case = start_draft(
        actor=request.actor,
        office=office,
        form=known.answers(definition) | (said.answers if said else {}),
        reused=prefill.list_reusable(request.actor, definition, known),
    )
    if case.saved_at and case.saved_at != case.created_at and (case.saved_at - case.created_at).total_seconds() > 1:
        messages.info(request, _("您有一份没有提交的草稿，接着上次的内容填写。"))
        if said and said.answers:
            save_draft(actor=request.actor, case_id=case.pk, answers=said.answers)
    later = definition.list_asked(said.answers)[1:] if said and said.is_complete else ()
    if later:
        # The questions were answered on the guide: the form goes on behind them.
        return redirect("hall:section", case.public_id, later[0].key)
    return redirect("hall:draft", case.public_id)


def _plan(request: HallRequest, item: ServiceItem, definition: ItemDefinition) -> Plan | None:
    """Return what the answers that came along from the guide lead to."""
    if item.kind != CaseKind.BUNDLE or not (said := read_answers(definition, request.GET)).answers:
        return None
    return plan_application(definition, said.answers)
