"""Anybody reads the lists: by list, organ, kind and words; an entry with its basis and how often it was exercised."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.cast import Cast
from zhengtong.capabilities.powers import public as powers
from zhengtong.desks.powers.exercise import get_record

LIST = "/open/powers/"


def page(address: str) -> str:
    answer = Client().get(address)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize(
    ("query", "there", "not_there"),
    [
        ("", "食品经营许可", "企业名称预先核准"),
        ("?withdrawn=1&q=企业名称", "企业名称预先核准", "没有找到"),
        ("?organ=消防救援局", "公众聚集场所", "食品经营许可"),
        ("?kind=reward", "举报给予奖励", "公众聚集场所"),
        ("?list=fund", "残疾人就业保障金", "公众聚集场所"),
        ("?q=残疾人就业条例", "残疾人就业保障金", "公众聚集场所"),
        ("?q=FR-XK", "公众聚集场所", "残疾人就业保障金"),
        ("?q=算命", "没有找到权力事项", "食品经营许可"),
    ],
)
def test_the_lists_are_searched_and_filtered(cast: Cast, query: str, there: str, not_there: str) -> None:
    shown = page(LIST + query)
    assert there in shown
    assert not_there not in shown


def test_an_entry_says_its_basis_procedure_responsibilities_and_phone(cast: Cast) -> None:
    shown = page(reverse("powers_desk:entry", args=["MR-XK-01"]))
    for words in ("第三十五条", "受理", "事后监管", "0990-8802315", "第七十二条", "改了什么"):
        assert words in shown
    assert reverse("hall:item", args=[cast.office.item.code]) in shown


def test_the_exercise_of_a_power_is_counted_as_it_happens(cast: Cast) -> None:
    entry = powers.PowerEntry.objects.get(code="MR-XK-01")
    today = timezone.localdate()
    assert get_record(entry, today).ever.received == 0
    cast.submitted()
    cast.granted()
    record = get_record(entry, today)
    assert (record.this_year.received, record.this_year.granted, record.this_year.refused) == (2, 1, 0)
    assert record.ever == record.this_year
    later = get_record(entry, today + timedelta(days=400))
    assert (later.this_year.received, later.ever.received) == (0, 2)
    assert "累计 2 件" in page(reverse("powers_desk:entry", args=["MR-XK-01"]))


def test_a_withdrawn_entry_is_shown_as_such_with_day_and_basis(cast: Cast) -> None:
    shown = page(reverse("powers_desk:entry", args=["MR-XK-09"]))
    assert "2021年3月1日" in shown
    assert "国务院令第734号" in shown
    merged = page(reverse("powers_desk:entry", args=["MR-XK-02"]))
    assert reverse("powers_desk:entry", args=["MR-XK-01"]) in merged


def test_what_is_only_compiled_is_not_public(cast: Cast) -> None:
    entry = powers.PowerEntry.objects.create(
        code="HIDDEN-1",
        name="未公开的权力",
        kind="other",
        organ="市场监督管理局",
        power_list=powers.PowerList.objects.get(code="fee"),
    )
    assert Client().get(reverse("powers_desk:entry", args=[entry.code])).status_code == 404
    assert "未公开的权力" not in page(LIST + "?withdrawn=1")


def test_an_item_that_nobody_knows_is_not_found(cast: Cast) -> None:
    assert Client().get("/open/powers/none/").status_code == 404


def test_the_hall_leads_to_the_lists(cast: Cast) -> None:
    assert LIST in page("/")


def test_a_list_of_many_entries_is_paged(cast: Cast) -> None:
    power_list = powers.PowerList.objects.get(code="fee")
    powers.PowerEntry.objects.bulk_create(
        powers.PowerEntry(
            code=f"SF-{number:03d}",
            name=f"收费{number}",
            kind="levy",
            organ="财政局",
            power_list=power_list,
            state="live",
        )
        for number in range(45)
    )
    shown = page(LIST + "?organ=财政局")
    assert shown.count('class="power"') == 20
    assert "after=" in shown
