"""Files of every format are read as tables and written as one file a run: in a folder here, and over SFTP."""

import base64
import codecs
import json
import os
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings

from tests.servers import SSHServer
from zhengtong.capabilities.sources.domain import Column, ColumnKind, Condition, Merged, Operator, SourceError
from zhengtong.capabilities.sources.drivers import folder, sftp
from zhengtong.capabilities.sources.drivers.untyped import ParquetFile, ParquetWriter
from zhengtong.capabilities.sources.tests.rows import (
    CODE,
    COLUMNS,
    SMALL,
    batch,
    by_code,
    firm,
    firms,
    gathered,
    land,
    landing,
    reading,
    rows_of,
)

HERE = {"folder": "in"}


def refused(act: Any) -> SourceError:
    with pytest.raises(SourceError) as caught:
        act()
    return caught.value


def put(folders: Path, name: str, content: str | bytes) -> Path:
    path = folders / "in" / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def rows(name: str, *columns: str, **more: Any) -> list[dict[str, Any]]:
    source = folder.connect({**HERE, **more}, {})
    names = columns or tuple(column.name for column in source.read_table(name).columns)
    found = gathered(source.read(reading(tuple(Column(each, ColumnKind.TEXT) for each in names), name)))
    source.close()
    return found


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_csv_is_read_in_the_encoding_it_has(folders: Path, encoding: str) -> None:
    put(folders, "企业.csv", '编号,名称,备注\r\nA1,澜水面馆,\r\n007,"甲,乙\n丙",""\r\n'.encode(encoding))
    assert rows("企业.csv") == [
        {"编号": "A1", "名称": "澜水面馆", "备注": None},
        {"编号": "007", "名称": "甲,乙\n丙", "备注": ""},
    ]


def test_types_are_never_inferred_from_values(folders: Path) -> None:
    put(folders, "a.csv", "id,day,n\n３３０1,2026-02-30,3.30102E+17\n007,20260101,1e5\n")
    assert rows("a.csv") == [
        {"id": "３３０1", "day": "2026-02-30", "n": "3.30102E+17"},
        {"id": "007", "day": "20260101", "n": "1e5"},
    ]
    declared = {"a.csv": [{"name": "n", "kind": "decimal", "precision": 20, "scale": 2}]}
    error = refused(lambda: rows("a.csv", tables=declared))
    assert error.code == "value-unfit"
    assert "3.30102E+17" in error.message


def test_what_cannot_be_decoded_is_told_with_its_byte(folders: Path) -> None:
    put(folders, "a.csv", "编号,名称\n".encode() + b"A," + b"\xff\xff\n")
    error = refused(lambda: rows("a.csv"))
    assert (error.code, error.is_passing) == ("undecodable", False)
    assert f"第 {len('编号,名称'.encode()) + 3} 个字节" in error.message
    put(folders, "a.jsonl", codecs.BOM_UTF8 + b'{"a": "x"}\n{"a": "\xff"}')
    error = refused(lambda: rows("a.jsonl"))
    assert (error.code, "第 21 个字节" in error.message) == ("undecodable", True)


def test_rows_of_another_width_and_doubled_titles_are_told(folders: Path) -> None:
    put(folders, "a.csv", "a,b\n1,2\n1,2,3\n")
    assert refused(lambda: rows("a.csv")).code == "ragged"
    put(folders, "a.csv", "a,a\n1,2\n")
    assert refused(lambda: rows("a.csv")).code == "ragged"
    put(folders, "a.csv", "")
    assert refused(lambda: rows("a.csv")).code == "unreadable"
    put(folders, "a.csv", "a,b\n")
    assert rows("a.csv") == []


def test_a_workbook_gives_texts_and_keeps_what_a_spreadsheet_broke(folders: Path) -> None:
    with xlsxwriter.Workbook(folders / "in" / "a.xlsx") as book:
        sheet = book.add_worksheet("企业")
        sheet.write_row(0, 0, ["编号", "证件号", "人数", "错误"])
        sheet.write_string(1, 0, "007")
        sheet.write_number(1, 1, 330102199001011234)
        sheet.write_number(1, 2, 12)
        sheet.write_formula(1, 3, "=1/0", None, "#DIV/0!")
    assert rows("a.xlsx") == [{"编号": "007", "证件号": "3.30102199001011E+17", "人数": "12", "错误": "#N/A"}]
    put(folders, "b.xlsx", b"PK\x03\x04 no workbook")
    assert refused(lambda: rows("b.xlsx")).code == "unreadable"


@pytest.mark.parametrize("name", ["a.json", "a.jsonl"])
def test_json_keeps_every_digit(folders: Path, name: str) -> None:
    objects = [
        '{"id": "甲", "n": 123456789012345678901234567890.10, "yes": true, "in": {"a": [1.50, null, "x"]}}',
        '{"id": "乙 }{", "n": null, "more": "\\u4e2d"}',
    ]
    put(folders, name, "[" + ",\n".join(objects) + "]" if name == "a.json" else "\n".join(objects))
    assert rows(name) == [
        {
            "id": "甲",
            "n": "123456789012345678901234567890.10",
            "yes": "true",
            "in": '{"a":[1.50,null,"x"]}',
            "more": None,
        },
        {"id": "乙 }{", "n": None, "yes": None, "in": None, "more": "中"},
    ]


def test_long_json_is_read_a_piece_at_a_time(folders: Path) -> None:
    objects = [{"id": str(number), "text": "字" * 200} for number in range(20_000)]
    put(folders, "a.json", json.dumps(objects, ensure_ascii=False))
    assert [row["id"] for row in rows("a.json", "id")] == [each["id"] for each in objects]
    put(folders, "a.json", json.dumps(objects)[:-10])
    assert refused(lambda: rows("a.json", "id")).code == "unreadable"


def test_parquet_brings_its_own_types(folders: Path) -> None:
    table = pa.table({"id": ["A", "B"], "n": pa.array([Decimal("1.50"), None]), "small": pa.array([1, 2], pa.int16())})
    with ParquetWriter(folders / "in" / "a.parquet", table.schema) as writer:
        writer.write_table(table)
    source = folder.connect(HERE, {})
    described = source.read_table("a.parquet")
    assert [(c.name, c.kind, c.scale) for c in described.columns] == [
        ("id", ColumnKind.TEXT, None),
        ("n", ColumnKind.DECIMAL, 2),
        ("small", ColumnKind.INTEGER, None),
    ]
    assert described.rows == 2
    (read,) = source.read(reading(described.columns, "a.parquet"))
    assert read.to_pylist() == table.to_pylist()
    assert read.schema.field("small").type == pa.int64()


def test_conditions_and_watermarks_narrow_what_is_read(folders: Path) -> None:
    put(folders, "a.csv", "code,day\nA,2026-01-01\nB,2026-01-02\nC,2026-01-03\nD,\n")
    source = folder.connect({**HERE, "tables": {"a.csv": [{"name": "day", "kind": "date"}]}}, {})
    window = reading((CODE,), "a.csv", watermark="day", after="2026-01-01", until="2026-01-03")
    assert [row["code"] for row in gathered(source.read(window))] == ["B", "C"]
    assert source.count(window) == 2
    assert source.find_watermark("a.csv", "day") == "2026-01-03"
    found = {
        operator: "".join(
            row["code"]
            for row in gathered(
                source.read(reading((CODE,), "a.csv", conditions=(Condition("day", operator, values),)))
            )
        )
        for operator, values in (
            (Operator.EQUAL, ("2026-01-02",)),
            (Operator.UNEQUAL, ("2026-01-02",)),
            (Operator.ONE_OF, ("2026-01-01", "2026-01-02")),
            (Operator.AT_LEAST, ("2026-01-02",)),
            (Operator.BEGINS_WITH, ("2026-01-0",)),
            (Operator.IS_EMPTY, ()),
        )
    }
    assert list(found.values()) == ["B", "AC", "AB", "BC", "ABC", "D"]
    assert refused(lambda: gathered(source.read(reading(SMALL, "a.csv")))).code == "column-missing"


def test_files_of_one_name_are_one_table(folders: Path) -> None:
    for day in ("01", "02"):
        put(folders, f"企业-{day}.csv", f"code\n{day}\n")
    put(folders, ".企业-03.csv", "code\n03\n")
    assert [row["code"] for row in rows("企业-*.csv")] == ["01", "02"]
    put(folders, "企业-03.csv", "kode\n03\n")
    assert refused(lambda: rows("企业-*.csv", "code")).code == "column-missing"


def test_nothing_outside_of_the_folder_is_read(folders: Path) -> None:
    (folders / "secret.csv").write_text("a\n1\n")
    (folders / "in" / "link.csv").symlink_to(folders / "secret.csv")
    (folders / "link").symlink_to("/etc")
    source = folder.connect(HERE, {})
    assert source.list_tables() == []
    assert refused(lambda: source.read_table("../secret.csv")).code == "outside"
    assert refused(lambda: source.read_table("link.csv")).code in ("outside", "changed")
    for name in ("..", "../..", "/etc", "link", ""):
        assert refused(lambda name=name: folder.connect({"folder": name}, {})).code in ("outside", "settings")
    error = refused(lambda: folder.connect({"folder": "gone"}, {}))
    assert (error.code, error.is_passing) == ("unreachable", True)
    assert refused(lambda: source.read_table("gone.csv")).code == "table-missing"


def test_a_file_that_changes_while_it_is_read_does_not_count(folders: Path) -> None:
    path = put(folders, "a.csv", "code\n" + "A\n" * 10)
    source = folder.connect(HERE, {})
    batches = source.read(reading((CODE,), "a.csv", chunk_rows=2))
    next(batches)
    path.write_text("code\nB\n")
    error = refused(lambda: gathered(batches))
    assert (error.code, error.is_passing) == ("changed", True)


@pytest.fixture
def store(request: pytest.FixtureRequest, folders: Path) -> Iterator[tuple[Any, dict[str, Any], dict[str, Any], Path]]:
    """A place to write to: its driver, settings, secrets, and the folder as it lies here."""
    if request.param == "folder":
        yield folder, HERE, {}, folders / "in"
    else:
        server: SSHServer = request.getfixturevalue("sshd")
        yield sftp, server.settings, server.secrets, server.files


both = pytest.mark.parametrize("store", ["folder", "sftp"], indirect=True)


@both
@pytest.mark.parametrize("kind", ["parquet", "csv"])
def test_a_run_becomes_one_file_and_a_second_merge_does_nothing(store: Any, kind: str) -> None:
    driver, where, secrets, here = store
    target = driver.aim({**where, "format": kind}, secrets)
    run = landing("合同1:2026-01-01T00:00")
    target.prepare(run)
    assert target.stage(run, [batch(firms(3))]) == 3
    assert target.stage(run, [batch([firm("Z", "=1+1", None)])]) == 1
    assert driver.connect(where, secrets).list_tables() == []
    assert not target.is_merged(run)
    assert target.merge(run) == Merged(inserted=4)
    assert gathered(target.read_landed(run)) == [*firms(3), firm("Z", "=1+1", None)]
    (name,) = driver.connect(where, secrets).list_tables()
    assert name.startswith("firms-1-2026-01-01T00-00-")
    target.drop_staging(run)
    target.prepare(run)
    target.stage(run, [batch(firms(1))])
    assert target.merge(run).was_done
    # Whoever watches the folder takes the file away; it isn't delivered again.
    (here / name).unlink()
    assert target.is_merged(run)
    assert target.merge(run).was_done
    target.drop_staging(run)
    assert [each for each in os.listdir(here) if not each.endswith(".done")] == []
    target.close()


@both
def test_a_merge_without_staging_says_that_it_was_cut_off(store: Any) -> None:
    driver, where, secrets, _here = store
    target = driver.aim(where, secrets)
    error = refused(lambda: target.merge(landing()))
    assert (error.code, error.is_passing) == ("cut", True)
    target.close()


@pytest.mark.parametrize("kind", ["parquet", "csv"])
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(given_rows=rows_of())
def test_every_kind_of_value_comes_back_as_it_was(folders: Path, kind: str, given_rows: list[dict[str, Any]]) -> None:
    target = folder.aim({**HERE, "format": kind}, {})
    where = landing(str(hash(str(given_rows))), columns=COLUMNS)
    if not target.is_merged(where):
        land(target, where, given_rows, COLUMNS)
    assert gathered(target.read_landed(where)) == by_code(given_rows)
    target.close()


def test_no_cell_of_a_csv_can_be_run_as_a_formula(folders: Path) -> None:
    target = folder.aim({**HERE, "format": "csv"}, {})
    land(target, landing(), [firm("A", "=HYPERLINK(1)", -5), firm("B", "＋1", None), firm("C", "'@x", None)])
    (path,) = (folders / "in").glob("*.csv")
    assert path.read_bytes().startswith(codecs.BOM_UTF8)
    assert path.read_text("utf-8-sig").splitlines() == [
        "code,name,staff",
        "A,'=HYPERLINK(1),-5",
        "B,'＋1,",
        "C,''@x,",
    ]


def test_removed_rows_are_told_in_the_file(folders: Path) -> None:
    target = folder.aim(HERE, {})
    columns = (*SMALL, Column("gone", ColumnKind.BOOLEAN))
    where = landing(removed="gone")
    target.prepare(where)
    target.stage(where, [batch([{**firm("A"), "gone": False}, {**firm("B"), "gone": True}], columns)])
    assert target.merge(where) == Merged(inserted=1, deleted=1)
    assert [row["code"] for row in gathered(target.read_landed(where))] == ["A"]
    (path,) = (folders / "in").glob("*.parquet")
    assert ParquetFile(path).read().to_pylist()[1]["gone"] is True


def test_files_come_over_sftp(sshd: SSHServer) -> None:
    (sshd.files / "企业.csv").write_bytes("编号,名称\nA,面馆\n".encode("gb18030"))
    source = sftp.connect(sshd.settings, sshd.secrets)
    assert source.list_tables() == ["企业.csv"]
    assert "OpenSSH" in source.check()
    names = (Column("编号", ColumnKind.TEXT), Column("名称", ColumnKind.TEXT))
    assert gathered(source.read(reading(names, "企业.csv"))) == [{"编号": "A", "名称": "面馆"}]
    source.close()


def test_only_the_pinned_host_is_connected_to(sshd: SSHServer) -> None:
    kind, key = sshd.host_key.split()[:2]
    shown = sftp.fingerprint(base64.b64decode(key))
    sftp.connect({**sshd.settings, "host_key": shown}, sshd.secrets).close()
    wrong = f"{kind} {key[:-6]}AAAAAA"
    for pinned in (wrong, "SHA256:none", "", "ssh-rsa AAAA"):
        error = refused(lambda pinned=pinned: sftp.connect({**sshd.settings, "host_key": pinned}, sshd.secrets))
        assert (error.code, error.is_passing) == ("host-key", False)
    assert shown in refused(lambda: sftp.connect({**sshd.settings, "host_key": ""}, sshd.secrets)).message


def test_an_sftp_server_that_refuses_or_is_down_has_its_code(sshd: SSHServer) -> None:
    assert refused(lambda: sftp.connect(sshd.settings, {"password": "wrong"})).code == "credentials"
    assert refused(lambda: sftp.connect(sshd.settings, {"private_key": "no key"})).code == "credentials"
    assert refused(lambda: sftp.connect({**sshd.settings, "folder": "/nowhere"}, sshd.secrets)).code == "table-missing"
    sshd.kill()
    try:
        error = refused(lambda: sftp.connect(sshd.settings, sshd.secrets))
        assert (error.code, error.is_passing) == ("unreachable", True)
    finally:
        sshd.start()


def test_a_session_that_is_cut_off_says_so(sshd: SSHServer) -> None:
    (sshd.files / "a.csv").write_text("code\nA\n")
    source = sftp.connect(sshd.settings, sshd.secrets)
    target = sftp.aim(sshd.settings, sshd.secrets)
    sshd.cut()
    for act in (lambda: gathered(source.read(reading((CODE,), "a.csv"))), lambda: land(target, landing(), firms(2))):
        error = refused(act)
        assert (error.code, error.is_passing) == ("cut", True)
    assert [each for each in os.listdir(sshd.files) if not each.startswith(".")] == ["a.csv"]


def test_a_full_disk_says_so(folders: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = folder.aim(HERE, {})
    target.prepare(landing())
    monkeypatch.setattr(os, "fsync", _full)
    error = refused(lambda: target.stage(landing(), [batch(firms(2))]))
    assert (error.code, error.is_passing) == ("target-full", True)


def _full(_descriptor: int) -> None:
    raise OSError(28, "No space left on device")
