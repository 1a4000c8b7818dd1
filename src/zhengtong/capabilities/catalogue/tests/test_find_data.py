"""Staff and the public look for data: by words, synonyms and facets, page by page, and no more than they may know."""

import pytest

from zhengtong.capabilities.catalogue import searching
from zhengtong.capabilities.catalogue.entries import list_catalogue, read_entry
from zhengtong.capabilities.catalogue.indexing import catch_up, list_stale
from zhengtong.capabilities.catalogue.models import Document, Resource, ResourceState, Synonym
from zhengtong.capabilities.catalogue.searching import Wanted, search_resources
from zhengtong.capabilities.catalogue.tests.finding_fixtures import offices_of_catalogue
from zhengtong.capabilities.catalogue.tests.finding_samples import actor_in, classify, enter
from zhengtong.core.identity.public import Organisation
from zhengtong.kernel.policy import ANONYMOUS, SYSTEM

__all__ = ["offices_of_catalogue"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def offices(offices_of_catalogue: tuple[Organisation, Organisation]) -> tuple[Organisation, Organisation]:
    market, police = offices_of_catalogue
    people, firms = classify(), classify("102001", "企业和个体工商户")
    enter(market, 1, "企业登记基本信息", classification=firms, data_format="数据库表")
    enter(market, 2, "食品经营许可证照信息", classification=firms, update_cycle="weekly", abstract="含企业登记编号。")
    enter(police, 3, "户籍人口信息", classification=people, fields=("公民身份号码", "姓名"), open_type="open")
    enter(police, 4, "流动人口登记信息", classification=people, fields=("姓名", "居住地址"), share_type="unconditional")
    enter(police, 5, "重点人员名册", classification=people, share_type="withheld", withheld_basis="反恐怖主义法")
    enter(police, 6, "还在编制的信息", state=ResourceState.COMPILING)
    catch_up()
    return market, police


def names(wanted: Wanted, actor: object = SYSTEM) -> list[str]:
    found = search_resources(actor, wanted)  # type: ignore[arg-type]  # one of our actors
    return ["".join(fragment.text for fragment in row.title) for row in found.rows]


@pytest.mark.parametrize(
    ("words", "first", "others"),
    [
        ("企业登记", "企业登记基本信息", {"食品经营许可证照信息"}),
        ("人口", "流动人口登记信息", {"户籍人口信息"}),
        ("公民身份号码", "户籍人口信息", set()),
        ("食品 许可", "食品经营许可证照信息", set()),
        ("hujirenkou", "户籍人口信息", set()),
        ("“登记编号”", "食品经营许可证照信息", set()),
        ("102001/000001", "企业登记基本信息", set()),
    ],
)
def test_words_are_found_in_names_first_then_in_abstract_and_items(
    offices: object, words: str, first: str, others: set[str]
) -> None:
    found = names(Wanted(words=words))
    assert found[0] == first
    assert set(found[1:]) == others


def test_a_synonym_finds_what_is_written_otherwise(offices: object) -> None:
    assert names(Wanted(words="身份证")) == []
    Synonym.objects.create(words="身份证、公民身份号码")
    assert names(Wanted(words="身份证")) == ["户籍人口信息"]


@pytest.mark.parametrize("words", ["。，", "没有这种数据", "企业\x00", "'; DROP TABLE x; --", "%_\\", "“", "a" * 500])
def test_odd_words_find_nothing_and_break_nothing(offices: object, words: str) -> None:
    assert len(search_resources(SYSTEM, Wanted(words=words.replace("\x00", ""))).rows) <= 5


def test_facets_count_what_is_found_and_narrow_it(offices: tuple[Organisation, Organisation]) -> None:
    market, _police = offices
    found = search_resources(SYSTEM, Wanted())
    assert (found.total, found.is_capped) == (5, False)
    assert [(value.value, value.count) for value in found.facets["classification"]] == [("1", 5)]
    within = search_resources(SYSTEM, Wanted(classification="101"))
    assert [(value.value, value.count) for value in within.facets["classification"]] == [
        ("1", 3),
        ("101", 3),
        ("101001", 3),
    ]
    assert [(value.value, value.count) for value in found.facets["share"]] == [
        ("unconditional", 1),
        ("conditional", 3),
        ("withheld", 1),
    ]
    narrowed = search_resources(SYSTEM, Wanted(provider=market.pk, cycle="weekly"))
    assert narrowed.total == 1
    assert narrowed.facets["format"] == []
    assert names(Wanted(words="登记", share="unconditional")) == ["流动人口登记信息"]


def test_the_tree_counts_what_is_below_and_not_what_begins_alike(
    offices_of_catalogue: tuple[Organisation, Organisation],
) -> None:
    market, _police = offices_of_catalogue
    top = classify("7", "主题")
    inner = classify("71", "环境", top)
    beside = classify("711", "不在其下", top)
    enter(market, 1, "水质", classification=inner)
    enter(market, 2, "空气", classification=classify("71001", "大气", inner))
    enter(market, 3, "别的", classification=beside)
    catch_up()
    found = search_resources(SYSTEM, Wanted(classification="71"))
    assert found.total == 2
    assert [(value.value, value.count, value.is_chosen) for value in found.facets["classification"]] == [
        ("7", 2, True),
        ("71", 2, True),
        ("71001", 1, False),
    ]


def test_more_than_the_cap_is_told_as_at_least(offices: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(searching, "CAP", 2)
    found = search_resources(SYSTEM, Wanted(words="信息"))
    assert (found.total, found.is_capped) == (2, True)
    assert not search_resources(SYSTEM, Wanted()).is_capped


def test_every_page_follows_the_one_before(offices: object) -> None:
    for words in ("", "登记", "信息"):
        whole = names(Wanted(words=words))
        walked, after = [], ""
        while True:
            page = search_resources(SYSTEM, Wanted(words=words, after=after), size=1)
            walked += ["".join(fragment.text for fragment in row.title) for row in page.rows]
            if not (after := page.after):
                break
        assert walked == whole
    assert len(search_resources(SYSTEM, Wanted(after="x.y"), size=9).rows) == 5


def test_the_public_finds_nothing_that_is_withheld_or_not_published(
    offices: tuple[Organisation, Organisation],
) -> None:
    everything = names(Wanted(), ANONYMOUS)
    assert "重点人员名册" not in everything
    assert len(everything) == 4
    secret = Resource.objects.get(name="重点人员名册")
    assert read_entry(ANONYMOUS, secret.pk) is None
    inside = actor_in(offices[0], "catalogue.find_resource")
    assert read_entry(inside, secret.pk) is not None
    assert "重点人员名册" in names(Wanted(), inside)
    assert read_entry(SYSTEM, Resource.objects.get(name="还在编制的信息").pk) is None


def test_what_is_retired_or_renamed_is_found_as_it_is_now(offices: object) -> None:
    assert list_stale() == []
    Resource.objects.filter(name="户籍人口信息").update(state=ResourceState.RETIRED)
    Resource.objects.filter(name="流动人口登记信息").update(code="101001/000099")
    assert len(list_stale()) == 2
    assert catch_up() == 2
    assert catch_up() == 0
    assert names(Wanted(words="户籍人口")) == []
    assert Document.objects.get(title="流动人口登记信息").code == "101001/000099"


def test_the_list_of_resources_has_every_entry_that_was_found(offices: object) -> None:
    assert [entry.version.name for entry in list_catalogue(SYSTEM, Wanted(words="企业登记"))] == [
        "企业登记基本信息",
        "食品经营许可证照信息",
    ]
