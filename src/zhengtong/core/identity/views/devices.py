"""Where an account is signed in."""

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from zhengtong.core.identity import services
from zhengtong.core.identity.devices import describe_device
from zhengtong.core.identity.middleware import get_request_actor
from zhengtong.core.identity.proofs import say_proofs
from zhengtong.core.identity.views.access import get_account, read_number, signed_in


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
            session_id=read_number(posted) if posted != "others" else None,
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
            "proofs": say_proofs(session.data.get("proofs", ())),
            "is_current": session.session_key == current,
        }
        for session in sessions
    ]
    context = {"devices": devices, "limit": settings.SESSIONS_PER_ACCOUNT}
    return render(request, "identity/sessions.html", context)
