"""The worklist, looking cases up, taking a list away, and what is late."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from tests.cast import Cast, fresh, make_cast
from zhengtong.capabilities.cases import public as cases
from zhengtong.core.audit.public import AuditRecord
from zhengtong.core.worklist.public import WorkItem, list_office
from zhengtong.screens.paging import paginate
from zhengtong.screens.sheets.cells import neutralise

Browse = Callable[[str], Client]


def numbers(response: Any) -> list[str]:
    cells = [row["cells"] for row in response.context["rows"]]
    return [cell.get("reference") or cell.get("number") for cell in cells]


def item_of(case: cases.Case) -> int:
    """Return the id of the case's open item: what a list's check box stands for."""
    return WorkItem.objects.get(reference=case.number, state="open").pk


@pytest.mark.django_db
def test_office_and_own_lists_with_their_counts(cast: Cast, browse: Browse) -> None:
    mine, free = cast.reviewing(), cast.accepted()
    client = browse("reviewer")
    assert numbers(client.get("/desk/")) == [mine.number]
    office = client.get("/desk/?scope=office")
    assert numbers(office) == [free.number]
    assert [count for *_rest, count in office.context["tabs"]] == ["1", "1", "0", "0", "", ""]


@pytest.mark.django_db
def test_due_chips_search_and_step(cast: Cast, browse: Browse) -> None:
    late, today, other = cast.reviewing(), cast.reviewing(), cast.reviewing()
    now = timezone.now()
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    WorkItem.objects.filter(reference=late.number, state="open").update(due_at=now - timedelta(hours=1))
    WorkItem.objects.filter(reference=today.number, state="open").update(due_at=midnight)
    client = browse("reviewer")
    assert numbers(client.get("/desk/?due=overdue")) == [late.number]
    assert numbers(client.get("/desk/?due=today")) == [today.number]
    assert numbers(client.get("/desk/", {"q": other.number or ""})) == [other.number]
    assert numbers(client.get("/desk/?step=decision")) == []
    shown = client.get("/desk/").content.decode()
    assert "超期1日" in shown
    assert "今日到期" in shown


@pytest.mark.django_db
def test_pages_follow_each_other_and_back(cast: Cast, rf: Any) -> None:
    made = [cast.reviewing().number for _ in range(3)]
    found = WorkItem.objects.filter(state="open", assignee_id=cast.reviewer.appointment)
    WorkItem.objects.filter(reference=made[2], state="open").update(due_at=None)
    order = ("due_at", "id")

    def read(**query: str) -> Any:
        return paginate(found, rf.get("/", query).GET, order=order, size=1)

    seen, page = [], read()
    assert page.previous == ""
    while True:
        seen += [row.reference for row in page.rows]
        if not page.next:
            break
        page = read(after=page.next)
    assert seen == made
    back = read(before=page.previous)
    assert [row.reference for row in back.rows] == [made[1]]
    assert [row.reference for row in read(after="bm9uc2Vuc2U").rows] == [made[0]]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "cursor",
    [
        "x",
        "WzFd",
        "W251bGwsIG51bGxd",
        "WyJub3QgYSBkYXRlIiwgMV0",
        "WyIyMDI2LTAxLTAxIiwgInkiXQ",
        "WzEsIDJd",
        "Wzk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5XQ",
    ],
)
def test_a_cursor_that_someone_typed_shows_a_page(cast: Cast, browse: Browse, cursor: str) -> None:
    cast.reviewing()
    client = browse("reviewer")
    for address in ("/desk/", "/desk/done/", "/desk/cases/"):
        assert client.get(address, {"after": cursor}).status_code == 200
        assert client.get(address, {"before": cursor}).status_code == 200


@pytest.mark.django_db
def test_batch_claim_names_what_a_colleague_took(cast: Cast, browse: Browse) -> None:
    first, second = cast.accepted(), cast.accepted()
    task = cases.get_open_task(second, cases.TaskNode.REVIEW)
    assert task is not None
    cases.claim_task(actor=cast.inspector, task_id=task.pk)
    client = browse("reviewer")
    answer = client.post("/desk/claim/", {"item": [item_of(first), item_of(second)]}, follow=True)
    assert "已领办 1 件" in answer.content.decode()
    assert str(second.number) in answer.content.decode()
    assert numbers(client.get("/desk/")) == [first.number]


@pytest.mark.django_db
def test_done_lists_what_i_did(cast: Cast, browse: Browse) -> None:
    case = cast.recommended()
    assert numbers(browse("reviewer").get("/desk/done/")) == [case.number]
    assert numbers(browse("approver").get("/desk/done/")) == []


@pytest.mark.django_db
def test_looking_cases_up(cast: Cast, browse: Browse) -> None:
    submitted, accepted = cast.submitted(), cast.accepted()
    cast.draft()
    client = browse("supervisor")
    assert numbers(client.get("/desk/cases/")) == [accepted.number, submitted.number]
    assert numbers(client.get("/desk/cases/?state=accepted")) == [accepted.number]
    assert numbers(client.get("/desk/cases/", {"q": (submitted.number or "").lower()})) == [submitted.number]
    assert numbers(client.get("/desk/cases/", {"q": "澜水"})) == [accepted.number, submitted.number]
    assert numbers(client.get("/desk/cases/", {"q": "'; DROP TABLE x; --<b>"})) == []
    assert numbers(client.get("/desk/cases/?from=2031-01-01")) == []
    assert len(numbers(client.get("/desk/cases/?from=2026-02-30&until=nonsense&organisation=x&state=y"))) == 2


@pytest.mark.django_db
def test_export_neutralises_formulas_and_is_in_the_journal(cast: Cast, browse: Browse) -> None:
    case = cast.submitted()
    cases.Case.objects.filter(pk=case.pk).update(applicant_name="=cmd|' /C calc'!A0")
    answer = browse("supervisor").get("/desk/cases/export.csv?state=submitted")
    text = b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]  # it streams
    assert text.startswith("\ufeff")
    assert "'=cmd" in text
    assert ",=cmd" not in text
    entry = AuditRecord.objects.get(action="cases.export_cases")
    assert entry.after == {"filters": {"state": "submitted"}}


@given(st.text())
def test_no_cell_begins_a_formula(text: str) -> None:
    assert not neutralise(text).startswith(("=", "+", "-", "@", "\t", "\r"))


@pytest.mark.django_db
def test_each_sees_only_her_lines_of_the_menu(cast: Cast, browse: Browse) -> None:
    def titles(name: str) -> list[str]:
        return [str(line[1]) for line in browse(name).get("/desk/").context["desk_menu"]]

    shared = ["已办", "办件查询", "搜索"]
    counter = ["待办", "窗口叫号", "窗口受理", "代办申请", "身份核验"]
    assert titles("counter") == [*counter, *shared, "证照查看", "我的亮牌", "使用帮助"]
    assert titles("reviewer") == ["待办", "好差评", *shared, "证照查看", "证照目录", "我的亮牌", "使用帮助"]
    assert titles("supervisor") == ["待办", "好差评", *shared, "分管概况", "我的亮牌", "使用帮助"]


@pytest.mark.django_db
def test_lists_ask_as_much_for_ten_rows_as_for_two(cast: Cast, browse: Browse) -> None:
    client = browse("reviewer")

    def count(address: str) -> int:
        # What is asked again once a second (rules, calendar, offices) isn't asked every time: the least counts.
        counts = []
        for _ in range(4):
            with CaptureQueriesContext(connection) as asked:
                client.get(address)
            counts.append(len(asked))
        return min(counts)

    cast.reviewing()
    cast.accepted()
    few = [count(address) for address in ("/desk/", "/desk/?scope=office", "/desk/cases/")]
    for _ in range(4):
        cast.reviewing()
        cast.accepted()
    many = [count(address) for address in ("/desk/", "/desk/?scope=office", "/desk/cases/")]
    assert max(few + many) <= 25


@pytest.mark.django_db(transaction=True)
def test_two_approvers_decide_at_the_same_moment(store: None) -> None:
    cast = make_cast()
    case = cast.recommended()
    start, answers = threading.Barrier(2), {}

    def decide(name: str, act: str, given: dict[str, str]) -> None:
        client = Client()
        client.force_login(cast.accounts[name])
        start.wait()
        try:
            answers[name] = client.post(
                f"/desk/cases/{case.number}/{act}/", {"version": case.version, "confirmed": "1", **given}
            ).status_code
        finally:
            connections.close_all()

    threads = [
        threading.Thread(target=decide, args=("approver", "grant", {"reasons": "符合"})),
        threading.Thread(
            target=decide, args=("second_approver", "refuse", {"reasons": "不符", "legal_basis": "第三十三条"})
        ),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(answers.values()) == [302, 409]
    winner = "approver" if answers["approver"] == 302 else "second_approver"
    assert fresh(case).decision.decided_by_id == getattr(cast, winner).appointment
    assert list_office(cast.approver).filter(reference=case.number).count() == 0
