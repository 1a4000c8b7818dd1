"""Reading the journal: what a person did, who looked at her data, what happened to a row; newest first."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Model, Q, QuerySet

from zhengtong.core.audit.domain import canonical, read_place, sm3, write_place
from zhengtong.core.audit.models import AuditRecord
from zhengtong.core.audit.words import list_looks

PAGE = 30
ORDER = ("-at", "-id")


@dataclass(frozen=True)
class RecordPage:
    """Some records, newest first; ``older`` is the place to go on from, "" at the end."""

    records: list[AuditRecord]
    older: str


def list_by_account(account: UUID) -> QuerySet[AuditRecord]:
    """Return what an account did, in whatever capacity."""
    return AuditRecord.objects.filter(account=account).order_by(*ORDER)


def list_for_principal(account: UUID) -> QuerySet[AuditRecord]:
    """Return what others did on behalf of an account."""
    return AuditRecord.objects.filter(principal=account).order_by(*ORDER)


def list_by_subject(digest: str) -> QuerySet[AuditRecord]:
    """Return the looks at the data of the person with this keyed digest (个人信息保护法 art. 44, 45)."""
    return AuditRecord.objects.filter(subject=digest).order_by(*ORDER)


def list_for_object(obj: Model | tuple[str, object]) -> QuerySet[AuditRecord]:
    """Return what was done to a row, or to what a pair of kind and id names."""
    kind, key = (obj._meta.label_lower, obj.pk) if isinstance(obj, Model) else obj
    return AuditRecord.objects.filter(object_kind=kind, object_id=str(key)).order_by(*ORDER)


def list_looks_at(obj: Model | tuple[str, object]) -> QuerySet[AuditRecord]:
    """Return those acts on a row that are declared to be looks at somebody's data."""
    return list_for_object(obj).filter(action__in=list_looks())


def read_page(found: QuerySet[AuditRecord], before: str = "", size: int = PAGE) -> RecordPage:
    """Return the page of ``found`` after the place ``before``; the first one when that can't be read."""
    place = read_place(before)
    if place is not None:
        at, pk = place
        found = found.filter(Q(at__lt=at) | Q(at=at, pk__lt=pk), at__lte=at)
    records = list(found.order_by(*ORDER)[: size + 1])
    last = records[size - 1] if len(records) > size else None
    return RecordPage(records[:size], write_place(last.at, last.pk) if last else "")


def is_unaltered(record: AuditRecord) -> bool:
    """Return whether the record's digest is that of what the row holds."""
    names = [each.attname for each in record._meta.concrete_fields if each.attname not in ("id", "digest")]
    return record.digest == sm3(canonical({name: getattr(record, name) for name in names}))
