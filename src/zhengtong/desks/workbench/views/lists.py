"""What the pages of the worklist share: who looks, the tabs with their counts, filters, chips, rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from zhengtong.capabilities.cases.public import TASK_PERMISSIONS, TaskNode, work_rows
from zhengtong.core.worklist.public import (
    CAP,
    DUE,
    Nature,
    WorkItem,
    WorkKind,
    count_each,
    filter_due,
    filter_words,
    list_led,
    list_mine,
    list_office,
    list_readings,
    list_unit,
    list_watches,
)
from zhengtong.kernel.modules import registry
from zhengtong.kernel.policy import Actor, ActorKind, Denied
from zhengtong.screens.access import actor_of

LONGEST_ID = 18
# Scopes that hold what many people or offices have: searched by the beginning of words.
WIDE = ("office", "unit")


def staff_actor(request: HttpRequest) -> Actor:
    """Return the actor when she is staff. Raises Denied."""
    actor = actor_of(request)
    if actor.kind is not ActorKind.STAFF:
        raise Denied("workbench")
    return actor


def read_ids(values: Sequence[str]) -> list[int]:
    """Return those of ``values`` that can be ids of rows."""
    return [int(each) for each in values if each.isascii() and each.isdigit() and len(each) <= LONGEST_ID]


def shown(count: int) -> str:
    """Return a capped count as it is shown: 1000+."""
    return f"{CAP}+" if count > CAP else str(count)


def show(request: HttpRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    """Render a page that is nobody else's."""
    response = render(request, template, context, status=status)
    response["Cache-Control"] = "private, no-store"
    return response


@dataclass(frozen=True)
class Scope:
    """One of the lists of work: ``code`` is its name in the address."""

    code: str
    title: str
    found: QuerySet[WorkItem]
    nature: Nature = Nature.TO_DO

    @property
    def url(self) -> str:
        here = reverse("workbench:todo")
        return here if self.code == "mine" else f"{here}?scope={self.code}"


def list_scopes(actor: Actor) -> dict[str, Scope]:
    scopes = [
        Scope("mine", _("待办"), list_mine(actor)),
        Scope("office", _("待领办"), list_office(actor)),
        Scope("reading", _("待阅"), list_readings(actor), Nature.TO_READ),
    ]
    if list_led(actor):
        scopes.append(Scope("unit", _("本单位在办"), list_unit(actor)))
    return {scope.code: scope for scope in scopes}


Tab = tuple[str, str, bool, str]


def list_tabs(
    actor: Actor, current: str, scopes: dict[str, Scope] | None = None, more: dict[str, QuerySet[Any]] | None = None
) -> tuple[list[Tab], dict[str, int]]:
    """Return the tabs over all lists, and all counts, those of ``more`` included: one statement counts them."""
    scopes = scopes or list_scopes(actor)
    counted = count_each(
        {code: scope.found for code, scope in scopes.items()} | {"watched": list_watches(actor)} | (more or {})
    )
    tabs = [(s.title, s.url, s.code == current, shown(counted[s.code])) for s in scopes.values()]
    tabs.append((_("关注"), reverse("workbench:watched"), current == "watched", shown(counted["watched"])))
    tabs.append((_("已办"), reverse("workbench:done"), current == "done", ""))
    tabs.append((_("交接"), reverse("workbench:handed_over"), current == "handed_over", ""))
    return tabs, counted


def narrow(found: QuerySet[WorkItem], given: QueryDict, scope: str = "") -> QuerySet[WorkItem]:
    """Apply search, step and kind from the address."""
    query = given.get("q", "").replace("\x00", "").strip()[:60]
    if query:
        found = filter_words(found, query, by_beginning=scope in WIDE)
    step, kind = given.get("step", ""), given.get("kind", "")
    if step in TaskNode.values:
        found = found.filter(permission=TASK_PERMISSIONS[step])
    if kind in {each.code for each in registry.of(WorkKind)}:
        found = found.filter(kind=kind)
    return found


def describe_filters(given: QueryDict, nature: Nature | None = None, scope: str = "") -> dict[str, Any]:
    """Return what the line of filters shows; kinds only where there is a choice."""
    kinds = [(each.code, each.title) for each in registry.of(WorkKind) if nature in (None, each.nature)]
    return {
        "words": _("编号、申请人（从头起）") if scope in WIDE else _("编号、申请人、事项"),
        "steps": TaskNode.choices if nature is not Nature.TO_READ else (),
        "kinds": kinds if len(kinds) > 1 else (),
        "is_filtered": any(given.get(name) for name in ("q", "step", "kind", "due")),
    }


def due_titles() -> dict[str, str]:
    return dict(zip(DUE, (_("全部"), _("今日到期"), _("三日内"), _("超期")), strict=True))


def by_due(found: QuerySet[WorkItem]) -> dict[str, QuerySet[Any]]:
    """Return what the chips count."""
    return {f"due:{due}": filter_due(found, due) for due in DUE}


def list_chips(given: QueryDict, counted: dict[str, int]) -> list[tuple[str, str, bool, str]]:
    current = given.get("due", "")
    return [
        (title, with_due(given, due), due == current, shown(counted[f"due:{due}"]))
        for due, title in due_titles().items()
    ]


def with_due(given: QueryDict, due: str) -> str:
    changed = given.copy()
    for name in ("after", "before", "due"):
        changed.pop(name, None)
    if due:
        changed["due"] = due
    return f"?{changed.urlencode()}"


def rows_of(items: Sequence[WorkItem]) -> list[dict[str, Any]]:
    """Return the rows of a list; what is ticked is the item."""
    return [{**row, "key": item.pk} for item, row in zip(items, work_rows(items), strict=True)]


def rows_with_holder(items: Sequence[WorkItem]) -> list[dict[str, Any]]:
    """Return the rows of a list that also says in whose hands the items are."""
    rows = rows_of(items)
    for item, row in zip(items, rows, strict=True):
        row["cells"]["holder"] = item.assignee.staff.name if item.assignee else _("待领办")
    return rows
