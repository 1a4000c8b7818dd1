"""Choosing a row of another model: short lists whole, long ones by the beginning of a code or name."""

import re
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.db import models
from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext as _

from zhengtong.core.identity.public import Organisation, Protected, Region
from zhengtong.kernel.modules import registry
from zhengtong.kernel.policy import Actor, ActorKind, visible
from zhengtong.screens.declaration import PUBLIC, ModelScreens

SHORT = 100
OFFERED = 30
# 〔12〕 behind a name that several rows have.
_KEYED = re.compile(r"^(?P<text>.*?)\s*〔(?P<key>[0-9]{1,18})〕$")


def is_tree(model: type[Model]) -> bool:
    return issubclass(model, Region | Organisation)


@cache
def _text_fields(model: type[Model]) -> tuple[str, ...]:
    """The indexed texts by whose beginning rows are found: code and name, as far as the model has them.

    A row without any, such as an appointment, is found by the name of the first row that it always belongs to.
    """
    if own := _own_texts(model):
        return own
    for owner in model._meta.concrete_fields:
        related = owner.related_model if owner.many_to_one and not owner.null else None
        if isinstance(related, type) and (texts := _own_texts(related)):
            return tuple(f"{owner.name}__{name}" for name in texts)
    return ()


def _own_texts(model: type[Model]) -> tuple[str, ...]:
    fields = {field.name: field for field in model._meta.concrete_fields if isinstance(field, models.CharField)}
    return tuple(name for name in ("code", "name", "title", "short_name") if name in fields)


def is_short(model: type[Model]) -> bool:
    """Return whether all rows fit into one select: it is asked of the database, so that it stays true as they grow."""
    return not is_tree(model) and model._default_manager.order_by()[: SHORT + 1].count() <= SHORT


def choosable(screens: ModelScreens, model: type[Model], actor: Actor) -> QuerySet[Any]:
    """Return the rows of ``model`` that ``actor`` may be offered: places and organs are public, other protected rows
    only as far as a list of that model is open to her."""
    rows = model._default_manager.all()
    if issubclass(model, Organisation):
        return rows.filter(is_active=True)
    protected = {rule.model for rule in registry.of(Protected)}
    if issubclass(model, Region) or model not in protected:
        return rows
    for other in registry.of(ModelScreens):
        if other.model is not model or not other.audience == screens.audience != PUBLIC:
            continue
        if actor.kind is not ActorKind.STAFF or actor.has(other.permission):
            return visible(actor, other.permission, other.rows(actor))
    return rows.none()


def choices_of(screens: ModelScreens, target: Any, actor: Actor) -> list[tuple[str, str]]:
    """Return the rows behind the foreign key ``target`` as choices; at most a screenful."""
    if not isinstance(target.related_model, type):
        return []
    rows = choosable(screens, target.related_model, actor)
    return [(str(row.pk), str(row)) for row in rows[:SHORT]]


@dataclass(frozen=True)
class Chosen:
    """The rows that a foreign key may lead to, as something one types: 「990102 澄波区」, 「澄波区水利局〔12〕」."""

    screens: ModelScreens
    target: Any
    actor: Actor

    @property
    def model(self) -> type[Model]:
        model: type[Model] = self.target.related_model
        return model

    @property
    def rows(self) -> QuerySet[Any]:
        return choosable(self.screens, self.model, self.actor)

    def label(self, row: Any) -> str:
        code = getattr(row, "code", "")
        return f"{code} {row}" if code else f"{row}〔{row.pk}〕"

    def offer(self, text: str) -> list[str]:
        """Return the labels of rows whose code or name begins with ``text``."""
        text = text.strip()[:60]
        asked = Q()
        for name in _text_fields(self.model):
            asked |= Q(**{f"{name}__startswith": text})
        return [self.label(row) for row in self.rows.filter(asked)[:OFFERED]]

    def find(self, text: str) -> Any:
        """Return the row that ``text`` names: its label, its code, its key or its whole name.

        Raises LookupError with a sentence.
        """
        text = text.strip()
        rows, names = self.rows, _text_fields(self.model)
        keyed = _KEYED.match(text)
        if keyed:
            asked = Q(pk=int(keyed["key"]))
        elif "code" in names:
            asked = Q(code=text.split(" ", 1)[0]) | Q(name=text) if "name" in names else Q(code=text.split(" ", 1)[0])
        else:
            asked = Q()
            for name in names:
                asked |= Q(**{name: text})
            if text.isascii() and text.isdigit() and len(text) < 18:
                asked |= Q(pk=int(text))
        found = list(rows.filter(asked)[:2]) if asked else []
        if not found:
            raise LookupError(_("没有找到“%(text)s”，请从列表里选") % {"text": text})
        if len(found) > 1:
            raise LookupError(_("“%(text)s”不止一个，请从列表里选") % {"text": text})
        return found[0]
