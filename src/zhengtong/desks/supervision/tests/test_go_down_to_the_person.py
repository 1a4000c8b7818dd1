"""From the whole down to the person: a page a level, and each number opens a list of just so many."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.cast import Cast
from zhengtong.desks.supervision.tests.test_watch_running_cases import make_late, numbers, warn

Browse = Callable[[str], Client]
pytestmark = pytest.mark.django_db
ROOT = "/desk/supervision/drill/"


def link_of(cell: Any) -> tuple[str, int]:
    """Return where a number leads and what it says."""
    found = re.fullmatch(r'<a href="([^"]+)">(\d+)</a>', str(cell))
    return (found[1].replace("&amp;", "&"), int(found[2])) if found else ("", int(cell))


def test_each_level_leads_to_the_next_and_each_number_to_its_list(cast: Cast, browse: Browse) -> None:
    late, warned, _done = cast.reviewing(), cast.reviewing(), cast.granted()
    make_late(late)
    warn(warned)
    client, organ = browse("supervisor"), cast.office.organisation_id
    levels = [
        ROOT,
        f"{ROOT}regions/990102/",
        f"{ROOT}organs/{organ}/",
        f"{ROOT}organs/{organ}/items/food-business-licence/",
    ]
    for address, following in zip(
        levels, [*levels[1:], f"{ROOT}organs/{organ}/people/{cast.reviewer.appointment}/"], strict=True
    ):
        page = client.get(address)
        assert page.status_code == 200
        assert f'href="{following}"' in page.content.decode()
        for _heading, _columns, rows in page.context["tables"]:
            for row in rows:
                for column in ("running", "yellow", "red"):
                    url, count = link_of(row["cells"][column])
                    assert len(numbers(client.get(url))) == count if url else count == 0
    counties = client.get(ROOT).context["tables"][0][2]
    cells = counties[0]["cells"]
    assert [link_of(cells[key])[1] for key in ("running", "yellow", "red", "decided")] == [3, 1, 1, 1]
    assert (cells["rate"], cells["days"]) == ("100.0%", "0.0")


def test_a_person_with_what_she_has_and_what_she_did(cast: Cast, browse: Browse) -> None:
    case, done = cast.reviewing(), cast.recommended()
    address = f"{ROOT}organs/{cast.office.organisation_id}/people/{cast.reviewer.appointment}/"
    page = browse("supervisor").get(address)
    assert [row["url"] for row in page.context["in_hand"]] == [f"/desk/supervision/cases/{case.number}/"]
    assert [row["key"] for row in page.context["done"]] == [done.number]
    loads = browse("supervisor").get(f"{ROOT}organs/{cast.office.organisation_id}/").context["tables"][1][2]
    reviewer = next(row["cells"] for row in loads if "林国栋" in row["key"])
    assert link_of(reviewer["running"])[1] == 1
    assert (reviewer["rate"], reviewer["days"]) == ("100.0%", "0.0")


def test_beyond_ones_reach_there_is_nothing(cast: Cast, browse: Browse) -> None:
    other = cast.outsider.organisation
    head = browse("head")
    assert head.get(ROOT).status_code == 200
    for address in ("regions/990122/", f"organs/{other}/", f"organs/{other}/items/food-business-licence/"):
        assert head.get(f"{ROOT}{address}").status_code == 404
    own = cast.office.organisation_id
    assert head.get(f"{ROOT}organs/{own}/people/{cast.outsider.appointment}/").status_code == 404
    assert head.get(f"{ROOT}organs/{own}/items/nothing/").status_code == 404
    assert browse("reviewer").get(ROOT).status_code == 403


def test_more_cases_are_no_more_statements(cast: Cast, browse: Browse) -> None:
    client, organ = browse("supervisor"), cast.office.organisation_id
    pages = (ROOT, f"{ROOT}regions/990102/", f"{ROOT}organs/{organ}/")

    def count(address: str) -> int:
        counts = []
        for _ in range(4):
            with CaptureQueriesContext(connection) as asked:
                client.get(address)
            counts.append(len(asked))
        return min(counts)

    cast.reviewing()
    few = [count(page) for page in pages]
    for _ in range(4):
        cast.reviewing()
    assert [count(page) for page in pages] == few
    assert max(few) <= 20
