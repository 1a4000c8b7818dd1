"""Cases and items are found by searching: by those who may see them, as they may see them."""

from dataclasses import replace

import pytest

from tests.cast import ITEM, Cast
from zhengtong.capabilities.cases.public import CASE_KIND, ITEM_KIND, list_cases
from zhengtong.core.search.public import Hit, SearchAudience, drain, search, suggest
from zhengtong.kernel.policy import ANONYMOUS, Actor


def find(actor: Actor, typed: str, kind: str = CASE_KIND) -> list[Hit]:
    return [hit for hit in search(actor, typed, audience=SearchAudience.STAFF).hits if hit.kind == kind]


@pytest.mark.parametrize("typed", ["澜水面馆", "面馆", "食品经营许可", "澄波区市场监督管理局", "lanshui"])
def test_a_filed_case_is_found_by_its_organisations(cast: Cast, typed: str) -> None:
    case = cast.submitted()
    drain()
    for actor in (cast.reviewer, cast.counter, cast.supervisor):
        assert [hit.object_id for hit in find(actor, typed)] == [case.pk]
    for actor in (cast.outsider, cast.owner, cast.citizen, ANONYMOUS):
        assert find(actor, typed) == []
        assert not [hit for hit in suggest(actor, typed, audience=SearchAudience.STAFF) if hit.kind == CASE_KIND]


def test_a_case_is_found_by_its_number_and_the_beginning_of_it(cast: Cast) -> None:
    case = cast.submitted()
    drain()
    number = str(case.number)
    for typed in (number, number.lower(), number[:-2], f" {number} "):
        (hit,) = find(cast.reviewer, typed)
        assert (hit.reference, hit.url) == (number, f"/desk/cases/{number}/")
    assert find(cast.outsider, number) == []


def test_a_draft_is_nobodys_to_find(cast: Cast) -> None:
    cast.draft()
    drain()
    assert find(cast.reviewer, "面馆") == []


def test_a_natural_person_is_found_by_name_and_shown_masked(cast: Cast) -> None:
    case = cast.submitted()
    type(case).objects.filter(pk=case.pk).update(applicant_name="王晓岚", legal_entity=None, applicant_number="")
    drain()
    (hit,) = find(cast.reviewer, "王晓岚")
    assert "王**" in hit.name
    assert "晓岚" not in hit.name + "".join(fragment.text for fragment in hit.snippet)


def test_searching_finds_no_more_than_the_list_shows(cast: Cast) -> None:
    case = cast.submitted()
    drain()
    everybody = {name: getattr(cast, name) for name in cast.__dataclass_fields__ if name not in ("office", "accounts")}
    for name, actor in everybody.items():
        seen = set(list_cases(actor).values_list("pk", flat=True))
        assert {hit.object_id for hit in find(actor, "面馆")} <= seen, name
    assert case.pk in set(list_cases(cast.reviewer).values_list("pk", flat=True))


def test_an_item_is_found_by_everybody_and_says_how_it_is_also_called(cast: Cast) -> None:
    for actor in (ANONYMOUS, cast.citizen, cast.reviewer, replace(cast.outsider, grants=())):
        (hit,) = find(actor, "卤味店", ITEM_KIND)
        assert hit.url == f"/hall/items/{ITEM}/"
        assert "卤味店" in [fragment.text for fragment in hit.snippet if fragment.is_match]


def test_an_item_is_found_by_what_its_guide_answers(cast: Cast) -> None:
    assert find(ANONYMOUS, "有效的健康证明", ITEM_KIND)
    assert find(ANONYMOUS, "bubble tea", ITEM_KIND)
    assert find(ANONYMOUS, "premises_plan", ITEM_KIND) == []
