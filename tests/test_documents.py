"""A reader follows a link or a path in the documents and arrives somewhere."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "src" / "zhengtong"
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)#\s]+)[^)]*\)")
# Paths with a slash and an ending, as the tour writes them; {a,b} and <a> stand for something else.
NAMED = re.compile(r"`([\w-]+(?:/[\w.-]+)+\.(?:py|toml|typ|js|md|txt))`")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(document: Path) -> None:
    targets = [each for each in LINK.findall(document.read_text("utf-8")) if "://" not in each and each[0] != "/"]
    assert [each for each in targets if not (document.parent / each).exists()] == []


def test_the_tour_names_files_that_are_there() -> None:
    named = NAMED.findall((ROOT / "docs" / "explanation" / "architecture.md").read_text("utf-8"))
    homes = (PACKAGE, ROOT, PACKAGE / "capabilities" / "cases")
    assert len(named) > 40
    assert [each for each in named if not any((home / each).exists() for home in homes)] == []


def test_the_tour_names_services_that_are_there() -> None:
    tour = (ROOT / "docs" / "explanation" / "architecture.md").read_text("utf-8")
    code = "\n".join(path.read_text("utf-8") for path in PACKAGE.rglob("*.py") if "tests" not in path.parts)
    services = set(re.findall(r"`([a-z]+_[a-z_]+)`", tour)) - {"next_alert_at"}
    assert len(services) > 20
    assert sorted(name for name in services if f"def {name}(" not in code) == []
