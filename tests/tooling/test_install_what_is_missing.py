"""An operator starts on a bare machine: what is missing is named, with the command that installs it."""

import os
from pathlib import Path

import pytest

from tooling import packages
from tooling.environment import needed_groups
from tooling.steps import Failed, Steps

LIST = """
# a comment
[run]
there   {here}        # with a proof
absent  /nonexistent/*/program
[test]
browser /nonexistent/browser
"""


@pytest.fixture
def listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "apt.txt"
    path.write_text(LIST.replace("{here}", str(path)))
    monkeypatch.setattr(packages, "LIST", path)
    return path


def test_only_what_is_missing_is_asked_for(listed: Path) -> None:
    assert packages.missing(["run"]) == ["absent"]
    assert packages.missing(["run", "test"]) == ["absent", "browser"]


@pytest.mark.usefixtures("listed")
def test_without_root_the_sentence_holds_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(Failed) as refusal:
        packages.install(Steps(tmp_path / "log"), "run", "test")
    text = str(refusal.value)
    assert "缺少系统软件 absent、browser" in text
    assert "needs root" in text
    assert "apt-get update && apt-get install -y --no-install-recommends absent browser" in text
    assert not (tmp_path / "log").exists()


def test_the_real_list_is_well_formed_and_complete_here() -> None:
    sections = packages.parse(packages.LIST.read_text())
    assert list(sections) == ["run", "database", "check", "test"]
    assert packages.missing(["run"]) == []


@pytest.mark.parametrize(
    ("asked", "stamped", "exists", "expected"),
    [
        ({"frontend"}, None, False, {"frontend"}),
        ({"frontend"}, None, True, {"dev", "frontend"}),
        ({"frontend"}, "dev frontend", True, {"dev", "frontend"}),
        ({"dev", "frontend"}, "frontend", True, {"dev", "frontend"}),
        ({"frontend"}, "frontend", True, {"frontend"}),
    ],
)
def test_running_never_takes_a_developers_packages_away(
    asked: set[str], stamped: str | None, exists: bool, expected: set[str]
) -> None:
    assert needed_groups(asked, stamped, exists) == expected
