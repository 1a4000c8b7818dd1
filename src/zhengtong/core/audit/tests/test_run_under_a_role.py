"""The platform's own role adds to the journal and nothing more, whatever it tries; a real role, logged in."""

from collections.abc import Iterator
from io import StringIO
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from psycopg import Connection, connect, errors

from zhengtong.core.audit.models import AuditRecord, JournalLeaf, PendingRecord
from zhengtong.core.audit.public import record
from zhengtong.core.audit.role import say_rights
from zhengtong.core.audit.sealing import close_root
from zhengtong.core.audit.tests.conftest import Sealing
from zhengtong.core.audit.tests.test_close_blocks import seal_all
from zhengtong.kernel.policy import SYSTEM

PASSWORD = "a-role-of-its-own"


@pytest.fixture
def role(transactional_db: None) -> Iterator[str]:
    name = f"zhengtong_app_{uuid4().hex[:8]}"
    call_command("audit_role", name, "--password", PASSWORD, stdout=StringIO())
    with connection.cursor() as cursor:
        # Who isn't a superuser takes on, and drops what belongs to, only roles that she is a member of.
        cursor.execute(f"GRANT {name} TO CURRENT_USER")
    yield name
    with connection.cursor() as cursor:
        cursor.execute(f"DROP OWNED BY {name}")
        cursor.execute(f"DROP ROLE {name}")


@pytest.fixture
def as_role(role: str) -> Iterator[Connection[Any]]:
    """The platform's connection as that role: logged in where the server takes passwords or trusts the socket."""
    given = connection.get_connection_params()
    kept = {each: given[each] for each in ("dbname", "host", "port") if given.get(each)}
    try:
        other = connect(**kept, user=role, password=PASSWORD, autocommit=True)
    except errors.OperationalError:  # a server that asks the system who one is
        names = ("dbname", "host", "port", "user", "password")
        other = connect(**{each: given[each] for each in names if given.get(each)}, autocommit=True)
        other.execute(f"SET ROLE {role}")
    with other:
        yield other


ATTEMPTS = [
    "UPDATE {} SET {} = {}",
    "DELETE FROM {}",
    "TRUNCATE {}",
    "ALTER TABLE {} DISABLE TRIGGER ALL",
    "DROP TABLE {}",
]
TABLES = {
    "audit_auditrecord": "actor_name",
    "audit_journalblock": "header",
    "audit_journalleaf": "digest",
    "audit_journalroot": "header",
    "audit_journalcertificate": "der",
    "audit_rootreceipt": "answer",
}


def test_the_role_adds_and_can_do_nothing_else(sealing: Sealing, as_role: Connection[Any]) -> None:
    record(SYSTEM, "test.act", ("test.thing", 1))
    seal_all()
    close_root()
    for table, column in TABLES.items():
        for attempt in ATTEMPTS:
            with pytest.raises(errors.InsufficientPrivilege):
                as_role.execute(attempt.format(table, column, column))
    for attempt in (
        "SET session_replication_role = replica",
        "INSERT INTO audit_pendingrecord VALUES (1, '', true, now())",
        "UPDATE audit_pendingrecord SET digest = ''",
        "DROP FUNCTION audit_refuse_change() CASCADE",
        "CREATE OR REPLACE FUNCTION audit_refuse_change() RETURNS trigger LANGUAGE sql AS ''",
    ):
        with pytest.raises((errors.InsufficientPrivilege, errors.InvalidFunctionDefinition)):
            as_role.execute(attempt)
    assert say_rights(as_role.cursor()) == {table: [] for table in sorted(TABLES)}


def test_the_platform_works_under_the_role(sealing: Sealing, as_role: Connection[Any], role: str) -> None:
    seal_all()
    as_role.execute(
        "INSERT INTO audit_auditrecord (at, actor_kind, actor_name, action, object_kind, object_id, address, "
        "request_id, purpose, digest) "
        "VALUES (now(), 'system', '', 'test.act', 'test.thing', '1', '', '', '', repeat('ab', 32))"
    )
    assert PendingRecord.objects.count() == 1
    # The sealer, too, runs under the role.
    with connection.cursor() as cursor:
        cursor.execute(f"SET ROLE {role}")
    try:
        seal_all()
        assert close_root() is not None
    finally:
        with connection.cursor() as cursor:
            cursor.execute("RESET ROLE")
    assert JournalLeaf.objects.filter(pk=AuditRecord.objects.get(action="test.act").pk).exists()


def test_the_command_may_be_run_again_and_says_what_a_connection_could_do(role: str) -> None:
    call_command("audit_role", role, stdout=StringIO())
    shown = StringIO()
    call_command("audit_role", f"{role}_other", "--sql", stdout=shown)
    assert "CREATE ROLE" in shown.getvalue()
    assert "REVOKE ALL" in shown.getvalue()
    with connection.cursor() as cursor:
        cursor.execute("SELECT FROM pg_roles WHERE rolname = %s", [f"{role}_other"])
        assert cursor.fetchone() is None
    with pytest.raises(CommandError, match="能改动日志"):
        call_command("audit_role", "--check", stdout=StringIO())
