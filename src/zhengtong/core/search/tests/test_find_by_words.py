"""Somebody types what she remembers: a name, a popular name, pinyin, a number, a phrase."""

import time
from collections.abc import Callable

import pytest

from zhengtong.core.identity.public import LegalEntity
from zhengtong.core.search.public import Hit, SearchAudience, drain, search, suggest
from zhengtong.core.search.tests.conftest import OPEN, TEXTS
from zhengtong.kernel.policy import ANONYMOUS

Shop = Callable[..., LegalEntity]


def find(typed: str) -> list[Hit]:
    return search(ANONYMOUS, typed, audience=SearchAudience.PUBLIC, kinds=[OPEN]).hits


def names(typed: str) -> list[str]:
    return [hit.name for hit in find(typed)]


@pytest.mark.parametrize(
    "typed",
    [
        "澜水面馆",
        "面馆",
        "水面",  # two words share it
        "面",
        "开面馆",  # a synonym
        "lanshuimianguan",
        "mianguan",
        "lsmg",
        "LSMG",
        "滨江路66号",
        "滨江路６６号",  # as an input method writes it
        "A座",
        "ａ座",
        "滨江路 面馆",
        "  面馆　滨江路 ",
        '"滨江路66号"',
        "“滨江路66号”",
        "面馆，滨江路",
        "滨江路的面馆",  # the words apart, the empty one nowhere
        "91350100m000100y43",
        "91350100 M000 100Y43",
        "9135",
    ],
)
def test_it_is_found_however_it_is_said(shop: Shop, typed: str) -> None:
    shop("澜水面馆", "澄波区滨江路66号A座", words=("开面馆",), code="91350100M000100Y43")
    shop("禾溪书店", "禾溪县文庙街5号")
    assert names(typed) == ["澜水面馆"]


@pytest.mark.parametrize("typed", ["面澜", "馆面", "澜水书店", "lsx", "6号A座B", "66号滨江路中段"])
def test_what_it_isnt_called_doesnt_find_it(shop: Shop, typed: str) -> None:
    shop("澜水面馆", "澄波区滨江路66号A座", words=("开面馆",))
    shop("禾溪书店", "禾溪县文庙街5号")
    assert names(typed) == []


def test_a_phrase_is_the_string_its_words_are_not_enough(shop: Shop) -> None:
    shop("一店", "办理食品经营许可")
    shop("二店", "食品已经上架，经营得到许可")
    assert names('"食品经营许可"') == ["一店"]
    # Unbroken, but not in quotes: the string first, then its words.
    assert names("食品经营许可") == ["一店", "二店"]
    assert names("食品 许可") == ["二店", "一店"]


def test_a_number_comes_before_a_name_and_a_name_before_a_text(shop: Shop) -> None:
    shop("甲店", "代收 AB1234 的快递", code="X1")
    shop("AB1234号仓库", code="X2")
    shop("乙店", code="AB1234")
    shop("丙店", code="AB12345")
    assert names("ab1234") == ["乙店", "丙店", "AB1234号仓库", "甲店"]


def test_of_the_same_level_the_newest_comes_first(shop: Shop) -> None:
    for name in ("第一面馆", "第二面馆", "第三面馆"):
        shop(name)
    assert names("面馆") == ["第三面馆", "第二面馆", "第一面馆"]


def test_a_broken_line_doesnt_break_a_word(shop: Shop) -> None:
    shop("澜水面馆", "从事餐饮\n  服务的经\r\n营者")
    assert names("餐饮服务的经营者") == ["澜水面馆"]


def test_the_snippet_marks_what_was_searched_for_and_stays_text(shop: Shop) -> None:
    shop("澜水面馆", "很长的开头。" * 60 + "这里<script>有Ａ４纸出售</script>。" + "很长的结尾。" * 60)
    (hit,) = find("a4纸")
    assert [fragment.text for fragment in hit.snippet if fragment.is_match] == ["A4纸"]
    shown = "".join(fragment.text for fragment in hit.snippet)
    assert "这里<script>有A4纸出售" in shown
    assert len(shown) < 200


def test_more_hits_than_are_counted_are_told_as_such(shop: Shop) -> None:
    LegalEntity.objects.bulk_create(LegalEntity(name=f"面馆{n}", credit_code=f"N{n}") for n in range(260))
    shop("最新面馆")
    found = search(ANONYMOUS, "面馆", audience=SearchAudience.PUBLIC, limit=50)
    (total,) = [each for each in found.totals if each.kind == OPEN]
    assert (total.count, total.is_capped) == (200, True)
    assert found.hits[0].name == "最新面馆"
    seen = {hit.object_id for hit in found.hits}
    following = search(ANONYMOUS, "面馆", audience=SearchAudience.PUBLIC, limit=50, after=found.after)
    assert len(following.hits) == 50
    assert seen.isdisjoint(hit.object_id for hit in following.hits)


def test_the_box_offers_names_by_their_beginning(shop: Shop) -> None:
    shop("澜水面馆", words=("吃面",), code="AB77")
    shop("禾溪书店", "卖澜水的书")

    def offered(typed: str) -> list[str]:
        return [hit.name for hit in suggest(ANONYMOUS, typed, audience=SearchAudience.PUBLIC, kinds=[OPEN])]

    for typed in ("澜", "澜水", "lan", "ls", "吃", "chi", "ab7"):
        assert offered(typed) == ["澜水面馆"], typed
    assert offered("") == offered("，") == []


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "   ",
        "\u3000",
        "，。！？",
        '""',
        "“”",
        "'\"\\",
        "🍜🍜",
        "\ud800",
        "面\udfff",
        "\u202e\u200b",
        "%_%",
        "' OR 1=1; DROP TABLE search_entry;--",
        "& | ! <-> :* ( )",
        "a:* & !b",
        "\\'",
        "面" * 10_000,
        "面 " * 5_000,
        "abc " * 2_500,
        '"' * 9_999,
        "9" * 10_000,
        "ﷺ" * 50,
        "İstanbul ẞ",
        "=面馆",
        "~mian",
    ],
)
def test_odd_words_are_answered_quickly(shop: Shop, typed: str) -> None:
    shop("澜水面馆", "滨江路")
    began = time.perf_counter()
    found = search(ANONYMOUS, typed, audience=SearchAudience.PUBLIC)
    suggest(ANONYMOUS, typed, audience=SearchAudience.PUBLIC)
    assert time.perf_counter() - began < 5
    assert not found.is_too_broad
    assert all(hit.name == "澜水面馆" for hit in found.hits if hit.kind == OPEN)


def test_a_query_that_is_cut_says_so(shop: Shop) -> None:
    assert search(ANONYMOUS, "面" * 10_000, audience=SearchAudience.PUBLIC).query.is_cut
    assert not search(ANONYMOUS, "面馆", audience=SearchAudience.PUBLIC).query.is_cut


def test_an_old_text_with_the_string_isnt_crowded_out_by_new_ones_with_its_words(shop: Shop) -> None:
    shop("老店", "办理食品经营许可")
    rows = [LegalEntity(name=f"新店{n}", credit_code=f"N{n}") for n in range(230)]
    TEXTS.update({row.name: "食品已经上架，经营得到许可" for row in rows})
    LegalEntity.objects.bulk_create(rows)
    drain()
    assert names("食品经营许可")[0] == "老店"
