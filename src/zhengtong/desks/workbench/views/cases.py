"""Looking cases up, and taking a list away as a table."""

from collections.abc import Iterator

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from zhengtong.capabilities.cases.public import (
    DUE_WITHIN,
    NOBODY,
    ROW_FIELDS,
    Case,
    LegalState,
    case_rows,
    get_item,
    is_number,
    list_cases,
    narrow_cases,
    read_id,
    record_export,
    shown_applicant,
)
from zhengtong.core.identity.public import Appointment, Organisation
from zhengtong.kernel.assurance import require_assurance
from zhengtong.kernel.policy import Actor
from zhengtong.screens.access import actor_of, for_staff
from zhengtong.screens.paging import paginate
from zhengtong.screens.sheets.plain_csv import csv_response

VIEW = "cases.view_case"
FILTERS = ("q", "kind", "state", "organisation", "item", "holder", "from", "until", "lamp", "due")
NEWEST, SOONEST_DUE, BY_NUMBER = ("-id",), ("due_at", "id"), ("-number",)


def _given(request: HttpRequest) -> dict[str, str]:
    given = {name: request.GET.get(name, "")[:60] for name in FILTERS}
    # What the lamp's filter was called before, for addresses that somebody kept.
    given["lamp"] = given["lamp"] or request.GET.get("late", "")[:60]
    return given


def _order(given: dict[str, str]) -> tuple[str, ...]:
    """What is asked for because of its end comes in the order of its end; by a number, in the order of numbers."""
    if given["lamp"] or given["due"]:
        return SOONEST_DUE
    return BY_NUMBER if is_number(given) else NEWEST


def _found(actor: Actor, given: dict[str, str]) -> QuerySet[Case]:
    numbered = list_cases(actor).filter(number__isnull=False)
    return narrow_cases(numbered, given).select_related("organisation", "office__region")


def _say_hidden(given: dict[str, str]) -> list[str]:
    """Return those filters in words that the form doesn't show: pages that lead here set them."""
    said = []
    if given["item"] and (item := get_item(given["item"])):
        said.append(item.name)
    if given["holder"] == NOBODY:
        said.append(_("待领办"))
    elif (pk := read_id(given["holder"])) and (
        held := Appointment.objects.filter(pk=pk).select_related("staff").first()
    ):
        said.append(_("经办人%(name)s") % {"name": held.staff.name})
    if given["due"] in map(str, DUE_WITHIN):
        said.append(_("%(n)s个工作日内到期") % {"n": given["due"]})
    return said


@require_GET
@for_staff(VIEW)
def show_cases(request: HttpRequest) -> HttpResponse:
    """All the cases that this person may see."""
    actor, given = actor_of(request), _given(request)
    # What a line shows and no more: personal answers aren't needed for a list, and decrypting them costs.
    found = _found(actor, given).only(*ROW_FIELDS)
    page = paginate(found, request.GET, order=_order(given))
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
        "said": _say_hidden(given),
    }
    return render(request, "workbench/cases.html", context)


EXPORTED = (
    gettext_lazy("编号"),
    gettext_lazy("事项"),
    gettext_lazy("申请人"),
    gettext_lazy("办理机关"),
    gettext_lazy("状态"),
    gettext_lazy("渠道"),
    gettext_lazy("提交"),
    gettext_lazy("受理"),
    gettext_lazy("决定"),
    gettext_lazy("办结"),
)


def _lines(found: QuerySet[Case]) -> Iterator[list[object]]:
    for case in found.iterator(chunk_size=1000):
        moments = (case.submitted_at, case.accepted_at, case.decided_at, case.closed_at)
        yield [
            case.number,
            case.item_name,
            shown_applicant(case),
            case.organisation.name,
            case.get_state_display(),
            case.get_channel_display(),
            *(f"{timezone.localtime(at):%Y-%m-%d %H:%M}" if at else "" for at in moments),
        ]


@require_GET
@for_staff(VIEW)
def export_cases(request: HttpRequest) -> HttpResponseBase:
    """The list as CSV, natural persons masked; the journal says who took which list."""
    require_assurance(request, "export")
    actor, given = actor_of(request), _given(request)
    record_export(actor=actor, filters={name: value for name, value in given.items() if value})
    # The number tells a natural person, whose name is masked, from an enterprise.
    found = _found(actor, given).defer("form", "applicant_phone").order_by(*_order(given))
    return csv_response("cases", EXPORTED, _lines(found))
