"""A person's own page and details."""

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.utils import get_next_redirect_url
from allauth.core import ratelimit
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from zhengtong.core.identity import forms, services
from zhengtong.core.identity.domain import InvalidIdentifier, mask_id
from zhengtong.core.identity.middleware import get_own_actor
from zhengtong.core.identity.models import AccountKind, Citizen
from zhengtong.core.identity.selectors import list_current_appointments, list_live_mandates
from zhengtong.core.identity.views.access import NEXT, citizens_only, explain, get_account, next_or, signed_in


@require_GET
@signed_in
def show_account(request: HttpRequest) -> HttpResponse:
    """What a person has here, and where to change it."""
    account = get_account(request)
    context: dict[str, Any] = {"account": account, "home_url": get_adapter().get_login_redirect_url(request)}
    if account.kind == AccountKind.CITIZEN:
        context |= {"citizen": account.citizen, "mandates": list_live_mandates(account).order_by("pk")}
    else:
        context["appointments"] = list_current_appointments(account)
    return render(request, "identity/account.html", context)


@require_GET
def show_privacy(request: HttpRequest) -> HttpResponse:
    return render(request, "identity/privacy.html", {"next": get_next_redirect_url(request, NEXT) or ""})


@require_http_methods(["GET", "POST"])
@citizens_only
def edit_profile(request: HttpRequest, citizen: Citizen) -> HttpResponse:
    """Name, citizen number and address; an address in ``next`` is where she came from."""
    has_number = bool(citizen.id_number)
    if request.method == "POST":
        if limited := ratelimit.consume_or_429(request, action="identity_claim", user=request.user):
            return limited
        form = forms.ProfileForm(request.POST, has_number=has_number)
        if form.is_valid():
            try:
                services.complete_profile(actor=get_own_actor(request), citizen=citizen, **form.cleaned_data)
            except (services.Refused, InvalidIdentifier) as error:
                explain(form, error, "id_number")
            else:
                messages.success(request, _("您的信息已保存"))
                return next_or(request, "identity:account")
    else:
        form = forms.ProfileForm(has_number=has_number, initial={"name": citizen.name, "address": citizen.address})
    context = {
        "form": form,
        "citizen": citizen,
        "masked_number": mask_id(citizen.id_number),
        "next": get_next_redirect_url(request, NEXT) or "",
    }
    return render(request, "identity/profile.html", context)
