"""Somebody starts a module: what the command writes passes every check at once, and bad names are refused in words."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection

from zhengtong.screens.skeletons import Plan, Unusable

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent
# What startmodule, the checks and the conformance tests read of the project.
NEEDED = ("src", "tests", "tooling", "conftest.py", "pyproject.toml")
WELLS = ["water", "--title", "水资源", "--model", "WaterWell:取水井", "--install", "--fields"]
FIELDS = ["depth:decimal:井深", "drilled_date:date:成井日期", "is_metered:flag:已装表", "daily_yield:integer:日出水量"]
FILES = {
    "__init__.py",
    "apps.py",
    "locale/en/LC_MESSAGES/django.mo",
    "locale/en/LC_MESSAGES/django.po",
    "manifest.py",
    "migrations/0001_keep_water_wells.py",
    "migrations/__init__.py",
    "models.py",
    "permissions.py",
    "screens.py",
    "services.py",
    "tests/__init__.py",
    "tests/samples.py",
    "tests/test_register_water_wells.py",
}


class Copy:
    """The project in a folder of its own, with commands that see this copy only."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name in NEEDED:
            source = ROOT / name
            if source.is_dir():
                shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__", "*.pyc"))
            else:
                shutil.copy(source, folder / name)
        database = connection.settings_dict
        self.environment = {
            **os.environ,
            "PYTHONPATH": f"{folder / 'src'}:{folder}",
            "DJANGO_SETTINGS_MODULE": "zhengtong.config.settings",
            "DATA_DIR": str(folder / "data"),
            "DATABASE_URL": f"postgresql:///{database['NAME']}_made?host={database['HOST']}&user={database['USER']}"
            f"&password={database['PASSWORD']}&port={database['PORT']}",
        }
        for name in list(self.environment):
            if name.startswith("PYTEST_"):
                del self.environment[name]

    def run(self, *command: str) -> str:
        done = subprocess.run(
            command, cwd=self.folder, env=self.environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout[-4000:]}\n{done.stderr[-2000:]}"
        return done.stdout

    def zhengtong(self, *arguments: str) -> str:
        return self.run(sys.executable, "-c", "from zhengtong.config.command import main; main()", *arguments)

    def tool(self, name: str, *arguments: str) -> str:
        return self.run(str(BIN / name), *arguments)


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Copy]:
    made = Copy(tmp_path_factory.mktemp("project"))
    yield made
    shutil.rmtree(made.folder)


def test_what_it_writes_passes_every_check(copy: Copy) -> None:
    said = copy.zhengtong("startmodule", *WELLS, *FIELDS)
    folder = copy.folder / "src" / "zhengtong" / "sectors" / "water"
    written = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file() and path.suffix != ".pyc"}
    assert written == FILES
    assert all((folder / name).stat().st_size for name in FILES)
    assert '"zhengtong.sectors.water.apps.WaterConfig",' in said
    assert len((folder / "screens.py").read_text("utf-8").splitlines()) < 200

    copy.zhengtong("makemigrations", "--check", "--dry-run")
    copy.tool("ruff", "check", str(folder))
    copy.tool("ruff", "format", "--check", str(folder))
    copy.tool("mypy", str(folder))
    copy.tool("lint-imports", "--no-logo")


def test_it_passes_the_conformance_tests(copy: Copy) -> None:
    """After the test before: the module is there, and nobody told these tests of it."""
    own = "src/zhengtong/sectors/water"
    tested = copy.tool("pytest", "-q", "-p", "no:cacheprovider", "-k", "water", "tests/conformance", own)
    passed = int(tested.rsplit(" passed", 1)[0].rsplit(None, 1)[-1])
    assert passed >= 25, tested[-2000:]


@pytest.mark.parametrize("code", ["Water", "1water", "water-works", "class", "", "w" * 30, "水", "a__b", "../x"])
def test_a_code_that_no_package_can_have_is_refused(code: str) -> None:
    with pytest.raises(Unusable, match="不能用"):
        Plan.read(storey="sectors", code=code, title="水资源", model="", fields=[])


@pytest.mark.parametrize("field", ["Depth:decimal", "depth", "depth:float:井深", "save:text:存", "number:text:号"])
def test_a_field_that_cant_be_is_refused(field: str) -> None:
    with pytest.raises((Unusable, ValueError)):
        Plan.read(storey="sectors", code="water", title="水资源", model="", fields=[field])


@pytest.mark.parametrize("title", ["", " ", '水"资源', "水\\资源", "{水}", "100%", "水" * 50])
def test_a_title_that_would_break_the_code_is_refused(title: str) -> None:
    with pytest.raises(Unusable):
        Plan.read(storey="sectors", code="water", title=title, model="", fields=[])


@pytest.mark.parametrize(
    ("code", "said"), [("food", "已经有了"), ("cases", "已经用了"), ("wells", "已经用了"), ("search", "已经用了")]
)
def test_a_code_that_is_taken_is_refused_and_nothing_is_written(code: str, said: str) -> None:
    sectors = Path(settings.PACKAGE) / "sectors"
    before = sorted(sectors.iterdir())
    with pytest.raises(CommandError, match=said):
        call_command("startmodule", code, "--title", "重名")
    assert sorted(sectors.iterdir()) == before


def test_an_address_that_is_taken_is_refused() -> None:
    with pytest.raises(CommandError, match="/desk/watched/"):
        call_command("startmodule", "watched", "--title", "关注")
