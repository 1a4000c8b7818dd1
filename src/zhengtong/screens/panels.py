"""The panels of a detail page, each drawn from what is declared of it."""

from dataclasses import dataclass, field
from functools import singledispatch
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from zhengtong.kernel.modules import Text
from zhengtong.kernel.policy import Actor
from zhengtong.screens.columns import bind, bind_of, select
from zhengtong.screens.declaration import Fields, History, ModelScreens, Panel, Part, Related
from zhengtong.screens.paging import count_capped
from zhengtong.screens.presenting import url_or_none


@dataclass(frozen=True)
class Drawn:
    """A panel as the page shows it."""

    title: Text
    template: str
    request: HttpRequest
    context: dict[str, Any] = field(default_factory=dict)

    @property
    def content(self) -> SafeString:
        return SafeString(render_to_string(self.template, self.context, self.request))


@dataclass(frozen=True)
class Looker:
    """Who looks at which row of which screens."""

    request: HttpRequest
    screens: ModelScreens
    actor: Actor
    row: Any


def draw_panels(request: HttpRequest, screens: ModelScreens, actor: Actor, row: Any) -> list[Drawn]:
    """Return the panels that ``actor`` may see, in the declaration's order."""
    looker = Looker(request, screens, actor, row)
    shown = [panel for panel in screens.detail if not panel.permission or actor.has(panel.permission)]
    return [drawn for panel in shown if (drawn := draw(panel, looker)) is not None]


@singledispatch
def draw(panel: Panel, looker: Looker) -> Drawn | None:
    raise TypeError(f"no drawing for {type(panel).__name__}")


@draw.register
def _fields(panel: Fields, looker: Looker) -> Drawn:
    screens, actor, row = looker.screens, looker.actor, looker.row
    reveals = bool(screens.reveal) and actor.has(screens.reveal)
    lines = []
    for name in panel.names:
        column = bind_of(screens, name)
        if not column.may_see(actor):
            continue
        line: dict[str, Any] = {"name": column.name, "label": column.title, "value": column.cell(row)}
        if column.is_personal and reveals and column.raw(row):
            line["reveal_url"] = url_or_none(screens, "reveal", row)
        lines.append(line)
    return Drawn(panel.title, "screens/model/fields.html", looker.request, {"lines": lines})


@draw.register
def _related(panel: Related, looker: Looker) -> Drawn:
    assert panel.rows is not None, "Related without rows"
    found = panel.rows(looker.actor, looker.row)
    columns = [bind(found.model, column) for column in panel.columns]
    columns = [column for column in columns if column.may_see(looker.actor)]
    total, capped = count_capped(found)
    rows = select(found, columns)[: panel.limit]
    context = {
        "caption": panel.title,
        "columns": [(column.name, column.title, column.column.css) for column in columns],
        "rows": [
            {
                "url": panel.url(row) if panel.url else "",
                "cells": {column.name: column.cell(row) for column in columns},
            }
            for row in rows
        ],
        "total": total,
        "capped": capped,
        "more": panel.more(looker.row) if panel.more and total > panel.limit else "",
        "limit": panel.limit,
    }
    return Drawn(panel.title, "screens/model/related.html", looker.request, context)


@draw.register
def _part(panel: Part, looker: Looker) -> Drawn:
    context = panel.context(looker.actor, looker.row) if panel.context else {}
    return Drawn(panel.title, panel.template, looker.request, {"row": looker.row, **context})


@draw.register
def _history(panel: History, looker: Looker) -> Drawn | None:
    from zhengtong.screens.history import history_panel  # the history's own page draws a row, too

    history = history_panel(looker.actor, looker.screens, looker.row)
    return Drawn(panel.title, "screens/model/history.html", looker.request, {"history": history})
