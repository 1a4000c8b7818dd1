"""A clerk looks through a list: what she may see, narrowed, sorted, page by page; and what an address can't do."""

from collections.abc import Callable
from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.toy.models import Well
from zhengtong.screens.declaration import ModelScreens
from zhengtong.screens.listing import Listing
from zhengtong.screens.routing import url_of
from zhengtong.screens.tests.conftest import WaterOffice

Listed = Callable[..., Listing]
WELLS = "/desk/wells/wells/"


def codes(listing: Listing) -> list[str]:
    return [well.code for well in listing.page().rows]


# Who gets in


def test_each_sees_the_rows_of_her_own_organisation(water: WaterOffice, listed: Listed) -> None:
    ours, theirs = water.dig(1), water.dig(2, owner=water.other_county)
    assert codes(listed("keeper")) == [ours.code]
    assert codes(listed("stranger")) == [theirs.code]
    assert water.browser("keeper").get(f"{WELLS}{theirs.pk}/").status_code == 404
    assert water.browser("keeper").get(f"{WELLS}{ours.pk}/").status_code == 200


def test_without_the_permission_nothing_opens(water: WaterOffice) -> None:
    well = water.dig(1)
    for name in ("counter", "citizen"):
        for address in (WELLS, f"{WELLS}new/", f"{WELLS}{well.pk}/", f"{WELLS}{well.pk}/amend/"):
            assert water.browser(name).get(address).status_code == 403
    for address in (WELLS, f"{WELLS}{well.pk}/act/suspend-well/"):
        assert Client().get(address)["Location"].startswith("/account/login/")


def test_a_viewer_sees_no_button_and_no_form(water: WaterOffice) -> None:
    well, viewer = water.dig(1), water.browser("viewer")
    page = viewer.get(f"{WELLS}{well.pk}/").content.decode()
    assert "修改" not in page
    assert "登记水井" not in viewer.get(WELLS).content.decode()
    for address in ("new/", f"{well.pk}/amend/", f"{well.pk}/act/seal-well/"):
        assert viewer.get(WELLS + address).status_code == 403
        assert viewer.post(WELLS + address).status_code == 403


def test_everyone_reads_the_public_list_and_nothing_is_kept_of_the_others(water: WaterOffice) -> None:
    well = water.dig(1)
    page = Client().get(f"/open/wells/register/{well.pk}/")
    assert well.name in page.content.decode()
    assert "Cache-Control" not in page.headers
    assert water.browser("keeper").get(WELLS)["Cache-Control"] == "private, no-store"
    assert Client().get("/open/wells/register/new/").status_code == 404


# What is shown


def test_values_are_words_and_a_phone_is_masked(water: WaterOffice) -> None:
    well = water.dig(2, fee="1250.5", is_metered=True)
    page = water.browser("keeper").get(f"{WELLS}?columns=name,status,fee,drilled_date,is_metered,keeper_phone")
    words = page.content.decode()
    for word in ("在用", "1,250.50元", "2020年1月3日 (周五)", ">是<", "138****0002"):
        assert word in words
    assert well.keeper_phone not in words


def test_a_column_that_is_not_hers_is_not_there_whatever_she_asks(water: WaterOffice, listed: Listed) -> None:
    water.dig(3)
    assert "fee" in [column.name for column in listed("keeper").columns]
    for asked in ("columns=code,fee", "fee=30", "sort=-fee"):
        listing = listed("viewer", asked)
        assert "fee" not in {column.name for column in listing.columns}
        assert len(listing.problems) == 1
        assert "fee" not in [bound.name for bound in listing.filters]
    assert codes(listed("viewer", "fee=999")) == codes(listed("viewer"))
    page = water.browser("viewer").get(f"{WELLS}?fee=999").content.decode()
    assert "没有“fee”这个条件，它没有起作用" in page
    assert "水资源税" not in page


def test_a_row_takes_as_many_queries_as_fifty(water: WaterOffice, listed: Listed) -> None:
    asked = "columns=" + ",".join(column.name for column in listed("keeper").offered)
    client, counted = water.browser("keeper"), []
    for n in range(1, 41):
        water.dig(n)
        if n in (2, 40):
            client.get(f"{WELLS}?{asked}")
            with CaptureQueriesContext(connection) as queries:
                assert client.get(f"{WELLS}?{asked}").status_code == 200
            counted.append(len(queries))
    assert counted[0] == counted[1]


def test_a_phone_that_is_not_shown_is_not_deciphered(water: WaterOffice, listed: Listed) -> None:
    water.dig(1)
    for asked, is_read in (("columns=code,name", False), ("columns=code,keeper_phone", True)):
        well = listed("keeper", asked).page().rows[0]
        assert ("keeper_phone" not in well.get_deferred_fields()) is is_read


# Narrowing


@pytest.mark.parametrize(
    ("asked", "numbers"),
    [
        ("status=suspended", [4, 8]),
        ("status=used&status=suspended", [1, 2, 3, 4, 5, 6, 7, 8]),
        ("drilled_date_from=2020-01-05&drilled_date_until=2020-01-06", [4, 5]),
        ("fee=30", [3]),
        ("keeper_phone=138 0000 0005", [5]),
        ("q=sj-00006", [6]),
        ("q=7号", [7]),
        ("q=号井", []),
        ("is_metered=1", []),
        ("region=990102", [1, 2, 3, 4, 5, 6, 7, 8]),
        ("region=990122 禾溪县", []),
        ("region=990100", [1, 2, 3, 4, 5, 6, 7, 8]),
        ("owner=安澜市人民政府", [1, 2, 3, 4, 5, 6, 7, 8]),
    ],
)
def test_filters_find_what_they_say(water: WaterOffice, listed: Listed, asked: str, numbers: list[int]) -> None:
    for n in range(1, 9):
        water.dig(n)
    listing = listed("keeper", asked)
    assert listing.problems == []
    assert codes(listing) == [f"SJ-{n:05d}" for n in numbers]
    assert listing.is_narrowed


@pytest.mark.parametrize(
    "asked",
    [
        "status=nonsense",
        "drilled_date_from=2026-02-30",
        "drilled_date_until=9999-12-31",
        "drilled_date_from=2026-02-01&drilled_date_until=2026-01-01",
        "fee=NaN",
        "fee=1e999999",
        "region=火星",
        "owner=99999999999999999999",
        "is_metered=maybe",
        "nothing=1",
        "sort=keeper_phone",
        "columns=password",
        "status__in=used",
    ],
)
def test_what_means_nothing_is_said_and_the_list_goes_on(water: WaterOffice, listed: Listed, asked: str) -> None:
    water.dig(1)
    listing = listed("keeper", asked)
    assert len(listing.problems) == 1
    assert codes(listing) == ["SJ-00001"]
    assert water.browser("keeper").get(f"{WELLS}?{asked}").status_code == 200


def test_a_condition_is_taken_away_alone(water: WaterOffice) -> None:
    water.dig(1)
    page = water.browser("keeper").get(f"{WELLS}?status=used&fee=10&after=x").content.decode()
    assert "状态：在用" in page
    assert 'href="?fee=10"' in page


def test_a_chooser_offers_what_begins_so(water: WaterOffice) -> None:
    client = water.browser("keeper")
    offered = client.get(f"{WELLS}options/region/", {"chooser": "region", "region": "9901"}).content.decode()
    assert "990102 澄波区" in offered
    assert client.get(f"{WELLS}options/keeper_phone/").status_code == 404
    assert client.get(f"{WELLS}options/region__path/").status_code == 404


# Pages


@pytest.mark.parametrize(
    "sort", ["", "name", "-name", "drilled_date", "-drilled_date", "fee", "-fee", "-registered_at"]
)
def test_every_row_is_on_one_page_there_and_back(water: WaterOffice, listed: Listed, sort: str) -> None:
    for n in range(1, 24):
        water.dig(n, name=f"{n % 3}号井", fee=n % 4)
    there: list[list[int]] = []
    address = f"sort={sort}" if sort else ""
    page = listed("keeper", address).page(size=5)
    while True:
        there.append([well.pk for well in page.rows])
        if not page.next:
            break
        page = listed("keeper", f"{address}&after={page.next}").page(size=5)
    flat = [pk for pks in there for pk in pks]
    assert len(flat) == len(set(flat)) == 23
    assert flat == list(listed("keeper", address).found.values_list("pk", flat=True))
    back = [[well.pk for well in page.rows]]
    while page.previous:
        page = listed("keeper", f"{address}&before={page.previous}").page(size=5)
        back.append([well.pk for well in page.rows])
    assert back[::-1] == there


def test_a_total_stops_at_the_page_where_counting_takes_long(
    water: WaterOffice, listed: Listed, monkeypatch: pytest.MonkeyPatch
) -> None:
    for n in range(1, 8):
        water.dig(n)

    def told(address: str, size: int) -> tuple[int, bool, str]:
        page = listed("keeper", address).page(size=size)
        return page.total, page.capped, page.next

    assert told("", 3)[:2] == (7, False)
    monkeypatch.setattr("zhengtong.screens.paging.MOST_COST", 0)
    assert told("", 3)[:2] == (3, True)
    assert told(f"after={told('', 3)[2]}", 20)[:2] == (4, True)  # there are those before, too
    assert told("", 7)[:2] == (7, False)  # all are on the page
    page = water.browser("keeper").get(WELLS).content.decode()
    assert "共 7 条" in page


def test_dates_without_a_value_come_last_upwards(water: WaterOffice, listed: Listed) -> None:
    water.dig(1, drilled_date=None)
    water.dig(2, drilled_date=date(2021, 1, 1))
    assert codes(listed("keeper", "sort=drilled_date")) == ["SJ-00002", "SJ-00001"]


def test_only_the_part_that_changes_is_sent_to_a_script(water: WaterOffice) -> None:
    water.dig(1)
    client = water.browser("keeper")
    part = client.get(WELLS, headers={"HX-Request": "true", "HX-Target": "div#listing"}).content.decode()
    assert "SJ-00001" in part
    assert "<html" not in part
    assert "<html" in client.get(WELLS).content.decode()


def test_the_list_is_taken_away_as_it_is_narrowed(water: WaterOffice) -> None:
    water.dig(1)
    page = water.browser("viewer").get(f"{WELLS}?status=used").content.decode()
    assert f'href="{WELLS}export.csv?status=used"' in page
    assert f'href="{WELLS}export.xlsx?status=used"' in page


def test_an_empty_list_says_what_to_do(water: WaterOffice) -> None:
    client = water.browser("keeper")
    assert "还没有登记水井。" in client.get(WELLS).content.decode()
    assert "清除条件" in client.get(f"{WELLS}?status=used").content.decode()


# The menu


def test_the_list_is_in_the_menu_of_those_who_may_see_it(water: WaterOffice, screens: ModelScreens) -> None:
    page = water.browser("viewer").get(WELLS).content.decode()
    assert '<details class="desk-group" open>' in page
    assert f'<a class="desk-link" href="{url_of(screens)}" data-tour="{url_of(screens)}" aria-current="page">' in page
    assert url_of(screens) not in water.browser("counter").get("/desk/").content.decode()


def test_a_row_that_is_not_there_is_not_found(water: WaterOffice) -> None:
    assert not Well.objects.exists()
    assert water.browser("keeper").get(f"{WELLS}1/").status_code == 404
    assert water.browser("keeper").get(f"{WELLS}{'9' * 30}/").status_code == 404
    assert water.browser("keeper").get(f"{WELLS}x/").status_code == 404


def test_a_list_is_read_and_not_written_to(water: WaterOffice) -> None:
    well, client = water.dig(1), water.browser("keeper")
    for address in (WELLS, f"{WELLS}{well.pk}/", f"{WELLS}options/region/"):
        assert client.post(address).status_code == 405


def test_a_file_holds_plain_words_and_a_program_gets_codes(water: WaterOffice, listed: Listed) -> None:
    well = water.dig(4, depth="10.50", drilled_date=date(2020, 2, 29))
    well.refresh_from_db()
    columns = {column.name: column for column in listed("keeper").offered}
    texts = {name: column.text(well) for name, column in columns.items()}
    assert (texts["status"], texts["is_metered"], texts["drilled_date"]) == ("停用", "否", "2020-02-29")
    assert (texts["owner"], texts["keeper_phone"]) == (water.county.name, "138****0004")
    assert columns["status"].value(well) == "suspended"
    assert columns["owner"].value(well) == water.county.pk
    assert columns["keeper_phone"].value(well) == "138****0004"
    assert columns["depth"].shown(well) == "10.50 米"
