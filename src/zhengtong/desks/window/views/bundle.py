"""One application for several items at the counter: its parts, accepted all together, one after another."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from zhengtong.capabilities.bundles.public import is_bundle, list_parts, list_wanting
from zhengtong.capabilities.cases.public import Case, MaterialView
from zhengtong.desks.window.receiving import (
    MOST,
    Receipt,
    accept_part,
    list_to_accept,
    list_to_precheck,
    precheck,
)
from zhengtong.desks.window.views.finding import find_case
from zhengtong.kernel.policy import Denied
from zhengtong.screens.access import actor_of, for_staff

ACCEPT = "cases.accept_case"


def describe_receiving(case: Case, materials: list[MaterialView], *, may_accept: bool) -> dict[str, Any]:
    """Return what the bundle's page says beyond that of any case."""
    parts = list_parts(case.pk)
    wanting = list_wanting(case, parts)
    return {
        "to_accept": list_to_accept(case) if may_accept else [],
        "to_precheck": list_to_precheck(case) if may_accept else [],
        "accepted": sum(1 for part in parts if part.case is not None and part.case.accepted_at),
        "bundle_materials": [(each, wanting.get(each.key, [])) for each in materials],
    }


@require_POST
@for_staff(ACCEPT)
def accept_all(request: HttpRequest, number: str) -> HttpResponse:
    """Accept every part that waits, each in its own transaction.

    With the page's script one request accepts one part and its answer asks for the next, so that one sees how far it
    is; without, one request does all. Cut off in the middle, what was accepted stays, and the next time goes on.
    """
    case, actor = find_case(request, number), actor_of(request)
    if not is_bundle(case):
        raise Http404
    if not actor.has(ACCEPT):
        raise Denied(ACCEPT)
    refused = precheck(actor, case, request.POST.getlist("prechecked"))
    if request.headers.get("HX-Request"):
        return _accept_next(request, case, refused)
    receipts = [accept_part(actor, part) for part in list_to_accept(case)]
    accepted = [each for each in receipts if not each.problem]
    for each in [*refused, *(each for each in receipts if each.problem)]:
        messages.warning(request, f"“{each.part.item.name}”：{each.problem}")
    if accepted:
        messages.success(request, _("已受理 %(count)d 个事项，受理通知书已制作") % {"count": len(accepted)})
    elif not receipts and not refused:
        messages.success(request, _("已记录") if "prechecked" in request.POST else _("没有等待受理的事项"))
    return redirect(reverse("window:case", args=[case.number]))


def _accept_next(request: HttpRequest, case: Case, refused: list[Receipt]) -> HttpResponse:
    """Accept the part that the page names, the first time none, and ask for the next one of those not tried yet."""
    tried = {int(each) for each in request.POST.getlist("tried")[:MOST] if each.isascii() and each.isdigit()}
    wanted = request.POST.get("part", "")
    waiting = {str(part.pk): part for part in list_to_accept(case)}
    receipts = list(refused)
    if wanted:
        part = waiting.pop(wanted, None) or next((p for p in list_parts(case.pk) if str(p.pk) == wanted), None)
        if part is None:
            raise Http404
        receipts.append(accept_part(actor_of(request), part) if part.case else Receipt(part, _("还没有启动")))
        tried.add(part.pk)
    left = [part for part in waiting.values() if part.pk not in tried]
    context = {
        "case": case,
        "receipts": receipts,
        "next": left[0] if left else None,
        "tried": sorted(tried),
        "done": len(tried),
        "total": len(tried) + len(left),
    }
    return render(request, "window/accept_progress.html", context)
