"""A published entry as those read it who may use it: no connection, no table, nobody's draft."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

from django.utils.translation import gettext_lazy as _

from zhengtong.capabilities.catalogue.indexing import SHOWN, mark_of
from zhengtong.capabilities.catalogue.models import (
    Classification,
    Field,
    FieldGrade,
    PersonalClass,
    Resource,
    ResourceVersion,
)
from zhengtong.capabilities.catalogue.permissions_finding import FIND
from zhengtong.capabilities.catalogue.searching import Wanted, clearance_of, list_ids
from zhengtong.core.audit.public import record
from zhengtong.kernel.modules import Text
from zhengtong.kernel.policy import Actor, require

KINDS: dict[str, Text] = {
    "text": _("字符型"),
    "integer": _("整数型"),
    "decimal": _("定点数型"),
    "real": _("浮点数型"),
    "boolean": _("布尔型"),
    "date": _("日期型"),
    "datetime": _("日期时间型"),
    "time": _("时间型"),
    "binary": _("二进制"),
    "json": _("JSON"),
}
_BLOCK = 200


@dataclass(frozen=True, slots=True)
class Item:
    """An information item as it is published: what it is called in the source isn't."""

    name: str
    code: str
    kind_title: str
    length: int | None
    dictionary: str
    grade: Text
    personal: Text
    is_key: bool
    note: str


@dataclass(frozen=True)
class Entry:
    """``classes`` are the names of the classification's nodes, the outermost first."""

    resource: Resource
    version: ResourceVersion
    fields: list[Item]

    @cached_property
    def classes(self) -> list[str]:
        found: list[str] = []
        node: Classification | None = self.version.classification
        while node is not None:
            found.insert(0, node.name)
            node = node.parent
        return found


def _item(field: Field) -> Item:
    return Item(
        name=field.name,
        code=field.code,
        kind_title=str(KINDS.get(field.kind, field.kind)),
        length=field.length,
        dictionary=field.dictionary,
        grade=FieldGrade(field.grade).label,
        personal=PersonalClass(field.personal).label if field.personal != PersonalClass.NONE else "",
        is_key=field.is_key,
        note=field.note,
    )


def _read(resource: Resource) -> Entry:
    assert resource.current is not None
    fields = [_item(field) for field in resource.current.fields.all()]
    return Entry(resource, resource.current, fields)


def _published(ids: list[int]) -> list[Entry]:
    rows = (
        Resource.objects.filter(pk__in=ids, state__in=SHOWN, current__isnull=False)
        .select_related("provider", "current__classification")
        .prefetch_related("current__fields")
    )
    found = {row.pk: _read(row) for row in rows}
    return [found[each] for each in ids if each in found]


def read_entry(actor: Actor, resource_id: int) -> Entry | None:
    """Return an entry that is published and that ``actor`` may know of, None otherwise."""
    found = next(iter(_published([resource_id])), None)
    return found if found and mark_of(found.resource) <= clearance_of(actor) else None


def list_catalogue(actor: Actor, wanted: Wanted) -> Iterator[Entry]:
    """Yield all that a search finds, in the order of their codes, however many there are."""
    ids = iter(list_ids(actor, wanted))
    while block := list(islice(ids, _BLOCK)):
        yield from _published(block)


def note_export(*, actor: Actor, wanted: Wanted) -> None:
    """Say in the journal who takes which part of the catalogue away. Raises Denied."""
    require(actor, FIND)
    asked = {"words": wanted.words} if wanted.words else {}
    record(actor, "catalogue.export_catalogue", ("catalogue.export", "resources"), after=asked)
