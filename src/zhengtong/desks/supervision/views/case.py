"""One case as a supervisor sees it: how its clocks were computed, what happened with its evidence, urgings."""

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from zhengtong.capabilities.cases.public import (
    Case,
    CaseKind,
    RuleBroken,
    list_clocks,
    list_opinions,
    list_tasks,
    open_paper,
    say,
    shown_applicant,
    state_chip,
)
from zhengtong.capabilities.supervision.public import (
    Urging,
    list_cameras_of,
    list_cards_of,
    list_urgings,
    may_urge,
    urge_case,
)
from zhengtong.desks.supervision.evidence import account_for, gather_evidence
from zhengtong.desks.supervision.forms import UrgingForm
from zhengtong.desks.supervision.lamps import by_basis, read_lamp
from zhengtong.desks.supervision.listing import KNOWS_APPLICANT, WATCH
from zhengtong.desks.supervision.views.cards import level_chip, status_chip
from zhengtong.kernel.policy import can, visible
from zhengtong.screens.access import actor_of, for_staff
from zhengtong.screens.formats import cn_datetime

URGE = "supervision.urge"
OPEN_VIDEO = "supervision.open_video"


def find_case(request: HttpRequest, number: str) -> Case:
    """Return the case that this person watches. Raises Http404: an outsider doesn't learn that it exists."""
    watched = visible(actor_of(request), WATCH, Case.objects.filter(number=number))
    case = watched.select_related("item_version__item", "office__region", "organisation", "parent").first()
    if case is None:
        raise Http404
    return case


def _summary(request: HttpRequest, case: Case) -> list[tuple[Any, ...]]:
    actor = actor_of(request)
    knows = can(actor, KNOWS_APPLICANT, case)
    rows: list[tuple[Any, ...]] = [
        (_("事项"), case.item_name),
        (_("申请人"), case.applicant_name if knows else shown_applicant(case)),
        (_("办理机关"), case.organisation.name, reverse("supervision:organ", args=[case.organisation_id]), _("看机关")),
        (_("渠道"), case.get_channel_display()),
        (_("提交"), cn_datetime(case.submitted_at)),
        (_("受理"), cn_datetime(case.accepted_at) or _("未受理")),
    ]
    if case.parent is not None:
        url = reverse("supervision:case", args=[case.parent.number])
        rows.append((_("所属一件事"), case.parent.number, url, _("看整件")))
    if case.decided_at:
        rows.append((_("决定"), cn_datetime(case.decided_at)))
    return rows


def _parts(case: Case) -> list[dict[str, Any]]:
    """Return the parts of a bundle, each with its state and its promised clock."""
    if case.kind != CaseKind.BUNDLE:
        return []
    now = timezone.now()
    parts = []
    for part in case.parts.select_related("organisation", "office__region").prefetch_related("clocks").order_by("id"):
        running = by_basis(clock for clock in part.clocks.all() if clock.finished_at is None)
        clock = running.get("promised") or running.get("statutory")
        parts.append(
            {
                "url": reverse("supervision:case", args=[part.number]),
                "key": part.number,
                "cells": {
                    "number": part.number,
                    "item": part.item_name,
                    "organisation": part.organisation.short_name,
                    "state": state_chip(part),
                    "clock": read_lamp(clock, part.office.region.code, now).chip if clock else "—",
                },
            }
        )
    return parts


def _urgings(found: Iterable[Urging]) -> list[dict[str, Any]]:
    return [
        {
            "words": each.words,
            "by": each.urged_by.staff.name,
            "at": each.urged_at,
            "to": each.holder.staff.name
            if each.holder
            else _("%(office)s负责人") % {"office": each.organisation.short_name},
            "answer": each.answer,
            "answered_by": each.answered_by.staff.name if each.answered_by else "",
            "answered_at": each.answered_at,
        }
        for each in found
    ]


def _render(request: HttpRequest, case: Case, form: UrgingForm, problem: str = "", status: int = 200) -> HttpResponse:
    clocks, actor = list_clocks(case), actor_of(request)
    tasks = [task for task in list_tasks(case) if task.status == "open"]
    context = {
        "case": case,
        "state": state_chip(case),
        "summary": _summary(request, case),
        "accounts": [(view, account_for(view)) for view in clocks],
        "evidence": gather_evidence(
            case, clocks, cameras=can(actor, OPEN_VIDEO, case) and list_cameras_of(case).exists()
        ),
        "cards": [
            (card, level_chip(card), status_chip(card), reverse("supervision:card", args=[card.pk]))
            for card in list_cards_of(case)
        ],
        "opinions": list_opinions(case),
        "tasks": tasks,
        "parts": _parts(case),
        "part_columns": [
            ("number", _("编号"), "nowrap"),
            ("item", _("事项"), "main"),
            ("organisation", _("办理机关")),
            ("state", _("状态")),
            ("clock", _("时限"), "nowrap"),
        ],
        "urgings": _urgings(list_urgings(case)),
        "may_urge": may_urge(actor, case),
        "form": form,
        "problem": problem,
    }
    return render(request, "supervision/case.html", context, status=status)


@require_GET
@for_staff(WATCH)
def show_case(request: HttpRequest, number: str) -> HttpResponse:
    return _render(request, find_case(request, number), UrgingForm())


@require_http_methods(["GET", "POST"])
@for_staff(URGE)
def urge(request: HttpRequest, number: str) -> HttpResponse:
    """Urge whoever has the case's task; the same form stands in the page's dialog."""
    case = find_case(request, number)
    here = reverse("supervision:case", args=[case.number])
    form = UrgingForm(request.POST if request.method == "POST" else None)
    problem = ""
    if request.method == "POST" and form.is_valid():
        try:
            urge_case(actor=actor_of(request), case_id=case.pk, words=form.cleaned_data["words"])
        except RuleBroken as error:
            problem = say(error)
        else:
            messages.success(request, _("已催办"))
            return redirect(here)
    status = 422 if request.method == "POST" else 200
    context = {"case": case, "form": form, "problem": problem, "back": here}
    return render(request, "supervision/urge.html", context, status=status)


@require_GET
@for_staff(WATCH)
def show_paper(request: HttpRequest, number: str, code: str) -> HttpResponseBase:
    response = open_paper(actor_of(request), find_case(request, number), code)
    if response is None:
        raise Http404
    return response
