"""Looking cases up, taking a list away as a table, and what is late where."""

import csv
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from zhengtong.capabilities.cases.public import (
    Case,
    LegalState,
    case_rows,
    filter_late,
    late_clocks,
    list_cases,
    record_export,
    shown_applicant,
)
from zhengtong.core.identity.public import Organisation
from zhengtong.desks.workbench.manifest import LEADERS
from zhengtong.kernel.policy import Actor, Denied
from zhengtong.screens.access import actor_of, for_staff
from zhengtong.screens.paging import paginate

VIEW = "cases.view_case"
FILTERS = ("q", "state", "organisation", "from", "until", "late")
# A cell that begins like this is a formula to a spreadsheet.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
UTF8_MARK = "\ufeff"


def _moment(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))


def _day(text: str) -> date | None:
    try:
        day = parse_date(text)
    except ValueError:  # 2026-02-30
        return None
    return day if day and day.year < date.max.year else None  # there has to be a day after it


def narrow(found: QuerySet[Case], given: dict[str, str]) -> QuerySet[Case]:
    """Apply the filters of the address; values that mean nothing are left out."""
    query = given["q"].strip()[:60]
    if query:
        found = found.filter(Q(number__startswith=query.upper()) | Q(applicant_name__startswith=query))
    if given["state"] in set(LegalState):
        found = found.filter(state=given["state"])
    if given["organisation"].isascii() and given["organisation"].isdigit() and len(given["organisation"]) < 18:
        found = found.filter(organisation_id=int(given["organisation"]))
    if first := _day(given["from"]):
        found = found.filter(submitted_at__gte=_moment(first))
    if last := _day(given["until"]):
        found = found.filter(submitted_at__lt=_moment(last + timedelta(days=1)))
    if given["late"] in ("red", "yellow"):
        found = filter_late(found, given["late"])
    return found


def _given(request: HttpRequest) -> dict[str, str]:
    return {name: request.GET.get(name, "")[:60] for name in FILTERS}


def _found(actor: Actor, given: dict[str, str]) -> QuerySet[Case]:
    numbered = list_cases(actor).filter(number__isnull=False)
    return narrow(numbered, given).select_related("organisation", "office__region")


@require_GET
@for_staff(VIEW)
def show_cases(request: HttpRequest) -> HttpResponse:
    """All the cases that this person may see."""
    actor, given = actor_of(request), _given(request)
    # Personal answers aren't needed for a list, and decrypting them costs.
    found = _found(actor, given).defer("form", "applicant_number", "applicant_phone")
    page = paginate(found, request.GET, order=("-id",))
    organisations = Organisation.objects.filter(pk__in=actor.reach(VIEW), is_active=True).order_by("region_id", "id")
    context = {
        "given": given,
        "page": page,
        "columns": [
            ("number", _("编号"), "nowrap"),
            ("item", _("事项"), "main"),
            ("applicant", _("申请人")),
            ("organisation", _("办理机关")),
            ("state", _("状态")),
            ("submitted", _("提交"), "nowrap"),
            ("due", _("时限（工作日）"), "nowrap"),
        ],
        "rows": case_rows(page.rows, "workbench"),
        "states": [(state.value, _(state.label)) for state in LegalState if state is not LegalState.DRAFT],
        "organisations": list(organisations.values_list("pk", "name")[:500]),
        "export_url": reverse("workbench:export") + "?" + request.GET.urlencode(),
        "is_filtered": any(given.values()),
    }
    return render(request, "workbench/cases.html", context)


class _Echo:
    """A file that hands back what is written to it, so that the table streams."""

    def write(self, line: str) -> str:
        return line


def neutralise(value: object) -> str:
    """Return a cell that no spreadsheet takes for a formula."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def _lines(found: QuerySet[Case]) -> Iterator[str]:
    writer = csv.writer(_Echo())
    heads = (
        _("编号"),
        _("事项"),
        _("申请人"),
        _("办理机关"),
        _("状态"),
        _("渠道"),
        _("提交"),
        _("受理"),
        _("决定"),
        _("办结"),
    )
    yield UTF8_MARK + str(writer.writerow(heads))
    for case in found.iterator(chunk_size=1000):
        moments = (case.submitted_at, case.accepted_at, case.decided_at, case.closed_at)
        cells: list[Any] = [
            case.number,
            case.item_name,
            shown_applicant(case),
            case.organisation.name,
            case.get_state_display(),
            case.get_channel_display(),
            *(f"{timezone.localtime(at):%Y-%m-%d %H:%M}" if at else "" for at in moments),
        ]
        yield str(writer.writerow([neutralise(cell) for cell in cells]))


@require_GET
@for_staff(VIEW)
def export_cases(request: HttpRequest) -> HttpResponseBase:
    """The list as CSV, natural persons masked; the journal says who took which list."""
    actor, given = actor_of(request), _given(request)
    record_export(actor=actor, filters={name: value for name, value in given.items() if value})
    found = _found(actor, given).defer("form", "applicant_number", "applicant_phone").order_by("-id")
    response = StreamingHttpResponse(_lines(found), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="cases-{timezone.localdate():%Y%m%d}.csv"'
    return response


@require_GET
@for_staff(VIEW)
def show_late(request: HttpRequest) -> HttpResponse:
    """What is past due or warned, by organisation; each number opens the cases behind it. For leaders."""
    actor = actor_of(request)
    if not any(grant.role in LEADERS for grant in actor.grants):
        raise Denied("workbench.late")
    now, reach = timezone.now(), actor.reach(VIEW)
    counts: dict[int, dict[str, Any]] = {}
    for lamp in ("red", "yellow"):
        found = late_clocks(lamp, now).filter(case__organisation__in=reach)
        grouped = found.values("case__organisation", "case__organisation__name").annotate(
            n=Count("case", distinct=True)
        )
        for row in grouped:
            line = counts.setdefault(
                row["case__organisation"], {"name": row["case__organisation__name"], "red": 0, "yellow": 0}
            )
            line[lamp] = row["n"]
    base = reverse("workbench:cases")
    lines = [
        {
            **line,
            "url": f"{base}?organisation={pk}",
            "red_url": f"{base}?organisation={pk}&late=red",
            "yellow_url": f"{base}?organisation={pk}&late=yellow",
        }
        for pk, line in sorted(counts.items(), key=lambda each: (-each[1]["red"], -each[1]["yellow"], each[0]))
    ]
    context = {
        "lines": lines,
        "red": sum(line["red"] for line in lines),
        "yellow": sum(line["yellow"] for line in lines),
        "red_url": f"{base}?late=red",
        "yellow_url": f"{base}?late=yellow",
        "now": now,
    }
    return render(request, "workbench/late.html", context)
