"""What many offices have open is searched by the beginning of a number or of a name."""

import pytest

from tests.cast import Cast
from zhengtong.core.worklist import public as worklist
from zhengtong.core.worklist.public import WorkItem
from zhengtong.core.worklist.tests.test_move_work import wait_for

pytestmark = pytest.mark.django_db


def test_the_pool_is_searched_by_the_beginning_of_number_or_party(cast: Cast) -> None:
    for number in (1, 12, 2):
        wait_for(cast, number)
    WorkItem.objects.filter(object_id=2).update(party="企业2%_有限公司")
    pool = worklist.list_office(cast.reviewer)

    def find(words: str) -> list[int]:
        found = worklist.filter_words(pool, words, by_beginning=True)
        page = [item.object_id for item in found[:50]]
        assert worklist.count_each({"found": found})["found"] == len(page) == found.count()
        return sorted(page)

    assert find("t-1") == [1, 12]
    assert find("企业2%") == [2]
    assert find("有限") == find("%") == []
    assert worklist.filter_words(pool, "有限", by_beginning=False).count() == 1
    assert not worklist.filter_words(worklist.list_office(cast.outsider), "T-", by_beginning=True).exists()
