"""A manager registers her office's sources, checks them, suspends them; she hears of one that is down, once."""

from typing import Any

import pytest
from django.db import connection

from tests.cast import Cast
from tests.servers import MariaDBServer
from zhengtong.capabilities.sources.domain import SourceError
from zhengtong.capabilities.sources.models import Source
from zhengtong.capabilities.sources.opening import open_source, open_target
from zhengtong.capabilities.sources.services.managing import (
    amend_source,
    change_secrets,
    register_source,
    resume_source,
    suspend_source,
)
from zhengtong.capabilities.sources.services.watching import DOWN_KIND, check_source, probe_source
from zhengtong.capabilities.sources.tests.office import make_manager, register
from zhengtong.core.audit.public import AuditRecord
from zhengtong.core.identity.public import Organisation, Refused
from zhengtong.core.worklist.public import WorkItem, WorkState
from zhengtong.kernel.policy import Actor, Denied

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager(cast: Cast) -> Actor:
    return make_manager(cast)


@pytest.fixture
def source(manager: Actor, mariadb: MariaDBServer) -> Source:
    return register(manager, mariadb)


def acts() -> list[str]:
    found = AuditRecord.objects.filter(action__startswith="sources.").order_by("id")
    return list(found.values_list("action", flat=True))


def open_items() -> int:
    return WorkItem.objects.filter(kind=DOWN_KIND, state=WorkState.OPEN).count()


def test_a_registered_source_is_checked_and_says_who_answered(
    manager: Actor, source: Source, mariadb: MariaDBServer
) -> None:
    answer = check_source(actor=manager, source=source)
    source.refresh_from_db()
    assert answer.answered.startswith("MariaDB 10.")
    assert (source.answered, source.trouble) == (answer.answered, "")
    assert source.checked_at is not None
    assert acts() == ["sources.register", "sources.check"]
    with open_source(source) as opened:
        assert opened.list_tables() == []


def test_secrets_are_kept_enciphered_and_stand_in_no_record(manager: Actor, source: Source) -> None:
    change_secrets(actor=manager, source=source, secrets={"password": "another-horse-7", "unknown": "x"})
    source.refresh_from_db()
    assert source.secrets == {"password": "another-horse-7"}
    with connection.cursor() as cursor:
        cursor.execute("SELECT secrets::text FROM sources_source")
        assert "horse" not in cursor.fetchone()[0]
    for each in AuditRecord.objects.filter(action__startswith="sources."):
        assert "horse" not in str((each.before, each.after))
    answer = check_source(actor=manager, source=source)
    assert answer.code == "credentials"
    source.refresh_from_db()
    assert "口令" in source.trouble
    assert open_items() == 1


def test_settings_are_those_of_the_kind(manager: Actor, mariadb: MariaDBServer) -> None:
    source = register(manager, mariadb, settings={**mariadb.settings, "unknown": "x", "text_columns": "a.b\n\n c.d "})
    assert source.settings["text_columns"] == ["a.b", "c.d"]
    assert "unknown" not in source.settings
    for name, value in (("host", ""), ("port", 70_000)):
        with pytest.raises(Refused) as caught:
            register(manager, mariadb, code="other", settings={**mariadb.settings, name: value})
        assert caught.value.field == name
    with pytest.raises(Refused) as caught:
        register(manager, mariadb, "http", code="other", settings={"address": "https://x", "columns": "[{"})
    assert caught.value.field == "columns"


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"code": "Firms"}, "code"),
        ({"name": " "}, "name"),
        ({"bytes_a_second": 10}, "bytes_a_second"),
        ({"is_readable": False, "is_writable": False}, "is_readable"),
        ({"kind": "node"}, "kind"),
    ],
)
def test_what_is_typed_wrong_stands_at_its_field(
    manager: Actor, mariadb: MariaDBServer, given: dict[str, Any], field: str
) -> None:
    with pytest.raises(Refused) as caught:
        register(manager, mariadb, **given)
    assert caught.value.field == field
    assert not Source.objects.exists()


def test_code_and_name_are_one_sources_alone(manager: Actor, source: Source, mariadb: MariaDBServer) -> None:
    for given, field in (({"name": "另一个"}, "code"), ({"code": "other"}, "name")):
        with pytest.raises(Refused) as caught:
            register(manager, mariadb, **given)
        assert caught.value.field == field


def test_only_the_offices_own_manager_may(cast: Cast, manager: Actor, source: Source, mariadb: MariaDBServer) -> None:
    stranger = make_manager(cast, "other_manager", "禾溪县人民政府")
    with pytest.raises(Denied):
        check_source(actor=stranger, source=source)
    with pytest.raises(Denied):
        suspend_source(actor=stranger, source=source, reason="x")
    with pytest.raises(Denied):
        register(cast.reviewer, mariadb, code="other", name="别的库")
    with pytest.raises(Refused):
        register_source(
            actor=manager,
            organisation=Organisation.objects.get(name="禾溪县人民政府"),
            kind="mariadb",
            code="other",
            name="别的库",
            settings=mariadb.settings,
            secrets={},
        )


def test_a_suspended_source_is_neither_read_nor_written(manager: Actor, source: Source) -> None:
    suspend_source(actor=manager, source=source, reason="检修")
    source.refresh_from_db()
    for door in (open_source, open_target):
        with pytest.raises(SourceError) as caught, door(source):
            pass
        assert caught.value.code == "source-suspended"
    with pytest.raises(Refused):
        suspend_source(actor=manager, source=source, reason="检修")
    assert probe_source(source.pk) is None
    resume_source(actor=manager, source=source)
    source.refresh_from_db()
    with open_source(source) as opened:
        assert opened.check()


def test_amending_is_recorded_by_what_changed(manager: Actor, source: Source) -> None:
    amend_source(
        actor=manager,
        source=source,
        name="企业登记库",
        settings={**source.settings, "host": "localhost"},
        is_readable=True,
        is_writable=False,
        bytes_a_second=1_000_000,
    )
    last = AuditRecord.objects.filter(action="sources.amend").get()
    assert set(last.after or {}) == {"settings", "is_writable", "bytes_a_second"}
    source.refresh_from_db()
    with pytest.raises(SourceError) as caught, open_target(source):
        pass
    assert caught.value.code == "not-writable"


def test_one_passing_failure_is_no_alarm_two_are_one(source: Source, mariadb: MariaDBServer) -> None:
    mariadb.kill()
    try:
        seen = []
        for _turn in range(3):
            probe_source(source.pk)
            source.refresh_from_db()
            seen.append((source.failures, bool(source.trouble), open_items()))
    finally:
        mariadb.start()
    assert seen == [(1, False, 0), (2, True, 1), (3, True, 1)]
    probe_source(source.pk)
    source.refresh_from_db()
    assert (source.failures, source.trouble, open_items()) == (0, "", 0)
    probe_source(source.pk)
    assert acts() == ["sources.register", "sources.lose", "sources.find_again"]


def test_a_wrong_password_is_an_alarm_at_once(manager: Actor, source: Source) -> None:
    change_secrets(actor=manager, source=source, secrets={"password": "wrong"})
    probe_source(source.pk)
    assert open_items() == 1
    suspend_source(actor=manager, source=source, reason="更换中")
    assert open_items() == 0
