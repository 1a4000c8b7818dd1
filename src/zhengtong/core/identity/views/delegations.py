"""Letting a colleague act for oneself: what is given and held, setting one up, what was done under it, ending it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.apps import apps
from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from zhengtong.core.audit.public import AuditRecord, read_page, say_action, say_kind
from zhengtong.core.identity import services
from zhengtong.core.identity.capacity_forms import DelegationForm
from zhengtong.core.identity.delegations import (
    get_longest_delegation,
    list_acts_under,
    list_delegations_in,
    list_delegations_of,
    list_live_delegations,
    list_possible_agents,
)
from zhengtong.core.identity.matters import list_delegable_matters, say_matters
from zhengtong.core.identity.middleware import DELEGATION_KEY, get_request_actor
from zhengtong.core.identity.models import Account, AccountKind, Appointment, Delegation
from zhengtong.core.identity.selectors import get_grants, list_current_appointments
from zhengtong.core.identity.views.access import explain, get_account, read_number, signed_in
from zhengtong.kernel.policy import Actor, require

MANAGE = "identity.manage_staff"
FOUND = 20


@dataclass(frozen=True)
class Shown:
    """A delegation as its page shows it. ``tone`` is a chip's."""

    delegation: Delegation
    word: str
    tone: str
    matters: Sequence[str | Promise]
    is_held: bool
    is_live: bool
    is_over: bool


def staff_only(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """For staff; to citizens the page doesn't exist."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if get_account(request).kind != AccountKind.STAFF:
            raise Http404
        return view(request, *args, **kwargs)

    return signed_in(wrapped)


def show(delegation: Delegation, account: Account, live: frozenset[int]) -> Shown:
    """Return ``delegation`` in words; ``live`` are those whose two people are both in office."""
    today = timezone.localdate()
    if delegation.revoked_at is not None:
        word, tone, is_over = _("已撤销"), "neutral", True
    elif delegation.end_date < today:
        word, tone, is_over = _("已到期"), "neutral", True
    elif delegation.start_date > today:
        word, tone, is_over = _("还没开始"), "info", False
    elif delegation.pk in live:
        word, tone, is_over = _("生效中"), "success", False
    else:
        word, tone, is_over = _("因离任或停用失效"), "warning", False
    return Shown(
        delegation=delegation,
        word=word,
        tone=tone,
        matters=say_matters(delegation.matters),
        is_held=delegation.agent.staff.account_id == account.pk,
        is_live=tone == "success",
        is_over=is_over,
    )


def _list_live(delegations: Sequence[Delegation]) -> frozenset[int]:
    accounts = {each.agent.staff.account_id: each.agent.staff.account for each in delegations}
    return frozenset(
        pk for account in accounts.values() for pk in list_live_delegations(account).values_list("pk", flat=True)
    )


@require_http_methods(["GET", "POST"])
@staff_only
def edit_delegations(request: HttpRequest) -> HttpResponse:
    """Those that she gave and holds, and giving one for the post named by ``post`` (else the one she is in)."""
    account, actor = get_account(request), get_request_actor(request)
    posts = list(list_current_appointments(account))
    principal = _choose_post(request, posts, actor)
    form = _make_form(request, principal) if principal and actor.delegation is None else None
    if request.method == "POST" and form is not None and principal is not None:
        done = _set_up(request, form, principal)
        if done is not None:
            return done
    found = list(list_delegations_of(account)[:100])
    live = _list_live(found)
    shown = [show(each, account, live) for each in found]
    context = {
        "form": form,
        "posts": [(post, post == principal) for post in posts],
        "principal": principal,
        "is_acting": actor.delegation is not None,
        "held": [each for each in shown if each.is_held and not each.is_over],
        "given": [each for each in shown if not each.is_held and not each.is_over],
        "ended": [each for each in shown if each.is_over],
        "longest": get_longest_delegation(timezone.localdate()),
        "may_manage": actor.has(MANAGE),
        "action": request.get_full_path(),
    }
    return render(request, "identity/delegations.html", context, status=422 if form and form.errors else 200)


def _choose_post(request: HttpRequest, posts: Sequence[Appointment], actor: Actor) -> Appointment | None:
    wanted = request.GET.get("post")
    if wanted:
        return next((post for post in posts if post.pk == read_number(wanted)), None)
    return next((post for post in posts if post.pk == actor.appointment), None)


def _make_form(
    request: HttpRequest, principal: Appointment, reach: frozenset[int] = frozenset()
) -> DelegationForm | None:
    """Return the form for what of ``principal``'s post may be delegated; None when nothing may."""
    matters = list_delegable_matters(get_grants(principal.post.organisation, principal.post.roles.all()))
    if not matters:
        return None
    agents = list_possible_agents(principal, reach)
    return DelegationForm(request.POST or None, principal=principal, agents=agents, matters=matters)


def _set_up(request: HttpRequest, form: DelegationForm, principal: Appointment) -> HttpResponse | None:
    """Set it up and lead to its page; None when the form says what is wrong."""
    if not form.is_valid():
        return None
    values = {name: value for name, value in form.cleaned_data.items() if name not in ("agent", "lasts")}
    agent = Appointment.objects.select_related("staff__account", "post__organisation").get(
        pk=form.cleaned_data["agent"]
    )
    try:
        delegation = services.delegate(actor=get_request_actor(request), principal=principal, agent=agent, **values)
    except services.Refused as error:
        if error.field and error.field not in form.fields:
            error.field = ""
        explain(form, error)
        return None
    text = _("已委托%(name)s代理，%(start)s 至 %(end)s 有效") % {
        "name": agent.staff.name,
        "start": delegation.start_date,
        "end": delegation.end_date,
    }
    messages.success(request, text)
    return redirect("identity:delegation", delegation.pk)


@require_http_methods(["GET", "POST"])
@staff_only
def delegate_for_absent(request: HttpRequest) -> HttpResponse:
    """An administrator finds a member of staff by name (``q``) and sets one up for her (``principal``)."""
    actor = get_request_actor(request)
    require(actor, MANAGE)
    reach = actor.reach(MANAGE)
    day, query = timezone.localdate(), request.GET.get("q", "").strip()[:40]
    current = (
        Appointment.objects.filter(
            Q(end_date=None) | Q(end_date__gte=day), start_date__lte=day, post__organisation__in=reach
        )
        .select_related("staff__account", "post__organisation")
        .order_by("staff__name", "pk")
    )
    principal, form = None, None
    if request.GET.get("principal"):
        principal = get_object_or_404(current, pk=read_number(request.GET["principal"]))
        form = _make_form(request, principal, reach)
        if request.method == "POST" and form is not None:
            done = _set_up(request, form, principal)
            if done is not None:
                return done
    context = {
        "query": query,
        "people": list(current.filter(staff__name__icontains=query)[:FOUND]) if query else [],
        "principal": principal,
        "form": form,
        "given": [each for each in _show_all(request, reach) if not each.is_over],
        "action": request.get_full_path(),
    }
    status = 422 if form and form.errors else 200
    return render(request, "identity/delegation_for_absent.html", context, status=status)


def _show_all(request: HttpRequest, reach: frozenset[int]) -> list[Shown]:
    found = list(list_delegations_in(reach).filter(revoked_at=None, end_date__gte=timezone.localdate())[:50])
    live = _list_live(found)
    return [show(each, get_account(request), live) for each in found]


@require_GET
@staff_only
def show_delegation(request: HttpRequest, delegation_id: int) -> HttpResponse:
    """One delegation, and what was done under it."""
    account, actor = get_account(request), get_request_actor(request)
    delegation = _get(request, actor, delegation_id)
    page = read_page(list_acts_under(delegation), request.GET.get("before", ""))
    context = {
        "shown": show(delegation, account, _list_live([delegation])),
        "acts": _tell_acts(page.records),
        "older": page.older,
        "is_acting": actor.delegation == delegation.pk,
    }
    return render(request, "identity/delegation.html", context)


def _get(request: HttpRequest, actor: Actor, delegation_id: int) -> Delegation:
    people = (
        "principal__staff__account",
        "principal__post__organisation",
        "agent__staff__account",
        "agent__post__organisation",
    )
    delegation = get_object_or_404(Delegation.objects.select_related(*people, "created_by__staff"), pk=delegation_id)
    if not services.may_revoke(actor, delegation):
        raise Http404
    return delegation


def _tell_acts(records: Sequence[AuditRecord]) -> list[tuple[AuditRecord, str, str]]:
    """Return each record with its act in words and what it was done to, which is looked up kind by kind."""
    wanted: dict[str, set[str]] = {}
    for each in records:
        wanted.setdefault(each.object_kind, set()).add(each.object_id)
    names: dict[tuple[str, str], str] = {}
    for kind, ids in wanted.items():
        try:
            model = apps.get_model(kind)
            rows = model._default_manager.in_bulk([int(each) for each in ids if each.isdigit()])
        except (LookupError, ValueError):
            continue
        names |= {(kind, str(pk)): str(row) for pk, row in rows.items()}
    return [
        (
            each,
            say_action(each.action),
            f"{say_kind(each.object_kind)} {names.get((each.object_kind, each.object_id), '')}",
        )
        for each in records
    ]


@require_POST
@staff_only
def revoke_delegation(request: HttpRequest, delegation_id: int) -> HttpResponse:
    actor = get_request_actor(request)
    delegation = _get(request, actor, delegation_id)
    services.revoke_delegation(actor=actor, delegation=delegation)
    if request.session.get(DELEGATION_KEY) == delegation.pk:
        del request.session[DELEGATION_KEY]
    messages.success(request, _("委托已经撤销，即时失效"))
    return redirect(reverse("identity:delegation", args=[delegation.pk]))
