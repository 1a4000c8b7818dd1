"""Cards: supervision's list, one's own in the workbench, one card with its evidence and what is said of it."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_http_methods

from zhengtong.capabilities.cases.public import TASK_PERMISSIONS, RuleBroken, beginning_of, read_day, read_id, say
from zhengtong.capabilities.supervision.public import (
    STEP_WORDS,
    Card,
    CardStatus,
    Level,
    appeal_card,
    decide_card,
    describe_values,
    explain_card,
    get_card,
    list_cards,
    list_own_cards,
    may_appeal,
    may_decide,
    may_explain,
)
from zhengtong.core.files.public import file_response
from zhengtong.core.papers.public import ensure_rendered
from zhengtong.desks.supervision.card_forms import WordsForm
from zhengtong.kernel.policy import can
from zhengtong.screens.access import actor_of, for_staff
from zhengtong.screens.formats import cn_datetime
from zhengtong.screens.paging import paginate
from zhengtong.screens.templatetags.look import chip

WATCH = "supervision.watch"
UNPROCESSABLE = 422
TONES = {Level.RED: "danger", Level.YELLOW: "warning", Level.NOTICE: "info"}
STATUS_TONES = {
    CardStatus.ISSUED: "warning",
    CardStatus.EXPLAINED: "info",
    CardStatus.APPEALED: "info",
    CardStatus.CANCELLED: "success",
}
_FILTERS = ("status", "level", "rule", "organisation", "holder", "from", "until")


def level_chip(card: Card) -> Any:
    return chip(card.get_level_display(), tone=TONES[Level(card.level)])


def status_chip(card: Card) -> Any:
    return chip(card.get_status_display(), tone=STATUS_TONES.get(CardStatus(card.status), "neutral"))


def _columns() -> list[tuple[str, ...]]:
    return [
        ("level", _("亮牌"), "nowrap"),
        ("rule", _("规则"), "main"),
        ("case", _("办件"), "nowrap"),
        ("organisation", _("办理机关")),
        ("holder", pgettext("case", "经办人")),
        ("at", _("发生"), "nowrap"),
        ("points", _("扣分"), "number"),
        ("status", _("状态"), "nowrap"),
    ]


def card_rows(cards: list[Card]) -> list[dict[str, Any]]:
    return [
        {
            "url": reverse("supervision:card", args=[card.pk]),
            "key": str(card.pk),
            "label": card.rule.name if card.rule else card.get_level_display(),
            "cells": {
                "level": level_chip(card),
                "rule": card.rule.name if card.rule else _("时限亮牌"),
                "case": card.case.number,
                "organisation": card.case.organisation.short_name,
                "holder": card.holder.staff.name if card.holder else "—",
                "at": cn_datetime(card.at),
                "points": f"{card.points.normalize():f}",
                "status": status_chip(card),
            },
        }
        for card in cards
    ]


def _narrow(found: QuerySet[Card], given: dict[str, str]) -> QuerySet[Card]:
    if given["status"] == "open":
        found = found.filter(status__in=(CardStatus.EXPLAINED, CardStatus.APPEALED))
    elif given["status"] in CardStatus.values:
        found = found.filter(status=given["status"])
    if given["level"] in Level.values:
        found = found.filter(level=given["level"])
    if given["rule"]:
        found = found.filter(rule__code=given["rule"])
    if pk := read_id(given["organisation"]):
        found = found.filter(case__organisation_id=pk)
    if pk := read_id(given["holder"]):
        found = found.filter(holder_id=pk)
    if first := read_day(given["from"]):
        found = found.filter(at__gte=beginning_of(first))
    if last := read_day(given["until"]):
        found = found.filter(at__lt=beginning_of(last + timedelta(days=1)))
    return found


def _list(
    request: HttpRequest, found: QuerySet[Card], *, title: str, here: str, tabs: list[tuple[str, str]]
) -> HttpResponse:
    given = {name: request.GET.get(name, "").replace("\x00", "")[:60] for name in _FILTERS}
    page = paginate(_narrow(found, given), request.GET, order=("-id",))
    context = {
        "title": title,
        "page": page,
        "rows": card_rows(page.rows),
        "columns": _columns(),
        "given": given,
        "is_filtered": any(given.values()),
        "tabs": [(words, f"{here}?status={code}" if code else here, given["status"] == code) for code, words in tabs],
        "levels": Level.choices,
        "here": here,
    }
    return render(request, "supervision/cards.html", context)


@require_GET
@for_staff(WATCH)
def show_cards(request: HttpRequest) -> HttpResponse:
    """The cards of the organs that one watches."""
    tabs = [
        ("", _("全部")),
        ("open", _("待审核")),
        ("issued", _("待说明")),
        ("standing", pgettext("card", "生效")),
        ("upheld", _("维持")),
        ("cancelled", pgettext("card", "撤销")),
        ("recorded", _("留档")),
    ]
    return _list(request, list_cards(actor_of(request)), title=_("亮牌"), here=reverse("supervision:cards"), tabs=tabs)


@require_GET
@for_staff("cases.view_case", *TASK_PERMISSIONS.values())
def show_mine(request: HttpRequest) -> HttpResponse:
    """The cards that one answers for: her own, and those of the offices that she leads."""
    tabs = [("", _("全部")), ("issued", _("待说明")), ("explained", _("已说明")), ("appealed", _("申诉中"))]
    tabs += [("cancelled", pgettext("card", "撤销"))]
    return _list(
        request, list_own_cards(actor_of(request)), title=_("我的亮牌"), here=reverse("supervision:mine"), tabs=tabs
    )


def _find(request: HttpRequest, pk: int) -> Card:
    card = get_card(actor_of(request), pk)
    if card is None:
        raise Http404
    return card


@require_http_methods(["GET", "POST"])
@for_staff("cases.view_case", WATCH, *TASK_PERMISSIONS.values())
def show_card(request: HttpRequest, card_id: int) -> HttpResponseBase:
    """One card: why, who was told, what was said; explain, appeal or decide where that is one's own to do."""
    actor, card = actor_of(request), _find(request, card_id)
    act = request.POST.get("act", "")
    form = WordsForm(request.POST if request.method == "POST" else None, label=_("内容"))
    problem = ""
    if request.method == "POST" and form.is_valid():
        words = form.cleaned_data["words"]
        try:
            match act:
                case "explain":
                    explain_card(actor=actor, card_id=card.pk, words=words)
                case "appeal":
                    appeal_card(actor=actor, card_id=card.pk, words=words)
                case "cancel" | "uphold":
                    decide_card(actor=actor, card_id=card.pk, cancel=act == "cancel", words=words)
                case _:
                    raise Http404
        except RuleBroken as error:
            problem = say(error)
        else:
            messages.success(request, _("已记录：%(act)s") % {"act": STEP_WORDS[act]})
            return redirect("supervision:card", card.pk)
    elif request.method == "POST":
        problem = _("请写明内容，最多1000字。")
    watches = can(actor, WATCH, card.case)
    context = {
        "card": card,
        "problem": problem,
        "typed": request.POST.get("words", "") if problem else "",
        "level": level_chip(card),
        "status": status_chip(card),
        "summary": _summary(card, watches),
        "values": describe_values(card),
        "steps": [
            {"title": STEP_WORDS[each.act], "step": each, "who": each.by.staff.name if each.by else _("系统")}
            for each in card.steps.select_related("by__staff", "paper")
        ],
        "may_explain": may_explain(actor, card),
        "may_appeal": may_appeal(actor, card),
        "may_decide": may_decide(actor, card),
        "back": reverse("supervision:cards") if watches else reverse("supervision:mine"),
        "now": timezone.now(),
    }
    return render(request, "supervision/card.html", context, status=UNPROCESSABLE if problem else 200)


def _summary(card: Card, watches: bool) -> list[tuple[Any, ...]]:
    case = card.case
    number: tuple[Any, ...] = (_("办件"), case.number)
    if watches:
        number = (_("办件"), case.number, reverse("supervision:case", args=[case.number]), _("看证据和催办"))
    rows: list[tuple[Any, ...]] = [
        number,
        (_("事项"), case.item_name),
        (_("办理机关"), case.organisation.name),
        (pgettext("case", "经办人"), card.holder.staff.name if card.holder else _("机关负责人")),
        (_("发生"), cn_datetime(card.at)),
        (_("扣分"), f"{card.points.normalize():f}"),
    ]
    if card.version:
        rows.append((_("依据"), card.version.legal_note or "—"))
    if card.issued_at:
        rows.append((_("发出"), cn_datetime(card.issued_at)))
    if card.explain_by and card.appeal_by:
        moment = timedelta(seconds=1)
        rows.append((_("说明期限"), cn_datetime(card.explain_by - moment)))
        rows.append((_("申诉期限"), cn_datetime(card.appeal_by - moment)))
    return rows


@require_GET
@for_staff("cases.view_case", WATCH, *TASK_PERMISSIONS.values())
def show_paper(request: HttpRequest, card_id: int, code: str) -> HttpResponseBase:
    """The paper of a decision on the card."""
    card = _find(request, card_id)
    noted = card.steps.filter(paper__code=code).select_related("paper__file").first()
    if noted is None or noted.paper is None:
        raise Http404
    rendered = ensure_rendered(noted.paper)
    if rendered.file is None:
        raise Http404
    return file_response(rendered.file, actor=actor_of(request), as_attachment=False)
