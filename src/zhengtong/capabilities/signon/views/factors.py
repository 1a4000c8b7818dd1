"""What a person proves herself with: seeing, adding and removing it, and her latest sign-ins."""

from collections.abc import Callable

import segno
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from zhengtong.capabilities.signon.assurance import OWN_FACTORS
from zhengtong.capabilities.signon.domain import FEW_RECOVERY_CODES, Proof, make_secret
from zhengtong.capabilities.signon.forms import CodeForm, NameForm
from zhengtong.capabilities.signon.middleware import is_demand_unmet
from zhengtong.capabilities.signon.models import Attempt, BoundCertificate, CodeGenerator, FactorReset, Passkey
from zhengtong.capabilities.signon.selectors import count_recovery_codes, get_demand, get_factors, list_recent_attempts
from zhengtong.capabilities.signon.services import certificates, codes, passkeys, resets
from zhengtong.capabilities.signon.services.holding import get_held, hold_fields, release_form
from zhengtong.capabilities.signon.session import add_proof
from zhengtong.capabilities.signon.views.common import (
    explain,
    limited,
    own_actor,
    passkey_answer,
    with_account,
)
from zhengtong.capabilities.signon.words import STRENGTH_WORDS, say_oddities, say_proofs
from zhengtong.core.identity.public import Account, AccountKind, Refused
from zhengtong.kernel.assurance import require_assurance

PENDING = "signon.pending_generator"


def _name_of(account: Account) -> str:
    person = account.staff if account.kind == AccountKind.STAFF else account.citizen
    return person.name or account.username


def _describe(attempt: Attempt) -> dict[str, object]:
    return {
        "at": attempt.at,
        "outcome": attempt.get_outcome_display(),
        "is_good": attempt.outcome in ("succeeded", "confirmed"),
        "proofs": say_proofs(attempt.proofs),
        "device": attempt.device,
        "address": attempt.address or "",
        "oddities": say_oddities(attempt.oddities),
    }


@require_GET
@with_account
def show_security(request: HttpRequest, account: Account) -> HttpResponse:
    """What she has, what her posts ask for, and where she signed in lately."""
    demand = get_demand(account)
    factors = get_factors(account)
    context = {
        "factors": factors,
        "few": FEW_RECOVERY_CODES,
        "generator": CodeGenerator.objects.filter(account=account).first(),
        "passkeys": list(account.passkeys.all()),
        "certificates": list(account.bound_certificates.all()),
        "offers_certificates": certificates.is_offered(),
        "demand": demand,
        "demanded": STRENGTH_WORDS[demand.strength] if demand else "",
        "is_met": demand is not None and factors.strongest >= demand.strength,
        "is_blocked": is_demand_unmet(request),
        "reset": FactorReset.objects.filter(account=account, state__in=resets.OPEN)
        .select_related("requested_by__staff")
        .first(),
        "recent": [_describe(each) for each in list_recent_attempts(account)],
    }
    return render(request, "signon/security.html", context)


# Time-based codes --------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@with_account
def add_generator(request: HttpRequest, account: Account) -> HttpResponse:
    """Show a secret as a QR code, and keep it once the app's code is right. Until then it waits sealed."""
    require_assurance(request, OWN_FACTORS)
    if CodeGenerator.objects.filter(account=account).exists():
        messages.info(request, _("已经有动态口令，要换手机请先删除原来的"))
        return redirect("signon:security")
    held = get_held(account, request.session.get(PENDING, ""))
    form = CodeForm(request.POST or None)
    if request.method == "POST" and held is not None and form.is_valid():
        secret = codes.read_secret(dict(held.fields)["secret"])
        try:
            limited(request, account)
            actor = own_actor(request)
            codes.add_generator(actor=actor, account=account, secret=secret, code=form.cleaned_data["code"])
        except Refused as refused:
            explain(form, refused)
        else:
            release_form(held)
            request.session.pop(PENDING, None)
            add_proof(request, account, Proof.CODE)
            messages.success(request, _("已添加动态口令，下次登录时在密码之后输入"))
            return _offer_codes(account)
    if held is None:
        if request.method == "POST":
            messages.error(request, _("二维码超过 10 分钟已经失效，请扫描新的"))
            form = CodeForm()
        held = hold_fields(account=account, path=PENDING, fields=[["secret", codes.write_secret(make_secret())]])
        request.session[PENDING] = str(held.pk)
    secret_text = dict(held.fields)["secret"]
    picture = segno.make(codes.describe_generator(account, codes.read_secret(secret_text)), error="m", micro=False)
    context = {
        "form": form,
        "picture": picture.svg_data_uri(scale=5, border=2),
        "secret": " ".join(secret_text[i : i + 4] for i in range(0, len(secret_text), 4)),
    }
    return render(request, "signon/add_generator.html", context, status=422 if form.errors else 200)


@require_POST
@with_account
def remove_generator(request: HttpRequest, account: Account) -> HttpResponse:
    require_assurance(request, OWN_FACTORS)
    return _do(request, _("已删除动态口令"), lambda: codes.remove_generator(actor=own_actor(request), account=account))


# Recovery codes ----------------------------------------------------------------------------------------


def _offer_codes(account: Account) -> HttpResponse:
    """With the first second factor come recovery codes."""
    return redirect("signon:security" if count_recovery_codes(account) else "signon:recovery_codes")


@require_http_methods(["GET", "POST"])
@with_account
def make_recovery_codes(request: HttpRequest, account: Account) -> HttpResponse:
    """Make recovery codes and show them, once."""
    require_assurance(request, OWN_FACTORS)
    if request.method == "POST":
        try:
            made = codes.make_codes(actor=own_actor(request), account=account)
        except Refused as refused:
            messages.error(request, str(refused.message))
            return redirect("signon:security")
        return render(request, "signon/recovery_codes.html", {"codes": made, "account": account})
    if not get_factors(account).has_second:
        messages.error(request, _("先添加动态口令或者通行密钥，再生成恢复码"))
        return redirect("signon:security")
    return render(request, "signon/recovery_codes.html", {"left": count_recovery_codes(account)})


# Passkeys ----------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@with_account
def add_passkey(request: HttpRequest, account: Account) -> HttpResponse:
    require_assurance(request, OWN_FACTORS)
    number = account.passkeys.count() + 1
    form = NameForm(request.POST or None, initial={"name": _("通行密钥 %(n)d") % {"n": number}})
    problem = ""
    if request.method == "POST" and form.is_valid():
        try:
            _made, proof = passkeys.add_passkey(
                actor=own_actor(request), account=account, name=form.cleaned_data["name"], **passkey_answer(request)
            )
        except Refused as refused:
            problem = str(refused.message)
        else:
            add_proof(request, account, proof)
            messages.success(request, _("已添加通行密钥，以后可以不输密码，直接用它登录"))
            return _offer_codes(account)
    context = {"form": form, "problem": problem, "host": passkeys.get_relying_party()}
    return render(request, "signon/add_passkey.html", context, status=422 if problem or form.errors else 200)


@require_POST
@with_account
def begin_adding(request: HttpRequest, account: Account) -> HttpResponse:
    require_assurance(request, OWN_FACTORS)
    try:
        return JsonResponse(passkeys.begin_adding(account=account, name=_name_of(account)))
    except Refused as refused:
        return JsonResponse({"problem": str(refused.message)}, status=422)


def _own_passkey(account: Account, passkey_id: int) -> Passkey:
    found = account.passkeys.filter(pk=passkey_id).first()
    if found is None:
        raise Http404
    return found


@require_http_methods(["GET", "POST"])
@with_account
def rename_passkey(request: HttpRequest, account: Account, passkey_id: int) -> HttpResponse:
    passkey = _own_passkey(account, passkey_id)
    form = NameForm(request.POST or None, initial={"name": passkey.name})
    if request.method == "POST" and form.is_valid():
        passkeys.rename_passkey(actor=own_actor(request), passkey=passkey, name=form.cleaned_data["name"])
        messages.success(request, _("已改名"))
        return redirect("signon:security")
    return render(
        request, "signon/rename_passkey.html", {"form": form, "passkey": passkey}, status=422 if form.errors else 200
    )


@require_POST
@with_account
def remove_passkey(request: HttpRequest, account: Account, passkey_id: int) -> HttpResponse:
    require_assurance(request, OWN_FACTORS)
    passkey = _own_passkey(account, passkey_id)
    return _do(request, _("已删除通行密钥"), lambda: passkeys.remove_passkey(actor=own_actor(request), passkey=passkey))


# Certificates ------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@with_account
def bind_certificate(request: HttpRequest, account: Account) -> HttpResponse:
    """Show the certificate that the browser presented, and bind it to this account."""
    if not certificates.is_offered():
        raise Http404
    require_assurance(request, OWN_FACTORS)
    try:
        presented = certificates.read_presented(request)
        if request.method == "POST":
            certificates.bind_certificate(actor=own_actor(request), account=account, presented=presented)
            messages.success(request, _("已绑定数字证书，以后可以用它登录"))
            return redirect("signon:security")
    except Refused as refused:
        return render(request, "signon/bind_certificate.html", {"problem": str(refused.message)}, status=422)
    context = {
        "subject": presented.subject,
        "issuer": presented.certificate.issuer.rfc4514_string(),
        "until": presented.certificate.not_valid_after_utc,
    }
    return render(request, "signon/bind_certificate.html", context)


@require_POST
@with_account
def unbind_certificate(request: HttpRequest, account: Account, bound_id: int) -> HttpResponse:
    require_assurance(request, OWN_FACTORS)
    bound = BoundCertificate.objects.filter(account=account, pk=bound_id).first()
    if bound is None:
        raise Http404
    return _do(
        request,
        _("已解除绑定"),
        lambda: certificates.unbind_certificate(actor=own_actor(request), bound=bound),
    )


# A reset that somebody asked for -----------------------------------------------------------------------


@require_POST
@with_account
def stop_reset(request: HttpRequest, account: Account, reset_id: int) -> HttpResponse:
    """Say no to a reset of her own factors."""
    reset = FactorReset.objects.filter(account=account, pk=reset_id).first()
    if reset is None:
        raise Http404
    return _do(
        request,
        _("已终止，您的登录方式没有变动；请联系安全管理员说明情况"),
        lambda: resets.stop_reset(actor=own_actor(request), reset=reset, reason=_("本人终止")),
    )


def _do(request: HttpRequest, done: str, act: Callable[[], object]) -> HttpResponse:
    try:
        act()
    except Refused as refused:
        messages.error(request, str(refused.message))
    else:
        messages.success(request, done)
    return redirect("signon:security")
