"""Writing the journal."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection
from django.db.models import Model
from django.utils import timezone

from zhengtong.core.audit.domain import canonical, sm3
from zhengtong.core.audit.models import AuditRecord
from zhengtong.kernel.policy import Actor
from zhengtong.kernel.steps import at_end

_encode = DjangoJSONEncoder().encode
_COLUMNS = tuple(field.attname for field in AuditRecord._meta.concrete_fields if not field.primary_key)


def _plain(value: Mapping[str, Any] | None) -> Any:
    # Through the encoder once, so that the digest is over exactly what the column will hold.
    return None if value is None else json.loads(_encode(dict(value)))


def record(
    actor: Actor,
    action: str,
    obj: Model | tuple[str, object],
    *,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    subject: str | None = None,
) -> None:
    """Write one record in the caller's transaction; with its other records at the end of its step, if it is in one.

    ``obj`` is a row or a pair of kind and id. ``before`` and ``after`` hold what changed; they carry no
    identity numbers, passwords or codes, because the journal is read by people who may not see those.
    ``subject`` is the keyed digest of the person whose data this was a look at: she can find it by that.
    """
    at_end(record_all, build(actor, action, obj, before=before, after=after, subject=subject))


def record_all(entries: Iterable[AuditRecord]) -> None:
    """Write records made by :func:`build` in one statement.

    They go as one JSON text: every write of the platform pays for this insert, and so it costs a quarter.
    """
    rows = [{name: getattr(entry, name) for name in _COLUMNS} for entry in entries]
    if not rows:
        return
    names = ", ".join(_COLUMNS)
    table = AuditRecord._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({names}) SELECT {names} FROM json_populate_recordset(NULL::{table}, %s)",
            [json.dumps(rows, ensure_ascii=False, default=str)],
        )


def build(
    actor: Actor,
    action: str,
    obj: Model | tuple[str, object],
    *,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    subject: str | None = None,
) -> AuditRecord:
    """Return a record that isn't written yet."""
    kind, key = (obj._meta.label_lower, obj.pk) if isinstance(obj, Model) else obj
    fields: dict[str, Any] = {
        "at": timezone.now(),
        "actor_kind": str(actor.kind),
        "account": actor.account,
        "actor_name": actor.name,
        "appointment": actor.appointment,
        "organisation": actor.organisation,
        "principal": actor.principal,
        "agent": actor.agent,
        "subject": subject or None,
        "action": action,
        "object_kind": kind,
        "object_id": str(key),
        "before": _plain(before),
        "after": _plain(after),
        "address": actor.address,
        "request_id": actor.request_id,
        "purpose": actor.purpose,
    }
    return AuditRecord(digest=sm3(canonical(fields)), **fields)
