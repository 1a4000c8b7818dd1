"""What a holder does with her licence: show it by a code that changes every minute, and say who else may see it."""

import segno
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from zhengtong.capabilities.cases.public import Unacceptable, say
from zhengtong.capabilities.licences.public import (
    SHOWN_SECONDS,
    Licence,
    LookupState,
    answer_lookup,
    list_asked_of,
    list_licences,
    note_presenting,
    present_licence,
)
from zhengtong.capabilities.payments.public import exclude_unpaid
from zhengtong.core.papers.public import get_status
from zhengtong.kernel.policy import ActorKind
from zhengtong.screens.access import actor_of, for_citizens
from zhengtong.screens.paging import paginate


def _find(request: HttpRequest, number: str) -> Licence:
    found = exclude_unpaid(list_licences(actor_of(request))).filter(number=number).first()
    if found is None:
        raise Http404
    return found


@never_cache
@require_GET
@for_citizens
def present(request: HttpRequest, number: str) -> HttpResponse:
    """The page that she holds up: the licence's facts and a code that its own part of the page renews."""
    licence = _find(request, number)
    status = get_status(licence.paper)
    if status.is_valid:
        note_presenting(actor=actor_of(request), number=number)
    return render(
        request, "licences_desk/present.html", {"licence": licence, "status": status, **_code(request, licence)}
    )


@never_cache
@require_GET
@for_citizens
def show_code(request: HttpRequest, number: str) -> HttpResponse:
    """The code of this minute alone."""
    return render(
        request, "licences_desk/code.html", {"licence": (licence := _find(request, number)), **_code(request, licence)}
    )


def _code(request: HttpRequest, licence: Licence) -> dict[str, object]:
    if not get_status(licence.paper).is_valid:
        return {}
    shown = present_licence(actor=actor_of(request), number=licence.number)
    return {
        "picture": segno.make_qr(shown.address, error="l").svg_data_uri(scale=4, border=2),
        "ends_at": shown.ends_at,
        "text": shown.text,
        "seconds": SHOWN_SECONDS,
        # Anew before the old one ends, so that there is always one that counts.
        "every": SHOWN_SECONDS - 15,
    }


@require_GET
@for_citizens
def list_asked(request: HttpRequest) -> HttpResponse:
    """Who asks to see her licences, and what she answered."""
    page = paginate(list_asked_of(actor_of(request)), request.GET, order=("-id",))
    return render(request, "licences_desk/asked.html", {"page": page, "lookups": page.rows, "states": LookupState})


@require_POST
@for_citizens
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Allow, refuse, or take back."""
    actor = actor_of(request)
    if actor.kind is not ActorKind.CITIZEN:
        raise Http404
    lookup = get_object_or_404(list_asked_of(actor), pk=pk)
    is_allowed = request.POST.get("answer") == "allow"
    try:
        answer_lookup(actor=actor, lookup=lookup, is_allowed=is_allowed)
    except Unacceptable as error:
        messages.error(request, say(error))
    else:
        messages.success(request, _("已同意，7天内可以查看。") if is_allowed else _("已拒绝，对方看不到您的证照。"))
    return redirect("licences_desk:asked")
