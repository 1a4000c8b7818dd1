"""Acts on what was ticked: claim, hand on, take back, put back, mark as read."""

from collections.abc import Sequence
from typing import Protocol
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from zhengtong.core.identity.public import Appointment
from zhengtong.core.worklist.public import (
    Nature,
    WorkItem,
    WorkState,
    claim_items,
    list_office,
    list_receivers,
    list_unit,
    read_items,
    reassign_items,
    recall_items,
    return_items,
    transfer_items,
)
from zhengtong.desks.workbench.forms import ReassignForm, TransferForm
from zhengtong.desks.workbench.views.lists import list_scopes, read_ids, rows_with_holder, show, staff_actor
from zhengtong.kernel.policy import Actor

BATCH = 100


def _ticked(values: list[str]) -> list[int]:
    return read_ids(values)[:BATCH]


class Result(Protocol):
    """What became of many."""

    @property
    def done(self) -> Sequence[object]: ...

    @property
    def refused(self) -> Sequence[tuple[str, str]]: ...


def say_batch(request: HttpRequest, batch: Result, done: str, nothing: str) -> None:
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
    say_batch(request, batch, done, _("请先勾选要领办的办件"))
    return redirect(list_scopes(actor)["mine" if batch.done else "office"].url)


@require_POST
def return_batch(request: HttpRequest) -> HttpResponse:
    """Put what was ticked back into the office's pool."""
    actor = staff_actor(request)
    batch = return_items(actor=actor, item_ids=_ticked(request.POST.getlist("item")))
    n = len(batch.done)
    done = ngettext("已退回待领办 %(n)d 件", "已退回待领办 %(n)d 件", n) % {"n": n}
    say_batch(request, batch, done, _("请先勾选要退回的办件"))
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
    say_batch(request, batch, done, _("请先勾选要撤回的办件"))
    return redirect(reverse("workbench:handed_over") + "?scope=given")


@require_POST
def choose_receiver(request: HttpRequest) -> HttpResponse:
    """Lead from the list to the form on which the receiver of what was ticked is chosen."""
    actor = staff_actor(request)
    ids = _ticked(request.POST.getlist("item"))
    if not ids:
        messages.warning(request, _("请先勾选要转办的办件"))
        scopes = list_scopes(actor)
        return redirect(scopes.get(request.POST.get("scope", ""), scopes["mine"]).url)
    page = "workbench:reassign" if request.POST.get("scope") == "unit" else "workbench:transfer"
    return redirect(f"{reverse(page)}?{urlencode({'item': ids}, doseq=True)}")


@require_http_methods(["GET", "POST"])
def transfer(request: HttpRequest) -> HttpResponse:
    """Choose who is to have the ticked items, and why."""
    actor = staff_actor(request)
    given = request.POST if request.method == "POST" else request.GET
    items = list_movable(actor, _ticked(given.getlist("item")))
    if not items:
        messages.warning(request, _("这些任务已经办完，或者已不在您手中"))
        return redirect("workbench:todo")
    people = [person for person in list_receivers(items) if person.pk != actor.appointment]
    form = TransferForm(people, request.POST if request.method == "POST" else None)
    if request.method != "POST" or not form.is_valid():
        words = {
            "title": ngettext("转办 %(n)d 件", "转办 %(n)d 件", len(items)) % {"n": len(items)},
            "caption": _("要转办的任务"),
            "act": _("转办"),
            "back": _("返回待办"),
            "back_url": reverse("workbench:todo"),
        }
        return _ask(request, form, items, people, words)
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
    say_batch(request, batch, done % {"name": to.staff.name, "n": n}, _("请先勾选要转办的办件"))
    return redirect("workbench:todo")


@require_http_methods(["GET", "POST"])
def reassign(request: HttpRequest) -> HttpResponse:
    """As leader of an office, choose who is to have the ticked items, whoever holds them now."""
    actor = staff_actor(request)
    given = request.POST if request.method == "POST" else request.GET
    ids = _ticked(given.getlist("item"))
    found = list_unit(actor).filter(pk__in=ids).select_related("organisation__region", "assignee__staff")
    items = sorted(found, key=lambda item: ids.index(item.pk))
    if not items:
        messages.warning(request, _("这些任务已经办完，或者已不在您的单位"))
        return redirect("workbench:todo")
    unit = list_scopes(actor)["unit"].url
    holders = {item.assignee_id for item in items}
    people = [person for person in list_receivers(items) if holders != {person.pk}]
    form = ReassignForm(people, request.POST if request.method == "POST" else None)
    if request.method != "POST" or not form.is_valid():
        words = {
            "title": ngettext("改派 %(n)d 件", "改派 %(n)d 件", len(items)) % {"n": len(items)},
            "caption": _("要改派的任务"),
            "act": _("改派"),
            "back": _("返回本单位在办"),
            "back_url": unit,
        }
        return _ask(request, form, items, people, words)
    to = form.colleague
    batch = reassign_items(actor=actor, item_ids=[item.pk for item in items], to=to, reason=form.cleaned_data["reason"])
    n = len(batch.done)
    done = ngettext("已改派给%(name)s %(n)d 件", "已改派给%(name)s %(n)d 件", n) % {"name": to.staff.name, "n": n}
    say_batch(request, batch, done, _("请先勾选要改派的办件"))
    return redirect(unit)


def _ask(
    request: HttpRequest, form: TransferForm, items: list[WorkItem], people: list[Appointment], words: dict[str, str]
) -> HttpResponse:
    """Show what is to move and the form that asks to whom and why."""
    context = {"form": form, "items": items, "rows": rows_with_holder(items), "people": people, "words": words}
    columns = [
        ("reference", _("编号"), "nowrap"),
        ("title", _("事项"), "main"),
        ("party", _("申请人")),
        ("step", _("环节")),
        ("holder", _("在谁手中")),
        ("due", _("时限（工作日）"), "nowrap"),
    ]
    return show(request, "workbench/transfer.html", {**context, "columns": columns}, 422 if form.is_bound else 200)


def list_movable(actor: Actor, ids: list[int]) -> list[WorkItem]:
    """Return those items that are this appointee's, or free and hers to take."""
    mine = WorkItem.objects.filter(
        pk__in=ids, assignee_id=actor.held_appointment, state=WorkState.OPEN, nature=Nature.TO_DO
    ).select_related("organisation__region", "assignee__staff")
    free = list_office(actor).filter(pk__in=ids).select_related("organisation__region")
    return sorted([*mine, *free], key=lambda item: ids.index(item.pk))
