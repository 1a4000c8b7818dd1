"""What a module declares becomes an entry by itself, and can be read by its provider and nothing else can."""

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, connection, transaction

from zhengtong.capabilities.catalogue.dataset_declaring import Dataset, Item
from zhengtong.capabilities.catalogue.datasets import (
    drop_views_before_migrating,
    keep_dataset,
    keep_datasets,
    propose_new_datasets,
    role_of,
    schema_of,
    write_view,
)
from zhengtong.capabilities.catalogue.models import Classification, Field, Mount, Resource
from zhengtong.capabilities.catalogue.probing import probe_mount
from zhengtong.capabilities.catalogue.tests.finding_fixtures import found_office
from zhengtong.capabilities.catalogue.tests.finding_samples import classify, publish_now
from zhengtong.capabilities.sources.public import Reading, SourceError, open_source
from zhengtong.kernel.modules import registry
from zhengtong.kernel.policy import SYSTEM

CLASSES = Dataset(
    code="sample.classes",
    model=Classification,
    title="资源分类",
    abstract="目录的分类。",
    columns=("code", Item("name", personal="personal", grade=2, mask="name"), Item("parent__code", "上级代码")),
    provider="市场监督管理局",
    classification="101001",
    keys=("code",),
    share_condition="说明用途。",
)


def test_every_declared_data_set_can_be_proposed() -> None:
    declared = list(registry.of(Dataset))
    assert len(declared) >= 5
    for dataset in declared:
        text = dataset.make_text()
        assert all(field.name and field.kind for field in text.fields)
        assert dataset.classification


@pytest.mark.parametrize("column", ["nothing", "parent", "name__more", "parent__nothing"])
def test_what_is_no_value_is_refused_when_it_is_declared(column: str) -> None:
    with pytest.raises(ImproperlyConfigured):
        Dataset(**{**vars(CLASSES), "columns": ("code", column)}).make_text()


def test_sealed_columns_are_refused() -> None:
    from zhengtong.capabilities.sources.public import Source

    with pytest.raises(ImproperlyConfigured):
        Dataset(**{**vars(CLASSES), "model": Source, "columns": ("code", "secrets")}).make_text()


@pytest.mark.django_db(transaction=True)
def test_a_data_set_is_a_draft_that_can_be_read_and_matches() -> None:
    classify()
    office = found_office("安澜市市场监督管理局", 1)
    try:
        resource = keep_dataset(actor=SYSTEM, dataset=CLASSES, provider=office)
        assert keep_dataset(actor=SYSTEM, dataset=CLASSES, provider=office) == resource
        assert (resource.state, resource.dataset, resource.provider) == ("compiling", "sample.classes", office)
        name = Field.objects.get(version__resource=resource, code="name")
        assert (name.personal, name.is_proposed, name.length) == ("personal", True, 60)
        mount = Mount.objects.select_related("source").get(resource=resource)
        with open_source(mount.source) as read:
            # The other three are PostGIS's own views, which everybody may read; there is nothing of the platform's.
            assert [each for each in read.list_tables() if not each.startswith("public.geo")] in (
                ["sample_classes"],
                ["public.spatial_ref_sys", "sample_classes"],
            )
            rows = sum(batch.num_rows for batch in read.read(Reading("sample_classes", ("code", "parent__code"))))
            assert rows == Classification.objects.count()
            for table in ("public.identity_account", "identity_account", "public.sources_source"):
                with pytest.raises(SourceError):
                    list(read.read(Reading(table, ("id",))))
        Resource.objects.filter(pk=resource.pk).update(state="published")
        resource.refresh_from_db()
        publish_now(resource, resource.versions.get())
        found = probe_mount(actor=SYSTEM, mount=mount)
        # A view says of no column that it is never empty.
        assert [(each["problem"], each["column"]) for each in found.findings] in ([], [("empty", "code")])
        narrower = Dataset(**{**vars(CLASSES), "columns": ("code", "name")})
        assert write_view(narrower, office.pk)
        assert not write_view(narrower, office.pk)
        missed = probe_mount(actor=SYSTEM, mount=mount)
        assert ("missing", "parent__code") in [(each["problem"], each["column"]) for each in missed.findings]
    finally:
        drop_views(office.pk)


def drop_views(provider_id: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"DROP SCHEMA IF EXISTS {schema_of(provider_id)} CASCADE")
        cursor.execute(f'DROP ROLE IF EXISTS "{role_of(provider_id)}"')


@pytest.mark.django_db(transaction=True)
def test_all_that_is_declared_stands_after_the_job_and_the_next_finds_nothing_to_do() -> None:
    for dataset in registry.of(Dataset):
        classify(dataset.classification, f"类{dataset.classification}")
    offices = [
        found_office(f"安澜市{name}", at)
        for at, name in enumerate(sorted({each.provider for each in registry.of(Dataset)}))
    ]
    try:
        assert keep_datasets(actor=SYSTEM) == []
        made = set(Resource.objects.exclude(dataset="").values_list("dataset", flat=True))
        assert made == {dataset.code for dataset in registry.of(Dataset)}
        for mount in Mount.objects.select_related("source", "resource"):
            with open_source(mount.source) as read:
                table = read.read_table(mount.place)
                columns = tuple(column.name for column in table.columns)
                assert columns == tuple(field.column for field in mount.resource.versions.get().fields.all())
                list(read.read(Reading(mount.place, columns)))
        assert keep_datasets(actor=SYSTEM) == []
        assert Resource.objects.exclude(dataset="").count() == len(made)
    finally:
        for office in offices:
            drop_views(office.pk)


@pytest.mark.django_db(transaction=True)
def test_views_make_way_for_a_migration_and_come_back_with_the_starting_rows() -> None:
    for dataset in registry.of(Dataset):
        classify(dataset.classification, f"类{dataset.classification}")
    office = found_office("安澜市司法局", 1)
    try:
        assert propose_new_datasets(actor=SYSTEM) == ["powers.entry"]
        assert propose_new_datasets(actor=SYSTEM) == []
        alter = "ALTER TABLE powers_powerentry ALTER COLUMN name TYPE varchar(999)"
        with pytest.raises(DatabaseError, match="view"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(alter)
        with transaction.atomic(), connection.cursor() as cursor:
            drop_views_before_migrating(plan=())
            with pytest.raises(DatabaseError, match="view"), transaction.atomic():
                cursor.execute(alter)
            drop_views_before_migrating(plan=[("a migration", False)])
            cursor.execute(alter)
            transaction.set_rollback(True)
        drop_views_before_migrating(plan=[("a migration", False)])
        assert propose_new_datasets(actor=SYSTEM) == ["powers.entry"]
        mount = Mount.objects.select_related("source").get(resource__dataset="powers.entry")
        with open_source(mount.source) as read:
            assert read.count(Reading(mount.place, ("code",))) > 0
    finally:
        drop_views(office.pk)


@pytest.mark.django_db
def test_without_its_department_a_data_set_waits() -> None:
    assert len(keep_datasets(actor=SYSTEM)) == len(list(registry.of(Dataset)))
    assert not Resource.objects.exclude(dataset="").exists()
