"""Proving oneself again before an act, and going on with what was being done: nothing typed is lost."""

from typing import Any

from allauth.account.internal.flows.login import record_authentication
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from zhengtong.capabilities.signon.assurance import get_requirement
from zhengtong.capabilities.signon.domain import Proof, Strength
from zhengtong.capabilities.signon.forms import ConfirmForm, RecoveryForm
from zhengtong.capabilities.signon.models import HeldForm
from zhengtong.capabilities.signon.selectors import get_factors
from zhengtong.capabilities.signon.services.attempts import note_confirmation
from zhengtong.capabilities.signon.services.certificates import find_account, is_offered, read_presented
from zhengtong.capabilities.signon.services.holding import get_held, release_form
from zhengtong.capabilities.signon.services.passkeys import begin_using
from zhengtong.capabilities.signon.session import add_proof, get_strength
from zhengtong.capabilities.signon.views.common import (
    explain,
    forgive,
    keep_refusal,
    limited,
    own_actor,
    with_account,
)
from zhengtong.capabilities.signon.views.signing_in import prove_second
from zhengtong.capabilities.signon.words import STRENGTH_WORDS
from zhengtong.core.identity.public import Account, Refused
from zhengtong.kernel.assurance import AssuredAct
from zhengtong.kernel.modules import registry

# An address that gives a file leaves the page where it is, so it is offered as a link.
FILES = (".csv", ".xlsx", ".pdf", ".ofd", ".zip")


def _title_of(act: str) -> str:
    try:
        return str(registry.get(AssuredAct, act).title)
    except LookupError:
        return _("继续办理")


def _next(request: HttpRequest) -> str:
    given = request.POST.get("next") or request.GET.get("next") or ""
    is_ours = url_has_allowed_host_and_scheme(given, allowed_hosts=None) and given.startswith("/")
    return given if is_ours else reverse("signon:security")


@sensitive_post_parameters("password", "code", "recovery")
@require_http_methods(["GET", "POST"])
@with_account
def confirm(request: HttpRequest, account: Account) -> HttpResponse:
    """Ask for the proof that the act needs; then show what was being done, to go on with one more click."""
    act = (request.POST.get("act") or request.GET.get("act") or "")[:40]
    held = get_held(account, request.POST.get("held") or request.GET.get("held") or "")
    if held is not None and not held.path.startswith("/"):
        held = None
    strength, minutes = get_requirement(account, act)
    if _is_proved(request, account, strength, minutes):
        return _go_on(request, act, held)
    factors = get_factors(account)
    # One form: the password, with the code beside it where one thing isn't enough.
    needs_both = strength >= Strength.TWO and factors.has_generator
    form = ConfirmForm(None, has_password=True, has_code=needs_both)
    recovery = RecoveryForm()
    problem = ""
    if request.method == "POST":
        tried: Any = None
        try:
            if "recovery" in request.POST:
                tried = recovery = RecoveryForm(request.POST)
            elif "certificate" not in request.POST and "answer" not in request.POST:
                tried = form = ConfirmForm(request.POST, has_password=True, has_code=needs_both)
            if tried is None or tried.is_valid():
                proofs = _prove(request, account, tried.cleaned_data if tried else None)
                if _is_proved(request, account, strength, minutes):
                    note_confirmation(
                        request=request, actor=own_actor(request), account=account, proofs=proofs, act=act
                    )
                    return _go_on(request, act, held)
                problem = _("还不够：这件事要用%(how)s确认") % {"how": STRENGTH_WORDS[strength]}
        except Refused as refused:
            keep_refusal(request, account, refused)
            if tried is None:
                problem = str(refused.message)
            else:
                explain(tried, refused)
    context = {
        "act_code": act,
        "title": _title_of(act),
        "how": STRENGTH_WORDS[strength],
        "form": form,
        "recovery_form": recovery,
        "shown": recovery if recovery.is_bound else form,
        "problem": problem,
        "held": held,
        "next": _next(request),
        "factors": factors,
        "offers_typing": strength == Strength.ONE or (strength == Strength.TWO and factors.has_generator),
        "offers_recovery": strength == Strength.TWO and factors.has_second and factors.recovery_codes,
        "offers_certificate": is_offered() and factors.certificates,
        "can": factors.strongest >= strength,
        "lost_files": request.GET.get("files"),
    }
    return render(request, "signon/confirm.html", context, status=422 if request.method == "POST" else 200)


def _is_proved(request: HttpRequest, account: Account, strength: int, minutes: int) -> bool:
    held = get_strength(request, account, within_seconds=minutes * 60)
    return not strength or (held is not None and held >= strength)


def _prove(request: HttpRequest, account: Account, given: dict[str, Any] | None) -> list[str]:
    """Check what was given and note it in the session. Raises Refused."""
    if given is not None and "password" in given:
        limited(request, account)
        if not account.check_password(given["password"]):
            raise Refused("password", _("密码不对，请重新输入"), "password")
        forgive(request, account)
        # For allauth's own pages as well, which ask for the same.
        record_authentication(request, account, "password", reauthenticated=True)
        proofs = [Proof.PASSWORD]
        if "code" in given:
            proofs.append(prove_second(request, account, {"code": given["code"]}))
    elif "certificate" in request.POST:
        if find_account(read_presented(request)) != account:
            raise Refused("untrusted", _("这张数字证书是另一个账号的，请换成您自己的"))
        proofs = [Proof.CERTIFICATE]
    else:
        proofs = [prove_second(request, account, given)]
    for proof in proofs:
        add_proof(request, account, proof)
    return [proof.value for proof in proofs]


def _go_on(request: HttpRequest, act: str, held: HeldForm | None) -> HttpResponse:
    onward = _next(request)
    if held is None and not onward.partition("?")[0].endswith(FILES):
        return HttpResponseRedirect(onward)
    context: dict[str, Any] = {"title": _title_of(act), "next": onward}
    if held is not None:
        # Shown once: a second page of the same form would send it twice.
        context |= {"path": held.path, "fields": held.fields} if release_form(held) else {}
    return render(request, "signon/go_on.html", context)


@require_POST
@with_account
def begin_confirming(request: HttpRequest, account: Account) -> HttpResponse:
    return JsonResponse(begin_using(account=account))
