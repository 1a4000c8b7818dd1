"""Changing the capacity in which a session acts."""

from allauth.account.adapter import get_adapter
from allauth.account.utils import get_next_redirect_url
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from zhengtong.core.identity import services
from zhengtong.core.identity.middleware import (
    APPOINTMENT_KEY,
    DELEGATION_KEY,
    MANDATE_KEY,
    REPRESENTATION_KEY,
    choose_capacity,
    get_request_actor,
)
from zhengtong.core.identity.models import Account, AccountKind
from zhengtong.core.identity.views.access import NEXT, get_account, read_number, signed_in
from zhengtong.kernel.policy import Actor


@require_POST
@signed_in
def switch_capacity(request: HttpRequest) -> HttpResponse:
    """Act from now on in another capacity.

    Staff choose a ``post`` (an appointment's id) or a ``delegation``; citizens a ``capacity``: "" for herself,
    ``mandate-<id>`` for an enterprise, ``representation-<id>`` for another citizen.
    """
    account, actor = get_account(request), get_request_actor(request)
    if account.kind == AccountKind.STAFF:
        words = _switch_staff(request, account, actor)
    else:
        words = _switch_citizen(request, account, actor)
    if words:
        messages.info(request, words)
    return redirect(get_next_redirect_url(request, NEXT) or get_adapter().get_login_redirect_url(request))


def _switch_staff(request: HttpRequest, account: Account, actor: Actor) -> str:
    if "delegation" in request.POST:
        wanted = read_number(request.POST["delegation"])
        delegation = services.choose_delegation(actor=actor, account=account, delegation_id=wanted)
        choose_capacity(request, DELEGATION_KEY, delegation.pk)
        return ""
    appointment = services.choose_appointment(
        actor=actor, account=account, appointment_id=read_number(request.POST.get("post"))
    )
    choose_capacity(request, APPOINTMENT_KEY, appointment.pk)
    return ""


def _switch_citizen(request: HttpRequest, account: Account, actor: Actor) -> str:
    kind, chosen = _read_choice(request)
    if kind == REPRESENTATION_KEY:
        representation = services.choose_representation(actor=actor, account=account, representation_id=chosen or 0)
        choose_capacity(request, REPRESENTATION_KEY, representation.pk)
        return _("现在代“%(name)s”办理，办的事归%(name)s本人") % {"name": representation.principal.name}
    mandate = services.choose_mandate(actor=actor, account=account, mandate_id=chosen)
    choose_capacity(request, MANDATE_KEY, mandate.pk if mandate else None)
    if mandate is None:
        return _("现在以您本人身份办理")
    return _("现在以“%(name)s”身份办理") % {"name": mandate.legal_entity.name}


def _read_choice(request: HttpRequest) -> tuple[str, int | None]:
    """Return the kind and id of the capacity that was posted. ``mandate`` alone is the button of one enterprise."""
    posted = request.POST.get("capacity", "")
    if "mandate" in request.POST:
        posted = request.POST["mandate"] and f"{MANDATE_KEY}-{request.POST['mandate']}"
    elif "capacity" not in request.POST:
        raise Http404
    if not posted:
        return MANDATE_KEY, None
    kind, _dash, number = posted.partition("-")
    if kind not in (MANDATE_KEY, REPRESENTATION_KEY):
        raise Http404
    return kind, read_number(number)
