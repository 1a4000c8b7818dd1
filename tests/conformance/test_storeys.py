"""Tables obey the storeys as imports do: a foreign key, and a migration's dependency, goes down or stays."""

import ast
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import AppConfig, apps
from django.conf import settings
from django.db import models
from django.db.migrations.loader import MigrationLoader

CONTRACTS = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]
# Packages inside a module of the same storey stand on it.
INSIDE = {"screens": ["screens", "screens.sheets"]}


def list_floors() -> Iterator[list[str]]:
    """Yield the floors from the ground up, as the import contracts have them.

    Storeys without an order among their modules are one floor, whose modules don't know each other.
    """
    ordered = {
        contract["containers"][0]: contract["layers"] for contract in CONTRACTS["contracts"] if "layers" in contract
    }
    for storey in reversed(ordered["zhengtong"]):
        if within := ordered.get(f"zhengtong.{storey}"):
            yield from ([f"{storey}.{module}"] for module in reversed(within))
        elif storey in INSIDE:
            yield from ([module] for module in INSIDE[storey])
        else:
            yield [storey]


def floor_of(name: str) -> int:
    """Return the floor that a module's package stands on. Raises LookupError."""
    for number, floor in enumerate(list_floors()):
        for storey in floor:
            is_module_of_it = name.startswith(f"zhengtong.{storey}.") and storey in {"desks", "sectors"}
            if name == f"zhengtong.{storey}" or is_module_of_it:
                return number
    raise LookupError(f"{name} stands on no floor: see the import contracts in pyproject.toml")


OURS = [config for config in apps.get_app_configs() if config.name.startswith("zhengtong.")]
FLOOR = {config.name: floor_of(config.name) for config in OURS}
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


def test_the_ground_and_the_roof_are_where_they_belong() -> None:
    assert FLOOR["zhengtong.kernel"] == 0
    assert FLOOR["zhengtong.sectors.food"] == max(FLOOR.values())
    with pytest.raises(LookupError):
        floor_of("zhengtong.capabilities.nowhere")


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
    inner = f"{config.name}."
    higher = [name for name, floor in FLOOR.items() if floor > FLOOR[config.name] and not name.startswith(inner)]
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
