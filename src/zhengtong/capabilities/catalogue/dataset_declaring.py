"""What a module says of a model so that its rows become a data set of the catalogue: :class:`Dataset`."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import FieldDoesNotExist, ImproperlyConfigured
from django.db import models
from django.db.models import Field, Model, Q
from django.db.models.constants import LOOKUP_SEP

from zhengtong.capabilities.catalogue.domain import FieldText, VersionText
from zhengtong.capabilities.sources.public import ColumnKind
from zhengtong.kernel.modules import Declaration, Text

_KINDS: "tuple[tuple[type[Field[Any, Any]], ColumnKind], ...]" = (
    (models.BooleanField, ColumnKind.BOOLEAN),
    (models.DecimalField, ColumnKind.DECIMAL),
    (models.FloatField, ColumnKind.REAL),
    (models.IntegerField, ColumnKind.INTEGER),
    (models.DateTimeField, ColumnKind.DATETIME),
    (models.DateField, ColumnKind.DATE),
    (models.TimeField, ColumnKind.TIME),
    (models.JSONField, ColumnKind.JSON),
    (models.UUIDField, ColumnKind.TEXT),
    (models.CharField, ColumnKind.TEXT),
    (models.TextField, ColumnKind.TEXT),
)


@dataclass(frozen=True)
class Item:
    """A column that needs more than its name. ``column`` is a field or a path over foreign keys (``region__code``).

    ``personal``, ``grade`` and ``mask`` are those of ``catalogue.Field``; ``name`` is what it is called when the
    field's own title doesn't say enough.
    """

    column: str
    name: Text = ""
    personal: str = "none"
    grade: int = 1
    mask: str = "none"


@dataclass(frozen=True)
class Dataset(Declaration):
    """Rows of ``model`` as others may use them.

    ``provider`` is the end of the name of the department that is responsible by law (市场监督管理局): the entry is its
    draft. ``key`` columns find a row again. ``only`` leaves out rows that are no part of it (drafts). Rows above
    the mark 内部, and what is told of such rows, are never part of it. What is sealed in the database can't be a
    column: nobody could read it there.
    """

    code: str
    model: type[Model]
    title: Text
    abstract: Text
    columns: tuple[str | Item, ...]
    provider: str
    classification: str
    keys: tuple[str, ...]
    share_condition: Text
    update_cycle: str = "daily"
    only: Q | None = None

    def __post_init__(self) -> None:
        names = [item.column for item in self.items]
        if missing := [name for name in self.keys if name not in names]:
            raise ImproperlyConfigured(f"dataset {self.code}: no column {missing[0]} for its key")
        for item in self.items:
            if len(item.column) > 63:
                raise ImproperlyConfigured(f"dataset {self.code}: {item.column} is too long")

    @property
    def key(self) -> str:
        return self.code

    @property
    def items(self) -> Iterator[Item]:
        return (Item(each) if isinstance(each, str) else each for each in self.columns)

    @property
    def view(self) -> str:
        """What its view is called in the database."""
        return self.code.replace(".", "_").replace("-", "_")

    def find_field(self, path: str) -> "Field[Any, Any]":
        """Return the model's field that a path ends at. Raises ImproperlyConfigured for what can't be a column."""
        model: Any = self.model
        found: Any = None
        for name in path.split(LOOKUP_SEP):
            try:
                found = model._meta.get_field(name)
            except (AttributeError, FieldDoesNotExist) as error:
                raise ImproperlyConfigured(f"dataset {self.code}: {path} is no column") from error
            model = found.related_model
        if found.is_relation or type(found).__name__.startswith("Encrypted") or kind_of(found) is None:
            raise ImproperlyConfigured(f"dataset {self.code}: {path} can't be read as a value")
        return found  # type: ignore[no-any-return]  # Django's own field

    def make_text(self) -> VersionText:
        """Return the entry that the declaration proposes."""
        return VersionText(
            name=str(self.title),
            abstract=str(self.abstract),
            classification=self.classification,
            data_format="数据库表",
            share_type="conditional",
            share_condition=str(self.share_condition),
            share_way="库表交换、接口调用",
            withheld_basis="",
            open_type="closed",
            open_condition="",
            update_cycle=self.update_cycle,
            fields=tuple(self._propose(item) for item in self.items),
        )

    def _propose(self, item: Item) -> FieldText:
        field = self.find_field(item.column)
        kind = kind_of(field)
        assert kind is not None
        has_length = kind is ColumnKind.TEXT and isinstance(field, models.CharField)
        words = "；".join(f"{value}={title}" for value, title in field.flatchoices) if field.choices else ""
        return FieldText(
            code=item.column,
            name=str(item.name or field.verbose_name),
            column=item.column,
            kind=str(kind),
            length=field.max_length if has_length else None,
            precision=getattr(field, "max_digits", None),
            scale=getattr(field, "decimal_places", None),
            has_zone=kind is ColumnKind.DATETIME,
            grade=item.grade,
            personal=item.personal,
            is_key=item.column in self.keys,
            # A view promises nothing else; what finds a row again is never empty.
            is_nullable=item.column not in self.keys,
            mask=item.mask,
            note=words[:200],
        )


def kind_of(field: "Field[Any, Any]") -> ColumnKind | None:
    """Return what a field's values are in the catalogue, None of what it has no kind for (a place on the map)."""
    return next((kind for django, kind in _KINDS if isinstance(field, django)), None)
