"""A visitor looks for what she has to do and reads the guide."""

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from tests.cast import ITEM, Cast
from zhengtong.capabilities.cases.public import get_live_version, get_rulebook
from zhengtong.desks.hall.tests.pages import Visitor, text_of


@pytest.mark.parametrize("query", ["食品经营", "开饭馆", "kaifanguan", "spjy"])
def test_an_item_is_found_by_name_popular_name_and_pinyin(cast: Cast, stranger: Client, query: str) -> None:
    response = stranger.get("/hall/", {"q": query})
    assert f"/hall/items/{ITEM}/" in response.content.decode()


@pytest.mark.parametrize(
    "query", ["<script>alert(1)</script>", "' OR 1=1; DROP TABLE cases_case;--", "%", "\\", "🍜" * 200, "\u202e"]
)
def test_hostile_words_find_nothing_and_break_nothing(cast: Cast, stranger: Client, query: str) -> None:
    response = stranger.get("/hall/", {"q": query})
    assert response.status_code == 200
    assert "<script>alert" not in response.content.decode()
    assert stranger.get("/hall/suggest/", {"q": query}).status_code == 200


def test_a_null_byte_in_a_search_is_refused_in_words(cast: Cast, stranger: Client) -> None:
    response = stranger.get("/hall/?q=%00")
    assert response.status_code == 400
    assert "看不懂" in text_of(response)


def test_nothing_found_says_what_to_do(cast: Cast, stranger: Client) -> None:
    words = text_of(stranger.get("/hall/", {"q": "飞船驾照"}))
    assert "没有找到这件事" in words
    assert "换个平常的说法" in words


def test_the_guide_answers_in_the_order_of_questions(cast: Cast, stranger: Client) -> None:
    words = text_of(stranger.get(f"/hall/items/{ITEM}/"))
    asked = ["我能办吗", "要准备什么", "要多久", "要花多少钱", "到哪里办", "依据的法律", "常见问题"]
    places = [words.index(question) for question in asked]
    assert places == sorted(places)
    assert "我要办理" in words
    version = get_live_version(cast.office.item)
    statutory = get_rulebook().limit(version.statutory_limit, timezone.localdate())
    assert f"{version.promised_days}个工作日" in words
    assert f"{statutory.budget}个工作日" in words


def test_an_unknown_item_is_not_found(stranger: Client) -> None:
    assert stranger.get("/hall/items/no-such-thing/").status_code == 404


def test_the_front_door_tells_first_what_waits_for_the_visitor(cast: Cast, owner: Visitor) -> None:
    case = cast.submitted()
    words = text_of(owner.get("/"))
    assert str(case.number) in words
    assert words.index("我的办件") < words.index("常办的事")


def test_what_is_applied_for_most_stands_first(cast: Cast, stranger: Client) -> None:
    cache.delete("hall.busiest")
    before = text_of(stranger.get("/"))
    name = cast.office.item.name
    first = before[before.index("常办的事") :]
    cast.submitted()
    cache.delete("hall.busiest")
    words = text_of(stranger.get("/"))
    now = words[words.index("常办的事") :]
    assert not first.startswith(f"常办的事 按人生事件、部门找 个人办事 企业办事 {name}")
    assert now.startswith(f"常办的事 按人生事件、部门找 个人办事 企业办事 {name}")


def test_the_front_door_opens_for_strangers_and_staff(cast: Cast, stranger: Client, clerk: Visitor) -> None:
    assert stranger.get("/").status_code == 200
    assert clerk.get("/").status_code == 200


@pytest.mark.parametrize("path", ["/hall/help/", "/robots.txt", "/hall/publicity/", "/verify/", "/hall/progress/"])
def test_public_pages_need_no_account(stranger: Client, path: str) -> None:
    assert stranger.get(path).status_code == 200
