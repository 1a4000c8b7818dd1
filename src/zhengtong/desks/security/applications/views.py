"""Handing out a secret: made when it is asked for, shown on this one page, kept nowhere."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from zhengtong.capabilities.signon.public import (
    APPLY_APPLICATION,
    OVERLAP,
    VIEW_APPLICATIONS,
    Application,
    issue_secret,
)
from zhengtong.core.identity.public import Refused
from zhengtong.desks.security.applications.screens import ApplicationScreens
from zhengtong.kernel.policy import visible
from zhengtong.screens.access import actor_of, for_staff
from zhengtong.screens.routing import url_of


@require_POST
@never_cache
@for_staff(APPLY_APPLICATION)
def show_new_secret(request: HttpRequest, application_id: int) -> HttpResponse:
    """Make a secret and show it this once."""
    actor = actor_of(request)
    found = visible(actor, VIEW_APPLICATIONS, Application.objects.all()).filter(pk=application_id).first()
    if found is None:
        raise Http404
    page = url_of(ApplicationScreens(), "detail", found)
    try:
        secret = issue_secret(actor=actor, application=found)
    except Refused as refused:
        messages.error(request, str(refused.message))
        return redirect(page)
    context = {"application": found, "secret": secret, "page": page, "days": OVERLAP.days}
    return render(request, "security_desk/new_secret.html", context)
