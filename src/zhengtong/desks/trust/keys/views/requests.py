"""密钥申请: what was asked of the custodians, their decisions, and collecting what was released."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from zhengtong.capabilities.keys import public as keys
from zhengtong.capabilities.keys.public import ASK, KEEP, VIEW, CustodyRequest, RequestState, Work
from zhengtong.core.crypto.public import SignerRefused
from zhengtong.desks.trust.keys.assured import ACT, is_assured
from zhengtong.desks.trust.keys.forms import CollectForm, DecisionForm, ReasonForm
from zhengtong.kernel.assurance import require_assurance
from zhengtong.screens.access import actor_of, for_staff
from zhengtong.screens.formats import cn_datetime
from zhengtong.screens.templatetags.look import chip

_TONES = {"open": "warning", "approved": "info", "done": "success", "declined": "danger"}
_FILES = {
    "envelope": ("der", "application/octet-stream"),
    "p12": ("p12", "application/x-pkcs12"),
    "p8": ("p8", "application/pkcs8"),
}


def _standing(each: CustodyRequest) -> str:
    return chip(RequestState(each.state).label, _TONES.get(each.state, "neutral"))


def _about(each: CustodyRequest) -> str:
    if each.work == Work.REPLACE_CUSTODIAN:
        seat = each.subject.removeprefix("custodian-")
        return _("第 %(seat)s 席，由%(name)s接替") % {"seat": seat, "name": each.detail.get("name", "")}
    return each.subject or _("全部包裹的密钥")


@require_GET
@for_staff(VIEW)
def list_requests(request: HttpRequest) -> HttpResponse:
    return _list(request, ReasonForm())


def _list(request: HttpRequest, form: ReasonForm, status: int = 200) -> HttpResponse:
    found, custody = keys.list_requests(), keys.get_custody()
    context = {
        "form": form,
        "custody": custody,
        "may_ask": actor_of(request).has(ASK) and not custody.is_ceremony_open,
        "newest": keys.get_status().key_encryption_keys[0],
        "columns": [
            ("number", _("编号"), "main"),
            ("work", _("事项")),
            ("about", _("对象")),
            ("requester", _("申请人")),
            ("made", _("申请时间")),
            ("approvals", _("批准")),
            ("state", _("状态")),
        ],
        "rows": [
            {
                "url": reverse("trust_desk:key_request", args=[each.number]),
                "cells": {
                    "number": each.number,
                    "work": Work(each.work).label,
                    "about": _about(each),
                    "requester": each.requester_name,
                    "made": cn_datetime(each.made_at),
                    "approvals": f"{len(each.approvals)}/{custody.needed}",
                    "state": _standing(each),
                },
            }
            for each in found
        ],
    }
    return render(request, "trust/keys/requests.html", context, status=status)


@require_POST
@for_staff(ASK)
def ask_rotation(request: HttpRequest) -> HttpResponse:
    require_assurance(request, ACT)
    form = ReasonForm(request.POST)
    if form.is_valid():
        try:
            number, _code = keys.ask_custodians(
                actor=actor_of(request), work=Work.ROTATE_KEK, reason=form.cleaned_data["reason"]
            )
        except SignerRefused as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("已提出申请，等两位保管员批准后更换。"))
            return redirect("trust_desk:key_request", number)
    return _list(request, form, 422)


def _find(number: int) -> CustodyRequest:
    found = next((each for each in keys.list_requests() if each.number == number), None)
    if found is None:
        raise Http404
    return found


@require_GET
@for_staff(VIEW)
def show_request(request: HttpRequest, number: int) -> HttpResponse:
    return _show(request, number)


def _show(request: HttpRequest, number: int, status: int = 200, **forms: Any) -> HttpResponse:
    found, actor, custody = _find(number), actor_of(request), keys.get_custody()
    is_own = found.requester == str(actor.account)
    decided = any(each.slot == custody.slot_of(actor.account) for each in found.approvals)
    is_enveloped = "recipient" in found.detail
    summary = [
        (_("事项"), Work(found.work).label),
        (_("对象"), _about(found)),
        (_("原因"), found.reason),
        (_("申请人"), found.requester_name),
        (_("申请时间"), cn_datetime(found.made_at)),
        (_("有效到"), cn_datetime(found.ends_at)),
    ]
    if found.work == Work.RELEASE:
        summary.append((_("交付方式"), _("接收人证书的数字信封") if is_enveloped else _("带口令的密钥文件")))
    context = {
        "found": found,
        "state": _standing(found),
        "summary": summary,
        "approvals": [(each.name, cn_datetime(each.at)) for each in found.approvals],
        "missing": custody.needed - len(found.approvals),
        "is_own": is_own,
        "may_decide": found.state == "open"
        and actor.has(KEEP)
        and custody.has(actor.account)
        and not is_own
        and not decided,
        "has_decided": found.state == "open" and decided,
        "may_withdraw": found.state == "open" and is_own,
        "may_perform": found.state == "approved" and found.work in (Work.ROTATE_KEK, Work.DESTROY) and actor.has(ASK),
        "may_collect": found.state == "approved" and found.work == Work.RELEASE and is_own,
        "is_waiting_for_successor": found.state == "approved" and found.work == Work.REPLACE_CUSTODIAN,
        "decision_form": forms.get("decision") or DecisionForm(),
        "collect_form": forms.get("collect") or CollectForm(is_enveloped=is_enveloped),
    }
    if context["may_decide"] or context["may_collect"]:
        require_assurance(request, ACT)
    return render(request, "trust/keys/request.html", context, status=status)


@require_POST
@for_staff(KEEP)
def decide(request: HttpRequest, number: int) -> HttpResponse:
    if not is_assured(request):
        return redirect("trust_desk:key_request", number)
    form = DecisionForm(request.POST)
    if form.is_valid():
        said = {"actor": actor_of(request), "number": number, "secret": form.cleaned_data["secret"]}
        try:
            if request.POST.get("decision") == "decline":
                keys.decline_request(**said)
                messages.success(request, _("已记下您不同意，申请就此结束。"))
            else:
                state = keys.approve_request(**said)
                messages.success(request, _("已记下您的批准。") if state == "open" else _("两位保管员已经批准。"))
        except SignerRefused as error:
            if error.code not in ("wrong_secret", "custodian_locked"):  # no longer to be decided: its form is gone
                messages.warning(request, str(error))
                return redirect("trust_desk:key_request", number)
            form.add_error("secret", str(error))
        else:
            return redirect("trust_desk:key_request", number)
    return _show(request, number, 422, decision=form)


@require_POST
@for_staff(ASK)
def withdraw(request: HttpRequest, number: int) -> HttpResponse:
    try:
        keys.withdraw_request(actor=actor_of(request), number=number)
        messages.success(request, _("申请已撤回"))
    except SignerRefused as error:
        messages.warning(request, str(error))
    return redirect("trust_desk:key_requests")


@require_POST
@for_staff(ASK)
def perform(request: HttpRequest, number: int) -> HttpResponse:
    """What was approved while the device was away."""
    require_assurance(request, ACT)
    try:
        keys.perform_request(actor=actor_of(request), number=number)
        messages.success(request, _("已办理"))
    except SignerRefused as error:
        messages.warning(request, str(error))
    return redirect("trust_desk:key_requests")


@require_POST
@for_staff(ASK)
def collect(request: HttpRequest, number: int) -> HttpResponse:
    if not is_assured(request):
        return redirect("trust_desk:key_request", number)
    found = _find(number)
    form = CollectForm(request.POST, is_enveloped="recipient" in found.detail)
    if form.is_valid():
        given = form.cleaned_data
        try:
            content, kind = keys.collect_key(
                actor=actor_of(request), number=number, code=given["code"], passphrase=given.get("passphrase", "")
            )
        except SignerRefused as error:
            name = {"wrong_code": "code", "weak_secret": "passphrase"}.get(error.code, "")
            if name not in form.fields:
                messages.warning(request, str(error))
                return redirect("trust_desk:key_request", number)
            form.add_error(name, str(error))
        else:
            ending, content_type = _FILES[kind]
            response = HttpResponse(content, content_type=content_type)
            response.headers["Content-Disposition"] = f'attachment; filename="key-{number}.{ending}"'
            return response
    return _show(request, number, 422, collect=form)
