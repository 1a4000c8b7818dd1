"""A table of a real PostgreSQL becomes an entry: its columns items, guesses to confirm, the mount with it."""

import os
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.db import connections

from zhengtong.capabilities.catalogue.guesses import guess, name_of
from zhengtong.capabilities.catalogue.models import Field, Mount, Resource
from zhengtong.capabilities.catalogue.selectors import find_mount, list_fields
from zhengtong.capabilities.catalogue.services.compiling import confirm_proposals, find_gaps
from zhengtong.capabilities.catalogue.services.mounting import mount_resource, unmount_resource
from zhengtong.capabilities.catalogue.services.reading import (
    get_usable_source,
    list_places,
    propose_fields,
    read_place,
    start_from_place,
)
from zhengtong.capabilities.catalogue.tests.office import Office, fresh
from zhengtong.capabilities.sources.public import Column, ColumnKind, Source, SourceState, Table
from zhengtong.core.identity.public import Refused
from zhengtong.kernel.policy import Denied

MARRIAGES = """
CREATE TABLE marriage_register (
    reg_no varchar(20) PRIMARY KEY, man_name varchar(50) NOT NULL, man_id_card char(18), woman_name varchar(50),
    reg_date date NOT NULL, fee numeric(10, 2), office_phone varchar(20), updated_at timestamptz, "备 注" text
);
COMMENT ON TABLE marriage_register IS '婚姻登记信息';
COMMENT ON COLUMN marriage_register.reg_no IS '登记字号，全市唯一';
COMMENT ON COLUMN marriage_register.man_name IS '男方姓名';
COMMENT ON COLUMN marriage_register.man_id_card IS '男方身份证号';
COMMENT ON COLUMN marriage_register.office_phone IS '登记机构电话';
"""


@pytest.fixture(scope="module")
def database(django_db_setup: None) -> Iterator[dict[str, Any]]:
    """Make a database of a department's own, outside of the tests' transactions; return how it is reached."""
    known = connections["default"].get_connection_params()
    words = {key: known[key] for key in ("user", "password", "host", "port") if known.get(key)}
    name = f"catalogue_source_{os.getpid()}"
    with psycopg.connect(**words, dbname="postgres", autocommit=True) as server:
        server.execute(f'DROP DATABASE IF EXISTS "{name}"')
        server.execute(f'CREATE DATABASE "{name}" TEMPLATE template0')
        with psycopg.connect(**words, dbname=name, autocommit=True) as own:
            own.execute(MARRIAGES)
        yield {**words, "database": name}
        server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
def source(office: Office, database: dict[str, Any]) -> Source:
    settings = {key: value for key, value in database.items() if key != "password"}
    return Source.objects.create(
        code="marriage",
        name="婚姻登记库",
        organisation=office.provider,
        kind="postgresql",
        settings=settings,
        secrets={"password": database["password"]} if "password" in database else {},
    )


def test_columns_become_items_and_the_mount_comes_with_it(office: Office, source: Source) -> None:
    assert list_places(source) == ["marriage_register"]
    table = read_place(source, "marriage_register")
    version = start_from_place(actor=office.compiler, source=source, table=table, classification="101002")
    assert (version.name, version.resource.code) == ("婚姻登记信息", "101002/000001")
    items = {each.column: each for each in list_fields(version)}
    assert list(items) == [column.name for column in table.columns]
    key, name, number = items["reg_no"], items["man_name"], items["man_id_card"]
    assert (key.name, key.is_key, key.is_nullable, key.length) == ("登记字号", True, False, 20)
    assert (name.name, name.personal, name.mask, name.is_proposed) == ("男方姓名", "personal", "name", True)
    assert (number.personal, number.mask, number.grade) == ("sensitive", "number", 3)
    assert (items["fee"].kind, items["fee"].precision, items["fee"].scale) == ("decimal", 10, 2)
    assert (items["updated_at"].kind, items["updated_at"].has_zone) == ("datetime", True)
    assert (items["office_phone"].personal, items["office_phone"].is_proposed) == ("none", False)
    assert items["备 注"].code.isascii()
    mount = find_mount(version.resource, ["table"])
    assert mount is not None
    assert (mount.source, mount.place, mount.kind) == (source, "marriage_register", "table")


def test_guesses_are_confirmed_by_a_person_before_it_is_submitted(office: Office, source: Source) -> None:
    table = read_place(source, "marriage_register")
    version = start_from_place(actor=office.compiler, source=source, table=table, classification="101002")
    assert any("请核对" in gap for gap in find_gaps(version))
    confirm_proposals(actor=office.compiler, version=version)
    assert not Field.objects.filter(version=version, is_proposed=True).exists()
    assert not any("请核对" in gap for gap in find_gaps(fresh(version)))


def test_only_sources_of_ones_own_office_are_read(office: Office, source: Source) -> None:
    assert get_usable_source(office.compiler, source.pk) == source
    assert get_usable_source(office.outsider, source.pk) is None
    table = read_place(source, "marriage_register")
    with pytest.raises((Refused, Denied)):
        start_from_place(actor=office.outsider, source=source, table=table, classification="101002")
    source.state = SourceState.SUSPENDED
    source.save()
    assert get_usable_source(office.compiler, source.pk) is None
    assert not Resource.objects.exists()


def test_a_source_that_is_down_or_lacks_the_table_is_told_in_a_sentence(office: Office, source: Source) -> None:
    with pytest.raises(Refused) as refused:
        read_place(source, 'nothing"; DROP TABLE marriage_register; --')
    assert "婚姻登记库" in str(refused.value.message)
    assert list_places(source) == ["marriage_register"]
    source.settings = {**source.settings, "database": "not_there_at_all"}
    with pytest.raises(Refused) as refused:
        list_places(source)
    assert "没有读出来" in str(refused.value.message)


def test_data_is_mounted_by_hand_and_unmounted(office: Office, source: Source) -> None:
    resource = office.draft().resource
    mount = mount_resource(
        actor=office.compiler, resource=resource, source=source, place="marriage_register", watermark="updated_at"
    )
    with pytest.raises(Refused, match="mounted"):
        mount_resource(actor=office.compiler, resource=resource, source=source, place="marriage_register")
    foreign = Source.objects.create(code="x", name="别人的", organisation=office.other, kind="postgresql")
    with pytest.raises(Refused, match="source"):
        mount_resource(actor=office.compiler, resource=resource, source=foreign, place="t")
    with pytest.raises(Denied):
        unmount_resource(actor=office.outsider, mount=mount)
    unmount_resource(actor=office.compiler, mount=mount)
    assert not Mount.objects.exists()


@pytest.mark.parametrize(
    ("column", "comment", "personal", "mask"),
    [
        ("sfzh", "", "sensitive", "number"),
        ("ID_CARD_NO", "", "sensitive", "number"),
        ("xm", "姓名", "personal", "name"),
        ("c3", "联系电话", "personal", "phone"),
        ("tel", "企业联系电话", "none", "none"),
        ("addr", "经营地址", "none", "none"),
        ("addr", "家庭住址", "personal", "address"),
        ("diagnosis", "诊断结果", "sensitive", "hidden"),
        ("fddbr", "法定代表人", "personal", "name"),
        ("credit_code", "统一社会信用代码", "none", "none"),
        ("amount", "金额", "none", "none"),
        ("c17", "", "none", "none"),
    ],
)
def test_names_suggest_what_is_personal(column: str, comment: str, personal: str, mask: str) -> None:
    found = guess(column, comment)
    assert (found.personal, found.mask) == (personal, mask)


def test_columns_that_no_code_could_be_called_after_get_one_each() -> None:
    names = ["名称", "名 称", "1st", "a-b", "a_b", "A_B", ""]
    table = Table("t", tuple(Column(name, ColumnKind.TEXT) for name in names))
    codes = [each.code for each in propose_fields(table)]
    assert len({code.lower() for code in codes}) == len(names)
    assert name_of("c1", "登记日期，格式 yyyy-mm-dd") == "登记日期"
