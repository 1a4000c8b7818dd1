"""The probe compares what is published with a real table: what differs is the provider's work until it matches."""

from collections.abc import Iterator

import pytest
from django.db import connection

from zhengtong.capabilities.catalogue.models import Field, Mount, Resource, ResourceVersion, VersionStatus
from zhengtong.capabilities.catalogue.permissions_finding import PROBE
from zhengtong.capabilities.catalogue.probing import DRIFT_WORK, list_due, probe_mount
from zhengtong.capabilities.catalogue.tests.finding_fixtures import found_office
from zhengtong.capabilities.catalogue.tests.finding_samples import TABLE, actor_in, enter, own_source, publish_now
from zhengtong.core.identity.public import Refused
from zhengtong.core.worklist.public import WorkItem, WorkState
from zhengtong.kernel.policy import SYSTEM, Denied

pytestmark = pytest.mark.django_db(transaction=True)


def change(*statements: str) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


@pytest.fixture
def mount(transactional_db: None) -> Iterator[Mount]:
    change(
        f"DROP TABLE IF EXISTS {TABLE}",
        f"CREATE TABLE {TABLE} (code varchar(18) PRIMARY KEY, name varchar(100), amount numeric(14,2), "
        "changed timestamptz)",
    )
    office = found_office("安澜市市场监督管理局", 1)
    resource = enter(office, 1, "企业登记基本信息", fields=())
    version = ResourceVersion.objects.create(
        resource=resource,
        number=2,
        status=VersionStatus.DRAFT,
        name=resource.name,
        abstract="摘要",
        classification=resource.classification,
        share_type="conditional",
        update_cycle="daily",
    )
    said = (
        ("code", "text", 18, None, None, False, False),
        ("name", "text", 100, None, None, False, True),
        ("amount", "decimal", None, 14, 2, False, True),
        ("changed", "datetime", None, None, None, True, True),
    )
    Field.objects.bulk_create(
        Field(
            version=version, position=at, code=code, name=f"项{code}", column=code, kind=kind, length=length,
            precision=precision, scale=scale, has_zone=zone, is_nullable=nullable,
        )
        for at, (code, kind, length, precision, scale, zone, nullable) in enumerate(said, 1)
    )  # fmt: skip
    publish_now(resource, version)
    yield Mount.objects.create(resource=resource, source=own_source(office), kind="table", place=TABLE)
    change(f"DROP TABLE IF EXISTS {TABLE}")


def probe(mount: Mount) -> tuple[str, list[str], int, int]:
    found = probe_mount(actor=SYSTEM, mount=mount)
    resource = Resource.objects.get(pk=mount.resource_id)
    work = WorkItem.objects.filter(kind=DRIFT_WORK, object_id=resource.pk, state=WorkState.OPEN).count()
    return found.state, [each["problem"] for each in found.findings], resource.drifts, work


def test_what_differs_is_work_until_it_matches_again(mount: Mount) -> None:
    assert list_due() == [mount.pk]
    assert probe(mount) == ("matches", [], 0, 0)
    assert list_due() == []
    change(f"ALTER TABLE {TABLE} ALTER name TYPE varchar(200)", f"ALTER TABLE {TABLE} DROP amount")
    assert probe(mount) == ("drifted", ["length", "missing"], 2, 1)
    assert probe(mount) == ("drifted", ["length", "missing"], 2, 1)
    change(f"ALTER TABLE {TABLE} ALTER name TYPE varchar(100)", f"ALTER TABLE {TABLE} ADD amount numeric(14,2)")
    assert probe(mount) == ("matches", [], 0, 0)


@pytest.mark.parametrize(
    ("statement", "problems", "drifts"),
    [
        ("RENAME name TO title", ["missing", "extra"], 1),
        ("ALTER amount TYPE text", ["kind"], 1),
        ("ALTER amount TYPE numeric(16,4)", ["digits"], 1),
        ("ALTER changed TYPE timestamp", ["zone"], 1),
        ("ADD remark text", ["extra"], 0),
        ("ALTER name SET NOT NULL", ["required"], 0),
    ],
)
def test_each_change_of_the_table_is_seen(mount: Mount, statement: str, problems: list[str], drifts: int) -> None:
    change(f"ALTER TABLE {TABLE} {statement}")
    state, found, count, work = probe(mount)
    assert (found, count, work) == (problems, drifts, min(drifts, 1))
    assert state == ("drifted" if drifts else "matches")


def test_a_table_that_is_gone_differs(mount: Mount) -> None:
    change(f"DROP TABLE {TABLE}")
    assert probe(mount) == ("drifted", ["unreadable"], 1, 1)


def test_a_source_that_is_down_is_away_and_nobodys_fault(mount: Mount) -> None:
    mount.source.settings = {**mount.source.settings, "host": "127.0.0.1", "port": 9}
    mount.source.save()
    assert probe(mount) == ("away", ["away"], 0, 0)


def test_only_who_may_looks_and_only_at_what_is_published(mount: Mount) -> None:
    office = mount.resource.provider
    with pytest.raises(Denied):
        probe_mount(actor=actor_in(office, "catalogue.find_resource"), mount=mount)
    assert probe_mount(actor=actor_in(office, PROBE), mount=mount).state == "matches"
    Resource.objects.update(state="retired")
    with pytest.raises(Refused, match="not-published"):
        probe_mount(actor=SYSTEM, mount=mount)
