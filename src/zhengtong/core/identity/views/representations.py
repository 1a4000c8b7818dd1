"""For whom a citizen acts, and who acts for her: wards, agents, and ending it."""

from datetime import date

from allauth.core import ratelimit
from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from zhengtong.core.identity import services
from zhengtong.core.identity.capacity_forms import AgentForm, WardForm
from zhengtong.core.identity.domain import InvalidIdentifier
from zhengtong.core.identity.matters import list_agent_matters
from zhengtong.core.identity.middleware import REPRESENTATION_KEY, get_own_actor
from zhengtong.core.identity.models import Citizen, Representation
from zhengtong.core.identity.representations import list_representations_of
from zhengtong.core.identity.views.access import citizens_only, explain

WARD, AGENT = "ward", "agent"


@require_http_methods(["GET", "POST"])
@citizens_only
def edit_representations(request: HttpRequest, citizen: Citizen) -> HttpResponse:
    """For whom she acts and who acts for her; registering a ward, appointing an agent (``act``)."""
    act = request.POST.get("act", "")
    ward = WardForm(request.POST if act == WARD else None, prefix=WARD)
    asked = {"matters": request.GET.getlist("matter")[:1]}
    agent = AgentForm(request.POST if act == AGENT else None, prefix=AGENT, initial=asked)
    if request.method == "POST":
        if limited := ratelimit.consume_or_429(request, action="identity_claim", user=request.user):
            return limited
        if (act == WARD and _register(request, ward, citizen)) or (act == AGENT and _appoint(request, agent, citizen)):
            return redirect("identity:representations")
    today = timezone.localdate()
    found = [(each, _is_over(each, today)) for each in list_representations_of(citizen)[:100]]
    names = dict(list_agent_matters()) if any(each.matters for each, _over in found) else {}
    for each, _over in found:
        each.matter_names = [names.get(code, code) for code in each.matters]  # type: ignore[attr-defined]  # for the page
    context = {
        "citizen": citizen,
        "ward_form": ward,
        "agent_form": agent,
        "refused_form": agent if agent.errors else ward,
        "acts_for": [each for each, is_over in found if each.agent_id == citizen.pk and not is_over],
        "acted_for_by": [each for each, is_over in found if each.principal_id == citizen.pk and not is_over],
        "ended": [each for each, is_over in found if is_over],
    }
    status = 422 if ward.errors or agent.errors else 200
    return render(request, "identity/representations.html", context, status=status)


def _is_over(each: Representation, today: date) -> bool:
    return each.revoked_at is not None or (each.end_date is not None and each.end_date < today)


def _register(request: HttpRequest, form: Form, citizen: Citizen) -> bool:
    if not form.is_valid():
        return False
    try:
        made = services.register_ward(actor=get_own_actor(request), guardian=citizen, **form.cleaned_data)
    except (services.Refused, InvalidIdentifier) as error:
        explain(form, error, "id_number")
        return False
    name = made.principal.name
    if made.verified_at:
        messages.success(request, _("已由人口登记核验，现在可以代“%(name)s”办事") % {"name": name})
    else:
        text = _("已登记“%(name)s”。请带户口簿或者监护关系证明到政务服务中心窗口核验，核验后就能代为办事") % {
            "name": name
        }
        messages.info(request, text)
    return True


def _appoint(request: HttpRequest, form: Form, citizen: Citizen) -> bool:
    if not form.is_valid():
        return False
    try:
        made = services.appoint_agent(actor=get_own_actor(request), principal=citizen, **form.cleaned_data)
    except (services.Refused, InvalidIdentifier) as error:
        explain(form, error, "contact")
        return False
    messages.success(request, _("已委托%(name)s代您办事，随时可以撤销") % {"name": made.agent.name})
    return True


@require_POST
@citizens_only
def revoke_representation(request: HttpRequest, citizen: Citizen, representation_id: int) -> HttpResponse:
    found = get_object_or_404(list_representations_of(citizen), pk=representation_id)
    services.revoke_representation(actor=get_own_actor(request), representation=found)
    if request.session.get(REPRESENTATION_KEY) == found.pk:
        del request.session[REPRESENTATION_KEY]
    messages.success(request, _("代理已经终止，即时失效；以前代办的事仍归被代理人所有"))
    return redirect("identity:representations")
