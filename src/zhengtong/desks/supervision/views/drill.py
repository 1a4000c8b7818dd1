"""From the city to the county, the organ, the item, the person and her cases: a page a level, each number a list."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET

from zhengtong.capabilities.cases.public import NOBODY, CaseKind, ServiceItem, work_rows
from zhengtong.capabilities.supervision.public import Sums, read_standing, read_sums
from zhengtong.core.identity.public import Appointment, Organisation, Region
from zhengtong.core.worklist.public import Nature, WorkItem, WorkState
from zhengtong.desks.supervision.card_figures import card_figures
from zhengtong.desks.supervision.figures import Figures, add_up, pick, show_number, show_rate, total_of
from zhengtong.desks.supervision.listing import WATCH
from zhengtong.desks.supervision.people import TASK_KIND, Load, list_done, read_loads
from zhengtong.desks.supervision.places import Places, list_items, read_places
from zhengtong.kernel.policy import Actor
from zhengtong.screens.access import actor_of, for_staff
from zhengtong.screens.paging import paginate

Crumbs = list[tuple[str, str]]
MOST_IN_HAND = 200
# Bundles are counted apart from their parts, so the lists behind the numbers leave them out too.
_ALONE: dict[str, object] = {"kind": CaseKind.LICENCE.value}


class _Ground:
    """What every level begins with: the sums of this month and of now, and where their organs lie."""

    def __init__(self, actor: Actor, organisations: frozenset[int]) -> None:
        self.now = timezone.now()
        self.today = timezone.localdate(self.now)
        self.since = self.today.replace(day=1)
        self.month = f"{self.since:%Y-%m}"
        self.sums: Sums = read_sums(organisations, self.since, self.today)
        self.standing: Sums = read_standing(organisations)

    def places(self) -> Places:
        return read_places({organisation for organisation, _item, _measure in (*self.sums, *self.standing)})

    def items(self) -> QuerySet[ServiceItem]:
        return list_items({item for _organisation, item, _measure in (*self.sums, *self.standing)})


def _link(count: int, **given: object) -> SafeString | str:
    """Return a number that leads to the list behind it; a nought leads nowhere."""
    if not count:
        return "0"
    return format_html('<a href="{}?{}">{}</a>', reverse("supervision:cases"), urlencode(_ALONE | given), count)


def _columns(head: str) -> list[tuple[str, ...]]:
    return [
        ("name", head, "main"),
        ("running", _("在办"), "number"),
        ("yellow", _("预警"), "number"),
        ("red", _("超期"), "number"),
        ("decided", _("本月办结"), "number"),
        ("rate", _("按期率"), "number"),
        ("days", _("平均工作日"), "number"),
    ]


def _row(name: str, url: str, figures: Figures, month: str, **given: object) -> dict[str, Any]:
    return {
        "url": "",
        "key": name,
        "tone": "danger" if figures.red else "warning" if figures.yellow else "",
        "cells": {
            "name": format_html('<a href="{}">{}</a>', url, name) if url else name,
            "running": _link(figures.running, **given),
            "yellow": _link(figures.yellow, lamp="yellow", **given),
            "red": _link(figures.red, lamp="red", **given),
            "decided": _link(figures.decided, decided=month, **given),
            "rate": show_rate(figures.on_time_rate),
            "days": show_number(figures.average_days),
        },
    }


def _load_row(load: Load, organisation: Organisation, item: str) -> dict[str, Any]:
    given: dict[str, object] = {"organisation": organisation.pk, "holder": load.holder.pk if load.holder else NOBODY}
    if item:
        given["item"] = item
    url = reverse("supervision:person", args=[organisation.pk, load.holder.pk]) if load.holder else ""
    name = f"{load.holder.staff.name}（{load.holder.post.title}）" if load.holder else _("待领办")
    done = format_html('<a href="{}#done">{}</a>', url, load.done) if load.done else "0"
    return {
        "url": "",
        "key": name,
        "tone": "danger" if load.red else "warning" if load.yellow else "",
        "cells": {
            "name": format_html('<a href="{}">{}</a>', url, name) if url else name,
            "running": _link(load.running, **given),
            "yellow": _link(load.yellow, lamp="yellow", **given),
            "red": _link(load.red, lamp="red", **given),
            "decided": done,
            "rate": show_rate(load.on_time_rate),
            "days": show_number(load.average_days),
        },
    }


def _figures(figures: Figures, month: str, **given: object) -> list[dict[str, Any]]:
    """Return the head of a level: the same figures, large."""
    base = reverse("supervision:cases")

    def to(**more: object) -> str:
        return f"{base}?{urlencode({**_ALONE, **given, **more})}"

    return [
        {"value": figures.running, "label": _("在办"), "url": to(), "unit": _("件"), "tone": ""},
        {"value": figures.yellow, "label": _("预警"), "url": to(lamp="yellow"), "unit": _("件"), "tone": "warning"},
        {"value": figures.red, "label": _("超期"), "url": to(lamp="red"), "unit": _("件"), "tone": "danger"},
        {"value": figures.decided, "label": _("本月办结"), "url": to(decided=month), "unit": _("件"), "tone": ""},
        {"value": show_rate(figures.on_time_rate), "label": _("按期率"), "url": "", "unit": "", "tone": ""},
        {"value": show_number(figures.average_days), "label": _("平均工作日"), "url": "", "unit": "", "tone": ""},
    ]


def _show(
    request: HttpRequest,
    title: str,
    crumbs: Crumbs,
    ground: _Ground,
    figures: list[dict[str, Any]],
    tables: Sequence[Any],
) -> HttpResponse:
    context = {"title": title, "crumbs": crumbs, "figures": figures, "tables": tables, "now": ground.now}
    return render(request, "supervision/drill.html", context)


def _root() -> tuple[str, str]:
    return (_("全部"), reverse("supervision:drill"))


@require_GET
@for_staff(WATCH)
def show_all(request: HttpRequest) -> HttpResponse:
    """The whole of the watcher's reach, by county; of one organ alone that organ's page says more."""
    actor = actor_of(request)
    ground = _Ground(actor, actor.reach(WATCH))
    places = ground.places()
    known = add_up(ground.sums, ground.standing, lambda organisation, _item: places.county_of(organisation))
    by_pk = {region.pk: region for region in places.list_counties()}
    rows = [
        _row(
            by_pk[pk].name,
            reverse("supervision:county", args=[by_pk[pk].code]),
            figures,
            ground.month,
            region=by_pk[pk].code,
        )
        for pk, figures in pick(by_pk, known)
    ]
    items = _item_rows(ground)
    return _show(
        request,
        _("逐级监察"),
        [(_("全部"), "")],
        ground,
        _figures(total_of(ground.sums, ground.standing), ground.month) + card_figures(actor.reach(WATCH)),
        [(_("按地区"), _columns(_("地区")), rows), (_("按事项"), _columns(_("事项")), items)],
    )


def _item_rows(ground: _Ground, **given: object) -> list[dict[str, Any]]:
    known = add_up(ground.sums, ground.standing, lambda _organisation, item: item)
    by_pk = {item.pk: item for item in ground.items()}
    organisation = given.get("organisation")
    return [
        _row(
            by_pk[pk].name,
            reverse("supervision:organ_item", args=[organisation, by_pk[pk].code]) if organisation else "",
            figures,
            ground.month,
            item=by_pk[pk].code,
            **given,
        )
        for pk, figures in pick(by_pk, known)
    ]


@require_GET
@for_staff(WATCH)
def show_county(request: HttpRequest, code: str) -> HttpResponse:
    """One county, by organ and by item."""
    actor = actor_of(request)
    region = Region.objects.filter(code=code).first()
    if region is None:
        raise Http404
    watched = read_places(actor.reach(WATCH))
    inside = frozenset(pk for pk in watched.organs if watched.county_of(pk) == region.pk)
    if not inside:
        raise Http404
    ground = _Ground(actor, inside)
    known = add_up(ground.sums, ground.standing, lambda organisation, _item: organisation)
    rows = [
        _row(
            watched.organs[pk].name,
            reverse("supervision:organ", args=[pk]),
            figures,
            ground.month,
            organisation=pk,
        )
        for pk, figures in pick((organ.pk for organ in watched.list_organs(region.pk)), known)
    ]
    return _show(
        request,
        region.name,
        [_root(), (region.name, "")],
        ground,
        _figures(total_of(ground.sums, ground.standing), ground.month, region=code) + card_figures(inside),
        [
            (_("按机关"), _columns(_("办理机关")), rows),
            (_("按事项"), _columns(_("事项")), _item_rows(ground, region=code)),
        ],
    )


def _watched_organ(actor: Actor, pk: int) -> tuple[Organisation, Region]:
    """Return an organ within reach and its county. Raises Http404."""
    if pk not in actor.reach(WATCH):
        raise Http404
    places = read_places([pk])
    organ = places.organs.get(pk)
    if organ is None:
        raise Http404
    return organ, places.counties[pk]


def _organ_crumbs(organ: Organisation, county: Region) -> Crumbs:
    return [
        _root(),
        (county.name, reverse("supervision:county", args=[county.code])),
        (organ.short_name, reverse("supervision:organ", args=[organ.pk])),
    ]


@require_GET
@for_staff(WATCH)
def show_organ(request: HttpRequest, pk: int) -> HttpResponse:
    """One organ, by item and by person."""
    actor = actor_of(request)
    organ, county = _watched_organ(actor, pk)
    ground = _Ground(actor, frozenset([pk]))
    return _show(
        request,
        organ.name,
        [*_organ_crumbs(organ, county)[:-1], (organ.short_name, "")],
        ground,
        _figures(total_of(ground.sums, ground.standing), ground.month, organisation=pk) + card_figures([pk], pk),
        [
            (_("按事项"), _columns(_("事项")), _item_rows(ground, organisation=pk)),
            _people_table(organ, ground.since, ground.now),
        ],
    )


def _people_table(organ: Organisation, since: date, now: datetime, item: str = "") -> tuple[str, Any, Any]:
    columns = [
        (key, title, *rest)
        for (key, _title, *rest), title in zip(
            _columns(""),
            (
                pgettext("case", "经办人"),
                _("手中任务"),
                _("预警"),
                _("超期"),
                _("本月办理"),
                _("按期率"),
                _("平均工作日"),
            ),
            strict=True,
        )
    ]
    return _("按人员"), columns, [_load_row(load, organ, item) for load in read_loads(organ, since, now, item)]


@require_GET
@for_staff(WATCH)
def show_organ_item(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """One item of one organ, by person."""
    actor = actor_of(request)
    organ, county = _watched_organ(actor, pk)
    item = ServiceItem.objects.filter(code=code).first()
    if item is None:
        raise Http404
    ground = _Ground(actor, frozenset([pk]))
    known = add_up(ground.sums, ground.standing, lambda _organisation, which: which)
    figures = known.get(item.pk, Figures({}, {}))
    return _show(
        request,
        f"{organ.short_name} · {item.name}",
        [*_organ_crumbs(organ, county), (item.name, "")],
        ground,
        _figures(figures, ground.month, organisation=pk, item=code),
        [_people_table(organ, ground.since, ground.now, code)],
    )


@require_GET
@for_staff(WATCH)
def show_person(request: HttpRequest, pk: int, appointment: int) -> HttpResponse:
    """One person of an organ: what she has in hand, the soonest due first, and what she has done this month."""
    actor, now = actor_of(request), timezone.now()
    organ, county = _watched_organ(actor, pk)
    holder = Appointment.objects.filter(pk=appointment).select_related("staff", "post").first()
    in_hand = WorkItem.objects.filter(
        assignee_id=appointment, organisation=organ, kind=TASK_KIND, state=WorkState.OPEN, nature=Nature.TO_DO
    ).select_related("organisation__region")
    if holder is None or (holder.post.organisation_id != organ.pk and not in_hand.exists()):
        raise Http404
    since = timezone.localdate(now).replace(day=1)
    done = list_done([holder], since).filter(organisation=organ).select_related("organisation__region")
    page = paginate(done, request.GET, order=("-done_at", "-id"))
    name = holder.staff.name
    context = {
        "title": f"{name}（{holder.post.title}）",
        "crumbs": [*_organ_crumbs(organ, county), (name, "")],
        "figures": card_figures([pk], pk, appointment),
        "in_hand": _task_rows(list(in_hand.order_by("due_at", "id")[:MOST_IN_HAND]), now),
        "done": _task_rows(page.rows, now),
        "page": page,
        "hand_columns": [
            ("reference", _("编号"), "nowrap"),
            ("title", _("事项"), "main"),
            ("step", _("环节")),
            ("opened", _("到达"), "nowrap"),
            ("due", _("时限（工作日）"), "nowrap"),
        ],
        "done_columns": [
            ("reference", _("编号"), "nowrap"),
            ("title", _("事项"), "main"),
            ("step", _("环节")),
            ("opened", _("到达"), "nowrap"),
            ("done", _("办理"), "nowrap"),
        ],
    }
    return render(request, "supervision/person.html", context)


def _task_rows(items: Sequence[WorkItem], now: datetime) -> list[dict[str, Any]]:
    """Return the rows of a worklist, each leading to the watchers' page of its case."""
    return [
        {**row, "url": reverse("supervision:case", args=[item.reference])}
        for item, row in zip(items, work_rows(items, now), strict=True)
    ]
