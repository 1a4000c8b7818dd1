"""The index follows its tables, however they are written to, and loses nothing when a worker is killed."""

from collections.abc import Callable

import psycopg
import pytest
from django.core.management import call_command
from django.db import connection, transaction

from zhengtong.core.identity.public import LegalEntity
from zhengtong.core.search import indexing
from zhengtong.core.search.installing import install
from zhengtong.core.search.models import Entry, IndexedKind, PendingChange
from zhengtong.core.search.public import SearchAudience, drain, refresh, search
from zhengtong.core.search.tests.conftest import MODULE, OPEN, TEXTS
from zhengtong.kernel.modules import registry
from zhengtong.kernel.policy import ANONYMOUS

Shop = Callable[..., LegalEntity]


def names(typed: str) -> set[str]:
    return {hit.name for hit in search(ANONYMOUS, typed, audience=SearchAudience.PUBLIC, kinds=[OPEN]).hits}


def pending() -> int:
    return PendingChange.objects.filter(kind=OPEN).count()


def test_what_is_saved_changed_and_deleted_is_followed(shop: Shop) -> None:
    row = shop("澜水面馆")
    row.name = "澜水茶馆"
    row.save()
    assert names("面馆") == {"澜水面馆"}  # noted, not indexed yet
    drain()
    assert (names("面馆"), names("茶馆")) == (set(), {"澜水茶馆"})
    row.delete()
    drain()
    assert names("茶馆") == set()
    assert not Entry.objects.filter(kind=OPEN).exists()


def test_rows_that_are_copied_or_changed_in_bulk_are_followed(kinds: None) -> None:
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY {LegalEntity._meta.db_table} (credit_code, name) FROM STDIN") as copy,
    ):
        for number in range(1200):
            copy.write_row((f"C{number}", f"抄录企业{number}"))
    assert pending() == 1200
    assert drain() >= 1200
    assert names("抄录企业1199") == {"抄录企业1199"}
    LegalEntity.objects.filter(credit_code__in=["C1", "C2"]).update(name="改名企业")
    assert pending() == 2
    drain()
    assert names("改名企业") == {"改名企业"}
    LegalEntity.objects.filter(name__startswith="抄录").delete()
    drain()
    assert names("抄录企业") == set()


def test_what_is_rolled_back_was_never_noted(kinds: None) -> None:
    with transaction.atomic():
        row = LegalEntity.objects.create(name="没有的面馆", credit_code="R1")
        refresh(OPEN, [row.pk])
        assert names("面馆") == {"没有的面馆"}
        transaction.set_rollback(True)
    assert pending() == 0
    assert names("面馆") == set()


def test_a_row_that_stayed_the_same_isnt_written_again(shop: Shop) -> None:
    row = shop("澜水面馆")
    before = Entry.objects.filter(object_id=row.pk).extra(select={"version": "xmin::text"}).values_list("version")
    versions = list(before)
    row.save()
    drain()
    assert list(before.all()) == versions


def test_a_drain_that_dies_halfway_leaves_everything_noted(kinds: None) -> None:
    LegalEntity.objects.create(name="甲面馆", credit_code="K1")
    LegalEntity.objects.create(name="乙面馆", credit_code="K2")
    TEXTS["乙面馆"] = "unreadable"
    with pytest.raises(RuntimeError, match="killed"):
        drain()
    assert pending() == 2
    TEXTS["乙面馆"] = "可以读了"
    assert drain() >= 2
    assert (names("面馆"), pending()) == ({"甲面馆", "乙面馆"}, 0)
    assert drain() == 0


@pytest.mark.django_db(transaction=True)
def test_a_killed_workers_work_is_taken_up_by_the_next(kinds: None) -> None:
    """The first worker's connection is ended while it indexes; the second one had to leave the kind alone so far."""
    LegalEntity.objects.create(name="甲面馆", credit_code="K1")
    parameters = connection.get_connection_params()
    known = {key: parameters[key] for key in ("dbname", "user", "password", "host", "port") if parameters.get(key)}
    with psycopg.connect(**known) as worker:
        worker.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"search {OPEN}"])
        taken = worker.execute("DELETE FROM search_pendingchange WHERE kind = %s RETURNING id", [OPEN]).fetchall()
        assert len(taken) == 1
        drain()
        assert names("面馆") == set()
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s)", [worker.info.backend_pid])
        with pytest.raises(psycopg.OperationalError):
            worker.execute("SELECT 1")
    drain()
    assert names("面馆") == {"甲面馆"}
    assert pending() == 0


def test_an_emptied_table_empties_its_index(shop: Shop) -> None:
    shop("澜水面馆")
    with connection.cursor() as cursor:
        # Everything that hangs on it goes along; tables that only grow refuse to be emptied unless their owner insists.
        cursor.execute("SELECT tgrelid::regclass::text, quote_ident(tgname) FROM pg_trigger WHERE tgtype & 32 <> 0")
        guards = [each for each in cursor.fetchall() if "search" not in each[1]]
        for table, trigger in guards:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER {trigger}")
        cursor.execute(f"TRUNCATE {LegalEntity._meta.db_table} CASCADE")
        for table, trigger in guards:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER {trigger}")
    drain()
    for _rows in indexing.rebuild(OPEN):
        pass
    assert not Entry.objects.filter(kind=OPEN).exists()


def test_a_rebuilding_goes_on_where_it_was_broken_off(kinds: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(indexing, "BATCH", 10)
    LegalEntity.objects.bulk_create(LegalEntity(name=f"面馆{n}", credit_code=f"B{n}") for n in range(35))
    PendingChange.objects.all().delete()
    Entry.objects.create(kind=OPEN, object_id=10**9, newest_at="2026-01-01T00:00Z", title="走了", names="", digest=b"")
    indexing.start_rebuilding([OPEN])
    steps = indexing.rebuild(OPEN)
    assert next(steps) == 10
    steps.close()
    assert indexing.list_unfinished() == [OPEN]
    assert Entry.objects.filter(kind=OPEN, title__startswith="面馆").count() == 10
    call_command("reindex", "--continue")
    assert indexing.list_unfinished() == []
    assert Entry.objects.filter(kind=OPEN).count() == 35
    call_command("reindex", OPEN)
    assert Entry.objects.filter(kind=OPEN).count() == 35


def test_a_kind_that_is_no_longer_declared_vanishes(shop: Shop) -> None:
    shop("澜水面馆")
    del registry.modules[MODULE.code]
    try:
        install(connection)
        assert not Entry.objects.filter(kind=OPEN).exists()
        assert not IndexedKind.objects.filter(kind=OPEN).exists()
        LegalEntity.objects.create(name="新面馆", credit_code="V1")
        assert pending() == 0
    finally:
        registry.register(MODULE)
    install(connection)
    assert OPEN in indexing.list_unfinished()  # declared again, it is built again


def test_installing_again_changes_nothing(kinds: None) -> None:
    def triggers() -> list[tuple[str, int]]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT tgname, oid FROM pg_trigger WHERE tgname LIKE 'search\\_note\\_%' ORDER BY 1")
            found: list[tuple[str, int]] = cursor.fetchall()
            return found

    before = triggers()
    install(connection)
    assert triggers() == before != []
    assert indexing.list_unfinished() == []
