"""Requests: one's own, those that wait for a decision, one with its timeline and the acts on it."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from zhengtong.capabilities.contracts import public as contracts
from zhengtong.capabilities.contracts.public import (
    APPLY,
    APPROVE,
    COORDINATE,
    REVIEW,
    VIEW,
    DataRequest,
    RequestState,
    Terms,
)
from zhengtong.core.files.public import file_response
from zhengtong.desks.contracts.acting import ActPage, offer, show_act
from zhengtong.desks.contracts.forms import (
    ConfirmForm,
    CoordinatorForm,
    DecisionForm,
    GroundsForm,
    MasksForm,
    NeededOpinionForm,
    OpinionForm,
    RefuseForm,
)
from zhengtong.desks.contracts.views.asking import EDITABLE, list_papers, summarise
from zhengtong.desks.contracts.wording import describe_columns, list_request_headings
from zhengtong.kernel.calendars import get_calendar
from zhengtong.kernel.policy import Actor
from zhengtong.screens.access import actor_of, for_staff
from zhengtong.screens.paging import paginate

PATH = (RequestState.COMPLIANCE, RequestState.PROVIDER, RequestState.GRANTED)
_REVIEWED = (RequestState.COMPLIANCE, RequestState.PROVIDER)


def _applies(actor: Actor, row: DataRequest) -> bool:
    return row.organisation_id in actor.reach(APPLY)


def _decides(actor: Actor, row: DataRequest) -> bool:
    if row.state == RequestState.COMPLIANCE:
        return row.organisation_id in actor.reach(REVIEW)
    return row.state == RequestState.PROVIDER and row.provider_id in actor.reach(APPROVE)


def _coordinates(actor: Actor, row: DataRequest) -> bool:
    return row.state == RequestState.DISPUTE and row.provider_id in actor.reach(COORDINATE)


def _is_coordinator(actor: Actor, row: DataRequest) -> bool:
    return _coordinates(actor, row) and row.dispute.coordinator_id == actor.appointment


def _may_speak(actor: Actor, row: DataRequest) -> bool:
    is_open = row.state == RequestState.DISPUTE and row.dispute.coordinator_id is not None
    return is_open and bool(contracts.sides_of(actor, row))


def _plain(form: type[forms.Form]) -> Any:
    return lambda _actor, _row: form


def _make_masks(_actor: Actor, row: DataRequest) -> Any:
    return lambda data: MasksForm(row, data)


def _make_coordinators(actor: Actor, _row: DataRequest) -> Any:
    return lambda data: CoordinatorForm(contracts.list_coordinators(actor), data)


def _approve(actor: Actor, row: DataRequest, given: dict[str, Any]) -> object:
    masks = MasksForm(row).read(given)
    return contracts.approve_request(actor=actor, request=row, masks=masks, opinion=given["opinion"])


ACTS = (
    ActPage(
        "submit",
        gettext_lazy("提交申请"),
        lambda actor, row: row.state == RequestState.DRAFT and _applies(actor, row),
        _plain(ConfirmForm),
        lambda actor, row, given: contracts.submit_request(actor=actor, request=row),
        gettext_lazy("已提交，等合规审查"),
        lead=gettext_lazy("提交后由共享主管部门作合规审查；有条件共享的再由提供单位审批。提交后不能再改，可以撤回。"),
    ),
    ActPage(
        "resubmit",
        gettext_lazy("补正后再次提交"),
        lambda actor, row: row.state == RequestState.CORRECTION and _applies(actor, row),
        _plain(NeededOpinionForm),
        lambda actor, row, given: contracts.resubmit_request(actor=actor, request=row, **given),
        gettext_lazy("已再次提交"),
        lead=gettext_lazy("说明改了什么。要的数据比审查过的多的，会重新作合规审查。"),
    ),
    ActPage(
        "pass",
        gettext_lazy("合规审查通过"),
        lambda actor, row: row.state == RequestState.COMPLIANCE and _decides(actor, row),
        _plain(OpinionForm),
        lambda actor, row, given: contracts.pass_compliance(actor=actor, request=row, **given),
        gettext_lazy("审查已通过"),
        lead=gettext_lazy(
            "审查用途、依据是否属于履行职责，个人信息是否必要，有没有涉密内容。无条件共享的，通过即授权。"
        ),
    ),
    ActPage(
        "approve",
        gettext_lazy("同意共享"),
        lambda actor, row: row.state == RequestState.PROVIDER and _decides(actor, row),
        _make_masks,
        _approve,
        gettext_lazy("已同意，合约生效"),
        lead=gettext_lazy("可以比目录规定脱得更严；比目录规定宽的要写理由。同意后合约定稿，不能再改。"),
    ),
    ActPage(
        "return",
        gettext_lazy("要求补正"),
        _decides,
        _plain(NeededOpinionForm),
        lambda actor, row, given: contracts.return_request(actor=actor, request=row, **given),
        gettext_lazy("已通知申请单位补正"),
        lead=gettext_lazy("补正期间停止计时。"),
    ),
    ActPage(
        "refuse",
        gettext_lazy("不予共享"),
        _decides,
        _plain(RefuseForm),
        lambda actor, row, given: contracts.refuse_request(actor=actor, request=row, **given),
        gettext_lazy("已告知申请单位"),
        is_grave=True,
    ),
    ActPage(
        "dispute",
        gettext_lazy("提请争议协调"),
        lambda actor, row: _applies(actor, row) and not contracts.why_no_dispute(row),
        _plain(GroundsForm),
        lambda actor, row, given: contracts.open_dispute(actor=actor, request=row, **given),
        gettext_lazy("已提请协调"),
        lead=gettext_lazy("由共享主管部门听取双方意见后作出决定，双方应当执行。"),
    ),
    ActPage(
        "assign",
        gettext_lazy("指定协调人"),
        _coordinates,
        _make_coordinators,
        lambda actor, row, given: contracts.assign_coordinator(actor=actor, request=row, **given),
        gettext_lazy("已指定，并请双方陈述意见"),
    ),
    ActPage(
        "state",
        gettext_lazy("陈述意见"),
        _may_speak,
        _plain(NeededOpinionForm),
        lambda actor, row, given: contracts.state_position(actor=actor, request=row, **given),
        gettext_lazy("意见已提交"),
    ),
    ActPage(
        "decide",
        gettext_lazy("作出协调决定"),
        _is_coordinator,
        _plain(DecisionForm),
        lambda actor, row, given: contracts.decide_dispute(actor=actor, request=row, **given),
        gettext_lazy("决定已送达双方"),
    ),
    ActPage(
        "withdraw",
        gettext_lazy("撤回申请"),
        lambda actor, row: row.state in (*EDITABLE, *_REVIEWED, RequestState.DISPUTE) and _applies(actor, row),
        _plain(OpinionForm),
        lambda actor, row, given: contracts.withdraw_request(actor=actor, request=row, **given),
        gettext_lazy("已撤回"),
        is_grave=True,
        lead=gettext_lazy("撤回后还要用的，可以复制这件申请。"),
    ),
)


def _find(request: HttpRequest, number: str) -> DataRequest:
    return get_object_or_404(contracts.list_requests(actor_of(request)), number=number)


def _list(request: HttpRequest, found: QuerySet[DataRequest], **more: Any) -> HttpResponse:
    state = request.GET.get("state", "")
    if state in RequestState.values:
        found = found.filter(state=state)
    page = paginate(found, request.GET, order=("-id",))
    columns = [
        ("number", _("编号"), "nowrap"),
        ("resource", _("信息资源"), "main"),
        ("organisation", _("申请单位")),
        ("provider", _("提供单位")),
        ("mode", _("方式")),
        ("state", _("环节")),
        ("due", _("期限"), "nowrap"),
    ]
    now = timezone.now()
    rows = [
        {
            "url": reverse("contracts_desk:request", args=[row.number]),
            "label": row.number,
            "tone": "danger" if row.due_at and row.due_at <= now else "",
            "cells": {
                "number": row.number,
                "resource": row.resource.name,
                "organisation": row.organisation.name,
                "provider": row.provider.name,
                "mode": row.get_mode_display(),
                "state": row.get_state_display(),
                "due": _say_due(row),
            },
        }
        for row in page.rows
    ]
    states = [("", _("全部")), *RequestState.choices]
    context = {"page": page, "columns": columns, "rows": rows, "states": states, "state": state, **more}
    return render(request, "contracts_desk/requests.html", context)


def _say_due(row: DataRequest) -> str:
    return f"{get_calendar().last_date(row.due_at):%Y-%m-%d}" if row.due_at else ""


@require_safe
@for_staff(VIEW)
def list_mine(request: HttpRequest) -> HttpResponse:
    """The requests of one's own office; whoever applies for none sees all that she may."""
    actor = actor_of(request)
    applies = actor.has(APPLY)
    found = contracts.list_own_requests(actor) if applies else contracts.list_requests(actor)
    return _list(request, found, heading=_("共享申请"), may_ask=applies, is_filtered=True)


@require_safe
@for_staff(REVIEW, APPROVE, COORDINATE)
def list_waiting(request: HttpRequest) -> HttpResponse:
    return _list(request, contracts.list_to_decide(actor_of(request)), heading=_("待审查和审批"), may_ask=False)


@require_safe
@for_staff(VIEW)
def show(request: HttpRequest, number: str) -> HttpResponse:
    row, actor = _find(request, number), actor_of(request)
    terms, fields = Terms.from_json(row.terms), list(row.version.fields.all())
    state = RequestState(row.state)
    contract = getattr(row, "contract", None)
    is_own = _applies(actor, row)
    context = {
        "row": row,
        "tone": contracts.REQUEST_TONES.get(row.state, "info"),
        "acts": offer(actor, row, ACTS, lambda code: reverse("contracts_desk:request_act", args=[row.number, code])),
        "steps": [str(each.label) for each in PATH],
        "current": PATH.index(state) + 1 if state in PATH else 0,
        "due": _say_due(row),
        "is_late": row.due_at is not None and row.due_at <= timezone.now(),
        "summary": summarise(row, terms, {field.code: field.name for field in fields}),
        "columns": list_request_headings(),
        "rows": describe_columns(row, terms, fields),
        "papers": [{**paper, "remove_url": ""} for paper in list_papers(row)],
        "history": describe_steps(row.steps.select_related("by__staff", "by__post__organisation")),
        "edit_url": reverse("contracts_desk:edit", args=[row.number, "columns"])
        if is_own and row.state in EDITABLE
        else "",
        "may_copy": is_own and row.state not in EDITABLE,
        "contract": contract,
        "dispute": getattr(row, "dispute", None),
        "broken_by": contracts.find_break(row) if row.state in _REVIEWED else None,
    }
    return render(request, "contracts_desk/request.html", context)


def describe_steps(steps: Any) -> list[dict[str, Any]]:
    """Return a history as a timeline, the newest last."""
    return [
        {
            "title": step.get_act_display(),
            "at": step.at,
            "who": f"{step.by.post.organisation.short_name} {step.by.staff.name}" if step.by else _("系统"),
            "text": step.opinion,
        }
        for step in steps
    ]


@require_safe
@for_staff(VIEW)
def open_paper(request: HttpRequest, number: str, paper_id: int) -> HttpResponseBase:
    paper = _find(request, number).papers.select_related("file").filter(pk=paper_id).first()
    if paper is None:
        raise Http404
    return file_response(paper.file, actor=actor_of(request), as_attachment=False)


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(*contracts.ANY)
def act_on(request: HttpRequest, number: str, act: str) -> HttpResponse:
    row = _find(request, number)
    back = reverse("contracts_desk:request", args=[row.number])
    return show_act(request, acts=ACTS, code=act, row=row, back=back, subject=row.resource.name)
