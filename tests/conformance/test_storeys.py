"""Tables obey the storeys as imports do: a foreign key, and a migration's dependency, goes down or stays."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import AppConfig, apps
from django.conf import settings
from django.db import models
from django.db.migrations.loader import MigrationLoader

# From the ground up. Desks and sectors have several modules on one floor, which don't know each other.
FLOORS = [
    ["kernel"],
    ["core.crypto"],
    ["core.audit"],
    ["core.identity"],
    ["core.files"],
    ["core.messages"],
    ["core.worklist"],
    ["core.papers"],
    ["core.search"],
    ["screens"],
    ["capabilities.cases"],
    ["capabilities.registers"],
    ["capabilities.licences"],
    ["desks.hall", "desks.window", "desks.workbench"],
    ["sectors.food"],
]
FLOOR = {f"zhengtong.{name}": number for number, floor in enumerate(FLOORS) for name in floor}
OURS = [config for config in apps.get_app_configs() if config.name.startswith("zhengtong.")]
LABEL = {config.label: config for config in OURS}


def allowed(upper: AppConfig, lower: AppConfig) -> bool:
    return upper.name == lower.name or FLOOR[lower.name] < FLOOR[upper.name]


def relations() -> Iterator[tuple[str, AppConfig, AppConfig]]:
    """Yield every relation between our tables: the field's name, the module it is in, the module it leads to."""
    for config in OURS:
        for model in config.get_models(include_auto_created=True):
            for field in model._meta.get_fields():
                if isinstance(field, models.ForeignKey | models.ManyToManyField):
                    target = field.related_model._meta.app_config
                    if target is not None and target.name in FLOOR:
                        yield str(field), config, target


def test_every_module_has_its_floor() -> None:
    assert {config.name for config in OURS} == FLOOR.keys()


def test_modules_are_installed_from_the_ground_up() -> None:
    installed = [FLOOR[config.name] for config in OURS]
    core_and_up = [floor for floor in installed if floor > FLOOR["zhengtong.core.papers"]]
    assert core_and_up == sorted(core_and_up)


def test_no_table_points_up_or_sideways() -> None:
    found = list(relations())
    assert len(found) > 30
    assert [f"{field} → {to.label}" for field, at, to in found if not allowed(at, to)] == []


def test_no_migration_depends_on_one_above() -> None:
    loader = MigrationLoader(None)
    edges = [
        (f"{label}.{name} → {needs[0]}", LABEL[label], LABEL[needs[0]])
        for (label, name), migration in loader.disk_migrations.items()
        for needs in migration.dependencies
        if label in LABEL and needs[0] in LABEL
    ]
    assert len(edges) > 5
    assert [said for said, at, to in edges if not allowed(at, to)] == []
    back = [str(m) for (label, _), m in loader.disk_migrations.items() if label in LABEL and m.run_before]
    assert back == []


def test_no_row_is_reached_by_a_relation_without_a_floor() -> None:
    """A generic foreign key would reach any table: there are none."""
    names = {type(field).__name__ for config in OURS for m in config.get_models() for field in m._meta.private_fields}
    assert names <= set()


@pytest.mark.parametrize("config", OURS, ids=lambda config: str(config.label))
def test_a_modules_own_words_name_nothing_above(config: AppConfig) -> None:
    """A module's code names no module above its own, not even in a string that is imported later."""
    higher = [name for name, floor in FLOOR.items() if floor > FLOOR[config.name]]
    beside = [name for name, floor in FLOOR.items() if floor == FLOOR[config.name] and name != config.name]
    folder = Path(config.path)
    assert folder.is_relative_to(settings.PACKAGE)
    named = [
        f"{path.relative_to(folder)}: {node.value}"
        for path in folder.rglob("*.py")
        if "tests" not in path.parts and "migrations" not in path.parts
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and any(node.value == name or node.value.startswith(f"{name}.") for name in (*higher, *beside))
    ]
    assert named == []
