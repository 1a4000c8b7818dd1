"""The provider's pages: where a person is sent to sign in, agrees, and signs out again."""

from functools import wraps
from hashlib import sha256
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

from allauth.account.adapter import get_adapter as get_account_adapter
from allauth.idp.oidc.internal.oauthlib.utils import extract_headers, get_uri
from django.conf import settings
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.http import HttpRequest, HttpResponse, HttpResponseForbidden
from django.middleware.csrf import CsrfViewMiddleware
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods
from oauthlib.common import add_params_to_uri
from oauthlib.oauth2.rfc6749 import errors

from zhengtong.capabilities.signon.applications import authorizations, consents
from zhengtong.capabilities.signon.applications.assurance import Acr, Assurance, get_assurance
from zhengtong.capabilities.signon.applications.authorizations import Sign
from zhengtong.capabilities.signon.applications.claims import get_subject
from zhengtong.capabilities.signon.applications.domain import LONGEST_STATE, PERSONAL_SCOPES, SCOPES, Scope
from zhengtong.capabilities.signon.applications.keys import read_token
from zhengtong.capabilities.signon.applications.models import Application, ApplicationState
from zhengtong.capabilities.signon.applications.server import OpenIdServer
from zhengtong.core.identity.public import Account
from zhengtong.kernel.policy import Actor
from zhengtong.screens.access import actor_of

# When a person was asked to sign in again, by what for: coming back she has to have done so.
_ASKED: Final = "signon_asked"
_MOST_ASKED: Final = 10

# What is wrong with a request that no application gets an answer to, by oauthlib's classes.
_FATAL: Final[tuple[tuple[type[errors.OAuth2Error], str | Promise], ...]] = (
    (errors.MissingClientIdError, _("请求里没有说明是哪个应用系统（client_id）。")),
    (errors.InvalidClientIdError, _("没有登记过这个应用系统，或者它已经停用。")),
    (errors.MissingRedirectURIError, _("请求里没有说明登录后回到哪里（redirect_uri）。")),
    (errors.InvalidRedirectURIError, _("登录后要回到的地址不是一个完整的网址。")),
    (errors.MismatchingRedirectURIError, _("登录后要回到的地址没有登记过，为了您的安全没有继续。")),
    (errors.InsecureTransportError, _("请用 https 访问。")),
)


class NotAllowed(Exception):
    """An application's request that ends here: the person sees why."""

    def __init__(self, happened: str | Promise, todo: str | Promise) -> None:
        super().__init__(str(happened))
        self.happened, self.todo = happened, todo


def show_refusal(
    request: HttpRequest, happened: str | Promise, todo: str | Promise = "", *, status: int = 400
) -> HttpResponse:
    context = {
        "happened": happened,
        "todo": todo or _("请回到那个应用系统重新登录；还是不行，请把这一页告诉它的管理员。"),
    }
    return render(request, "signon/refusal.html", context, status=status)


def leave_to(address: str) -> HttpResponse:
    """Return the way back to an application. Django's own redirect knows no schemes of applications on phones."""
    response = HttpResponse(status=302)
    response.headers["Location"] = address
    return response


def _is_forged(request: HttpRequest) -> bool:
    """Whether what a person decides comes from elsewhere than our page; applications may post here, too."""
    check = CsrfViewMiddleware(lambda _request: HttpResponseForbidden())
    return check.process_view(request, lambda *a, **k: HttpResponse(), (), {}) is not None


def _may_lead_to(response: HttpResponse, address: str) -> HttpResponse:
    """Let the page's form end at ``address``: browsers hold form-action against redirections, too."""
    parts = urlsplit(address)
    source = f"{parts.scheme}://{parts.netloc}" if parts.scheme in ("http", "https") else f"{parts.scheme}:"
    response._csp_update = {"form-action": [source]}  # type: ignore[attr-defined]  # django-csp reads it
    return response


def _here(request: HttpRequest) -> str:
    """Return the way back to this request by a page of its own: see ``continue.html``."""
    return f"{reverse('signon:continue')}?{request.GET.urlencode()}"


@require_GET
@never_cache
def go_on(request: HttpRequest) -> HttpResponse:
    """Go on to the authorisation after signing in: that form may only end on this site, and here it ends."""
    return render(request, "signon/continue.html", {"to": f"{reverse('signon:authorize')}?{request.GET.urlencode()}"})


@csrf_exempt
@require_http_methods(["GET", "POST"])
@never_cache
def authorize(request: HttpRequest) -> HttpResponse:
    """Let a person sign in to an application (OpenID Connect Core 3.1.2)."""
    if request.method == "POST" and "decision" not in request.POST:
        return redirect(f"{reverse('signon:authorize')}?{request.POST.urlencode()}")
    if request.method == "POST" and _is_forged(request):
        return show_refusal(request, _("这一页停留太久，已经失效。"), status=403)
    try:
        return _authorize(request)
    except NotAllowed as refused:
        return show_refusal(request, refused.happened, refused.todo, status=403)
    except errors.FatalClientError as error:
        said = next((words for kind, words in _FATAL if isinstance(error, kind)), _("登录请求不符合要求。"))
        return show_refusal(request, said)
    except errors.OAuth2Error as error:
        if not error.redirect_uri:
            return show_refusal(request, _("登录请求不符合要求。"))
        return _answer(error.redirect_uri, {**dict(error.twotuples), "iss": settings.PUBLIC_URL})


def _answer(redirect_uri: str, parameters: dict[str, Any]) -> HttpResponse:
    return leave_to(add_params_to_uri(redirect_uri, list(parameters.items())))


def _authorize(request: HttpRequest) -> HttpResponse:
    scopes, asked = OpenIdServer().validate_authorization_request(get_uri(request), "GET", "", extract_headers(request))
    oauth: Any = asked["request"]
    application: Application = oauth.client.application
    prompts = set(asked.get("prompt") or ())
    account = request.user
    if not isinstance(account, Account):
        if "none" in prompts:
            raise errors.LoginRequired(request=oauth)
        return redirect(f"{settings.LOGIN_URL}?{urlencode({REDIRECT_FIELD_NAME: _here(request)})}")
    assurance = get_assurance(request)
    if _has_to_sign_in_again(request, oauth, prompts, assurance):
        if "none" in prompts:
            raise errors.LoginRequired(request=oauth)
        return redirect(f"{reverse('account_reauthenticate')}?{urlencode({REDIRECT_FIELD_NAME: _here(request)})}")
    _check_person(application, account, assurance)
    actor = actor_of(request)
    if request.method == "POST" and request.POST["decision"] != "grant":
        raise errors.AccessDeniedError(request=oauth)
    if request.method == "POST":
        consents.give_consent(actor=actor, application=application, account=account, scopes=scopes)
    elif "consent" in prompts or consents.is_consent_needed(application, account, scopes):
        if "none" in prompts:
            raise errors.ConsentRequired(request=oauth)
        return _ask(request, application, scopes, oauth)
    return _let_in(request, oauth, actor, account, scopes, assurance)


def _let_in(
    request: HttpRequest, oauth: Any, actor: Actor, account: Account, scopes: list[str], assurance: Assurance
) -> HttpResponse:
    from secrets import token_urlsafe

    code = token_urlsafe(32)
    known = {
        "redirect_uri": oauth.redirect_uri,
        "nonce": oauth.nonce,
        "code_challenge": oauth.code_challenge,
    }
    authorizations.authorize(
        actor=actor,
        application=oauth.client.application,
        account=account,
        session=request.session,
        code=code,
        sign=Sign(known, tuple(scopes), assurance),
    )
    # With the issuer, so that an application of several providers can't mix up their answers (RFC 9207).
    answer = {"code": code, "state": oauth.state, "iss": settings.PUBLIC_URL}
    return _answer(oauth.redirect_uri, {name: value for name, value in answer.items() if value})


def _has_to_sign_in_again(request: HttpRequest, oauth: Any, prompts: set[str], assurance: Assurance) -> bool:
    """Whether the application asks for a fresh sign-in, which this isn't; coming back without one is no way around."""
    now = timezone.now()
    max_age = request.GET.get("max_age", "")
    if max_age:
        if not (max_age.isascii() and max_age.isdigit() and len(max_age) < 10):
            raise errors.InvalidRequestError(description="max_age is no number of seconds", request=oauth)
        if (now - assurance.at).total_seconds() > int(max_age):
            return True
    if "login" not in prompts:
        return False
    key = sha256(request.GET.urlencode().encode()).hexdigest()[:24]
    asked: dict[str, float] = request.session.get(_ASKED, {})
    if key in asked and assurance.at.timestamp() >= asked[key]:
        request.session[_ASKED] = {each: at for each, at in asked.items() if each != key}
        return False
    if key not in asked:
        request.session[_ASKED] = {**dict(list(asked.items())[-_MOST_ASKED:]), key: now.timestamp()}
    return True


def _check_person(application: Application, account: Account, assurance: Assurance) -> None:
    if not consents.may_sign_in(application, account):
        raise NotAllowed(
            _("“%(name)s”不是给您这类账号使用的。") % {"name": application.name},
            _("工作人员系统请用单位分配的用户名登录，群众办事系统请用手机号登录。"),
        )
    if application.needs_two_factors and assurance.acr == Acr.ONE:
        raise NotAllowed(
            _("“%(name)s”要求双因素登录，您这次只用了一种方式。") % {"name": application.name},
            _("请先在“我的账号—账号安全”里添加动态口令或通行密钥，退出后用两种方式重新登录，再打开这个系统。"),
        )


def _ask(request: HttpRequest, application: Application, scopes: list[str], oauth: Any) -> HttpResponse:
    context = {
        "application": application,
        "passed": [SCOPES[scope] for scope in Scope if scope in scopes and scope in PERSONAL_SCOPES],
        "host": urlsplit(oauth.redirect_uri).netloc,
    }
    return _may_lead_to(render(request, "signon/consent.html", context), oauth.redirect_uri)


# Signing out, asked for by an application


@csrf_exempt
@require_http_methods(["GET", "POST"])
@never_cache
def end_session(request: HttpRequest) -> HttpResponse:
    """Sign out here and from every application (OpenID Connect RP-Initiated Logout 1.0)."""
    asked = request.POST if request.method == "POST" and "decision" not in request.POST else request.GET
    application, hint = _find_asking(asked.get("client_id", ""), asked.get("id_token_hint", ""))
    back = asked.get("post_logout_redirect_uri", "")
    state = asked.get("state", "")[:LONGEST_STATE]
    if back and (application is None or back not in application.after_logout_addresses.splitlines()):
        return show_refusal(request, _("退出后要回到的地址没有登记过，为了您的安全没有继续。"))
    to = add_params_to_uri(back, [("state", state)] if state else []) if back else "/"
    account = request.user
    if not isinstance(account, Account):
        return leave_to(to)
    if request.method == "POST" and "decision" in request.POST:
        if _is_forged(request):
            return show_refusal(request, _("这一页停留太久，已经失效。"), status=403)
        if request.POST["decision"] != "leave":
            return leave_to(to)
    elif not _is_hers(hint, application, account):
        if request.method == "POST":
            return redirect(f"{reverse('signon:logout')}?{request.POST.urlencode()}")
        response = render(request, "signon/logout.html", {"application": application})
        return _may_lead_to(response, back) if back else response
    get_account_adapter().logout(request)
    return leave_to(to)


def _find_asking(client_id: str, token: str) -> tuple[Application | None, dict[str, Any] | None]:
    hint = read_token(token, is_expiry_checked=False) if token else None
    if hint is not None and client_id and hint["aud"] != client_id:
        return None, None
    known = client_id or (str(hint["aud"]) if hint else "")
    found = Application.objects.filter(client_id=known, state=ApplicationState.ENABLED).first() if known else None
    return found, hint


def _is_hers(hint: dict[str, Any] | None, application: Application | None, account: Account) -> bool:
    """Whether the application proves that it means whoever is signed in; else she is asked."""
    return hint is not None and application is not None and hint["sub"] == get_subject(application, account)


def signed_in(view: Any) -> Any:
    """Only for people who are signed in; what it shows isn't kept by the browser."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not isinstance(request.user, Account):
            return redirect(f"{settings.LOGIN_URL}?{urlencode({REDIRECT_FIELD_NAME: request.get_full_path()})}")
        response: HttpResponse = view(request, *args, **kwargs)
        return response

    return never_cache(wrapped)


@require_http_methods(["GET", "POST"])
@signed_in
def edit_my_applications(request: HttpRequest) -> HttpResponse:
    """What a person signed in to, what is passed on to it, and taking that back."""
    account = request.user
    assert isinstance(account, Account)
    found = consents.list_applications_of(account)
    if request.method == "POST":
        application = next((each for each in found if str(each.public_id) == request.POST.get("application")), None)
        if application is not None:
            consents.revoke_consent(actor=actor_of(request), application=application, account=account)
        return redirect("signon:my_applications")
    given = {consent.application_id: consent for consent in account.consents.filter(revoked_at=None)}
    rows = []
    for application in found[:100]:
        consent = given.get(application.pk)
        scopes = consent.scopes if consent else application.scopes if application.is_consent_waived else ()
        passed = [SCOPES[scope].title for scope in Scope if scope in scopes and scope in PERSONAL_SCOPES]
        rows.append({"application": application, "consent": consent, "passed": passed})
    return render(request, "signon/my_applications.html", {"rows": rows})
