"""Acts on what was ticked: claim, hand on, take back, put back, mark as read."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from zhengtong.core.worklist.public import (
    Batch,
    Nature,
    WorkItem,
    WorkState,
    claim_items,
    list_office,
    list_receivers,
    read_items,
    recall_items,
    return_items,
    transfer_items,
)
from zhengtong.desks.workbench.forms import TransferForm
from zhengtong.desks.workbench.views.lists import list_scopes, read_ids, rows_of, show, staff_actor
from zhengtong.kernel.policy import Actor

BATCH = 100


def _ticked(values: list[str]) -> list[int]:
    return read_ids(values)[:BATCH]


def _say_batch(request: HttpRequest, batch: Batch, done: str, nothing: str) -> None:
    """Say how many it worked for, and for each that it didn't, why."""
    if batch.done:
        messages.success(request, done)
    for reference, reason in batch.refused:
        messages.warning(request, _("%(number)s：%(reason)s") % {"number": reference, "reason": reason})
    if not batch.done and not batch.refused:
        messages.warning(request, nothing)


@require_POST
def claim_batch(request: HttpRequest) -> HttpResponse:
    """Claim what was ticked; what a colleague was faster with is named, the rest is claimed."""
    actor = staff_actor(request)
    batch = claim_items(actor=actor, item_ids=_ticked(request.POST.getlist("item")))
    n = len(batch.done)
    done = ngettext("已领办 %(n)d 件", "已领办 %(n)d 件", n) % {"n": n}
    _say_batch(request, batch, done, _("请先勾选要领办的办件"))
    return redirect(list_scopes(actor)["mine" if batch.done else "office"].url)


@require_POST
def return_batch(request: HttpRequest) -> HttpResponse:
    """Put what was ticked back into the office's pool."""
    actor = staff_actor(request)
    batch = return_items(actor=actor, item_ids=_ticked(request.POST.getlist("item")))
    n = len(batch.done)
    done = ngettext("已退回待领办 %(n)d 件", "已退回待领办 %(n)d 件", n) % {"n": n}
    _say_batch(request, batch, done, _("请先勾选要退回的办件"))
    return redirect("workbench:todo")


@require_POST
def read_batch(request: HttpRequest) -> HttpResponse:
    """Mark what was ticked as read."""
    actor = staff_actor(request)
    n = read_items(actor=actor, item_ids=_ticked(request.POST.getlist("item")))
    if n:
        messages.success(request, ngettext("已阅 %(n)d 件", "已阅 %(n)d 件", n) % {"n": n})
    else:
        messages.warning(request, _("请先勾选已经阅毕的内容"))
    return redirect(list_scopes(actor)["reading"].url)


@require_POST
def recall_batch(request: HttpRequest) -> HttpResponse:
    """Take back what was given to colleagues who haven't opened it."""
    actor = staff_actor(request)
    batch = recall_items(actor=actor, item_ids=_ticked(request.POST.getlist("item")))
    n = len(batch.done)
    done = ngettext("已撤回 %(n)d 件", "已撤回 %(n)d 件", n) % {"n": n}
    _say_batch(request, batch, done, _("请先勾选要撤回的办件"))
    return redirect(reverse("workbench:handed_over") + "?scope=given")


@require_POST
def choose_receiver(request: HttpRequest) -> HttpResponse:
    """Lead from the list to the form on which the receiver of what was ticked is chosen."""
    actor = staff_actor(request)
    ids = _ticked(request.POST.getlist("item"))
    if not ids:
        messages.warning(request, _("请先勾选要转办的办件"))
        scope = "office" if request.POST.get("scope") == "office" else "mine"
        return redirect(list_scopes(actor)[scope].url)
    return redirect(f"{reverse('workbench:transfer')}?{urlencode({'item': ids}, doseq=True)}")


@require_http_methods(["GET", "POST"])
def transfer(request: HttpRequest) -> HttpResponse:
    """Choose who is to have the ticked items, and why."""
    actor = staff_actor(request)
    given = request.POST if request.method == "POST" else request.GET
    items = _list_movable(actor, _ticked(given.getlist("item")))
    if not items:
        messages.warning(request, _("这些任务已经办完，或者已不在您手中"))
        return redirect("workbench:todo")
    people = [person for person in list_receivers(items) if person.pk != actor.appointment]
    form = TransferForm(people, request.POST if request.method == "POST" else None)
    if request.method != "POST" or not form.is_valid():
        context: dict[str, Any] = {"form": form, "items": items, "rows": rows_of(items), "people": people}
        context["columns"] = [
            ("reference", _("编号"), "nowrap"),
            ("title", _("事项"), "main"),
            ("party", _("申请人")),
            ("step", _("环节")),
            ("due", _("时限（工作日）"), "nowrap"),
        ]
        return show(request, "workbench/transfer.html", context, 422 if form.is_bound else 200)
    to = form.colleague
    batch = transfer_items(
        actor=actor,
        item_ids=[item.pk for item in items],
        to=to,
        reason=form.cleaned_data["reason"],
        keeps_watching=form.cleaned_data["keeps_watching"],
    )
    n = len(batch.done)
    done = ngettext(
        "已转给%(name)s %(n)d 件；对方打开之前可以在“交接”中撤回",
        "已转给%(name)s %(n)d 件；对方打开之前可以在“交接”中撤回",
        n,
    )
    _say_batch(request, batch, done % {"name": to.staff.name, "n": n}, _("请先勾选要转办的办件"))
    return redirect("workbench:todo")


def _list_movable(actor: Actor, ids: list[int]) -> list[WorkItem]:
    """Return those items that are this appointee's, or free and hers to take."""
    mine = WorkItem.objects.filter(
        pk__in=ids, assignee_id=actor.held_appointment, state=WorkState.OPEN, nature=Nature.TO_DO
    ).select_related("organisation__region")
    free = list_office(actor).filter(pk__in=ids).select_related("organisation__region")
    return sorted([*mine, *free], key=lambda item: ids.index(item.pk))
