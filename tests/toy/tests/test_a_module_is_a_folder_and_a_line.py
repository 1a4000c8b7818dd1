"""What a module costs: one folder and one line in the settings, and few lines of screens for each model."""

import ast
from pathlib import Path

from django.core.management import call_command

from tests import settings as with_toy
from tests.toy.manifest import MODULE
from zhengtong.config import settings as platform
from zhengtong.kernel.modules import registry
from zhengtong.screens.declaration import AUDIENCES, ModelScreens

TOY = Path(__file__).parents[1]
ROOT = TOY.parents[1]
LINE = "tests.toy.apps.WellsConfig"
MOST_LINES_OF_SCREENS = 200


def test_it_is_one_line_in_the_settings() -> None:
    names = {name for name in vars(platform) if name.isupper()}
    assert {name for name in names if getattr(platform, name) != getattr(with_toy, name)} == {"INSTALLED_APPS"}
    assert [*platform.INSTALLED_APPS, LINE] == with_toy.INSTALLED_APPS
    assert Path(with_toy.__file__).read_text("utf-8").count("toy.") == 1


def test_no_code_outside_its_folder_names_it() -> None:
    """The engine's own tests may: they look at wells."""
    naming = [
        str(path.relative_to(ROOT))
        for folder in ("src", "tests", "tooling", "benchmarks")
        for path in (ROOT / folder).rglob("*.py")
        if "tests.toy" in path.read_text("utf-8")
        and not path.is_relative_to(TOY)
        and not ("screens" in path.parts and "tests" in path.parts)
    ]
    assert naming == ["tests/settings.py"]


def test_its_screens_take_few_lines_a_model() -> None:
    lines = len((TOY / "screens.py").read_text("utf-8").splitlines())
    models = {screens.model for screens in MODULE.declares if isinstance(screens, ModelScreens)}
    assert lines / len(models) < MOST_LINES_OF_SCREENS


def test_it_has_screens_for_every_audience_and_uses_what_the_engine_offers() -> None:
    screens = [each for each in registry.of(ModelScreens) if each.module == MODULE.code]
    assert {each.audience for each in screens} == set(AUDIENCES)
    (staff,) = (each for each in screens if each.code == "wells")
    assert all((staff.create, staff.amend, staff.actions, staff.sheet, staff.map, staff.stats, staff.filters))


def test_every_class_of_its_screens_is_a_declaration_without_views() -> None:
    tree = ast.parse((TOY / "screens.py").read_text("utf-8"))
    imported = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert not any("views" in name or "urls" in name for name in imported if name)
    assert not list(TOY.rglob("views.py")) + list(TOY.rglob("urls.py")) + list(TOY.rglob("*.html"))


def test_its_migrations_are_complete(db: None) -> None:
    call_command("makemigrations", "wells", check=True, dry_run=True, verbosity=0)


def test_the_guide_shows_the_code_as_it_is() -> None:
    guide = (ROOT / "docs" / "howto" / "add-a-module.md").read_text("utf-8")
    code = "\n".join(path.read_text("utf-8") for path in sorted(TOY.rglob("*.py")))
    blocks = [block.split("```")[0].strip("\n") for block in guide.split("```python\n")[1:]]
    assert len(blocks) > 8
    assert [block.splitlines()[0] for block in blocks if block not in code] == []
