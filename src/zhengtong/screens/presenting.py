"""What the templates of declared screens read: layouts, breadcrumbs, rows, tools, acts."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch
from django.utils.translation import gettext as _

from zhengtong.kernel.modules import Module, Text, registry
from zhengtong.kernel.policy import Actor
from zhengtong.screens.access import may
from zhengtong.screens.columns import BoundColumn, bind_of
from zhengtong.screens.declaration import STAFF, Act, ModelScreens
from zhengtong.screens.listing import COLUMNS, SEARCH, SORT, Listing
from zhengtong.screens.routing import url_of
from zhengtong.screens.writing import has_fields


def module_of(screens: ModelScreens) -> Module:
    return registry.modules[screens.module]


def url_or_none(screens: ModelScreens, verb: str, row: Any = None, **parts: Any) -> str:
    """Return the address of a verb, "" when the declaration doesn't have it."""
    try:
        return url_of(screens, verb, row, **parts)
    except NoReverseMatch:
        return ""


def layout(screens: ModelScreens) -> str:
    return "screens/desk.html" if screens.audience == STAFF else "screens/public.html"


def shell(request: HttpRequest, screens: ModelScreens, actor: Actor, **context: Any) -> dict[str, Any]:
    """Return what every page of ``screens`` reads, with ``context`` of its own."""
    return {
        "screens": screens,
        "actor": actor,
        "layout": layout(screens),
        "is_desk": screens.audience == STAFF,
        "list_url": url_of(screens),
        "module": module_of(screens),
        "tabs_of_model": views_of(screens, request.path),
        **context,
    }


def views_of(screens: ModelScreens, path: str) -> list[tuple[str, str, bool]]:
    """The ways to look at the rows: list, map, statistics; empty when there is only the list."""
    found = []
    for verb, title in (("list", _("列表")), ("map", _("地图")), ("statistics", _("统计"))):
        if url := url_or_none(screens, verb):
            found.append((title, url, path == url))
    return found if len(found) > 1 else []


@dataclass(frozen=True)
class Button:
    """An act as a button: a link to its form; ``is_direct`` when there is nothing to ask, then it acts at once."""

    act: Act
    url: str
    is_direct: bool = False

    @property
    def title(self) -> Text:
        return self.act.title


def name_of(screens: ModelScreens, row: Any) -> str:
    """What a row is called in headings and labels; masked where its column is."""
    return bind_of(screens, screens.name).shown(row) if screens.name else str(row)


def row_url(screens: ModelScreens, row: Any) -> str:
    """The page that a row of the list opens."""
    return url_or_none(screens, "detail", row) if screens.detail else url_or_none(screens, "amend", row)


def table_of(listing: Listing, rows: list[Any]) -> dict[str, Any]:
    """Return columns and rows as the table component takes them."""
    screens = listing.screens
    return {
        "columns": [(column.name, column.title, _css(column, listing)) for column in listing.columns],
        "rows": [
            {
                "key": getattr(row, screens.lookup),
                "label": name_of(screens, row),
                "url": row_url(screens, row),
                "tone": screens.tone(row),
                "cells": {column.name: column.cell(row) for column in listing.columns},
            }
            for row in rows
        ],
    }


def _css(column: BoundColumn, listing: Listing) -> str:
    words = column.column.css.split()
    if column.name in listing.sortable:
        words.append("sort")
    return " ".join(words)


def create_button(screens: ModelScreens, actor: Actor) -> Button | None:
    act = screens.create
    return Button(act, url_of(screens, "new")) if act and may(actor, screens, act.permission) else None


def bulk_buttons(screens: ModelScreens, actor: Actor) -> list[Button]:
    """The acts that are offered for selected rows."""
    acts = [act for act in screens.actions if act.is_bulk and may(actor, screens, act.permission)]
    return [Button(act, url_of(screens, "bulk", act=act.code)) for act in acts]


def row_buttons(screens: ModelScreens, actor: Actor, row: Any) -> list[Button]:
    """The acts on one row, dangerous ones last; the first is the main one when it isn't dangerous."""
    found = []
    if screens.amend and _fits(screens.amend, screens, actor, row):
        found.append(Button(screens.amend, url_of(screens, "amend", row)))
    for act in sorted(screens.actions, key=lambda act: act.is_dangerous):
        if _fits(act, screens, actor, row):
            is_direct = not (act.confirm or act.is_dangerous or has_fields(screens, act))
            found.append(Button(act, url_of(screens, "act", row, act=act.code), is_direct))
    return found


def _fits(act: Act, screens: ModelScreens, actor: Actor, row: Any) -> bool:
    return may(actor, screens, act.permission, row) and (act.when is None or act.when(row))


def list_exports(screens: ModelScreens, actor: Actor, query: str) -> list[tuple[str, str]]:
    """The files that the list can be taken away as, narrowed as it is; to who may import, in the import's form too."""
    found = []
    for verb, title in (("export.xlsx", "Excel"), ("export.csv", "CSV")):
        if screens.exports and (url := url_or_none(screens, verb)):
            found.append((title, f"{url}?{query}" if query else url))
    if screens.exports and import_url(screens, actor) and (url := url_or_none(screens, "export.xlsx")):
        found.append((_("Excel（改后可以再导入）"), f"{url}?{query}&sheet=1" if query else f"{url}?sheet=1"))
    return found


def import_url(screens: ModelScreens, actor: Actor) -> str:
    if screens.sheet is None or not may(actor, screens, screens.sheet.permission):
        return ""
    return url_or_none(screens, "import")


def carried(listing: Listing) -> list[tuple[str, str]]:
    """The parameters that stay when filters change: order, columns, the open view."""
    values = ((name, listing.query.get(name)) for name in (SORT, COLUMNS, "view"))
    return [(name, str(value)) for name, value in values if value]


@dataclass(frozen=True)
class Condition:
    """An active filter in words, with the address without it."""

    title: str
    words: str
    without: str


def list_conditions(listing: Listing) -> list[Condition]:
    found = []
    for bound in listing.active:
        found.append(Condition(bound.title, bound.words, _without(listing, *bound.params)))
    if listing.search:
        found.append(Condition(_("搜索"), listing.search, _without(listing, SEARCH)))
    return found


def _without(listing: Listing, *params: str) -> str:
    query = listing.query.copy()
    for param in (*params, "after", "before"):
        query.pop(param, None)
    return f"?{query.urlencode()}" if query else url_of(listing.screens)


def search_label(screens: ModelScreens) -> str:
    """What the search box finds: 编号、名称（从头起）."""
    titles = [str(bind_of(screens, name).title) for name in screens.search]
    return _("%(what)s（从头起）") % {"what": "、".join(titles)}
