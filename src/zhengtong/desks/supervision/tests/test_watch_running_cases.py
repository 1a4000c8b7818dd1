"""The live list: both clocks, what is due first, its filters, its file, and nothing that grows with the rows."""

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
from zhengtong.core.audit.public import AuditRecord

Browse = Callable[[str], Client]
pytestmark = pytest.mark.django_db
LIST = "/desk/supervision/cases/"


def numbers(page: Any) -> list[str]:
    return [row["key"] for row in page.context["rows"]]


def make_late(case: cases.Case, days: int = 3) -> None:
    """Let the promise of ``case`` have ended before today."""
    at = timezone.now() - timedelta(days=days)
    cases.Clock.objects.filter(case=case, basis="promised", finished_at=None).update(due_at=at, level="red")
    cases.Case.objects.filter(pk=case.pk).update(due_at=at)


def warn(case: cases.Case) -> None:
    cases.Clock.objects.filter(case=case, basis="promised", finished_at=None).update(level="yellow")


def test_what_is_due_first_stands_first_with_both_its_clocks(cast: Cast, browse: Browse) -> None:
    reviewing, late, ended = cast.reviewing(), cast.accepted(), cast.submitted()
    make_late(late)
    cases.withdraw_case(actor=cast.owner, case_id=ended.pk, reason="不办了")
    cast.draft()
    page = browse("supervisor").get(LIST)
    assert numbers(page) == [late.number, reviewing.number]
    first, second = (row["cells"] for row in page.context["rows"])
    assert "超期" in first["promised"]
    assert "剩" in first["statutory"]
    assert "剩" in second["promised"]
    assert (first["holder"], second["holder"], second["step"]) == ("待领办", "林国栋", "审查")
    assert [row["tone"] for row in page.context["rows"]] == ["danger", ""]


def test_lamps_and_the_other_filters(cast: Cast, browse: Browse) -> None:
    red, yellow, green, waiting = cast.reviewing(), cast.accepted(), cast.accepted(), cast.submitted()
    make_late(red)
    warn(yellow)
    client = browse("supervisor")
    assert numbers(client.get(LIST, {"lamp": "red"})) == [red.number]
    assert numbers(client.get(LIST, {"lamp": "yellow"})) == [yellow.number]
    assert set(numbers(client.get(LIST, {"lamp": "green"}))) == {green.number, waiting.number}
    assert numbers(client.get(LIST, {"state": "submitted"})) == [waiting.number]
    assert numbers(client.get(LIST, {"holder": cast.reviewer.held_appointment})) == [red.number]
    assert red.number not in numbers(client.get(LIST, {"holder": "0"}))
    assert len(numbers(client.get(LIST, {"holder": "0"}))) == 3
    assert numbers(client.get(LIST, {"q": (green.number or "").lower()})) == [green.number]
    assert len(numbers(client.get(LIST, {"region": "990102"}))) == 4
    assert numbers(client.get(LIST, {"region": "990122"})) == []
    assert len(numbers(client.get(LIST, {"item": "food-business-licence"}))) == 4
    assert numbers(client.get(LIST, {"item": "no-such-item"})) == []
    assert numbers(client.get(LIST, {"kind": "bundle"})) == []
    assert numbers(client.get(LIST, {"from": "2031-01-01"})) == []
    odd = {"lamp": "pink", "due": "x", "holder": "x", "organisation": "９", "decided": "2026-13", "from": "2026-02-30"}
    assert len(numbers(client.get(LIST, odd))) == 4


def test_what_was_decided_in_a_month(cast: Cast, browse: Browse) -> None:
    granted, _running = cast.granted(), cast.reviewing()
    month = f"{timezone.localdate():%Y-%m}"
    client = browse("supervisor")
    page = client.get(LIST, {"decided": month})
    assert numbers(page) == [granted.number]
    assert "按期" in page.context["rows"][0]["cells"]["promised"]
    assert numbers(client.get(LIST, {"decided": month, "result": "on_time"})) == [granted.number]
    assert numbers(client.get(LIST, {"decided": month, "result": "late"})) == []
    assert numbers(client.get(LIST, {"decided": "2020-01"})) == []


def test_a_natural_persons_name_is_masked_but_for_whoever_decides(cast: Cast, browse: Browse) -> None:
    case = cast.submitted()
    cases.Case.objects.filter(pk=case.pk).update(
        legal_entity=None, applicant_name="李秋萍", applicant_number="990102198501020037"
    )
    shown = browse("supervisor").get(LIST)
    assert shown.context["rows"][0]["cells"]["applicant"] == "李**"
    assert "李秋萍" not in shown.content.decode()
    assert browse("head").get(LIST).context["rows"][0]["cells"]["applicant"] == "李秋萍"
    assert "李秋萍" not in browse("supervisor").get(f"{LIST}{case.number}/").content.decode()


def test_only_the_rows_come_again(cast: Cast, browse: Browse) -> None:
    case, client = cast.submitted(), browse("supervisor")
    again = client.get(LIST, headers={"HX-Request": "true"}).content.decode()
    assert str(case.number) in again
    assert "<html" not in again
    assert "hx-trigger" not in again
    assert 'hx-trigger="refresh"' in client.get(LIST).content.decode()


def test_the_list_as_a_file_is_in_the_journal(cast: Cast, browse: Browse) -> None:
    case, _other = cast.reviewing(), cast.submitted()
    cases.Case.objects.filter(pk=case.pk).update(applicant_name="=cmd|' /C calc'!A0")
    answer = browse("supervisor").get(f"{LIST}export.csv?state=reviewing")
    text = b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]  # it streams
    assert text.startswith("\ufeff编号,")
    assert len(text.splitlines()) == 2
    assert "'=cmd" in text
    assert ",=cmd" not in text
    entry = AuditRecord.objects.get(action="cases.export_cases")
    assert entry.after == {"filters": {"running": "1", "state": "reviewing"}}


def test_each_watches_as_far_as_her_reach(cast: Cast, browse: Browse) -> None:
    case = cast.reviewing()
    assert numbers(browse("head").get(LIST)) == [case.number]
    for name in ("reviewer", "counter", "outsider", "citizen"):
        assert browse(name).get(LIST).status_code == 403
        assert browse(name).get(f"{LIST}export.csv").status_code == 403


def test_ten_rows_ask_no_more_than_two(cast: Cast, browse: Browse) -> None:
    client = browse("supervisor")

    def count() -> int:
        # What is asked again once a second isn't asked every time: the least counts.
        counts = []
        for _ in range(4):
            with CaptureQueriesContext(connection) as asked:
                client.get(LIST)
            counts.append(len(asked))
        return min(counts)

    cast.reviewing()
    cast.submitted()
    few = count()
    for _ in range(4):
        cast.reviewing()
        cast.submitted()
    assert count() <= few
    assert few <= 20
