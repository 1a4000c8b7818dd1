"""A declared sheet bound to its model: its columns, their titles, what their texts mean and how they are written."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.validators import MaxLengthValidator
from django.db import models
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from zhengtong.core.crypto.public import EncryptedTextField
from zhengtong.screens.columns import find_declared
from zhengtong.screens.declaration import ModelScreens, Sheet
from zhengtong.screens.sheets import cells
from zhengtong.screens.sheets.cells import Cast
from zhengtong.screens.sheets.layout import plain_title
from zhengtong.screens.sheets.problems import CellRefused

if TYPE_CHECKING:
    Field = models.Field[Any, Any]
else:
    Field = models.Field


class Related:
    """Rows of another model by the value that a sheet holds of them, looked up many at a time."""

    def __init__(self, field: Field, name: str) -> None:
        target = field.related_model
        assert isinstance(target, type)
        self.model, self.name = target, name
        self.by_text: dict[str, Any] = {}
        self.by_pk: dict[Any, str] = {}

    def prepare(self, texts: Iterable[str]) -> None:
        """Look up what isn't known yet."""
        if new := {text for text in texts if text and text not in self.by_text}:
            self._keep(self.model._default_manager.filter(**{f"{self.name}__in": new}))

    def cast(self, text: str) -> Any:
        try:
            return self.by_text[text]
        except KeyError:
            raise CellRefused("unknown_code") from None

    def say(self, pk: Any) -> str:
        if pk not in self.by_pk:
            self._keep(self.model._default_manager.filter(pk=pk))
        return self.by_pk.get(pk, str(pk))

    def _keep(self, rows: models.QuerySet[Any]) -> None:
        for pk, value in rows.values_list("pk", self.name):
            self.by_text[str(value)], self.by_pk[pk] = pk, str(value)


@dataclass(frozen=True)
class SheetColumn:
    """One column. ``is_free``: a person's own words, whose signs are kept as they were typed."""

    name: str
    field: Field
    title: str
    titles: frozenset[str]
    is_free: bool
    related: Related | None
    mask: Callable[[str], str] | None

    @property
    def is_required(self) -> bool:
        return not self.field.blank and not self.field.null

    @property
    def empty(self) -> Any:
        """What an empty cell means."""
        return None if self.field.null else ""

    @cached_property
    def words(self) -> dict[str, str]:
        """The dictionary of a field with choices: each value by its word in every language, and by its code."""
        found: dict[str, str] = {}
        doubled = set()
        for language, _name in settings.LANGUAGES:
            with translation.override(language):
                for value, word in self.field.flatchoices:
                    if found.setdefault(str(word), value) != value:
                        doubled.add(str(word))
        found = {word: value for word, value in found.items() if word not in doubled}
        return found | {str(value): value for value, _word in self.field.flatchoices}

    @property
    def shown_words(self) -> str:
        words = [str(word) for _value, word in self.field.flatchoices]
        return "、".join(words[:12]) + (" …" if len(words) > 12 else "")

    @cached_property
    def cast(self) -> Cast:
        field = self.field
        if self.related is not None:
            return self.related.cast
        if field.choices:
            return cells.one_of(self.words, self.shown_words)
        match field:
            case models.BooleanField():
                return cells.yes_or_no
            case models.DecimalField():
                return cells.decimal_number(field.max_digits or 38, field.decimal_places or 0)
            case models.IntegerField():
                least, most = _range_of(field)
                return cells.whole_number(least, most)
            case models.FloatField():
                return cells.real_number
            case models.DateTimeField():
                return cells.a_moment
            case models.DateField():
                return cells.a_date
        return cells.text_of(field.max_length)

    @cached_property
    def validators(self) -> tuple[Callable[[Any], None], ...]:
        """What was declared on the field beside its type."""
        own = [each for each in field_validators(self.field) if not isinstance(each, MaxLengthValidator)]
        return tuple(own)

    def say(self, value: Any) -> str:
        """Return the text that a sheet holds of ``value``; reading it gives ``value`` again."""
        if value is None or value == "":
            return ""
        if self.related is not None:
            return self.related.say(value.pk if isinstance(value, models.Model) else value)
        if self.field.choices:
            word = str(dict(self.field.flatchoices).get(value, value))
            return word if self.words.get(word) == value else str(value)
        if isinstance(value, bool):
            return _("是") if value else _("否")
        if isinstance(self.field, models.DateTimeField):
            return f"{timezone.localtime(value):%Y-%m-%d %H:%M:%S.%f}".removesuffix(".000000")
        return str(value)

    def show(self, value: Any) -> str:
        """Return it for a page: a personal one masked."""
        text = self.say(value)
        return self.mask(text) if self.mask and text else text

    def explain(self) -> str:
        """Return how to fill the column in, for the template's notes."""
        match self.field:
            case _ if self.field.choices:
                return self.shown_words
            case models.BooleanField():
                return _("填“是”或“否”")
            case models.DateTimeField():
                return _("时间，如 2026-01-05 14:30")
            case models.DateField():
                return _("日期，如 2026-01-05")
            case models.DecimalField():
                return _("数字，最多 %(n)s 位小数") % {"n": self.field.decimal_places}
            case models.IntegerField():
                return _("整数")
            case _ if self.related is not None:
                name = self.related.model._meta.get_field(self.related.name)
                titles = {"what": self.related.model._meta.verbose_name, "field": getattr(name, "verbose_name", "")}
                return _("%(what)s的%(field)s") % titles
        limit = self.field.max_length
        return _("文字，最多 %(n)s 个字") % {"n": limit} if limit else _("文字")


def field_validators(field: Field) -> list[Any]:
    return list(field._validators)  # type: ignore[attr-defined]  # those of the declaration, without the type's own


def _range_of(field: Field) -> tuple[int, int]:
    from django.db import connection

    least, most = connection.ops.integer_field_range(field.get_internal_type())
    return (least if least is not None else -(2**63), most if most is not None else 2**63 - 1)


class Shape:
    """The sheet of some screens: bound once for a run or a file, since it remembers what it looked up."""

    def __init__(self, screens: ModelScreens) -> None:
        if screens.sheet is None:
            raise ImproperlyConfigured(f"{screens.key} has no sheet")
        self.screens = screens
        self.sheet: Sheet = screens.sheet
        self.model = screens.model
        self.columns = [self._bind(name) for name in self.sheet.columns]
        self.key: Field = self._field(self.sheet.key)
        if not self.key.unique:
            raise ImproperlyConfigured(f"{screens.key}: the key {self.sheet.key} of its sheet isn't unique")

    def _field(self, name: str) -> Field:
        field = self.model._meta.get_field(name)
        if not isinstance(field, models.Field) or not field.concrete:
            raise ImproperlyConfigured(f"{self.screens.key}: {name} of its sheet is no column")
        return field

    def _bind(self, name: str) -> SheetColumn:
        field = self._field(name)
        related = None
        if field.related_model is not None:
            if name not in self.sheet.related:
                raise ImproperlyConfigured(f"{self.screens.key}: its sheet doesn't say what it holds of {name}")
            related = Related(field, self.sheet.related[name])
        declared = find_declared(self.screens, name)
        texts = [field.verbose_name, *([declared.title] if declared and declared.title else [])]
        titles = {plain_title(name)}
        for language, _name in settings.LANGUAGES:
            with translation.override(language):
                titles |= {plain_title(str(text)) for text in texts}
        is_text = isinstance(field, models.CharField | models.TextField) and not field.choices
        return SheetColumn(
            name=name,
            field=field,
            title=str(texts[-1]),
            titles=frozenset(titles),
            is_free=is_text and name != self.sheet.key and not isinstance(field, EncryptedTextField),
            related=related,
            mask=declared.mask if declared else None,
        )

    @cached_property
    def by_name(self) -> Mapping[str, SheetColumn]:
        return {column.name: column for column in self.columns}

    @property
    def known_titles(self) -> dict[str, str]:
        return {title: column.name for column in self.columns for title in column.titles}

    @property
    def expected_titles(self) -> dict[str, str]:
        return {column.name: column.title for column in self.columns}

    @property
    def personal(self) -> list[SheetColumn]:
        return [column for column in self.columns if column.mask is not None]

    def title_of(self, name: str) -> str:
        column = self.by_name.get(name)
        return column.title if column else name
