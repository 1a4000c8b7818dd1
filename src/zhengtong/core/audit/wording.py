"""Making records findable: done by the sealer for what waits, so that no act pays for the index of its words."""

from django.db import transaction

from zhengtong.core.audit.models import AuditRecord, PendingRecord, RecordWords
from zhengtong.core.audit.terms import gather, list_texts, tag
from zhengtong.core.audit.words import list_names, say_action, say_kind

BATCH = 2_000


def index_words() -> int:
    """Index one batch of what waits; return how many records that were."""
    with transaction.atomic():
        held = PendingRecord.objects.select_for_update(skip_locked=True).filter(is_worded=False)
        waiting = list(held.order_by("record").values_list("record", flat=True)[:BATCH])
        if not waiting:
            return 0
        records = list(AuditRecord.objects.filter(pk__in=waiting))
        names = list_names((each.object_kind, each.object_id) for each in records)
        words = [
            RecordWords(record=each.pk, terms=list_words(each, names.get((each.object_kind, each.object_id), "")))
            for each in records
        ]
        RecordWords.objects.bulk_create(words, ignore_conflicts=True)
        PendingRecord.objects.filter(record__in=waiting).update(is_worded=True)
    return len(waiting)


def list_words(record: AuditRecord, name: str) -> list[str]:
    """Return the terms of a record: whose act, which, on what (``name`` is what people call it now), with what."""
    texts = [record.actor_name, record.purpose, name, record.object_id, say_action(record.action)]
    texts += [say_kind(record.object_kind), *list_texts(record.after), *list_texts(record.before)]
    tags = [tag("act", record.action), tag("kind", record.object_kind)]
    columns = {"name": record.actor_name, "from": record.address, "request": record.request_id}
    tags += [tag(column, value) for column, value in columns.items() if value]
    if record.organisation is not None:
        tags.append(tag("office", record.organisation))
    return gather(texts, tags)
