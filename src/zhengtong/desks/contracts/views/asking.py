"""Asking for a resource: choosing it, and the form of four steps; a draft is kept after each of them."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from zhengtong.capabilities.catalogue.public import Resource, get_resource
from zhengtong.capabilities.contracts import public as contracts
from zhengtong.capabilities.contracts.public import APPLY, DataRequest, RequestState, Terms
from zhengtong.desks.contracts.acting import REFUSALS, add_refusal
from zhengtong.desks.contracts.forms import ColumnsForm, DeliveryForm, PaperForm, PurposeForm
from zhengtong.desks.contracts.wording import describe_columns, list_request_headings, say_conditions, say_timing
from zhengtong.kernel.policy import Actor
from zhengtong.screens.access import actor_of, for_staff
from zhengtong.screens.paging import paginate

PARTS = ("columns", "purpose", "delivery", "check")
TITLES = (
    gettext_lazy("要哪些数据"),
    gettext_lazy("做什么用"),
    gettext_lazy("怎么提供"),
    gettext_lazy("核对提交"),
)
EDITABLE = (RequestState.DRAFT, RequestState.CORRECTION)


@require_safe
@for_staff(APPLY)
def choose(request: HttpRequest) -> HttpResponse:
    """Find a resource by words: until one is found there is nothing to ask for."""
    words = request.GET.get("q", "")[:100]
    page = paginate(contracts.list_resources(words), request.GET, order=("code",), size=20)
    context = {"page": page, "words": words}
    return render(request, "contracts_desk/choose.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(APPLY)
def ask(request: HttpRequest, code: str) -> HttpResponse:
    """The first step for a resource; nothing is kept before it is sent."""
    resource = get_resource(code)
    if resource is None or resource.current is None:
        raise Http404
    actor = actor_of(request)
    why = contracts.why_not_shared(resource)
    if not why and resource.provider_id == actor.organisation:
        why = _("这是本单位提供的资源，本单位使用不必申请共享。")
    is_sent = request.method == "POST"
    form = ColumnsForm(contracts.list_askable(resource.current), Terms(), request.POST if is_sent else None)
    if is_sent and not why and form.is_valid():
        row: DataRequest | None = None
        try:
            row = contracts.start_request(actor=actor, resource=resource)
            contracts.save_columns(actor=actor, request=row, terms=form.read())
        except REFUSALS as error:
            if row is not None:
                # The draft stands: what is wrong with its columns is said on its own page.
                messages.error(request, str(error))
                return redirect("contracts_desk:edit", row.number, "columns")
            add_refusal(form, error)
        else:
            return redirect("contracts_desk:edit", row.number, "purpose")
    context = _context(form, "columns", resource, why=why)
    return render(request, "contracts_desk/step.html", context, status=422 if form.errors else 200)


def _context(
    form: forms.Form, part: str, resource: Resource, row: DataRequest | None = None, why: str = ""
) -> dict[str, Any]:
    titles: list[Any] = [str(title) for title in TITLES]
    if row is not None:
        titles = [
            (title, reverse("contracts_desk:edit", args=[row.number, each]))
            for title, each in zip(titles, PARTS, strict=True)
        ]
    at = PARTS.index(part)
    return {
        "form": form,
        "part": part,
        "row": row,
        "resource": resource,
        "version": row.version if row else resource.current,
        "steps": titles,
        "current": at + 1,
        "why": why,
        "back": reverse("contracts_desk:edit", args=[row.number, PARTS[at - 1]]) if row and at else "",
    }


def _find(actor: Actor, number: str) -> DataRequest:
    """Return a request of the reader's own office that can still be changed. Raises Http404."""
    found = contracts.list_own_requests(actor).filter(state__in=EDITABLE)
    return get_object_or_404(found, number=number)


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(APPLY)
def edit(request: HttpRequest, number: str, part: str) -> HttpResponse:
    actor = actor_of(request)
    row = _find(actor, number)
    if part not in PARTS:
        raise Http404
    if part == "check":
        return _check(request, row)
    is_sent = request.method == "POST"
    data = request.POST if is_sent else None
    form: Any
    match part:
        case "columns":
            form = ColumnsForm(contracts.list_askable(row.version), Terms.from_json(row.terms), data)
        case "purpose":
            known = {name: getattr(row, name) for name in ("purpose", "matter", "legal_basis")}
            form = PurposeForm(data, initial=known)
        case _:
            form = DeliveryForm(row, data)
    if is_sent and form.is_valid():
        try:
            if part == "columns":
                contracts.save_columns(actor=actor, request=row, terms=form.read())
            elif part == "purpose":
                contracts.save_purpose(actor=actor, request=row, **form.cleaned_data)
            else:
                contracts.save_delivery(actor=actor, request=row, **form.read())
        except REFUSALS as error:
            add_refusal(form, error)
        else:
            return redirect("contracts_desk:edit", row.number, PARTS[PARTS.index(part) + 1])
    context = _context(form, part, row.resource, row)
    return render(request, "contracts_desk/step.html", context, status=422 if form.errors else 200)


def _check(request: HttpRequest, row: DataRequest, paper_form: PaperForm | None = None) -> HttpResponse:
    terms = Terms.from_json(row.terms)
    fields = list(row.version.fields.all())
    gap = contracts.find_gap(row, timezone.localdate())
    acts = "resubmit" if row.state == RequestState.CORRECTION else "submit"
    form = paper_form or PaperForm()
    context = {
        **_context(form, "check", row.resource, row),
        "columns": list_request_headings(),
        "rows": describe_columns(row, terms, fields),
        "summary": summarise(row, terms, {field.code: field.name for field in fields}),
        "gap": str(gap[1]) if gap else "",
        "gap_url": reverse("contracts_desk:edit", args=[row.number, gap[0]]) if gap else "",
        "submit_url": reverse("contracts_desk:request_act", args=[row.number, acts]),
        "is_correction": row.state == RequestState.CORRECTION,
        "papers": list_papers(row),
    }
    return render(request, "contracts_desk/check.html", context, status=422 if form.errors else 200)


def summarise(row: DataRequest, terms: Terms, names: dict[str, str]) -> list[Any]:
    """Return what is asked for, line by line."""
    is_called = row.mode == contracts.Mode.INTERFACE
    lines = [
        (_("信息资源"), f"{row.resource.name}（{row.resource.code}）"),
        (_("资源版本"), _("第 %(number)s 版") % {"number": row.version.number}),
        (_("共享类型"), row.version.get_share_type_display()),
        (_("共享条件"), row.version.share_condition),
        (_("提供单位"), row.provider.name),
        (_("申请单位"), row.organisation.name),
        (_("用途"), row.purpose),
        (_("应用场景（事项）"), row.matter),
        (_("依据"), row.legal_basis),
        (_("方式"), row.get_mode_display()),
        (_("频率"), say_timing(terms.timing, row.mode)),
        (_("行的范围"), say_conditions(terms.conditions, names)),
        (_("送到"), f"{row.target.name} {row.target_table}" if row.target else ""),
        (
            _("调用限额"),
            _("每日 %(calls)s 次，每次 %(rows)s 条") % {"calls": terms.calls_a_day, "rows": terms.rows_a_call}
            if is_called
            else "",
        ),
        (_("使用到"), f"{row.valid_until:%Y-%m-%d}"),
    ]
    return [line for line in lines if line[1]]


def list_papers(row: DataRequest) -> list[dict[str, Any]]:
    return [
        {
            "name": f"{paper.title} {paper.file.name}",
            "size": paper.file.size,
            "url": reverse("contracts_desk:paper", args=[row.number, paper.pk]),
            "remove_url": reverse("contracts_desk:remove_paper", args=[row.number, paper.pk]),
        }
        for paper in row.papers.select_related("file")
    ]


@require_POST
@for_staff(APPLY)
def attach(request: HttpRequest, number: str) -> HttpResponse:
    actor = actor_of(request)
    row = _find(actor, number)
    form = PaperForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            contracts.attach_paper(
                actor=actor, request=row, title=form.cleaned_data["title"], upload=form.cleaned_data["file"]
            )
        except REFUSALS as error:
            add_refusal(form, error)
        else:
            messages.success(request, _("材料已附上"))
            return redirect("contracts_desk:edit", row.number, "check")
    return _check(request, row, form)


@require_POST
@for_staff(APPLY)
def remove(request: HttpRequest, number: str, paper_id: int) -> HttpResponse:
    actor = actor_of(request)
    row = _find(actor, number)
    paper = get_object_or_404(row.papers.select_related("file", "request"), pk=paper_id)
    contracts.remove_paper(actor=actor, paper=paper)
    messages.success(request, _("材料已删除"))
    return redirect("contracts_desk:edit", row.number, "check")


@require_POST
@for_staff(APPLY)
def copy(request: HttpRequest, number: str) -> HttpResponse:
    """Begin a new request from an earlier one of the same office."""
    actor = actor_of(request)
    row = get_object_or_404(contracts.list_own_requests(actor), number=number)
    return begin_from(request, actor, row, reverse("contracts_desk:request", args=[row.number]))


def begin_from(
    request: HttpRequest, actor: Actor, row: DataRequest, back: str, renews: contracts.Contract | None = None
) -> HttpResponse:
    """Begin a request with what an earlier one asked for; what can't be asked any more is said where it came from."""
    resource = get_resource(row.resource.code)
    if resource is None:
        raise Http404
    try:
        made = contracts.start_request(actor=actor, resource=resource, copied=row, renews=renews)
    except REFUSALS as error:
        messages.error(request, str(error))
        return redirect(back)
    messages.success(request, _("已按原申请填好，请核对后提交。"))
    return redirect("contracts_desk:edit", made.number, "columns")
