"""Signing in: the second factor after a password, a passkey instead of one, a client certificate."""

from collections.abc import Callable
from typing import Any

from allauth.account.internal import flows
from allauth.account.internal.decorators import login_stage_required
from allauth.account.models import Login
from allauth.account.utils import get_next_redirect_url
from allauth.core import ratelimit
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from zhengtong.capabilities.signon.domain import Proof
from zhengtong.capabilities.signon.forms import CodeForm, RecoveryForm
from zhengtong.capabilities.signon.selectors import get_factors
from zhengtong.capabilities.signon.services.certificates import find_account, is_offered, read_presented
from zhengtong.capabilities.signon.services.codes import spend_code, spend_recovery_code
from zhengtong.capabilities.signon.services.passkeys import begin_using, use_passkey
from zhengtong.capabilities.signon.session import add_proof
from zhengtong.capabilities.signon.stages import IS_WHOLE, SECOND_FACTOR
from zhengtong.capabilities.signon.views.common import (
    View,
    explain,
    forgive,
    keep_refusal,
    limited,
    own_actor,
    passkey_answer,
)
from zhengtong.core.identity.public import Account, Refused

NEXT = "next"
staged: Callable[[View], View] = login_stage_required(stage=SECOND_FACTOR, redirect_urlname="account_login")


def _staged_account(request: HttpRequest) -> Account:
    user = request._login_stage.login.user  # type: ignore[attr-defined]  # put there by allauth's decorator
    assert isinstance(user, Account)
    return user


@require_http_methods(["GET", "POST"])
@staged
def second_factor(request: HttpRequest) -> HttpResponse:
    """Ask for the second factor: a code, a passkey, or a recovery code."""
    account = _staged_account(request)
    code_form, recovery_form, problem = CodeForm(), RecoveryForm(), ""
    if request.method == "POST":
        form: Any = None
        try:
            if "recovery" in request.POST:
                form = recovery_form = RecoveryForm(request.POST)
            elif "answer" not in request.POST:
                form = code_form = CodeForm(request.POST)
            if form is None or form.is_valid():
                proof = prove_second(request, account, form.cleaned_data if form else None)
                add_proof(request, account, proof)
                exited: HttpResponse = request._login_stage.exit()  # type: ignore[attr-defined]  # allauth's
                return exited
        except Refused as refused:
            keep_refusal(request, account, refused)
            if form is None:
                problem = str(refused.message)
            else:
                explain(form, refused)
    factors = get_factors(account)
    context = {
        "form": recovery_form if recovery_form.is_bound else code_form,
        "code_form": code_form,
        "recovery_form": recovery_form,
        "factors": factors,
        "problem": problem,
    }
    return render(request, "signon/second_factor.html", context, status=422 if request.method == "POST" else 200)


def prove_second(request: HttpRequest, account: Account, given: dict[str, Any] | None) -> Proof:
    """Return what the person proved herself with just now: ``given`` is what she typed, None a passkey's answer.

    Raises Refused.
    """
    limited(request, account)
    actor = own_actor(request, account)
    if given is None:
        proof = use_passkey(actor=actor, account=account, **passkey_answer(request))[1]
    elif "recovery" in given:
        spend_recovery_code(actor=actor, account=account, typed=given["recovery"])
        proof = Proof.RECOVERY
    else:
        spend_code(account=account, typed=given["code"])
        proof = Proof.CODE
    forgive(request, account)
    return proof


@require_POST
@staged
def begin_second(request: HttpRequest) -> HttpResponse:
    return JsonResponse(begin_using(account=_staged_account(request)))


# Instead of a password ---------------------------------------------------------------------------------


@require_POST
@never_cache
def begin_passkey(request: HttpRequest) -> HttpResponse:
    if refused := ratelimit.consume_or_429(request, action="login"):
        return refused
    return JsonResponse(begin_using(account=None))


@require_POST
@never_cache
def sign_in_by_passkey(request: HttpRequest) -> HttpResponse:
    """Sign in whoever's passkey answered; the device has verified that it is she."""
    if request.user.is_authenticated:
        return redirect(get_next_redirect_url(request, NEXT) or "identity:account")
    if refused_page := ratelimit.consume_or_429(request, action="login"):
        return refused_page
    try:
        passkey, proof = use_passkey(actor=own_actor(request), account=None, **passkey_answer(request))
    except Refused as refused:
        keep_refusal(request, None, refused)
        messages.error(request, str(refused.message))
        return redirect("account_login")
    return _sign_in(request, passkey.account, proof)


@require_http_methods(["GET", "POST"])
@never_cache
def sign_in_by_certificate(request: HttpRequest) -> HttpResponse:
    """Show the certificate that the browser presented, and sign in its holder."""
    if not is_offered():
        raise Http404
    if request.user.is_authenticated:
        return redirect(get_next_redirect_url(request, NEXT) or "identity:account")
    try:
        presented = read_presented(request)
        account = find_account(presented)
    except Refused as refused:
        if refused.code != "absent":
            keep_refusal(request, None, refused)
        problem = {"problem": str(refused.message), "next": get_next_redirect_url(request, NEXT) or ""}
        return render(request, "signon/certificate.html", problem, status=422)
    if request.method == "POST":
        return _sign_in(request, account, Proof.CERTIFICATE)
    context: dict[str, Any] = {
        "subject": presented.subject,
        "until": presented.certificate.not_valid_after_utc,
        "next": get_next_redirect_url(request, NEXT) or "",
    }
    return render(request, "signon/certificate.html", context)


def _sign_in(request: HttpRequest, account: Account, proof: Proof) -> HttpResponse:
    add_proof(request, account, proof)
    login = Login(user=account, redirect_url=get_next_redirect_url(request, NEXT))
    login.state[IS_WHOLE] = True
    response: HttpResponse = flows.login.perform_login(request, login)
    if not request.user.is_authenticated:
        messages.error(request, _("这个账号现在不能登录，请联系管理员"))
    return response
