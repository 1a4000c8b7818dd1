"""Tables of a real MariaDB and files of a watched folder become entries, as tables of PostgreSQL do."""

from pathlib import Path
from typing import Any

import polars as pl
import pytest
import xlsxwriter
from pytest_django.fixtures import Settings

from tests.servers import MariaDBServer
from zhengtong.capabilities.catalogue.models import Field, Mount
from zhengtong.capabilities.catalogue.probing import probe_mount
from zhengtong.capabilities.catalogue.selectors import list_fields
from zhengtong.capabilities.catalogue.services.compiling import confirm_proposals
from zhengtong.capabilities.catalogue.services.reading import list_places, read_place, start_from_place
from zhengtong.capabilities.catalogue.tests.finding_samples import publish_now
from zhengtong.capabilities.catalogue.tests.office import Office, fresh
from zhengtong.capabilities.sources.public import Source
from zhengtong.core.identity.public import Refused
from zhengtong.kernel.policy import SYSTEM

MARRIAGES = """
CREATE TABLE marriage_register (
    reg_no VARCHAR(20) PRIMARY KEY COMMENT '登记字号，全市唯一', man_name VARCHAR(50) NOT NULL COMMENT '男方姓名',
    man_id_card CHAR(18) COMMENT '男方身份证号', reg_date DATE NOT NULL, fee DECIMAL(10, 2), copies INT,
    is_void TINYINT(1), held_at DATETIME, updated_at TIMESTAMP(6) NULL, extra JSON, `备 注` TEXT
) COMMENT '婚姻登记信息'
"""


@pytest.fixture
def database(office: Office, mariadb: MariaDBServer) -> Source:
    mariadb.run(MARRIAGES)
    mariadb.run("INSERT INTO marriage_register (reg_no, man_name, reg_date) VALUES ('A1', '王晓岚', '2026-02-03')")
    return _source(office, "mariadb", mariadb.settings, mariadb.secrets)


@pytest.fixture
def folder(office: Office, settings: Settings, tmp_path: Path) -> Path:
    settings.SOURCE_FOLDERS = tmp_path
    (tmp_path / "in").mkdir()
    return tmp_path / "in"


def _source(office: Office, kind: str, settings: dict[str, Any], secrets: dict[str, Any]) -> Source:
    return Source.objects.create(
        code="marriage",
        name="婚姻登记库",
        organisation=office.provider,
        kind=kind,
        settings=settings,
        secrets=secrets,
    )


def _start(office: Office, source: Source, place: str) -> tuple[Any, dict[str, Field], Mount]:
    table = read_place(source, place)
    version = start_from_place(actor=office.compiler, source=source, table=table, classification="101002")
    return version, {each.column: each for each in list_fields(version)}, Mount.objects.get(resource=version.resource)


def _probe(version: Any, mount: Mount) -> list[dict[str, Any]]:
    resource = fresh(version).resource
    type(resource).objects.filter(pk=resource.pk).update(state="published")
    resource.refresh_from_db()
    publish_now(resource, version)
    return list(probe_mount(actor=SYSTEM, mount=Mount.objects.select_related("source").get(pk=mount.pk)).findings)


def test_a_table_of_mariadb_becomes_an_entry(office: Office, database: Source) -> None:
    assert list_places(database) == ["marriage_register"]
    version, items, mount = _start(office, database, "marriage_register")
    assert (version.name, version.data_format) == ("婚姻登记信息", "数据库表（MySQL）")
    key, name, number = items["reg_no"], items["man_name"], items["man_id_card"]
    assert (key.name, key.is_key, key.is_nullable, key.length) == ("登记字号", True, False, 20)
    assert (name.personal, name.mask, name.is_nullable, name.is_proposed) == ("personal", "name", False, True)
    assert (number.personal, number.mask, number.length) == ("sensitive", "number", 18)
    assert (items["fee"].kind, items["fee"].precision, items["fee"].scale) == ("decimal", 10, 2)
    assert {name: items[name].kind for name in ("reg_date", "copies", "is_void", "held_at", "updated_at", "extra")} == {
        "reg_date": "date",
        "copies": "integer",
        "is_void": "boolean",
        "held_at": "datetime",
        "updated_at": "datetime",
        # MariaDB's JSON is a name of its LONGTEXT, and MariaDB says so itself.
        "extra": "text",
    }
    assert (items["held_at"].has_zone, items["updated_at"].has_zone) == (False, True)
    assert items["备 注"].code.isascii()
    assert (mount.source, mount.place, mount.kind) == (database, "marriage_register", "table")


def test_what_was_read_of_mariadb_is_found_again_and_a_dropped_column_is_told(
    office: Office, database: Source, mariadb: MariaDBServer
) -> None:
    version, _items, mount = _start(office, database, "marriage_register")
    confirm_proposals(actor=office.compiler, version=version)
    assert _probe(version, mount) == []
    mariadb.run("ALTER TABLE marriage_register DROP COLUMN fee")
    found = probe_mount(actor=SYSTEM, mount=mount).findings
    assert [(each["problem"], each["column"]) for each in found] == [("missing", "fee")]


def _refused(act: Any) -> tuple[str, str]:
    with pytest.raises(Refused) as refused:
        act()
    assert str(refused.value.message).startswith("数据源“婚姻登记库”没有读出来：")
    return refused.value.code, str(refused.value.message)


def test_a_mariadb_that_refuses_or_is_away_is_told_in_a_sentence(office: Office, database: Source) -> None:
    assert _refused(lambda: read_place(database, "no`; DROP TABLE marriage_register; --"))[0] == "table-missing"
    assert list_places(database) == ["marriage_register"]
    database.secrets = {"password": "changed"}
    code, said = _refused(lambda: list_places(database))
    assert (code, "changed" in said) == ("credentials", False)
    database.settings = {**database.settings, "port": 1}
    assert _refused(lambda: list_places(database))[0] == "unreachable"


def _write_csv(path: Path) -> None:
    path.write_bytes("登记字号,男方身份证号,登记日期\n007,110105194912310021,2026-02-03\n".encode("gb18030"))


def _write_xlsx(path: Path) -> None:
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["登记字号", "男方身份证号", "登记日期"])
        sheet.write_row(1, 0, ["007", "110105194912310021", "2026-02-03"])


def _write_json(path: Path) -> None:
    path.write_text('[{"登记字号": "007", "男方身份证号": "1", "登记日期": "2026-02-03"}]', encoding="utf-8")


def _write_parquet(path: Path) -> None:
    pl.DataFrame({"登记字号": ["007"], "男方身份证号": ["1"], "登记日期": ["2026-02-03"]}).write_parquet(path)


WRITE = {"csv": _write_csv, "xlsx": _write_xlsx, "json": _write_json, "parquet": _write_parquet}


@pytest.mark.parametrize("form", list(WRITE))
def test_a_file_of_a_watched_folder_becomes_an_entry(office: Office, folder: Path, form: str) -> None:
    place = f"婚姻登记.{form}"
    WRITE[form](folder / place)
    source = _source(office, "folder", {"folder": "in"}, {})
    assert list_places(source) == [place]
    version, items, mount = _start(office, source, place)
    assert (list(items), version.data_format) == (["登记字号", "男方身份证号", "登记日期"], "文件")
    number = items["男方身份证号"]
    assert (number.name, number.kind, number.personal, number.mask) == ("男方身份证号", "text", "sensitive", "number")
    # Nobody guesses a type from values.
    assert items["登记日期"].kind == "text"
    assert len({each.code for each in items.values()}) == 3
    assert all(each.code.isascii() for each in items.values())
    assert (mount.source, mount.place, mount.kind) == (source, place, "file")
    confirm_proposals(actor=office.compiler, version=version)
    assert _probe(version, mount) == []


def test_declared_types_of_a_file_are_those_of_its_items(office: Office, folder: Path) -> None:
    _write_csv(folder / "a.csv")
    declared = {"a.csv": [{"name": "登记字号", "kind": "text", "is_key": True}, {"name": "登记日期", "kind": "date"}]}
    source = _source(office, "folder", {"folder": "in", "tables": declared}, {})
    _version, items, _mount = _start(office, source, "a.csv")
    assert items["登记日期"].kind == "date"
    assert (items["登记字号"].is_key, items["登记字号"].is_nullable) == (True, False)


def test_a_file_outside_of_the_folder_or_unreadable_is_told_in_a_sentence(office: Office, folder: Path) -> None:
    (folder.parent / "secret.csv").write_text("a\n1\n")
    (folder / "broken.xlsx").write_bytes(b"PK\x03\x04 no workbook")
    source = _source(office, "folder", {"folder": "in"}, {})
    outside = str(folder.parent / "secret.csv")
    for place, code in (
        ("../secret.csv", "outside"),
        (outside, "outside"),
        ("none.csv", "table-missing"),
        ("broken.xlsx", "unreadable"),
    ):
        assert _refused(lambda place=place: read_place(source, place))[0] == code
