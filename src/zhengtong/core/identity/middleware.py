"""Puts the actor on every request, made when it is first asked for, and lets idle sessions end."""

import time
from collections.abc import Callable
from dataclasses import replace

from allauth.core.exceptions import RateLimited
from allauth.core.ratelimit import respond_429
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from zhengtong.core.identity.delegations import get_delegated_actor
from zhengtong.core.identity.models import Account, AccountKind
from zhengtong.core.identity.representations import get_representing_actor
from zhengtong.core.identity.selectors import get_account_actor
from zhengtong.kernel.policy import Actor, ActorKind

APPOINTMENT_KEY = "appointment"
MANDATE_KEY = "mandate"
DELEGATION_KEY = "delegation"
REPRESENTATION_KEY = "representation"
SEEN_KEY = "seen_at"
SEEN_EVERY_SECONDS = 60

GetResponse = Callable[[HttpRequest], HttpResponse]


def client_address(request: HttpRequest) -> str:
    """Return the address that a request comes from.

    Behind a proxy named in ``settings.TRUSTED_PROXIES`` it is the last address of X-Forwarded-For, the one which
    that proxy itself added; anything else in the header is what a client says and is not believed.
    """
    peer = str(request.META.get("REMOTE_ADDR", ""))
    if peer not in settings.TRUSTED_PROXIES:
        return peer
    return request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()[:64] or peer


def get_request_actor(request: HttpRequest) -> Actor:
    """Return who makes this request, in the capacity that the session chose.

    A capacity that ended meanwhile, perhaps from elsewhere, is gone for good: she is told, and acts as herself.
    """
    if not isinstance(request.user, Account):
        return Actor(
            kind=ActorKind.ANONYMOUS, address=client_address(request), request_id=getattr(request, "request_id", "")
        )
    acting = _get_acting_actor(request.user, request)
    if acting is not None:
        return acting
    mandate_id = request.session.get(MANDATE_KEY)
    actor = get_actor_of(
        request.user, request, appointment_id=request.session.get(APPOINTMENT_KEY), mandate_id=mandate_id
    )
    if mandate_id is not None and actor.mandate is None:
        _drop(request, MANDATE_KEY)
    return actor


def _get_acting_actor(account: Account, request: HttpRequest) -> Actor | None:
    """Return the actor that ``account`` is while it acts for another person, None where it doesn't (any more)."""
    is_staff = account.kind == AccountKind.STAFF
    key = DELEGATION_KEY if is_staff else REPRESENTATION_KEY
    chosen = request.session.get(key)
    if chosen is None:
        return None
    find = get_delegated_actor if is_staff else get_representing_actor
    actor = find(account, chosen, address=client_address(request), request_id=getattr(request, "request_id", ""))
    if actor is None:
        _drop(request, key)
    return actor


def _drop(request: HttpRequest, key: str) -> None:
    del request.session[key]
    text = _("代理已经到期或者被撤销，现在以您本人的身份办理。正在填写的内容请核对后再提交。")
    messages.warning(request, text, fail_silently=True)


def choose_capacity(request: HttpRequest, key: str, value: int | None) -> None:
    """Keep the capacity that was chosen in the session; it takes the place of any other one."""
    for other in (DELEGATION_KEY, REPRESENTATION_KEY, MANDATE_KEY):
        request.session.pop(other, None)
    if value is not None:
        request.session[key] = value


def as_herself(actor: Actor) -> Actor:
    """Return the citizen without the enterprise or person that she acts for: for what concerns her own account."""
    return replace(actor, mandate=None, legal_entity=None, representation=None, principal=None, principal_id=None)


def get_own_actor(request: HttpRequest) -> Actor:
    """Return who makes this request, as herself."""
    return as_herself(get_request_actor(request))


def get_actor_of(
    account: Account, request: HttpRequest, *, appointment_id: int | None = None, mandate_id: int | None = None
) -> Actor:
    """Return the actor that ``account`` is in this request, also before it is signed in."""
    return get_account_actor(
        account,
        appointment_id=appointment_id,
        mandate_id=mandate_id,
        address=client_address(request),
        request_id=getattr(request, "request_id", ""),
    )


class ActorMiddleware:
    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.actor = SimpleLazyObject(lambda: get_request_actor(request))  # type: ignore[attr-defined]  # Django's request is open for this
        return self.get_response(request)


class IdleSessions:
    """Lets a session live for ``SESSION_IDLE_SECONDS`` of its kind of account after it was last used.

    The time is moved at most once a minute, so that most requests write nothing. The session store
    itself then refuses what has run out; no request has to be asked.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.session.accessed and SESSION_KEY in request.session:
            self.keep_alive(request)
        return response

    @staticmethod
    def keep_alive(request: HttpRequest) -> None:
        now = int(time.time())
        if not isinstance(request.user, Account) or now - request.session.get(SEEN_KEY, 0) < SEEN_EVERY_SECONDS:
            return
        request.session[SEEN_KEY] = now
        request.session.set_expiry(settings.SESSION_IDLE_SECONDS[request.user.kind])
        UserSession.objects.filter(session_key=request.session.session_key).update(last_seen_at=timezone.now())

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """A limit met in the middle of one of allauth's flows is answered like one met at its door."""
        return respond_429(request) if isinstance(exception, RateLimited) else None
