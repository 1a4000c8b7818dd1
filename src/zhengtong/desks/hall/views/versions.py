"""A draft whose item has a newer form: what changed, what becomes of the answers, and moving on with it."""

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from zhengtong.capabilities.cases.public import (
    Case,
    LegalState,
    adopt_live_version,
    compare_forms,
    get_definition,
    get_live_version,
)
from zhengtong.desks.hall.access import HallRequest, of_own_case


@require_http_methods(["GET", "HEAD", "POST"])
@of_own_case
def adopt_version(request: HallRequest, case: Case) -> HttpResponseBase:
    """Show what the newer form asks differently; move the draft when she says so."""
    live = get_live_version(case.office.item)
    if case.state != LegalState.DRAFT or live.pk == case.item_version_id:
        return redirect("hall:draft", case.public_id)
    if request.method == "POST":
        adopt_live_version(actor=request.actor, case_id=case.pk)
        messages.success(request, _("已换成新的申请表，填过的内容还在，请再核对一遍。"))
        return redirect("hall:draft", case.public_id)
    changes = compare_forms(get_definition(case.item_version_id), get_definition(live.pk), case.form)
    context = {"case": case, "changes": changes, "version": live}
    response: HttpResponse = render(request, "hall/version.html", context)
    return response
