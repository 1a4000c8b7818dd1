"""A clerk reads how many enterprises there are: each number is that of the list to which it leads."""

import csv
from datetime import date, timedelta
from decimal import Decimal
from io import StringIO

import pytest
from django.core.cache import cache
from django.http import QueryDict
from django.test import Client
from django.urls import resolve

from tests.cast import Cast
from tests.cast import _staff as staff_account
from zhengtong.capabilities.registers.models import Enterprise, EnterpriseKind, EnterpriseStatus
from zhengtong.capabilities.registers.screens import EnterpriseScreens
from zhengtong.core.identity.public import Organisation, Reach, Region, get_account_actor, make_credit_code
from zhengtong.kernel.policy import Actor
from zhengtong.screens import statistics
from zhengtong.screens.charts import describe_chart
from zhengtong.screens.declaration import Count
from zhengtong.screens.listing import Listing
from zhengtong.screens.statistics import Tally, take
from zhengtong.screens.statistics_groups import Group, write_number

pytestmark = pytest.mark.django_db

PAGE = "/desk/registers/enterprises/statistics/"
SIGNS_IN = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture
def towns(cast: Cast) -> list[Region]:
    """Two towns below the county, with seven enterprises of 澄波区 and two of another county."""
    county = Organisation.objects.get(name="澄波区人民政府")
    above = county.region
    made = [
        Region.objects.create(
            code=f"{above.code}9{n:02d}",
            name=name,
            level="town",
            parent=above,
            path=f"{above.path}.{above.code}9{n:02d}",
        )
        for n, name in enumerate(("东篱街道", "沙洲街道"))
    ]
    days = [date(2021, 1, 5), date(2021, 1, 31), date(2021, 3, 1), date(2023, 12, 31), date(2023, 12, 1)]
    regions = [made[0], made[0], made[1], made[1], above]
    other = Organisation.objects.get(name="禾溪县人民政府")
    rows = [
        (county, regions[n % 5], days[n % 5], EnterpriseStatus.REVOKED if n == 6 else EnterpriseStatus.ACTIVE)
        for n in range(7)
    ] + [(other, other.region, days[0], EnterpriseStatus.ACTIVE)] * 2
    Enterprise.objects.bulk_create(
        Enterprise(
            credit_code=make_credit_code("91", "990102", f"MAK{n:05d}"),
            name=f"第{n}号面馆",
            kind=EnterpriseKind.LIMITED if n % 2 else EnterpriseKind.SELF_EMPLOYED,
            representative_name="王晓岚",
            representative_digest="",
            address="滨江路",
            region=region,
            registered_capital=Decimal("12.50") * n if n % 2 else None,
            established_date=day,
            business_scope="餐饮服务",
            registrar=registrar,
            status=status,
        )
        for n, (registrar, region, day, status) in enumerate(rows)
    )
    return made


def registrar(name: str = "registrar", office: str = "澄波区人民政府") -> Actor:
    organ = Organisation.objects.get(name=office)
    return get_account_actor(staff_account(name, "登记员", organ, {"enterprise_registrar": Reach.SUBTREE}))


def listing(actor: Actor, query: str = "") -> Listing:
    return Listing(EnterpriseScreens(), actor, QueryDict(query))


def tally(actor: Actor, by: str, query: str = "") -> Tally:
    return next(t for t in take(listing(actor, query)) if t.stat.by == by)


def numbers(tally: Tally) -> list[tuple[str, object]]:
    return [(group.title, group.value) for group in tally.groups]


@pytest.mark.parametrize("query", ["", "status=active", "established_date_from=2021-01-10", "region=990102"])
def test_every_number_leads_to_the_list_of_exactly_those_rows(query: str, towns: list[Region]) -> None:
    actor = registrar()
    led = 0
    for each in take(listing(actor, query)):
        for group in each.groups:
            if not group.url or each.is_sum:
                continue
            path, _, asked = group.url.partition("?")
            assert resolve(path).url_name == "registers.enterprises.list"
            found = listing(actor, asked)
            assert found.problems == []
            assert found.matching.count() == group.value, (each.title, group)
            led += 1
    assert led >= 7


def test_statuses_come_in_their_order_those_without_rows_too(towns: list[Region]) -> None:
    counted = tally(registrar(), "status")
    assert numbers(counted) == [("存续", 6), ("歇业", 0), ("吊销", 1), ("注销", 0)]
    assert [share for _group, share in counted.rows] == ["85.7%", "0.0%", "14.3%", "0.0%"]


def test_places_are_added_up_below_what_is_asked_for(towns: list[Region]) -> None:
    actor = registrar()
    below = [("澄波区本级", 1), ("东篱街道", 4), ("沙洲街道", 2)]
    assert numbers(tally(actor, "region")) == below
    assert numbers(tally(actor, "region", "region=990102")) == below
    assert numbers(tally(actor, "region", f"region={towns[0].code}")) == [("东篱街道本级", 4)]


def test_years_without_anyone_are_shown_as_none(towns: list[Region]) -> None:
    counted = tally(registrar(), "established_date")
    assert numbers(counted) == [("2021年", 5), ("2022年", 0), ("2023年", 2)]
    assert not counted.has_shares
    assert "established_date_from=2021-01-01&established_date_until=2021-12-31" in counted.groups[0].url


def test_months_without_anyone_are_shown_as_none(towns: list[Region], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(EnterpriseScreens, "stats", (Count("established_date", period="month"),))
    counted = tally(registrar(), "established_date", "established_date_until=2021-12-31")
    assert numbers(counted) == [("2021年1月", 4), ("2021年2月", 0), ("2021年3月", 1)]
    assert "established_date_until=2021-01-31" in counted.groups[0].url


def test_sums_leave_out_what_is_not_known(towns: list[Region]) -> None:
    found = next(t for t in take(listing(registrar())) if t.is_sum)
    assert [group.shown for group in found.groups if group.value] == ["112.5"]
    assert (found.unit, found.shown_total) == ("万元", "112.5")


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0, "0"),
        (1234567, "1,234,567"),
        (Decimal("1200.00"), "1,200"),
        (Decimal("0.50"), "0.5"),
        (Decimal("1E+3"), "1,000"),
    ],
)
def test_numbers_as_people_write_them(value: int | Decimal, shown: str) -> None:
    assert write_number(value) == shown


def test_a_chart_begins_at_nothing_and_shows_what_the_table_shows(towns: list[Region]) -> None:
    chart = describe_chart(tally(registrar(), "status"))
    assert [(bar["title"], bar["value"]) for bar in chart["bars"]] == [
        ("存续", 6),
        ("歇业", 0),
        ("吊销", 1),
        ("注销", 0),
    ]
    assert "最多的是存续" in chart["summary"]
    assert describe_chart(tally(registrar("second"), "status", "q=没有")) == {}


def test_others_rows_are_not_counted(towns: list[Region]) -> None:
    assert tally(registrar(), "status").total == 7
    assert tally(registrar("far", "禾溪县人民政府"), "status").total == 2


def test_many_rows_are_counted_once_and_the_page_says_when(
    towns: list[Region], monkeypatch: pytest.MonkeyPatch
) -> None:
    cache.clear()
    monkeypatch.setattr(statistics, "LIVE_ROWS", 1)
    actor, far = registrar(), registrar("far", "禾溪县人民政府")
    first = tally(actor, "status")
    Enterprise.objects.filter(status="revoked").update(status="active")
    again = tally(actor, "status")
    assert (again.counted_at, numbers(again)) == (first.counted_at, numbers(first))
    # Whoever sees other rows, or asks for others, gets a count of those.
    assert tally(far, "status").total == 2
    assert tally(actor, "status", "kind=limited").total == 3


def browser(office: str = "澄波区人民政府", role: str = "enterprise_registrar") -> Client:
    account = staff_account("reader", "看数人", Organisation.objects.get(name=office), {role: Reach.SUBTREE})
    client = Client()
    client.force_login(account, SIGNS_IN)
    return client


def test_the_page_has_a_table_under_every_chart(towns: list[Region]) -> None:
    page = browser().get(PAGE).content.decode()
    assert "统计于" in page
    assert page.count("data-chart=") == page.count("<table") == len(EnterpriseScreens.stats)
    assert 'href="/desk/registers/enterprises/?status=revoked">1</a>' in page


def test_a_table_is_taken_along_as_a_file(towns: list[Region]) -> None:
    Region.objects.filter(pk=towns[0].pk).update(name="=cmd|' /C calc'!A0")
    number = next(n for n, stat in enumerate(EnterpriseScreens.stats) if stat.by == "region")
    response = browser().get(f"{PAGE}{number}.csv")
    assert response.headers["Content-Disposition"].startswith('attachment; filename="enterprises-')
    assert response.content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(StringIO(response.content.decode("utf-8-sig"))))
    assert rows[0] == ["行政区划", "数量", "占比"]
    assert rows[-1] == ["合计", "7", "100.0%"]
    assert not any(cell.startswith("=") for row in rows for cell in row)


def test_statistics_are_closed_to_whom_the_list_is_closed(towns: list[Region]) -> None:
    assert Client().get(PAGE).status_code == 302
    stranger = browser(role="window_clerk")
    assert stranger.get(PAGE).status_code == 403
    assert stranger.get(f"{PAGE}0.csv").status_code == 403


def test_a_file_that_does_not_exist_is_not_found(towns: list[Region]) -> None:
    assert browser().get(f"{PAGE}99.csv").status_code == 404


def test_a_group_without_a_filter_leads_nowhere(towns: list[Region], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(EnterpriseScreens, "filters", ())
    assert {group.url for each in take(listing(registrar())) for group in each.groups} == {""}
    assert Group("存续", 6).further == ""


def test_the_last_day_of_a_year_belongs_to_it(towns: list[Region]) -> None:
    last = Enterprise.objects.latest("established_date").established_date
    assert (last + timedelta(1)).year == last.year + 1
    assert numbers(tally(registrar(), "established_date"))[-1] == ("2023年", 2)
