"""What the pages share: who asks, how a refusal is said and kept, what a passkey's answer is."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.core import ratelimit
from django.contrib.auth.decorators import login_required
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from zhengtong.capabilities.signon.models import Outcome
from zhengtong.capabilities.signon.services.attempts import note_failure
from zhengtong.capabilities.signon.services.certificates import FORGED
from zhengtong.core.identity.public import Account, Refused, get_account_actor
from zhengtong.core.identity.public import client_address as client_address_of
from zhengtong.kernel.policy import ANONYMOUS, Actor

View = Callable[..., HttpResponse]
LIMIT = "second_factor"
TOO_MANY = "too-many"
# What became of a try, by why it was refused; everything else is simply a factor that didn't hold.
OUTCOMES = {
    "used": Outcome.REPLAYED,
    "challenge": Outcome.REPLAYED,
    "skewed": Outcome.CLOCK,
    "cloned": Outcome.CLONED,
    "blocked": Outcome.CLONED,
    FORGED: Outcome.FORGED,
    "expired": Outcome.CERTIFICATE,
    "not-yet": Outcome.CERTIFICATE,
    "revoked": Outcome.CERTIFICATE,
    "self-signed": Outcome.CERTIFICATE,
    "untrusted": Outcome.CERTIFICATE,
    "unbound": Outcome.CERTIFICATE,
    "unreadable-certificate": Outcome.CERTIFICATE,
}


def signed_in(view: View) -> View:
    """Only for who is signed in; never kept by the browser."""
    return never_cache(login_required(view))


def own_account(request: HttpRequest) -> Account:
    assert isinstance(request.user, Account)
    return request.user


def own_actor(request: HttpRequest, account: Account | None = None) -> Actor:
    """Return the account's person, whatever capacity she acts in: what she proves herself with is her own."""
    found = account or (request.user if isinstance(request.user, Account) else None)
    if found is None:
        return ANONYMOUS
    return get_account_actor(found, address=client_address_of(request), request_id=getattr(request, "request_id", ""))


def limited(request: HttpRequest, account: Account) -> None:
    """Count a try of ``account``. Raises Refused after five in five minutes."""
    if not ratelimit.consume(request, action=LIMIT, key=str(account.pk)):
        raise Refused(TOO_MANY, _("连续 5 次没有通过，请 5 分钟后再试，或者请安全管理员解除锁定"))


def forgive(request: HttpRequest, account: Account) -> None:
    ratelimit.clear(request, action=LIMIT, key=str(account.pk))


def keep_refusal(request: HttpRequest, account: Account | None, refused: Refused) -> None:
    """Keep the try that failed, for the person and for security."""
    outcome = Outcome.LOCKED if refused.code == TOO_MANY else OUTCOMES.get(refused.code, Outcome.WRONG_FACTOR)
    note_failure(request=request, account=account, outcome=outcome, detail=str(refused.message))


def explain(form: Form, refused: Refused) -> None:
    form.add_error(refused.field if refused.field in form.fields else None, str(refused.message))


def passkey_answer(request: HttpRequest) -> dict[str, Any]:
    return {"challenge": request.POST.get("challenge", ""), "answer": request.POST.get("answer", "")}


def with_account(view: View) -> View:
    """Pass the signed-in account on."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return view(request, own_account(request), *args, **kwargs)

    return signed_in(wrapped)
