"""Who may open which page: applicants only, each only her own cases, a draft only while it can still be written."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from zhengtong.capabilities.cases.public import (
    Case,
    LegalState,
    get_case_by_public_id,
    get_live_version,
)
from zhengtong.core.identity.public import (
    Account,
    get_citizen_actor,
    get_representing_actor,
    list_live_mandates,
    list_live_representations,
)
from zhengtong.desks.hall.answers import is_script, problem
from zhengtong.kernel.policy import Actor, ActorKind

View = Callable[..., HttpResponseBase]


class HallRequest(HttpRequest):
    """A request as the middlewares leave it."""

    actor: Actor


def applicants_only(view: View) -> View:
    """Let citizens in; whoever isn't signed in is asked to, staff are told that their account has no business here."""

    @wraps(view)
    def wrapped(request: HallRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.actor.kind is ActorKind.CITIZEN:
            return view(request, *args, **kwargs)
        if request.actor.kind is ActorKind.STAFF:
            return render(request, "hall/staff.html", {"home_url": settings.STAFF_HOME_URL}, status=403)
        if is_script(request):
            return problem(401, "signed-out", _("登录已失效，请重新登录。"))
        return redirect_to_login(request.get_full_path())

    return never_cache(wrapped)


def of_own_case(view: View) -> View:
    """Pass the case named by ``public_id`` to the view; what is somebody else's doesn't exist.

    A case of an enterprise or a person that she could act for, but doesn't at the moment, asks her to switch first.
    """

    @wraps(view)
    def wrapped(request: HallRequest, public_id: UUID, **kwargs: Any) -> HttpResponseBase:
        case = get_case_by_public_id(request.actor, public_id)
        if case is not None:
            return view(request, case, **kwargs)
        if request.method == "GET" and not is_script(request):
            other = _find_in_other_capacity(request, public_id)
            if other is not None:
                value, name = other
                return render(request, "hall/other_capacity.html", {"value": value, "name": name})
        raise Http404

    return applicants_only(wrapped)


def _find_in_other_capacity(request: HallRequest, public_id: UUID) -> tuple[str, str] | None:
    """Return the capacity of hers in which the case can be seen, as it is chosen, and whose it is ("": her own)."""
    account = request.user
    assert isinstance(account, Account)
    capacities: list[tuple[str, str, Actor | None]] = [("", "", get_citizen_actor(account))]
    capacities += [
        (f"mandate-{each.pk}", each.legal_entity.name, get_citizen_actor(account, mandate=each))
        for each in list_live_mandates(account)
    ]
    capacities += [
        (f"representation-{each.pk}", each.principal.name, get_representing_actor(account, each.pk))
        for each in list_live_representations(account)
    ]
    for value, name, actor in capacities:
        if actor is not None and get_case_by_public_id(actor, public_id) is not None:
            return value, name
    return None


def of_own_draft(view: View) -> View:
    """Pass an application that can still be written; after submission lead to the case.

    A draft of an older version of the item leads to what has changed since, from where she moves to the newest.
    """

    @wraps(view)
    def wrapped(request: HallRequest, case: Case, **kwargs: Any) -> HttpResponseBase:
        if case.state not in {LegalState.DRAFT, LegalState.NEED_MATERIALS}:
            if is_script(request):
                return problem(409, "submitted", _("申请已经提交，不能再修改。"))
            messages.info(request, _("申请已经提交，这是最新的办理情况。"))
            return redirect("hall:case", case.public_id)
        if case.state == LegalState.DRAFT and get_live_version(case.office.item).pk != case.item_version_id:
            if is_script(request):
                return problem(409, "outdated-form", _("申请表刚刚更新过，请刷新页面后接着填写。"))
            if request.method == "POST":
                messages.warning(request, _("申请表刚刚更新过，刚才这一页没有保存。请先看看有什么变化。"))
            return redirect("hall:version", case.public_id)
        return view(request, case, **kwargs)

    return of_own_case(wrapped)
