"""Bundles (一件事): the guide with its questions, the receipt while the parts begin, and the page that follows them."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from zhengtong.capabilities.bundles.public import get_bundle_of, is_bundle
from zhengtong.capabilities.cases.public import (
    Appraisal,
    Case,
    CaseKind,
    ItemDefinition,
    ItemOffice,
    ItemVersion,
    ServiceItem,
    get_definition,
    get_item,
    get_live_version,
    get_rulebook,
    guide_applicant,
    has_questions,
    list_offices,
    read_answers,
)
from zhengtong.capabilities.ratings.public import find_follow_up
from zhengtong.core.papers.public import Paper
from zhengtong.desks.hall.access import HallRequest, of_own_case
from zhengtong.desks.hall.application import show_answers, show_materials
from zhengtong.desks.hall.forms import AppraisalForm, WithdrawForm
from zhengtong.desks.hall.plans import plan_application
from zhengtong.desks.hall.record import get_item_record
from zhengtong.desks.hall.selectors import list_papers
from zhengtong.desks.hall.standing import (
    can_withdraw_whole,
    count_progress,
    get_bundle_status,
    get_joined_timeline,
    list_visits,
    say_dependants,
    say_whole_withdrawal,
    show_parts,
)
from zhengtong.desks.hall.status import is_ended

# The guide


def show_bundle(
    request: HallRequest,
    item: ServiceItem,
    version: ItemVersion,
    definition: ItemDefinition,
    offices: list[ItemOffice],
    office: ItemOffice | None,
) -> HttpResponse:
    """The guide: what it is, the questions with what the answers lead to, then how it goes."""
    said = read_answers(definition, request.GET)
    context = {
        "item": item,
        "definition": definition,
        "text": definition.text,
        "limit": get_rulebook().limit(version.statutory_limit, timezone.localdate()),
        "promised_days": version.promised_days,
        "offices": offices,
        "office": office,
        "record": get_item_record(item),
        "questions": said.questions,
        **_describe_plan(definition, request, office),
    }
    return render(request, "hall/bundle_guide.html", context)


@require_safe
def show_plan(request: HallRequest, code: str) -> HttpResponse:
    """What the answers in the address lead to: comes into the page while one answers."""
    item = get_item(code)
    if item is None:
        raise Http404
    definition = get_definition(get_live_version(item).pk)
    if item.kind != CaseKind.BUNDLE:
        if not has_questions(definition):
            raise Http404
        said = read_answers(definition, request.GET)
        guided = guide_applicant(definition, said.answers)
        return render(request, "cases/guided.html", {"situation": said, "guided": guided, "wrong": said.wrong})
    offices = list(list_offices(item))
    chosen = request.GET.get("region", "")
    office = next((each for each in offices if each.region.code == chosen), None)
    context = {"item": item} | _describe_plan(
        definition, request, office or (offices[0] if len(offices) == 1 else None)
    )
    template = "hall/plan_items.html" if "brief" in request.GET else "hall/plan.html"
    return render(request, template, context)


def _describe_plan(definition: ItemDefinition, request: HallRequest, office: ItemOffice | None) -> dict[str, Any]:
    said = read_answers(definition, request.GET)
    return {
        "plan": plan_application(definition, said.answers, office.region_id if office else None),
        "situation": said,
        "region": office.region if office else None,
        "wrong": said.wrong,
    }


# After submission


def render_bundle_receipt(request: HallRequest, case: Case, paper: Paper) -> HttpResponse:
    """What one keeps after submitting, with the parts as they begin."""
    context = _describe_parts(case) | {"case": case, "paper": paper, "promised_days": case.item_version.promised_days}
    return render(request, "hall/bundle_receipt.html", context)


@require_safe
@of_own_case
def show_starting(request: HallRequest, case: Case) -> HttpResponse:
    """The rows of the parts, asked for again and again until all that can begin has begun."""
    if not is_bundle(case) or case.number is None:
        return redirect("hall:case", case.public_id)
    return render(
        request, "hall/bundle_parts.html", {"case": case, "is_short": "short" in request.GET} | _describe_parts(case)
    )


def _describe_parts(case: Case) -> dict[str, Any]:
    found = get_bundle_of(case)
    assert found is not None  # the case is a bundle
    _parent, parts = found
    return {"parts": show_parts(parts), "progress": count_progress(parts)}


def render_bundle(request: HallRequest, case: Case, appraisal_form: AppraisalForm, status: int = 200) -> HttpResponse:
    """Everything about a bundle on one page: what waits for her first, then the parts in their order."""
    found = get_bundle_of(case)
    assert found is not None  # the case is a bundle
    _parent, parts = found
    shown = show_parts(parts)
    state = get_bundle_status(case, parts)
    definition = get_definition(case.item_version_id)
    has_ended = is_ended(case)
    context = {
        "case": case,
        "status": state,
        "parts": shown,
        "progress": count_progress(parts),
        "mine": [each for each in shown if each.is_mine],
        "visits": list_visits(parts),
        "documents": list_papers(case),
        "timeline": get_joined_timeline(case, parts, "" if has_ended else state.headline),
        "sections": [
            (section.title, show_answers(section, case.form, is_masked=True))
            for section in definition.list_asked(case.form)
        ],
        "materials": show_materials(case, definition),
        "office": case.office,
        "promised_days": case.item_version.promised_days,
        "withdrawable": [
            (each, say_dependants(each.part, parts), WithdrawForm(auto_id=f"{each.part.item.code}_%s"))
            for each in shown
            if each.can_withdraw
        ],
        "can_withdraw_whole": not has_ended and can_withdraw_whole(parts),
        "whole_withdrawal": say_whole_withdrawal(parts),
        "withdraw_form": WithdrawForm(),
        "is_ended": has_ended,
        "appraisal": Appraisal.objects.filter(case=case).first(),
        "appraisal_form": appraisal_form,
        "follow_up": find_follow_up(case),
        "second_form": AppraisalForm(prefix="second"),
    }
    return render(request, "hall/bundle.html", context, status=status)
