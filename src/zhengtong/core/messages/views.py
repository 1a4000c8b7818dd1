"""A person's messages, and the demo's phone."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from zhengtong.core.identity.public import Account
from zhengtong.core.messages.selectors import PAGE, count_unread, get_own_message, list_demo_texts, list_messages
from zhengtong.core.messages.services import mark_all_read, mark_read
from zhengtong.kernel.policy import Actor, ActorKind

_MAX_ID = 2**63 - 1


def _who(request: HttpRequest) -> tuple[Account, Actor]:
    actor: Any = request.actor  # type: ignore[attr-defined]  # put there by identity's middleware
    if not isinstance(request.user, Account):
        raise Http404
    return request.user, actor


@require_GET
@login_required
@never_cache
def show_messages(request: HttpRequest) -> HttpResponse:
    account, actor = _who(request)
    before = request.GET.get("before", "")
    start = min(int(before), _MAX_ID) if before.isascii() and before.isdigit() else None
    found = list(list_messages(account, before=start, size=PAGE + 1))
    is_staff = actor.kind == ActorKind.STAFF
    context = {
        "base_template": "screens/desk.html" if is_staff else "screens/public.html",
        "is_staff": is_staff,
        "may_choose": actor.kind == ActorKind.CITIZEN,
        "letters": found[:PAGE],
        "older": found[PAGE - 1].pk if len(found) > PAGE else None,
        "is_first_page": start is None,
        "unread": count_unread(account),
    }
    return render(request, "messaging/list.html", context)


@require_POST
@login_required
def open_message(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Mark one message read, then go where it leads or back to the list."""
    account, actor = _who(request)
    message = get_own_message(account, public_id)
    if message is None:
        raise Http404
    mark_read(actor=actor, message=message)
    return redirect(message.link if message.link and "stay" not in request.POST else "messages:list")


@require_POST
@login_required
def read_all(request: HttpRequest) -> HttpResponse:
    _, actor = _who(request)
    mark_all_read(actor=actor)
    return redirect("messages:list")


@require_GET
@never_cache
def show_demo_inbox(request: HttpRequest) -> HttpResponse:
    """The texts that phones would have received. It exists in the demo only: everybody can read it."""
    if not settings.DEMO:
        raise Http404
    typed = request.GET.get("phone", "").strip()[:200]
    phone = typed if "@" in typed else "".join(c for c in typed if c.isascii() and c.isdigit())[:20]
    context = {"texts": list_demo_texts(phone), "phone": phone}
    part = "messaging/demo_texts.html" if "part" in request.GET else "messaging/demo_inbox.html"
    return render(request, part, context)
