"""Her own cases: the list, one case, its receipt and papers, withdrawing, appraising."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from zhengtong.capabilities.bundles.public import is_bundle, withdraw_application
from zhengtong.capabilities.cases.public import (
    Appraisal,
    Case,
    LegalState,
    RuleBroken,
    appraise_case,
    describe_walk,
    get_definition,
    get_open_notice,
    list_own_cases,
)
from zhengtong.capabilities.payments.public import describe_fees
from zhengtong.capabilities.ratings.public import find_follow_up, rate_again
from zhengtong.core.files.public import file_response
from zhengtong.core.identity.public import Refused
from zhengtong.core.papers.public import ensure_rendered
from zhengtong.desks.hall.access import HallRequest, applicants_only, of_own_case
from zhengtong.desks.hall.answers import in_words
from zhengtong.desks.hall.application import show_answers, show_materials
from zhengtong.desks.hall.forms import AppraisalForm, WithdrawForm
from zhengtong.desks.hall.paging import PAGE_SIZE, paginate
from zhengtong.desks.hall.selectors import get_receipt, list_papers, show_cases
from zhengtong.desks.hall.standing import get_belonging
from zhengtong.desks.hall.status import can_withdraw, get_status, get_timeline, is_ended
from zhengtong.desks.hall.views.bundles import render_bundle, render_bundle_receipt


@require_safe
@applicants_only
def list_cases(request: HallRequest) -> HttpResponse:
    """Drafts first, then what was submitted, the newest first."""
    own = list_own_cases(request.actor)
    page = paginate(own.exclude(state=LegalState.DRAFT).select_related("decision"), request, "created_at")
    is_first = not page.previous
    context = {
        "page": page,
        "cases": show_cases(page.rows),
        "drafts": list(own.filter(state=LegalState.DRAFT)[:PAGE_SIZE]) if is_first else [],
    }
    return render(request, "hall/cases.html", context)


@require_safe
@of_own_case
def show_case(request: HallRequest, case: Case) -> HttpResponse:
    if case.state == LegalState.DRAFT:
        return redirect("hall:draft", case.public_id)
    return render_either(request, case, AppraisalForm())


def render_either(request: HallRequest, case: Case, appraisal_form: AppraisalForm, status: int = 200) -> HttpResponse:
    """Return the page of a case: a bundle has its own."""
    render_own = render_bundle if is_bundle(case) else render_case
    return render_own(request, case, appraisal_form, status)


def render_case(request: HallRequest, case: Case, appraisal_form: AppraisalForm, status: int = 200) -> HttpResponse:
    definition = get_definition(case.item_version_id)
    state = get_status(case)
    context = {
        "case": case,
        "status": state,
        "timeline": get_timeline(case, state),
        "walk": describe_walk(case),
        "notice": get_open_notice(case) if case.state == LegalState.NEED_MATERIALS else None,
        "visit": case.site_visits.filter(finished_at=None).order_by("-id").first(),
        "documents": list_papers(case),
        "fees": describe_fees(case),
        "sections": [
            (section.title, show_answers(section, case.form, is_masked=True))
            for section in definition.list_asked(case.form)
        ],
        "belonging": get_belonging(case),
        "materials": show_materials(case, definition),
        "office": case.office,
        "can_withdraw": can_withdraw(case),
        "withdraw_form": WithdrawForm(),
        "is_ended": is_ended(case),
        "appraisal": Appraisal.objects.filter(case=case).first(),
        "appraisal_form": appraisal_form,
        "follow_up": find_follow_up(case),
        "second_form": AppraisalForm(prefix="second"),
    }
    return render(request, "hall/case.html", context, status=status)


@require_safe
@of_own_case
def show_receipt(request: HallRequest, case: Case) -> HttpResponse:
    """What one keeps after submitting: number, date, when to expect an answer."""
    paper = get_receipt(case)
    if paper is None:
        # A part is received with its bundle, whose receipt names it.
        return redirect("hall:receipt" if case.parent else "hall:case", (case.parent or case).public_id)
    if is_bundle(case):
        return render_bundle_receipt(request, case, paper)
    context = {
        "case": case,
        "paper": paper,
        "expected_on": parse_date(str(paper.content.get("expected_on") or "")),
        "promised_days": paper.content.get("promised_days"),
        "status": get_status(case),
    }
    return render(request, "hall/receipt.html", context)


@require_safe
@of_own_case
def download_paper(request: HallRequest, case: Case, code: str) -> HttpResponseBase:
    """A paper of the case; made now if its job hasn't come to it yet."""
    document = case.documents.filter(paper__code=code, is_internal=False).select_related("paper__file").first()
    if document is None:
        raise Http404
    if describe_fees(case).withholds(document.paper.kind):
        messages.warning(request, _("费用缴清以后才能下载证照。"))
        return redirect("hall:case", case.public_id)
    paper = ensure_rendered(document.paper)
    assert paper.file is not None  # ensure_rendered gives it one
    return file_response(paper.file, actor=request.actor, as_attachment="open" not in request.GET)


@require_POST
@of_own_case
def withdraw(request: HallRequest, case: Case) -> HttpResponse:
    form = WithdrawForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("没有撤回：撤回的原因最多 200 字。"))
        return redirect("hall:case", case.public_id)
    try:
        withdraw_application(actor=request.actor, case_id=case.pk, reason=form.cleaned_data["reason"].strip())
    except RuleBroken as error:
        messages.error(request, in_words(error))
    else:
        messages.success(request, _("“%(name)s”已撤回，办理终止。") % {"name": case.item_name})
    return redirect("hall:case", (case.parent or case).public_id)


@require_POST
@of_own_case
def appraise(request: HallRequest, case: Case) -> HttpResponse:
    form = AppraisalForm(request.POST)
    if not form.is_valid():
        return render_either(request, case, form, status=422)
    try:
        appraise_case(actor=request.actor, case_id=case.pk, **form.cleaned_data)
    except RuleBroken as error:
        messages.error(request, in_words(error))
    else:
        messages.success(request, _("谢谢您的评价。"))
    return redirect("hall:case", case.public_id)


@require_POST
@of_own_case
def appraise_again(request: HallRequest, case: Case) -> HttpResponse:
    """The second rating, after the office has put right what the first one complained about."""
    form = AppraisalForm(request.POST, prefix="second")
    if not form.is_valid():
        messages.error(request, _("没有提交：请选择满意程度。"))
        return redirect("hall:case", case.public_id)
    try:
        rate_again(actor=request.actor, case_id=case.pk, **form.cleaned_data)
    except Refused as error:
        messages.error(request, str(error.message))
    else:
        messages.success(request, _("谢谢您再次评价。"))
    return redirect("hall:case", case.public_id)
