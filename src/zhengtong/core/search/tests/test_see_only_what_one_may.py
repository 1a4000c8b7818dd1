"""Whoever may not see a row doesn't find it: no title, no snippet, no count, no suggestion."""

from dataclasses import replace

import pytest

from tests.cast import Cast
from zhengtong.core.identity.public import Organisation
from zhengtong.core.search.public import SearchAudience, drain, search, suggest
from zhengtong.core.search.tests.conftest import OWN, TEXTS, VIEW
from zhengtong.kernel.policy import ANONYMOUS, SYSTEM, Actor, ActorKind, Grant

SECRET = "只有本局知道的暗语"


def clerk(*organisations: int, permission: str = VIEW) -> Actor:
    grant = Grant("tester", frozenset({permission}), frozenset(organisations))
    return Actor(kind=ActorKind.STAFF, grants=(grant,))


@pytest.fixture
def bureau(cast: Cast, kinds: None) -> Organisation:
    found = cast.office.organisation
    TEXTS[found.name] = SECRET
    found.save()
    drain()
    return found


def find(actor: Actor, typed: str, audience: SearchAudience = SearchAudience.STAFF) -> list[int]:
    found = search(actor, typed, audience=audience)
    hits = [hit.object_id for hit in found.hits if hit.kind == OWN]
    counted = sum(total.count for total in found.totals if total.kind == OWN)
    offered = [hit.object_id for hit in suggest(actor, typed, audience=audience) if hit.kind == OWN]
    assert counted == len(hits)
    assert set(offered) <= set(hits)
    return hits


@pytest.mark.parametrize("typed", [SECRET, f'"{SECRET}"', "暗语", "澄波区市场监督管理局", "cbqscjdglj", "市场"])
def test_only_those_with_the_permission_there_find_it(bureau: Organisation, typed: str) -> None:
    assert bureau.pk in find(clerk(bureau.pk), typed)
    assert bureau.pk in find(SYSTEM, typed)
    elsewhere = Organisation.objects.exclude(pk=bureau.pk).values_list("pk", flat=True)
    for outsider in (
        clerk(*elsewhere),
        clerk(),
        clerk(bureau.pk, permission="searchtest.other"),
        replace(clerk(bureau.pk), kind=ActorKind.CITIZEN),
        ANONYMOUS,
    ):
        assert bureau.pk not in find(outsider, typed)


def test_a_desk_without_the_audience_shows_none(bureau: Organisation) -> None:
    for audience in (SearchAudience.PUBLIC, SearchAudience.CITIZEN):
        assert find(clerk(bureau.pk), "市场", audience) == []


def test_a_reach_of_thousands_is_one_parameter(bureau: Organisation) -> None:
    assert find(clerk(bureau.pk, *range(10_000, 15_000)), SECRET) == [bureau.pk]
