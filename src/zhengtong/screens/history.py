"""What happened to a row: the journal's records of it and the imports that changed it, in words, newest first."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _

from zhengtong.core.audit.public import AuditRecord, list_for_object, read_page, read_place, say_key, write_place
from zhengtong.core.identity.public import describe_records
from zhengtong.kernel.modules import registry
from zhengtong.kernel.policy import Actor
from zhengtong.screens import presenting
from zhengtong.screens.columns import BoundColumn, bind_of, find_declared, is_encrypted
from zhengtong.screens.declaration import ModelScreens
from zhengtong.screens.formats import cn_date, cn_datetime
from zhengtong.screens.sheets.models import SheetRow, State, Verdict

IN_PANEL = 10
HIDDEN = "＊＊＊"
LONGEST_VALUE = 300


@dataclass(frozen=True)
class Change:
    """A value before and after, as text; "" where there was or is none."""

    title: str
    before: str
    after: str


@dataclass(frozen=True)
class Entry:
    """One thing that happened. ``facts`` are values that an act left without one before."""

    at: datetime
    who: str
    office: str
    what: str
    purpose: str
    changes: list[Change]
    facts: list[Change]
    place: str


@dataclass(frozen=True)
class HistoryPage:
    entries: list[Entry]
    older: str
    older_url: str


def history_panel(
    actor: Actor, screens: ModelScreens, row: Any, *, before: str = "", size: int = IN_PANEL
) -> HistoryPage:
    """Return what happened to ``row``. The caller has made sure that ``actor`` may see it; columns that she may not
    see are left out, personal values are masked, encrypted ones never shown."""
    say = partial(_say_values, _Reader(screens, actor))
    found = _from_journal(say, row, before, size) + _from_imports(say, screens, row, before, size)
    found.sort(key=lambda entry: entry.at, reverse=True)
    entries = found[:size]
    older = entries[-1].place if len(found) > size else ""
    url = presenting.url_or_none(screens, "history", row)
    return HistoryPage(entries, older, f"{url}?before={older}" if older and url else "")


def _from_journal(say: Any, row: Any, before: str, size: int) -> list[Entry]:
    # One more than is shown: whether there are older ones.
    told = describe_records(read_page(list_for_object(row), before, size + 1).records)
    entries = []
    for each in told:
        changes, facts = say(each.record)
        place = write_place(each.at, each.record.pk)
        entries.append(Entry(each.at, each.by, each.office, each.what, each.purpose, changes, facts, place))
    return entries


def _from_imports(say: Any, screens: ModelScreens, row: Any, before: str, size: int) -> list[Entry]:
    """The rows of applied imports that made or changed this one: they name it by its key in the sheet."""
    sheets = {
        each.key: each.sheet
        for each in registry.of(ModelScreens)
        if each.sheet is not None and each.model is screens.model
    }
    keys = {str(getattr(row, sheet.key, "")) for sheet in sheets.values()} - {""}
    if not keys:
        return []
    found = SheetRow.objects.filter(
        key__in=keys,
        run__screens__in=sheets,
        run__state=State.APPLIED,
        run__finished_at__isnull=False,
        verdict__in=(Verdict.NEW, Verdict.CHANGED),
    )
    place = read_place(before)
    if place is not None:
        found = found.filter(run__finished_at__lt=place[0])
    entries = []
    for each in found.select_related("run").order_by("-run__finished_at")[: size + 1]:
        at = each.run.finished_at
        assert at is not None, "an applied run without its moment"
        was, became = _split((each.content or {}).get("changes") or {})
        record = AuditRecord(object_kind=row._meta.label_lower, before=was, after=became)
        changes, facts = say(record)
        what = _("从表格导入") if each.verdict == Verdict.NEW else _("用表格修改")
        entries.append(Entry(at, each.run.actor_name, "", what, "", changes, facts, write_place(at, 0)))
    return entries


def _split(changes: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what a run's row holds (fields to their texts before and after) as two mappings."""
    pairs = {name: (list(pair) if isinstance(pair, list | tuple) else [None, pair]) for name, pair in changes.items()}
    return {name: pair[0] for name, pair in pairs.items()}, {name: pair[-1] for name, pair in pairs.items()}


# Values in words -------------------------------------------------------------------------------------


class _Reader:
    """Says a row's values to one actor; remembers the names of other rows that it looked up."""

    def __init__(self, screens: ModelScreens, actor: Actor) -> None:
        self.screens, self.actor = screens, actor
        self._names: dict[tuple[type[models.Model], str], str] = {}

    def sorted(self, names: Iterable[str]) -> list[str]:
        """Each name once, fields in the model's order and then the rest: the database keeps no order in its JSON."""
        order = {field.name: place for place, field in enumerate(self.screens.model._meta.concrete_fields)}
        return sorted(dict.fromkeys(names), key=lambda name: (order.get(name.removesuffix("_id"), len(order)), name))

    def column(self, name: str) -> BoundColumn | None:
        try:
            return bind_of(self.screens, name.removesuffix("_id"))
        except FieldDoesNotExist:
            return None

    def is_hidden(self, name: str) -> bool:
        plain = name.removesuffix("_id")
        declared = [find_declared(self.screens, plain)]
        declared += [each for each in map(self._over, (plain,)) if each is not None]
        return any(each is not None and each.permission and not self.actor.has(each.permission) for each in declared)

    def _over(self, name: str) -> Any:
        """A column that leads over the foreign key ``name``: ``region__name`` tells the region."""
        columns = [each for each in self.screens.columns if not isinstance(each, str)]
        return next((each for each in columns if each.name.startswith(f"{name}__")), None)

    def title(self, kind: str, name: str) -> str:
        column = self.column(name)
        return str(column.title) if column is not None else say_key(kind, name)

    def text(self, name: str, value: Any) -> str:
        if value is None or value == "" or value == [] or value == {}:
            return ""
        column = self.column(name)
        if column is not None and column.column.mask is not None:
            return column.column.mask(str(value))
        field = column.field if column is not None else None
        if field is not None and is_encrypted(field):
            return HIDDEN
        return self._words(field, value)[:LONGEST_VALUE]

    def _words(self, field: Any, value: Any) -> str:
        if isinstance(value, bool):
            return _("是") if value else _("否")
        if field is not None and field.choices:
            return str(dict(field.flatchoices).get(value, value))
        if field is not None and isinstance(field.related_model, type):
            return self._name_of(field.related_model, value)
        if isinstance(value, str):
            return _say_moment(field, value)
        if isinstance(value, list):
            return "、".join(str(each) for each in value)
        if isinstance(value, Mapping):
            return "；".join(f"{name}：{each}" for name, each in value.items())
        return str(value)

    def _name_of(self, model: type[models.Model], value: Any) -> str:
        key = (model, str(value))
        if key not in self._names:
            # The journal holds keys; an import holds what the sheet said, which is a name or code already.
            is_key = isinstance(value, int) or (isinstance(value, str) and value.isascii() and value.isdigit())
            row = model._default_manager.filter(pk=value).first() if is_key and len(str(value)) < 19 else None
            self._names[key] = str(row) if row is not None else str(value)
        return self._names[key]


def _say_moment(field: Any, text: str) -> str:
    """A date or moment of the journal's JSON as people write it; any other text as it is."""
    try:
        if isinstance(field, models.DateTimeField) and (moment := parse_datetime(text)):
            return cn_datetime(moment)
        if isinstance(field, models.DateField) and (day := parse_date(text)):
            return cn_date(day)
    except ValueError:  # 2026-02-30
        pass
    return text


def _say_values(reader: _Reader, record: AuditRecord) -> tuple[list[Change], list[Change]]:
    """Return what changed, and what was only noted: an act without a state before it notes facts."""
    before = record.before if isinstance(record.before, dict) else {}
    after = record.after if isinstance(record.after, dict) else {}
    changes: list[Change] = []
    facts: list[Change] = []
    for name in reader.sorted((*before, *after)):
        if reader.is_hidden(name) or before.get(name) == after.get(name) or name == "field":
            continue
        change = Change(
            reader.title(record.object_kind, name),
            reader.text(name, before.get(name)),
            reader.text(name, after.get(name)),
        )
        if change.before or change.after:
            (changes if name in before else facts).append(change)
    return changes, facts
