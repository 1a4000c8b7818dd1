"""Verifying at the counter who somebody is, and for whom she may act, with the original papers on the desk."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from zhengtong.core.identity.public import (
    Citizen,
    InvalidIdentifier,
    Refused,
    list_live_mandates,
    list_representations_of,
    look_up_citizen,
    mark_citizen_verified,
    mark_mandate_verified,
    mark_representation_verified,
    revoke_mandate,
    revoke_representation,
)
from zhengtong.desks.window.forms import LookUpForm
from zhengtong.kernel.policy import Actor
from zhengtong.screens.access import actor_of, for_staff

VERIFY = "identity.verify_identity"
# Who was looked up in this session may be shown: an address that is passed on opens nobody's record.
LOOKED_UP, KEPT = "window.identities", 20


@require_http_methods(["GET", "POST"])
@for_staff(VERIFY)
def look_up(request: HttpRequest) -> HttpResponse:
    """Find the person at the desk by the number on her card; by POST, so that it stands in no address."""
    form = LookUpForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            citizen = look_up_citizen(actor=actor_of(request), id_number=form.cleaned_data["id_number"])
        except InvalidIdentifier as error:
            form.add_error("id_number", forms.ValidationError(_(error.template) % error.params))
        else:
            if citizen is not None:
                found = [*request.session.get(LOOKED_UP, []), str(citizen.account.public_id)]
                request.session[LOOKED_UP] = found[-KEPT:]
                return redirect("window:identity", citizen.account.public_id)
            text = _("没有账号填写过这个号码。请对方先注册账号并填写本人信息，再来核验。")
            form.add_error("id_number", text)
    return render(request, "window/identities.html", {"form": form}, status=422 if form.errors else 200)


def _get(request: HttpRequest, public_id: UUID) -> Citizen:
    if str(public_id) not in request.session.get(LOOKED_UP, []):
        raise Http404
    return get_object_or_404(Citizen.objects.select_related("account"), account__public_id=public_id)


@require_http_methods(["GET", "HEAD"])
@for_staff(VERIFY)
def show(request: HttpRequest, public_id: UUID) -> HttpResponse:
    citizen = _get(request, public_id)
    open_ones = [each for each in list_representations_of(citizen)[:50] if each.revoked_at is None]
    context = {
        "citizen": citizen,
        "mandates": list_live_mandates(citizen.account).order_by("pk"),
        "acts_for": [each for each in open_ones if each.agent_id == citizen.pk],
        "acted_for_by": [each for each in open_ones if each.principal_id == citizen.pk],
    }
    return render(request, "window/identity.html", context)


@require_POST
@for_staff(VERIFY)
def decide(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """``act`` says what was decided about what: ``verify-mandate-7``, ``revoke-representation-3``."""
    citizen = _get(request, public_id)
    try:
        done = _decide(actor_of(request), citizen, request.POST.get("act", ""))
    except Refused as refusal:
        messages.error(request, str(refusal.message))
    else:
        messages.success(request, done)
    return redirect("window:identity", public_id)


def _decide(actor: Actor, citizen: Citizen, act: str) -> str:
    decision, _dash, rest = act.partition("-")
    kind, _dash, number = rest.partition("-")
    found: Any
    if (decision, kind) == ("verify", "citizen"):
        mark_citizen_verified(actor=actor, citizen=citizen)
        return _("已核验身份")
    if decision not in ("verify", "revoke") or not (number.isascii() and number.isdigit() and len(number) <= 18):
        raise Http404
    if kind == "mandate":
        mandates = list_live_mandates(citizen.account).select_related("citizen__account", "legal_entity")
        found = get_object_or_404(mandates, pk=int(number))
        if decision == "verify":
            mark_mandate_verified(actor=actor, mandate=found)
            return _("已核验代表“%(name)s”的授权") % {"name": found.legal_entity.name}
        revoke_mandate(actor=actor, mandate=found)
        return _("已终止代表“%(name)s”的授权") % {"name": found.legal_entity.name}
    if kind != "representation":
        raise Http404
    found = get_object_or_404(list_representations_of(citizen), pk=int(number))
    if decision == "verify":
        mark_representation_verified(actor=actor, representation=found)
        return _("已核验代“%(name)s”办事的身份") % {"name": found.principal.name}
    revoke_representation(actor=actor, representation=found)
    return _("已终止代“%(name)s”办事的身份") % {"name": found.principal.name}
