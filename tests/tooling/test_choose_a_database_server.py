"""An operator has several releases of PostgreSQL: one with PostGIS is taken, or a sentence asks for it."""

from pathlib import Path

import pytest

from tooling.postgres import binaries
from tooling.steps import Failed


def install(root: Path, release: str, *, postgis: bool) -> None:
    program = root / "lib" / "postgresql" / release / "bin" / "initdb"
    program.parent.mkdir(parents=True)
    program.touch()
    if postgis:
        control = root / "share" / "postgresql" / release / "extension" / "postgis.control"
        control.parent.mkdir(parents=True)
        control.touch()


def test_the_newest_release_with_postgis_is_taken(tmp_path: Path) -> None:
    for release, postgis in (("9", True), ("15", True), ("17", False)):
        install(tmp_path, release, postgis=postgis)
    assert binaries(tmp_path / "data", tmp_path) == tmp_path / "lib" / "postgresql" / "15" / "bin"


def test_data_stay_with_the_release_that_made_them(tmp_path: Path) -> None:
    install(tmp_path, "15", postgis=True)
    install(tmp_path, "17", postgis=True)
    data = tmp_path / "data"
    data.mkdir()
    (data / "PG_VERSION").write_text("15\n")
    assert binaries(data, tmp_path) == tmp_path / "lib" / "postgresql" / "15" / "bin"


@pytest.mark.parametrize("made_by", ["", "17"])
def test_without_postgis_the_sentence_names_the_package(made_by: str, tmp_path: Path) -> None:
    install(tmp_path, "17", postgis=False)
    data = tmp_path / "data"
    data.mkdir()
    if made_by:
        (data / "PG_VERSION").write_text(made_by)
    with pytest.raises(Failed, match="PostgreSQL 17 缺少 PostGIS，请安装 postgresql-17-postgis-3"):
        binaries(data, tmp_path)
