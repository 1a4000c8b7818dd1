"""A county's platform gives data to the city's: joined by people on both sides, sent while the city is away, landed
once when it is back, and the receipt proves it to anybody."""

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.db import connection
from playwright.sync_api import Browser, Page, expect

from tests.cast import forget_jobs, make_cast
from tests.journeys.acting import sign_in
from tests.journeys.conftest import Platform, await_ready
from tests.journeys.two_nodes import Side, made_database, open_database, platform_of, two_sides
from zhengtong.capabilities.nodes.bundle import read_bundle
from zhengtong.capabilities.nodes.models import CertificateUse
from zhengtong.capabilities.nodes.tests.office import make_account
from zhengtong.capabilities.sources.public import Source
from zhengtong.core.identity.public import Organisation

ROWS = [(1, "澜水面馆", "86.50"), (2, "禾溪茶庄", "120.00"), (3, "滨江书店", "45.25")]
COUNT = 3
# What the city's own database is told: where the county's rows are to go.
_MAKE_TARGET = """
import django, sys; django.setup()
from zhengtong.capabilities.sources.public import Source
from zhengtong.core.identity.public import Organisation
office = Organisation.objects.get(name="安澜市政务服务数据管理局")
Source.objects.create(code="city-hub", name="市共享库", organisation=office, kind="postgresql", is_writable=True,
    settings={"host": sys.argv[1], "database": sys.argv[2], "user": sys.argv[3], "schema": "taken"}, secrets={})
"""


@dataclass
class Both:
    """The two platforms, and the browsers of those who run and who approve links there."""

    county: Side
    city: Side
    data: str
    folder: Path
    complaints: list[str]
    operators: dict[str, Page]
    approvers: dict[str, Page]


@pytest.fixture
def both(transactional_db: None, browser: Browser, tmp_path: Path) -> Iterator[Both]:
    forget_jobs()
    running = Platform("", make_cast(), browser, [])
    for side, office in (("county", "澄波区政务服务中心"), ("city", "安澜市政务服务数据管理局")):
        organisation = Organisation.objects.get(name=office)
        make_account(f"{side}_operator", "江一帆", organisation, "node_operator")
        make_account(f"{side}_approver", "顾长明", organisation, "node_approver")
    name, given = str(connection.settings_dict["NAME"]), connection.settings_dict
    with made_database(f"{name}_data") as data, two_sides(tmp_path) as (county, city):
        prepare(data)
        settings = {"host": given["HOST"], "database": data, "user": given["USER"], "schema": "given"}
        Source.objects.create(
            code="county-market",
            name="市场主体库",
            organisation=Organisation.objects.get(name="澄波区政务服务中心"),
            kind="postgresql",
            settings=settings,
            secrets={},
        )
        command = [sys.executable, "-c", _MAKE_TARGET, given["HOST"], data, given["USER"]]
        subprocess.run(command, env=city.environment, check=True, timeout=60)
        sides = {"county": county, "city": city}
        operators = {each: sign_in(platform_of(side, running), f"{each}_operator") for each, side in sides.items()}
        approvers = {each: sign_in(platform_of(side, running), f"{each}_approver") for each, side in sides.items()}
        yield Both(county, city, data, tmp_path, running.complaints, operators, approvers)
        for context in browser.contexts:
            context.close()
    connection.close()


def prepare(data: str) -> None:
    """Make the department's table, and a place for the city's."""
    with open_database(data) as session:
        session.execute("CREATE SCHEMA given; CREATE SCHEMA taken")
        session.execute("CREATE TABLE given.shops (id bigint PRIMARY KEY, name text NOT NULL, area numeric(8, 2))")
        for row in ROWS:
            session.execute("INSERT INTO given.shops VALUES (%s, %s, %s)", row)


@pytest.mark.django_db(transaction=True)
def test_rows_sent_while_the_city_is_away_are_there_once_when_it_is_back(both: Both) -> None:
    cards = {
        "county": set_up(both.operators["county"], both.county, "chengbo", "county", both.folder),
        "city": set_up(both.operators["city"], both.city, "anlan", "city", both.folder),
    }
    for side in (both.county, both.city):
        side.listen(both.folder)
    join(both, "county", "anlan", both.city, "above", file=cards["city"])
    join(both, "city", "chengbo", both.county, "below", file=None)
    for mine, theirs in (("county", "anlan"), ("city", "chengbo")):
        act(both.operators[mine], side_of(both, mine), theirs, "connect")
        expect(both.operators[mine].get_by_text("握手成功，链路已通")).to_be_visible()
    say_where(both)

    both.city.hang_up()
    both.city.stop("web")
    send(both)
    county = both.operators["county"]
    expect_in_time(county, county.get_by_text("连不上对方节点").first.is_visible)
    with open_database(both.data) as session:
        assert session.execute("SELECT to_regclass('taken.shops')").fetchone() == (None,)

    both.city.start("web", both.folder / "servers.log")
    await_ready(both.city.url, both.city.processes["web"])
    both.city.listen(both.folder)
    # By itself: nobody presses anything. A link is looked after every minute at the latest.
    expect_in_time(county, county.locator(".chip", has_text="已送达").first.is_visible)

    expect(county.get_by_text("对方写入的结果")).to_be_visible()
    with open_database(both.data) as session:
        taken = "SELECT id, name, area FROM taken.shops"
        for one, other in ((taken, "TABLE given.shops"), ("TABLE given.shops", taken)):
            assert session.execute(f"{one} EXCEPT {other}").fetchall() == []
        assert session.execute("SELECT count(*) FROM taken.shops").fetchone() == (COUNT,)
    prove(both, county, cards["city"])
    arrived(both)
    assert both.complaints == []


def side_of(both: Both, name: str) -> Side:
    return both.county if name == "county" else both.city


def set_up(page: Page, side: Side, code: str, level: str, folder: Path) -> Path:
    """Say who this platform is and take its card along."""
    page.goto(f"{side.url}/desk/nodes/")
    page.get_by_role("link", name="设定本节点").first.click()
    page.fill("[name=code]", code)
    page.fill("[name=name]", f"{side.name}节点")
    page.select_option("[name=level]", level)
    page.fill("[name=address]", side.address)
    page.locator("main form button[type=submit]").first.click()
    expect(page.get_by_text("已保存")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("button", name="导出节点资料文件").click()
    path = folder / f"{code}.json"
    download.value.save_as(path)
    return path


def join(both: Both, mine: str, code: str, theirs: Side, relation: str, file: Path | None) -> None:
    """Enter the other platform by its file or from its address, assess it, have a second person approve it."""
    side, operator, approver = side_of(both, mine), both.operators[mine], both.approvers[mine]
    operator.goto(f"{side.url}/desk/nodes/join/")
    if file:
        operator.set_input_files("[name=file]", file)
    else:
        operator.fill("[name=address]", theirs.address)
    operator.select_option("[name=relation]", relation)
    operator.fill("[name=reason]", "市场主体数据汇聚")
    operator.locator("main form button[type=submit]").first.click()
    expect(operator.get_by_text("已登记，请评估后送批准")).to_be_visible()
    act(operator, side, code, "assess", assessment="政务外网已通，等保二级，只交换市场主体数据")
    # On the phone: the other side reads the code from a page of its own.
    other = both.operators["city" if mine == "county" else "county"]
    other.goto(f"{theirs.url}/desk/nodes/own/")
    act(approver, side, code, "approve", compared=other.locator("code").first.inner_text())
    expect(approver.get_by_text("已批准，可以连接")).to_be_visible()


def act(page: Page, side: Side, code: str, name: str, **typed: str) -> None:
    page.goto(f"{side.url}/desk/nodes/nodes/{code}/{name}/")
    for field, value in typed.items():
        page.fill(f"[name={field}]", value)
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url(f"{side.url}/desk/nodes/nodes/{code}/")


def say_where(both: Both) -> None:
    """The city says where the county's shops are put."""
    city = both.operators["city"]
    city.goto(f"{both.city.url}/desk/nodes/nodes/chengbo/landings/")
    city.fill("[name=dataset]", "market-shops")
    city.select_option("[name=target]", label="市共享库（PostgreSQL 数据库）")
    city.fill("[name=table]", "shops")
    city.locator("main form button[type=submit]").first.click()
    expect(city.get_by_text("已登记")).to_be_visible()


def send(both: Both) -> None:
    """The county sends its shops; they wait, and their page says why."""
    county = both.operators["county"]
    county.goto(f"{both.county.url}/desk/nodes/nodes/anlan/data/")
    county.fill("[name=dataset]", "market-shops")
    county.fill("[name=title]", "市场主体")
    county.select_option("[name=source]", label="市场主体库（PostgreSQL 数据库）")
    county.fill("[name=table]", "shops")
    county.fill("[name=key]", "id")
    county.locator("main form button[type=submit]").first.click()
    expect(county.get_by_text("数据已封存，排入发送")).to_be_visible()
    county.get_by_role("link", name="市场主体（3 行）").first.click()


def expect_in_time(page: Page, seen: object, seconds: int = 100) -> None:
    """Read the page again until what a job brings is there."""
    assert callable(seen)
    for _second in range(seconds):
        if seen():
            return
        page.wait_for_timeout(1000)
        page.reload()
    raise AssertionError(page.inner_text("main"))


def prove(both: Both, county: Page, card: Path) -> None:
    """Check the receipt with the stand-alone verifier, against the root that the city handed over."""
    with county.expect_download() as download:
        county.get_by_role("link", name="下载回执").click()
    receipt, root = both.folder / "receipt.zip", both.folder / "root.cer"
    download.value.save_as(receipt)
    shown = read_bundle(card.read_bytes()).certificates
    root.write_bytes(next(each.der for each in shown if each.use == CertificateUse.ROOT))
    verify = [str(Path(sys.executable).with_name("zhengtong-verify")), "--root", str(root), str(receipt)]
    assert subprocess.run(verify, capture_output=True).returncode == 0
    flipped = bytearray(receipt.read_bytes())
    flipped[len(flipped) // 2] ^= 1
    receipt.write_bytes(flipped)
    assert subprocess.run(verify, capture_output=True).returncode in (1, 2)


def arrived(both: Both) -> None:
    """The city's people see what came and what it did."""
    city = both.operators["city"]
    city.goto(f"{both.city.url}/desk/nodes/messages/?way=in")
    city.get_by_role("link", name="市场主体（3 行）").first.click()
    expect(city.get_by_text("写入的结果")).to_be_visible()
