"""Every migration goes forward and back, and the models are what the migrations make."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from io import StringIO

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations import Migration
from django.db.migrations.executor import MigrationExecutor
from pytest_django.plugin import DjangoDbBlocker

from zhengtong.config.migrating import in_less_time

# Modules with tables, the highest storey first: each may be taken away while those below stay.
LABELS = [
    config.label
    for config in reversed(list(apps.get_app_configs()))
    if config.name.startswith("zhengtong.") and list(config.get_models())
]
SCRATCH = "scratch"


@pytest.fixture(scope="module")
def scratch(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[BaseDatabaseWrapper]:
    """A migrated database of its own: what other tests stand on isn't taken apart."""
    default = connections["default"]
    name = f"{default.settings_dict['NAME']}_{SCRATCH}"
    quoted = default.ops.quote_name(name)
    with django_db_blocker.unblock():
        with default._nodb_cursor() as cursor:
            cursor.execute(f"DROP DATABASE IF EXISTS {quoted}")
            cursor.execute(f"CREATE DATABASE {quoted} TEMPLATE {default.settings_dict['TEST']['TEMPLATE']}")
        connections.databases[SCRATCH] = {**default.settings_dict, "NAME": name}
        try:
            call_command("migrate", database=SCRATCH, verbosity=0)
            yield connections[SCRATCH]
        finally:
            connections[SCRATCH].close()
            del connections[SCRATCH]
            del connections.databases[SCRATCH]
            with default._nodb_cursor() as cursor:
                cursor.execute(f"DROP DATABASE {quoted}")


def tables(database: BaseDatabaseWrapper) -> set[str]:
    with database.cursor() as cursor:
        return set(database.introspection.table_names(cursor))


def test_every_module_with_tables_is_found() -> None:
    assert {"kernel", "identity", "audit", "files", "worklist", "papers", "cases", "licences"} <= set(LABELS)
    assert LABELS.index("licences") < LABELS.index("cases") < LABELS.index("identity") < LABELS.index("kernel")


@pytest.mark.django_db
def test_the_models_are_what_the_migrations_make() -> None:
    call_command("makemigrations", check_changes=True, dry_run=True, stdout=StringIO())  # exits when they are not


def own_tables(label: str) -> set[str]:
    models = apps.get_app_config(label).get_models()
    return {model._meta.db_table for model in models if model._meta.managed and not model._meta.proxy}


@dataclass
class Taken:
    """Which tables stood before a module was taken away, and which after it."""

    before: set[str]
    after: set[str] = field(default_factory=set)


@pytest.fixture(scope="module")
def standing(scratch: BaseDatabaseWrapper) -> set[str]:
    return tables(scratch)


@pytest.fixture(scope="module")
def taken(scratch: BaseDatabaseWrapper, standing: set[str]) -> dict[str, Taken]:
    """Each module was taken away by its own migrations, from the top downwards, in one walk."""
    found: dict[str, Taken] = {}

    def look(step: str, migration: Migration | None = None, _fake: bool | None = None) -> None:
        if migration is None or migration.app_label not in LABELS:
            return
        if step == "unapply_start" and migration.app_label not in found:
            found[migration.app_label] = Taken(tables(scratch))
        elif step == "unapply_success":
            found[migration.app_label].after = tables(scratch)

    with in_less_time():
        MigrationExecutor(scratch, look).migrate([(label, None) for label in LABELS])
    return found


@pytest.mark.parametrize("label", LABELS)
def test_a_module_is_taken_away_and_those_below_stay(label: str, taken: dict[str, Taken]) -> None:
    """Nothing of its is left, and it took nothing of another's."""
    below = set().union(*(own_tables(each) for each in LABELS[LABELS.index(label) + 1 :]))
    assert own_tables(label) | below <= taken[label].before
    assert not own_tables(label) & taken[label].after
    assert below <= taken[label].after


@pytest.mark.usefixtures("taken")
def test_all_come_back(standing: set[str], scratch: BaseDatabaseWrapper) -> None:
    assert not tables(scratch) & set().union(*map(own_tables, LABELS))
    with in_less_time():
        call_command("migrate", database=SCRATCH, verbosity=0)
    assert tables(scratch) == standing
    executor = MigrationExecutor(scratch)
    assert executor.migration_plan(executor.loader.graph.leaf_nodes()) == []
