"""What changed between the making of a form and its sending: seen by digests that the form carries."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.core import signing
from django.db.models import Model
from django.utils import timezone
from django.utils.crypto import salted_hmac

from zhengtong.core.audit.public import AuditRecord
from zhengtong.kernel.modules import Text
from zhengtong.screens.columns import bind_of
from zhengtong.screens.declaration import ModelScreens

SALT = "screens.seen"
# Long enough that two values of one field don't meet by chance.
LENGTH = 16


@dataclass(frozen=True)
class Seen:
    """What the form was made from: a digest of each value, and when."""

    digests: Mapping[str, str]
    at: datetime

    def write(self) -> str:
        return signing.dumps([dict(self.digests), self.at.isoformat()], salt=SALT, compress=True)

    @classmethod
    def read(cls, text: str) -> "Seen | None":
        try:
            digests, at = signing.loads(text, salt=SALT)
            return cls(digests, datetime.fromisoformat(at))
        except (signing.BadSignature, ValueError, TypeError):
            return None


@dataclass(frozen=True)
class Change:
    """A field that isn't any more as the form showed it."""

    name: str
    title: Text
    now: str


@dataclass(frozen=True)
class Author:
    """Who changed the row meanwhile, as the journal has it."""

    name: str
    at: datetime


def _digest(row: Model, name: str) -> str:
    value = row._meta.get_field(name).value_from_object(row)  # type: ignore[union-attr]  # forms are made of columns only
    if isinstance(value, Decimal):  # 12.5 was typed, 12.50 is stored
        value = f"{value.normalize():f}"
    return salted_hmac(SALT, json.dumps(value, default=str, ensure_ascii=False)).hexdigest()[:LENGTH]


def look(row: Model, names: Iterable[str]) -> Seen:
    """Return the digests of the values that a form of ``names`` shows now."""
    return Seen({name: _digest(row, name) for name in names}, timezone.now())


def list_changes(screens: ModelScreens, row: Model, seen: Seen) -> list[Change]:
    """Return the fields whose values aren't any more what was seen; personal ones masked."""
    changed = [name for name, digest in seen.digests.items() if _digest(row, name) != digest]
    columns = [bind_of(screens, name) for name in changed]
    return [Change(column.name, column.title, column.shown(row)) for column in columns]


def list_authors(row: Model, since: datetime) -> list[Author]:
    """Return who wrote to the row since then, the last first."""
    records = AuditRecord.objects.filter(
        object_kind=row._meta.label_lower, object_id=str(row.pk), at__gt=since, after__isnull=False
    ).order_by("-at")
    return [Author(name or "—", at) for name, at in records.values_list("actor_name", "at")[:3]]
