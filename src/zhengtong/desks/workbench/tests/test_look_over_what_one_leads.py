"""The leaders' page: what is late, what will be, with whom it waits, how the weeks went; each number opens its list."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.cast import Cast
from zhengtong.capabilities.cases import public as cases
from zhengtong.capabilities.cases.public import end_of_working_day
from zhengtong.core.worklist.public import WorkItem

Browse = Callable[[str], Client]
pytestmark = pytest.mark.django_db
PAGE = "/desk/leading/"


def end_at(case: cases.Case, at: Any, level: str = "green") -> None:
    """Let the promise of ``case`` end ``at`` a moment, on its page, its clock and the worklist."""
    cases.Clock.objects.filter(case=case, basis="promised", finished_at=None).update(due_at=at, level=level)
    cases.Case.objects.filter(pk=case.pk).update(due_at=at)
    WorkItem.objects.filter(reference=case.number, state="open").update(due_at=at, level=level)


def numbers(page: Any) -> list[str]:
    return [row["key"] for row in page.context["rows"]]


def open_cell(client: Client, cell: Any) -> list[str]:
    found = re.fullmatch(r'<a href="([^"]+)">\d+</a>', str(cell))
    assert found, cell
    return numbers(client.get(found[1].replace("&amp;", "&")))


def test_what_is_late_and_what_will_be_each_opens_its_list(cast: Cast, browse: Browse) -> None:
    now = timezone.now()
    late, warned, soon, later = cast.reviewing(), cast.accepted(), cast.accepted(), cast.accepted()
    end_at(late, now - timedelta(days=2), "red")
    end_at(warned, end_of_working_day(1, now), "yellow")
    end_at(soon, end_of_working_day(3, now))
    end_at(later, end_of_working_day(9, now))
    client = browse("supervisor")
    page = client.get(PAGE)
    assert [value for value, *_rest in page.context["figures"]] == [1, 1, 1, 2, 2, 4, 4]
    for value, _label, url, _tone in page.context["figures"][:6]:
        assert len(numbers(client.get(url))) == value
    for rows in (page.context["organ_rows"], page.context["item_rows"]):
        [row] = rows
        assert open_cell(client, row["cells"]["red"]) == [late.number]
        assert open_cell(client, row["cells"]["yellow"]) == [warned.number]
        assert open_cell(client, row["cells"]["due3"]) == [warned.number, soon.number]
        assert row["cells"]["running"] == 4
    [holder] = page.context["holders"]
    assert (holder["name"], holder["late"]) == ("林国栋", 1)
    assert numbers(client.get(holder["url"])) == [late.number]
    assert page.context["weeks"][-1].received == 4
    assert len(page.context["weeks"]) == 12
    assert [row["key"] for row in page.context["new_rows"]] == [each.number for each in (later, soon, warned, late)]


def test_nothing_yet(cast: Cast, browse: Browse) -> None:
    page = browse("head").get(PAGE)
    assert [value for value, *_rest in page.context["figures"]] == [0] * 7
    text = page.content.decode()
    assert "没有超期的任务" in text
    assert "今天还没有收件" in text


def test_who_leads_nothing_is_refused_and_the_old_address_leads_here(cast: Cast, browse: Browse) -> None:
    for name in ("reviewer", "outsider", "citizen"):
        assert browse(name).get(PAGE).status_code == 403
        assert browse(name).get("/desk/late/").status_code == 403
    assert browse("head").get("/desk/late/").headers["Location"] == PAGE
    assert "分管概况" in browse("head").get("/desk/").content.decode()
    assert "分管概况" not in browse("reviewer").get("/desk/").content.decode()


def test_more_cases_are_no_more_statements(cast: Cast, browse: Browse) -> None:
    client = browse("supervisor")

    def count() -> int:
        counts = []
        for _ in range(4):
            with CaptureQueriesContext(connection) as asked:
                client.get(PAGE)
            counts.append(len(asked))
        return min(counts)

    cast.reviewing()
    few = count()
    for _ in range(4):
        end_at(cast.reviewing(), timezone.now() - timedelta(days=1), "red")
    assert count() <= few + 2, "the names of those who hold late tasks"
    assert few <= 22
