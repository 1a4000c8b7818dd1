"""A member of staff searches from the box in the head: offers while she types, a page of results with tabs."""

from collections.abc import Callable

import pytest
from django.test import Client

from tests.cast import Cast
from zhengtong.core.search.public import drain


@pytest.fixture
def number(cast: Cast) -> str:
    case = cast.submitted()
    drain()
    return str(case.number)


def test_the_results_link_and_mark_what_was_typed(browse: Callable[[str], Client], number: str) -> None:
    page = browse("reviewer").get("/desk/search/", {"q": "面馆"}).content.decode()
    assert f'href="/desk/cases/{number}/"' in page
    assert "<mark>面馆</mark>" in page
    assert "全部" in page
    assert "办件" in page


def test_a_tab_narrows_to_its_kind(browse: Callable[[str], Client], number: str) -> None:
    client = browse("reviewer")
    everything = client.get("/desk/search/", {"q": "食品经营"}).content.decode()
    assert "/hall/items/" in everything
    assert number in everything
    items = client.get("/desk/search/", {"q": "食品经营", "kind": "cases.item"}).content.decode()
    assert "/hall/items/" in items
    assert f"/desk/cases/{number}/" not in items
    assert "kind=cases.case" in items  # the other tab stays


def test_the_box_offers_hits_and_the_whole_list(browse: Callable[[str], Client], number: str) -> None:
    offers = browse("reviewer").get("/desk/search/offers/", {"q": number[:6]}).content.decode()
    assert f'href="/desk/cases/{number}/"' in offers
    assert 'role="option"' in offers
    assert "的全部结果" in offers
    assert browse("reviewer").get("/desk/search/offers/", {"q": " "}).content.decode().strip() == ""


def test_an_outsider_is_told_nothing_of_it(browse: Callable[[str], Client], number: str) -> None:
    client = browse("outsider")
    for typed in (number, "澜水面馆"):
        for path in ("/desk/search/", "/desk/search/offers/"):
            page = client.get(path, {"q": typed}).content.decode()
            assert "/desk/cases/" + number not in page
            assert "澄波区市场监督管理局" not in page
    assert "没有找到" in client.get("/desk/search/", {"q": number}).content.decode()


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "输入要找的内容"),
        ("，。！", "没有可以搜索的字"),
        ("🍜", "没有可以搜索的字"),
        ("飞船驾照", "没有找到"),
        ("面" * 5_000, "只按前 200 个字"),
        ("<script>alert(1)</script>", "没有找到"),
    ],
)
def test_what_cant_be_found_is_said_in_words(browse: Callable[[str], Client], typed: str, said: str) -> None:
    response = browse("reviewer").get("/desk/search/", {"q": typed})
    page = response.content.decode()
    assert response.status_code == 200
    assert said in page
    assert "<script>alert" not in page


@pytest.mark.parametrize("given", [{"after": "x"}, {"after": "99999"}, {"after": "-1"}, {"kind": "no.kind"}])
def test_an_address_that_someone_typed_breaks_nothing(
    browse: Callable[[str], Client], number: str, given: dict[str, str]
) -> None:
    assert browse("reviewer").get("/desk/search/", {"q": "面馆", **given}).status_code == 200


@pytest.mark.parametrize("path", ["/desk/search/", "/desk/search/offers/"])
def test_only_staff_search_here(cast: Cast, browse: Callable[[str], Client], path: str) -> None:
    assert Client().get(path, {"q": "面馆"}).status_code == 302
    assert browse("citizen").get(path, {"q": "面馆"}).status_code == 403
    response = browse("reviewer").get(path, {"q": "面馆"})
    assert "no-store" in response.headers["Cache-Control"]
