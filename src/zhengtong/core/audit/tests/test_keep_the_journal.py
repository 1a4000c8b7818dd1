"""The journal is only added to, each record proves itself, and nobody reads a number in it."""

from dataclasses import replace

import pytest
from django.db import InternalError, ProgrammingError, connection, transaction
from django.db.models import Model

from tests.cast import PERSON, PHONE, Cast
from zhengtong.core.audit.public import AuditRecord, build, canonical, is_unaltered, record, record_all, sm3
from zhengtong.kernel.policy import SYSTEM

# What the digest is over: every column but the digest itself and the row's number.
FIELDS = [field.name for field in AuditRecord._meta.concrete_fields if field.name not in ("id", "digest")]


def proves_itself(entry: AuditRecord) -> bool:
    return entry.digest == sm3(canonical({name: getattr(entry, name) for name in FIELDS}))


@pytest.mark.django_db
@pytest.mark.parametrize(
    "sql",
    ["UPDATE audit_auditrecord SET actor_name = '别人'", "DELETE FROM audit_auditrecord"],
    ids=["change", "delete"],
)
def test_the_database_itself_refuses_to_touch_a_record(sql: str) -> None:
    record(SYSTEM, "test.act", ("test.thing", 1), after={"state": "open"})
    with (
        pytest.raises((InternalError, ProgrammingError), match="journal records are never changed"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql)
    assert AuditRecord.objects.get(action="test.act").actor_name == SYSTEM.name


@pytest.mark.django_db
def test_the_journal_can_not_be_emptied() -> None:
    record(SYSTEM, "test.act", ("test.thing", 1))
    with connection.cursor() as cursor:
        # Switched off for the tests that empty all tables at their end; it is on wherever the platform runs.
        cursor.execute("ALTER TABLE audit_auditrecord ENABLE TRIGGER audit_no_truncate")
        with (
            pytest.raises((InternalError, ProgrammingError), match="journal records are never changed"),
            transaction.atomic(),
        ):
            cursor.execute("TRUNCATE audit_auditrecord")
    assert AuditRecord.objects.filter(action="test.act").exists()


def test_a_record_from_before_subject_and_agent_keeps_its_digest() -> None:
    written_before = {"action": "test.act", "principal": None, "purpose": ""}
    now = {**written_before, "agent": None, "subject": None}
    assert canonical(now) == canonical(written_before) == b'{"action":"test.act","principal":null,"purpose":""}'
    assert canonical({**now, "subject": "ab"}) != canonical(now)
    assert canonical({**now, "agent": 7}) != canonical(now)


@pytest.mark.django_db
def test_subject_and_agent_are_proven_too() -> None:
    record(replace(SYSTEM, agent=7), "test.look", ("test.thing", 1), subject="ab" * 32)
    entry = AuditRecord.objects.get(action="test.look")
    assert (entry.agent, entry.subject, is_unaltered(entry)) == (7, "ab" * 32, True)
    entry.subject = None
    assert not is_unaltered(entry)


@pytest.mark.django_db
def test_the_digest_is_over_what_the_row_holds() -> None:
    record(SYSTEM, "test.act", ("test.thing", 1), before={"中文": [1, None]}, after={"a": 1.5, "b": {"c": True}})
    record_all([build(SYSTEM, "test.act", ("test.thing", each)) for each in range(2)])
    entries = list(AuditRecord.objects.filter(action="test.act"))
    assert len(entries) == 3
    assert all(map(proves_itself, entries))
    entries[0].actor_name = "别人"
    assert not proves_itself(entries[0])


def test_sm3_is_the_standards() -> None:
    # GB/T 32905 appendix A.1.
    assert sm3(b"abc") == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"


def test_every_act_on_a_case_is_proven_and_names_who(cast: Cast) -> None:
    case = cast.granted()
    entries = list(AuditRecord.objects.all())
    assert len(entries) > 10
    assert [entry.action for entry in entries if not proves_itself(entry)] == []
    decided = next(entry for entry in entries if entry.action == "cases.decide_grant")
    assert (decided.appointment, decided.organisation) == (cast.approver.appointment, cast.approver.organisation)
    assert (decided.object_kind, decided.object_id) == (kind_of(case), str(case.pk))


def kind_of(row: Model) -> str:
    return row._meta.label_lower


def test_no_identity_number_or_phone_is_in_the_journal(cast: Cast) -> None:
    cast.granted()
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(audit_auditrecord::text, ' ') FROM audit_auditrecord")
        journal = cursor.fetchone()[0]
    assert len(journal) > 1000
    assert PERSON not in journal
    assert PHONE not in journal
