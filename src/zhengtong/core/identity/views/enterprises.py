"""The enterprises that a citizen acts for, and who else may act for those that she represents."""

from allauth.account.utils import get_next_redirect_url
from allauth.core import ratelimit
from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from zhengtong.core.identity import forms, services
from zhengtong.core.identity.capacity_forms import MandateForm
from zhengtong.core.identity.domain import InvalidIdentifier
from zhengtong.core.identity.middleware import MANDATE_KEY, get_own_actor
from zhengtong.core.identity.models import Citizen, Mandate, MandateKind
from zhengtong.core.identity.representations import represents_entity
from zhengtong.core.identity.selectors import list_live_mandates
from zhengtong.core.identity.views.access import NEXT, citizens_only, explain, next_or


@require_http_methods(["GET", "POST"])
@citizens_only
def edit_enterprises(request: HttpRequest, citizen: Citizen) -> HttpResponse:
    """The enterprises that she acts for, and adding one."""
    form = forms.EnterpriseForm(request.POST or None)
    if request.method == "POST":
        if limited := ratelimit.consume_or_429(request, action="identity_claim", user=request.user):
            return limited
        if form.is_valid():
            try:
                mandate = services.declare_mandate(actor=get_own_actor(request), citizen=citizen, **form.cleaned_data)
            except (services.Refused, InvalidIdentifier) as error:
                explain(form, error, "credit_code")
            else:
                text = _("已添加“%(name)s”，办事时可以切换到它的身份") % {"name": mandate.legal_entity.name}
                messages.success(request, text)
                return next_or(request, "identity:enterprises")
    context = {
        "form": form,
        "citizen": citizen,
        "mandates": list_live_mandates(citizen.account).order_by("pk"),
        "next": get_next_redirect_url(request, NEXT) or "",
    }
    return render(request, "identity/enterprises.html", context)


@require_POST
@citizens_only
def remove_enterprise(request: HttpRequest, citizen: Citizen, mandate_id: int) -> HttpResponse:
    mandate = get_object_or_404(Mandate.objects.select_related("legal_entity"), pk=mandate_id, citizen=citizen)
    services.revoke_mandate(actor=get_own_actor(request), mandate=mandate)
    if request.session.get(MANDATE_KEY) == mandate.pk:
        del request.session[MANDATE_KEY]
    messages.success(request, _("您不再代表“%(name)s”办事") % {"name": mandate.legal_entity.name})
    return redirect("identity:enterprises")


@require_http_methods(["GET", "POST"])
@citizens_only
def edit_agents(request: HttpRequest, citizen: Citizen, mandate_id: int) -> HttpResponse:
    """Who may act for the enterprise of which she is the verified representative; letting another do so."""
    mandate = get_object_or_404(list_live_mandates(citizen.account), pk=mandate_id)
    if not represents_entity(citizen.account_id, mandate.legal_entity_id):
        raise Http404
    form = MandateForm(request.POST or None)
    if request.method == "POST":
        if limited := ratelimit.consume_or_429(request, action="identity_claim", user=request.user):
            return limited
        if form.is_valid():
            try:
                made = services.grant_mandate(actor=get_own_actor(request), mandate=mandate, **form.cleaned_data)
            except (services.Refused, InvalidIdentifier) as error:
                explain(form, error, "contact")
            else:
                messages.success(request, _("%(name)s现在可以代表企业办事") % {"name": made.citizen.name})
                return redirect("identity:enterprise_agents", mandate.pk)
    lasts = Q(end_date=None) | Q(end_date__gte=timezone.localdate())
    agents = Mandate.objects.filter(
        lasts, legal_entity=mandate.legal_entity_id, kind=MandateKind.AGENT, revoked_at=None
    ).select_related("citizen")
    context = {"mandate": mandate, "agents": agents.order_by("pk"), "form": form}
    return render(request, "identity/enterprise_agents.html", context, status=422 if form.errors else 200)


@require_POST
@citizens_only
def remove_agent(request: HttpRequest, citizen: Citizen, mandate_id: int, agent_id: int) -> HttpResponse:
    """End an agent's mandate; what she began stays with the enterprise."""
    mandate = get_object_or_404(list_live_mandates(citizen.account), pk=mandate_id)
    agents = Mandate.objects.filter(legal_entity=mandate.legal_entity_id, kind=MandateKind.AGENT)
    agent = get_object_or_404(agents.select_related("citizen__account", "legal_entity", "granted_by"), pk=agent_id)
    services.revoke_mandate(actor=get_own_actor(request), mandate=agent)
    text = _("%(name)s不再代表企业办事，经手的事项仍归企业所有") % {"name": agent.citizen.name}
    messages.success(request, text)
    return redirect("identity:enterprise_agents", mandate.pk)
