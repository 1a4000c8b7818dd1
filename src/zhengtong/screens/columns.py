"""Values for people: how each kind of field is written in lists, details, files and the interface, masks included."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils import timezone
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from zhengtong.core.crypto.public import EncryptedJSONField, EncryptedTextField
from zhengtong.kernel.modules import Text
from zhengtong.kernel.policy import Actor
from zhengtong.screens.declaration import Column, Fields, ModelScreens
from zhengtong.screens.formats import cn_date, cn_datetime, cn_money
from zhengtong.screens.templatetags.look import chip

if TYPE_CHECKING:
    Field = models.Field[Any, Any]
else:
    Field = models.Field

EMPTY = "—"
NOTHING = format_html('<span class="muted">{}</span>', EMPTY)
MONEY = "元"


def find_path(model: type[models.Model], path: str) -> tuple[Field, ...]:
    """Return the fields along ``path`` (``region__name``; ``owner_id`` is its foreign key).

    Raises FieldDoesNotExist for anything that isn't a column, reached over foreign keys.
    """
    fields: list[Field] = []
    for name in path.split("__"):
        if fields:
            target = fields[-1].related_model
            if target is None or isinstance(target, str):
                raise FieldDoesNotExist(path)
            model = target
        name = str(model._meta.pk.name) if name == "pk" and model._meta.pk else name
        by_column = {field.attname: field for field in model._meta.concrete_fields}
        field = by_column.get(name) or model._meta.get_field(name)
        if not isinstance(field, models.Field) or not field.concrete:
            raise FieldDoesNotExist(path)
        fields.append(field)
    return tuple(fields)


def is_encrypted(field: Field) -> bool:
    return isinstance(field, EncryptedTextField | EncryptedJSONField)


def is_heavy(field: Field) -> bool:
    """Return whether reading ``field`` costs: it is deciphered, or long."""
    return (
        is_encrypted(field)
        or isinstance(field, models.JSONField | models.BinaryField)
        or type(field) is models.TextField
        or hasattr(field, "geom_type")
    )


@dataclass(frozen=True)
class BoundColumn:
    """A declared column and the fields that it reads; without fields what it shows is computed by ``value``."""

    column: Column
    fields: tuple[Field, ...]

    @property
    def name(self) -> str:
        return self.column.name

    @property
    def field(self) -> Field | None:
        return self.fields[-1] if self.fields else None

    @cached_property
    def title(self) -> Text:
        if self.column.title:
            return self.column.title
        # A path is called after its first step: of region__name people want to know whose name it is.
        return self.fields[0].verbose_name if self.fields else self.column.name

    @property
    def is_personal(self) -> bool:
        return self.column.mask is not None

    @property
    def relations(self) -> tuple[str, ...]:
        """The foreign keys to select with the row."""
        own = [field.name for field in self.fields if field.related_model is not None]
        return (*(("__".join(own),) if own and not self.column.value else ()), *self.column.related)

    @property
    def reads(self) -> tuple[str, ...]:
        """The field paths whose content the column shows."""
        return ((self.name,) if self.fields else ()) + self.column.needs

    def may_see(self, actor: Actor) -> bool:
        return not self.column.permission or actor.has(self.column.permission)

    def raw(self, row: Any) -> Any:
        """The value as it is stored; None where there is none. Personal values are whole: mask before showing."""
        if self.column.value is not None:
            return self.column.value(row)
        value = row
        for field in self.fields:
            value = getattr(value, field.name, None)
            if value is None:
                return None
        return value

    def value(self, row: Any) -> Any:
        """The value for programs: as stored, a personal one masked, a row by its key."""
        value = self.raw(row)
        if self.column.mask is not None and value:
            return self.column.mask(str(value))
        return value.pk if isinstance(value, models.Model) else value

    def text(self, row: Any) -> str:
        """The value in words, plain: what a file holds. Dates are 2026-11-21, moments local; "" for none."""
        value = self.raw(row)
        if self.column.mask is not None:
            return self.column.mask(str(value)) if value else ""
        match self._words(value):
            case None:
                return ""
            case datetime() as moment:
                local = timezone.localtime(moment) if timezone.is_aware(moment) else moment
                return f"{local:%Y-%m-%d %H:%M}"
            case date() as day:
                return day.isoformat()
            case words:
                return str(words)

    def shown(self, row: Any) -> str:
        """The value as a page shows it, without markup of its own around it; "" for none."""
        return self.show(self.raw(row))

    def show(self, value: Any, *, masked: bool = True) -> str:
        """``value`` as a page shows it; whole, when ``masked`` is False (somebody stated a purpose)."""
        if self.column.mask is not None and masked:
            return self.column.mask(str(value)) if value else ""
        words = self._words(value)
        match words:
            case None:
                return ""
            case datetime():
                return cn_datetime(words)
            case date():
                return cn_date(words)
            case Decimal() | int() | float() if self.column.unit:
                return (
                    cn_money(Decimal(words)) if str(self.column.unit) == _(MONEY) else f"{words:,} {self.column.unit}"
                )
            case SafeString():
                return words
        return str(words)

    def cell(self, row: Any) -> SafeString:
        """The value as a table's cell: a chip, a link, an em dash where there is none."""
        shown = self.shown(row)
        if not shown:
            return NOTHING
        if self.column.tone is not None:
            return chip(shown, self.column.tone(row))
        if self.column.link is not None and (url := self.column.link(row)):
            return format_html('<a href="{}">{}</a>', url, shown)
        return conditional_escape(shown)

    @cached_property
    def _choices(self) -> dict[Any, str]:
        """The words of a field with choices, in the language of this request: a bound column lives no longer."""
        field = None if self.column.value else self.field
        if field is None or not field.choices:
            return {}
        return {value: str(words) for value, words in field.flatchoices}

    def _words(self, value: Any) -> Any:
        """Choices and flags as words, "" and empty lists as None, the rest as it is."""
        if value is None or value == "" or value == [] or value == ():
            return None
        if isinstance(value, bool):
            return _("是") if value else _("否")
        if self._choices:
            return self._choices.get(value, value)
        if isinstance(value, list | tuple | set):
            return "、".join(str(each) for each in value)
        return value


def bind(model: type[models.Model], column: str | Column) -> BoundColumn:
    """Return the column with its fields. Raises FieldDoesNotExist for a name that is no field and has no ``value``."""
    declared = Column(column) if isinstance(column, str) else column
    if declared.value is not None:
        try:
            fields = find_path(model, declared.name)
        except FieldDoesNotExist:
            fields = ()
        return BoundColumn(declared, fields)
    return BoundColumn(declared, find_path(model, declared.name))


def list_columns(screens: ModelScreens) -> list[BoundColumn]:
    """Return the list's columns, whoever looks."""
    return [bind(screens.model, column) for column in screens.columns]


def find_declared(screens: ModelScreens, name: str) -> Column | None:
    """Return what is declared anywhere of the column ``name``: its mask and permission hold in every part of a page."""

    named: list[str | Column] = [*screens.columns]
    for panel in screens.detail:
        named += panel.names if isinstance(panel, Fields) else ()
    return next((each for each in named if isinstance(each, Column) and each.name == name), None)


def bind_of(screens: ModelScreens, column: str | Column) -> BoundColumn:
    """Bind a column that a detail page names: a bare name takes what the list says of it."""
    if isinstance(column, str):
        column = find_declared(screens, column) or column
    return bind(screens.model, column)


def select(
    found: models.QuerySet[Any], columns: list[BoundColumn], *, keep: tuple[str, ...] = ()
) -> models.QuerySet[Any]:
    """Load with each row what ``columns`` show of others, and leave unread what costs and isn't shown.

    ``keep`` names further fields that are read anyway.
    """
    relations = {relation for column in columns for relation in column.relations}
    read = {path for column in columns for path in column.reads} | set(keep)
    left = [field.name for field in found.model._meta.concrete_fields if is_heavy(field) and field.name not in read]
    for relation in relations:
        steps = relation.split("__")
        for depth in range(1, len(steps) + 1):
            path = "__".join(steps[:depth])
            target = find_path(found.model, path)[-1].related_model
            if isinstance(target, type):
                heavy = [f"{path}__{field.name}" for field in target._meta.concrete_fields if is_heavy(field)]
                left += [name for name in heavy if name not in read]
    if relations:
        found = found.select_related(*sorted(relations))
    return found.defer(*left) if left else found
