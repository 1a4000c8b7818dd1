"""Bad ratings that wait, all of them, and one with what has been done about it."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from zhengtong.capabilities.cases.public import calendar_of_case
from zhengtong.capabilities.ratings import public as ratings
from zhengtong.capabilities.ratings.public import ANY, FollowUp, FollowUpState
from zhengtong.core.identity.public import mask_name
from zhengtong.kernel.policy import can
from zhengtong.screens.access import actor_of, for_staff
from zhengtong.screens.formats import cn_date, cn_datetime
from zhengtong.screens.paging import count_capped, paginate
from zhengtong.screens.templatetags.look import STARS, chip, deadline

TONES = {
    FollowUpState.CONTACT: "warning",
    FollowUpState.RECTIFY: "info",
    FollowUpState.VERIFY: "info",
    FollowUpState.CLOSED: "neutral",
}
OPEN = (FollowUpState.CONTACT, FollowUpState.RECTIFY, FollowUpState.VERIFY)


def say_stars(score: int) -> str:
    """Return a score in words and points: 不满意（2 分）."""
    return _("%(words)s（%(score)d 分）") % {"words": _(STARS[score]), "score": score}


def _due(follow_up: FollowUp) -> Any:
    if follow_up.state == FollowUpState.CLOSED:
        return chip(_("逾期办结"), "danger") if follow_up.is_late else chip(_("按期办结"), "success")
    due = follow_up.contact_due_at if follow_up.state == FollowUpState.CONTACT else follow_up.due_at
    calendar = calendar_of_case(follow_up.case)
    left = calendar.working_days_between(calendar.local_date(timezone.now()), calendar.last_date(due))
    return deadline(left, due=due, unit="short")


def _row(follow_up: FollowUp) -> dict[str, Any]:
    late = follow_up.closed_at is None and follow_up.level == "red"
    return {
        "url": reverse("ratings_desk:follow_up", args=[follow_up.public_id]),
        "key": str(follow_up.public_id),
        "tone": "danger" if late else "warning" if follow_up.closed_at is None and follow_up.level == "yellow" else "",
        "cells": {
            "number": follow_up.case.number,
            "item": follow_up.case.item_name,
            "score": say_stars(follow_up.appraisal.score),
            "organ": follow_up.organisation.name,
            "state": chip(follow_up.get_state_display(), TONES[FollowUpState(follow_up.state)]),
            "given": cn_datetime(follow_up.opened_at),
            "due": _due(follow_up),
        },
    }


@require_GET
@for_staff(*ANY)
def show_queue(request: HttpRequest) -> HttpResponse:
    """The bad ratings of her offices: those that wait for a step, or all."""
    actor, here = actor_of(request), reverse("ratings_desk:queue")
    found = ratings.list_follow_ups(actor)
    chosen = request.GET.get("state", "")
    shown = found.filter(state=chosen) if chosen in FollowUpState.values else found
    if chosen != "all" and chosen not in FollowUpState.values:
        shown = found.filter(state__in=OPEN)
    page = paginate(shown.order_by(), request.GET, order=("-id",))
    context = {
        "page": page,
        "columns": [
            ("number", _("办件编号"), "nowrap"),
            ("item", _("事项"), "main"),
            ("score", _("评价")),
            ("organ", _("承办单位")),
            ("state", _("状态")),
            ("given", _("收到"), "nowrap"),
            ("due", _("时限（工作日）"), "nowrap"),
        ],
        "rows": [_row(each) for each in page.rows],
        "tabs": [
            (
                _("未办结"),
                here,
                chosen not in (*FollowUpState.values, "all"),
                count_capped(found.filter(state__in=OPEN))[0],
            ),
            *(
                (state.label, f"{here}?state={state}", chosen == state, count_capped(found.filter(state=state))[0])
                for state in FollowUpState
            ),
        ],
        "may_count": actor.has(ratings.VIEW),
    }
    return render(request, "ratings_desk/queue.html", context)


def find_follow_up(request: HttpRequest, public_id: UUID) -> FollowUp:
    found = ratings.get_follow_up(actor_of(request), public_id)
    if found is None:
        raise Http404
    return found


def render_follow_up(request: HttpRequest, follow_up: FollowUp, problem: str = "", status: int = 200) -> HttpResponse:
    actor, item = actor_of(request), ratings.find_work(follow_up)
    is_free = item is not None and item.assignee_id in (None, actor.appointment)
    may_handle, may_verify = can(actor, ratings.HANDLE, follow_up), can(actor, ratings.VERIFY, follow_up)
    acts: list[tuple[str, str]] = []
    if is_free and may_handle and follow_up.state == FollowUpState.CONTACT:
        acts = [("contact", _("登记联系情况"))]
    elif is_free and may_handle and follow_up.state == FollowUpState.RECTIFY:
        acts = [("rectify", _("填写整改和答复"))]
    elif is_free and may_verify and follow_up.state == FollowUpState.VERIFY:
        acts = [("verify", _("核实并办结")), ("return", _("退回重新整改"))]
    context = {
        "follow_up": follow_up,
        "case": follow_up.case,
        "state": chip(follow_up.get_state_display(), TONES[FollowUpState(follow_up.state)]),
        "first": say_stars(follow_up.appraisal.score),
        "second": say_stars(follow_up.second_score) if follow_up.second_score else "",
        "summary": [
            (_("办件编号"), follow_up.case.number),
            (_("事项"), follow_up.case.item_name),
            (_("评价人"), mask_name(follow_up.case.applicant_name)),
            (_("收到差评"), cn_datetime(follow_up.opened_at)),
            (_("联系期限"), cn_date(follow_up.contact_last_moment)),
            (_("整改期限"), cn_date(follow_up.last_moment)),
        ],
        "due": _due(follow_up),
        "item": item,
        "acts": [(reverse(f"ratings_desk:{code}", args=[follow_up.public_id]), title) for code, title in acts],
        "case_url": reverse("workbench:case", args=[follow_up.case.number]) if can_open(request, follow_up) else "",
        "problem": problem,
        "is_conflict": status == 409,
    }
    return render(request, "ratings_desk/follow_up.html", context, status=status)


def can_open(request: HttpRequest, follow_up: FollowUp) -> bool:
    return can(actor_of(request), "cases.view_case", follow_up.case)


@require_GET
@for_staff(*ANY)
def show_follow_up(request: HttpRequest, public_id: UUID) -> HttpResponse:
    return render_follow_up(request, find_follow_up(request, public_id))
