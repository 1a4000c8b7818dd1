"""A forgotten password: phone, code, new password."""

from allauth.account.utils import get_next_redirect_url, passthrough_next_redirect_url
from allauth.core import ratelimit
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from zhengtong.core.identity import forms, services
from zhengtong.core.identity.domain import mask_phone
from zhengtong.core.identity.middleware import get_actor_of
from zhengtong.core.identity.reset import PhoneReset
from zhengtong.core.identity.views.access import NEXT


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
