"""Pages about oneself: account, details, enterprises, devices, capacity, and a forgotten password."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.utils import get_next_redirect_url, passthrough_next_redirect_url
from allauth.core import ratelimit
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from zhengtong.core.identity import forms, services
from zhengtong.core.identity.devices import describe_device
from zhengtong.core.identity.domain import InvalidIdentifier, mask_id, mask_phone
from zhengtong.core.identity.middleware import APPOINTMENT_KEY, MANDATE_KEY, get_actor_of, get_request_actor
from zhengtong.core.identity.models import Account, AccountKind, Citizen, Mandate
from zhengtong.core.identity.reset import PhoneReset
from zhengtong.core.identity.selectors import list_current_appointments, list_live_mandates

View = Callable[..., HttpResponse]
NEXT = "next"


def signed_in(view: View) -> View:
    """Only for people who are signed in; never kept by the browser, so that going back shows nothing afterwards."""
    return never_cache(login_required(view))


def citizens_only(view: View) -> View:
    """For citizens; to staff the page doesn't exist. Passes the citizen on."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        account = request.user
        if not isinstance(account, Account) or account.kind != AccountKind.CITIZEN:
            raise Http404
        return view(request, account.citizen, *args, **kwargs)

    return signed_in(wrapped)


def get_account(request: HttpRequest) -> Account:
    assert isinstance(request.user, Account)
    return request.user


def next_or(request: HttpRequest, name: str) -> HttpResponse:
    """Go to the address that the request asks to go to next, when it is one of ours; else to ``name``."""
    return redirect(get_next_redirect_url(request, NEXT) or reverse(name))


def explain(form: Form, error: services.Refused | InvalidIdentifier, field: str = "") -> None:
    if isinstance(error, InvalidIdentifier):
        form.add_error(field, forms.in_words(error))
    else:
        form.add_error(error.field or None, str(error.message))


# Account ---------------------------------------------------------------------------------------------


@require_GET
@signed_in
def show_account(request: HttpRequest) -> HttpResponse:
    """What a person has here, and where to change it."""
    account = get_account(request)
    context: dict[str, Any] = {"account": account, "home_url": get_adapter().get_login_redirect_url(request)}
    if account.kind == AccountKind.CITIZEN:
        context |= {"citizen": account.citizen, "mandates": list_live_mandates(account).order_by("pk")}
    else:
        context["appointments"] = list_current_appointments(account)
    return render(request, "identity/account.html", context)


@require_GET
def show_privacy(request: HttpRequest) -> HttpResponse:
    return render(request, "identity/privacy.html", {"next": get_next_redirect_url(request, NEXT) or ""})


@require_http_methods(["GET", "POST"])
@citizens_only
def edit_profile(request: HttpRequest, citizen: Citizen) -> HttpResponse:
    """Name, citizen number and address; an address in ``next`` is where she came from."""
    has_number = bool(citizen.id_number)
    if request.method == "POST":
        if limited := ratelimit.consume_or_429(request, action="identity_claim", user=request.user):
            return limited
        form = forms.ProfileForm(request.POST, has_number=has_number)
        if form.is_valid():
            try:
                services.complete_profile(actor=get_request_actor(request), citizen=citizen, **form.cleaned_data)
            except (services.Refused, InvalidIdentifier) as error:
                explain(form, error, "id_number")
            else:
                messages.success(request, _("您的信息已保存"))
                return next_or(request, "identity:account")
    else:
        form = forms.ProfileForm(has_number=has_number, initial={"name": citizen.name, "address": citizen.address})
    context = {
        "form": form,
        "citizen": citizen,
        "masked_number": mask_id(citizen.id_number),
        "next": get_next_redirect_url(request, NEXT) or "",
    }
    return render(request, "identity/profile.html", context)


# Enterprises and capacities --------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@citizens_only
def edit_enterprises(request: HttpRequest, citizen: Citizen) -> HttpResponse:
    """The enterprises that she acts for, and adding one."""
    form = forms.EnterpriseForm(request.POST or None)
    if request.method == "POST":
        if limited := ratelimit.consume_or_429(request, action="identity_claim", user=request.user):
            return limited
        if form.is_valid():
            try:
                mandate = services.declare_mandate(
                    actor=get_request_actor(request), citizen=citizen, **form.cleaned_data
                )
            except (services.Refused, InvalidIdentifier) as error:
                explain(form, error, "credit_code")
            else:
                text = _("已添加“%(name)s”，办事时可以切换到它的身份") % {"name": mandate.legal_entity.name}
                messages.success(request, text)
                return next_or(request, "identity:enterprises")
    context = {
        "form": form,
        "citizen": citizen,
        "mandates": list_live_mandates(citizen.account).order_by("pk"),
        "next": get_next_redirect_url(request, NEXT) or "",
    }
    return render(request, "identity/enterprises.html", context)


@require_POST
@citizens_only
def remove_enterprise(request: HttpRequest, citizen: Citizen, mandate_id: int) -> HttpResponse:
    mandate = get_object_or_404(Mandate.objects.select_related("legal_entity"), pk=mandate_id, citizen=citizen)
    services.revoke_mandate(actor=get_request_actor(request), mandate=mandate)
    if request.session.get(MANDATE_KEY) == mandate.pk:
        del request.session[MANDATE_KEY]
    messages.success(request, _("您不再代表“%(name)s”办事") % {"name": mandate.legal_entity.name})
    return redirect("identity:enterprises")


@require_POST
@signed_in
def switch_capacity(request: HttpRequest) -> HttpResponse:
    """Act from now on in another capacity: ``mandate`` ("" for herself), for staff ``post`` (an appointment's id)."""
    account, actor = get_account(request), get_request_actor(request)
    if account.kind == AccountKind.STAFF:
        chosen = services.choose_appointment(
            actor=actor, account=account, appointment_id=_number(request.POST.get("post"))
        )
        request.session[APPOINTMENT_KEY] = chosen.pk
    else:
        posted = request.POST.get("mandate")
        if posted is None:
            raise Http404
        mandate = services.choose_mandate(actor=actor, account=account, mandate_id=_number(posted) if posted else None)
        request.session[MANDATE_KEY] = mandate.pk if mandate else None
        name = mandate.legal_entity.name if mandate else ""
        messages.info(request, _("现在以“%(name)s”身份办理") % {"name": name} if name else _("现在以您本人身份办理"))
    return redirect(get_next_redirect_url(request, NEXT) or get_adapter().get_login_redirect_url(request))


def _number(text: str | None) -> int:
    if text is None or not (text.isascii() and text.isdigit()) or len(text) > 18:
        raise Http404
    return int(text)


# Devices ---------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@signed_in
def edit_sessions(request: HttpRequest) -> HttpResponse:
    """Where the account is signed in, and ending one session or all others."""
    account, current = get_account(request), request.session.session_key
    if request.method == "POST":
        posted = request.POST.get("session")
        ended = services.end_sessions(
            actor=get_request_actor(request),
            account=account,
            session_id=_number(posted) if posted != "others" else None,
            keep=current,
        )
        if not ended and posted != "others":
            raise Http404
        messages.success(request, _("已退出 %(n)d 台设备") % {"n": ended})
        return redirect("usersessions_list")
    sessions = sorted(UserSession.objects.purge_and_list(account), key=lambda s: s.last_seen_at, reverse=True)
    devices = [
        {
            "id": session.pk,
            "name": describe_device(session.user_agent),
            "address": session.ip,
            "created_at": session.created_at,
            "last_seen_at": session.last_seen_at,
            "is_current": session.session_key == current,
        }
        for session in sessions
    ]
    context = {"devices": devices, "limit": settings.SESSIONS_PER_ACCOUNT}
    return render(request, "identity/sessions.html", context)


# A forgotten password --------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@never_cache
def request_reset(request: HttpRequest) -> HttpResponse:
    """Ask for the phone and send a code; the answer is the same whether the phone is known or not."""
    form = forms.ResetPhoneForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        phone = form.cleaned_data["phone"]
        if limited := ratelimit.consume_or_429(request, action="reset_password", key=phone):
            return limited
        PhoneReset.begin(request, phone)
        return _go_on(request, "identity:reset_code")
    return render(request, "identity/reset_phone.html", {"form": form, "next": _next(request)})


@require_http_methods(["GET", "POST"])
@never_cache
def confirm_reset(request: HttpRequest) -> HttpResponse:
    process = PhoneReset.resume(request)
    if process is None:
        messages.error(request, _("验证码已经过期，请重新获取"))
        return _go_on(request, "account_reset_password")
    form = forms.ResetCodeForm(request.POST or None, code=process.code)
    if request.method == "POST":
        if form.is_valid():
            process.confirm()
            return _go_on(request, "identity:reset_password")
        if request.POST.get("code") and not process.record_invalid_attempt():
            messages.error(request, _("验证码连续输错，已经作废，请重新获取"))
            return _go_on(request, "account_reset_password")
    context = {"form": form, "phone": mask_phone(process.phone), "next": _next(request)}
    return render(request, "identity/reset_code.html", context)


@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
@never_cache
def complete_reset(request: HttpRequest) -> HttpResponse:
    """Set the new password; every session of the account ends with it."""
    process = PhoneReset.resume(request)
    account = process.account if process is not None and process.is_confirmed else None
    if process is None or account is None:
        return _go_on(request, "account_reset_password")
    form = forms.NewPasswordForm(request.POST or None, account=account)
    if request.method == "POST" and form.is_valid():
        process.abort()
        actor = get_actor_of(account, request)
        services.set_password(actor=actor, account=account, password=form.cleaned_data["password"])
        services.end_sessions(actor=actor, account=account)
        messages.success(request, _("密码已重设，请用新密码登录"))
        return _go_on(request, "account_login")
    return render(request, "identity/reset_password.html", {"form": form, "next": _next(request)})


def _next(request: HttpRequest) -> str:
    return get_next_redirect_url(request, NEXT) or ""


def _go_on(request: HttpRequest, name: str) -> HttpResponse:
    return HttpResponseRedirect(passthrough_next_redirect_url(request, reverse(name), NEXT))
