"""On the screens: tick and hand on, take back, read, watch, and the list of what came from those who left."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.cast import Cast
from zhengtong.capabilities.cases import public as cases
from zhengtong.core.worklist import public as worklist
from zhengtong.core.worklist.public import WorkItem
from zhengtong.kernel.policy import SYSTEM

Browse = Callable[[str], Client]
pytestmark = pytest.mark.django_db


def item_of(case: cases.Case) -> int:
    return WorkItem.objects.get(reference=case.number, state="open", nature="to_do").pk


def references(response: Any) -> list[str]:
    return [row["cells"]["reference"] for row in response.context["rows"]]


def give(cast: Cast, client: Client, *made: cases.Case, to: str = "inspector", **more: str) -> Any:
    given = {"item": [item_of(case) for case in made], "to": getattr(cast, to).appointment, "reason": "休假", **more}
    return client.post("/desk/transfer/", given, follow=True)


def test_ticked_items_are_handed_to_a_colleague(cast: Cast, browse: Browse) -> None:
    first, second = cast.reviewing(), cast.reviewing()
    client = browse("reviewer")
    form = client.post("/desk/transfer/choose/", {"item": [item_of(first), item_of(second)]}, follow=True)
    assert references(form) == [first.number, second.number]
    shown = form.content.decode()
    assert "何志刚（何志刚）" in shown
    assert "林国栋（林国栋）" not in shown
    assert "沈立新" not in shown
    answer = give(cast, client, first, second)
    assert "已转给何志刚 2 件" in answer.content.decode()
    assert references(browse("inspector").get("/desk/")) == [first.number, second.number]
    assert references(client.get("/desk/")) == []
    tasks = [cases.get_open_task(case, cases.TaskNode.REVIEW) for case in (first, second)]
    assert {task.assignee_id for task in tasks if task} == {cast.inspector.appointment}


def test_nothing_ticked_says_what_to_do(cast: Cast, browse: Browse) -> None:
    client = browse("reviewer")
    for address in ("claim", "return", "read", "recall", "transfer/choose", "watched/stop"):
        answer = client.post(f"/desk/{address}/", {"item": ["x", "9" * 30]}, follow=True)
        assert answer.status_code == 200
        assert "请先勾选" in answer.content.decode()


def test_a_reason_and_a_colleague_are_asked_for(cast: Cast, browse: Browse) -> None:
    case, client = cast.reviewing(), browse("reviewer")
    answer = client.post("/desk/transfer/", {"item": item_of(case), "to": cast.approver.appointment})
    assert answer.status_code == 422
    assert {"to", "reason"} <= answer.context["form"].errors.keys()
    assert references(client.get("/desk/")) == [case.number]


def test_somebody_elses_items_are_not_handed_on(cast: Cast, browse: Browse) -> None:
    case = cast.reviewing()
    for name in ("inspector", "outsider", "approver"):
        answer = give(cast, browse(name), case)
        assert "已不在您手中" in answer.content.decode()
    assert WorkItem.objects.get(pk=item_of(case)).assignee_id == cast.reviewer.appointment


def test_an_office_without_another_reviewer_says_so(cast: Cast, browse: Browse) -> None:
    case = cast.reviewing()
    cast.appointment(cast.inspector).post.roles.all().delete()
    answer = browse("reviewer").get("/desk/transfer/", {"item": item_of(case)})
    assert "没有可以接手的同事" in answer.content.decode()


def test_a_transfer_is_taken_back_until_the_colleague_looks(cast: Cast, browse: Browse) -> None:
    first, second = cast.reviewing(), cast.reviewing()
    client = browse("reviewer")
    give(cast, client, first, second)
    given = client.get("/desk/handed-over/?scope=given")
    assert references(given) == [second.number, first.number]
    assert "何志刚未打开" in given.content.decode()
    browse("inspector").get(f"/desk/cases/{second.number}/")
    answer = client.post("/desk/recall/", {"item": [item_of(first), item_of(second)]}, follow=True)
    shown = answer.content.decode()
    assert "已撤回 1 件" in shown
    assert "对方已经打开这项任务" in shown
    assert references(client.get("/desk/")) == [first.number]
    acts = set(first.events.values_list("act", flat=True))
    assert {"delegate_task", "recall_task"} <= acts


def test_who_hands_on_and_watches_sees_where_it_is(cast: Cast, browse: Browse) -> None:
    case, client = cast.reviewing(), browse("reviewer")
    give(cast, client, case, keeps_watching="on")
    watched = client.get("/desk/watched/")
    [row] = watched.context["rows"]
    assert (row["cells"]["reference"], row["cells"]["holder"]) == (case.number, "何志刚")
    assert "转办后关注" in row["cells"]["since"]
    cases.recommend(actor=cast.inspector, case_id=case.pk, outcome="grant", opinion="符合")
    [row] = client.get("/desk/watched/").context["rows"]
    assert row["cells"]["holder"] == "待领办"
    client.post("/desk/watched/stop/", {"watch": row["key"]})
    assert "还没有关注的办件" in client.get("/desk/watched/").content.decode()


def test_watching_a_case_from_its_page(cast: Cast, browse: Browse) -> None:
    case, client = cast.accepted(), browse("supervisor")
    for _ in range(2):
        client.post(f"/desk/cases/{case.number}/watch/")
    assert references(client.get("/desk/watched/")) == [case.number]
    assert "取消关注" in client.get(f"/desk/cases/{case.number}/").content.decode()
    client.post(f"/desk/cases/{case.number}/watch/", {"stop": "1"})
    assert not client.get("/desk/watched/").context["rows"]
    assert browse("outsider").post(f"/desk/cases/{case.number}/watch/").status_code == 404


def test_what_one_may_no_longer_see_is_only_a_number(cast: Cast, browse: Browse) -> None:
    case, client = cast.accepted(), browse("supervisor")
    client.post(f"/desk/cases/{case.number}/watch/")
    cast.appointment(cast.supervisor).post.roles.update(reach="own")
    [row] = client.get("/desk/watched/").context["rows"]
    assert (row["url"], row["cells"]["title"], row["cells"]["party"]) == ("", "已不在您的查看范围", "")


def test_the_answer_to_an_extension_is_to_be_read(cast: Cast, browse: Browse) -> None:
    case, client = cast.reviewing(), browse("reviewer")
    cases.request_extension(actor=cast.reviewer, case_id=case.pk, days=5, reason="需要进一步核实")
    cases.decide_extension(actor=cast.head, case_id=case.pk, is_approved=True)
    shown = client.get("/desk/?scope=reading")
    [row] = shown.context["rows"]
    assert (row["cells"]["reference"], row["cells"]["step"]) == (case.number, "同意延期")
    answer = client.post("/desk/read/", {"item": row["key"]}, follow=True)
    assert "已阅 1 件" in answer.content.decode()
    assert "没有待阅" in answer.content.decode()
    assert references(client.get("/desk/done/")) == [case.number]
    assert references(client.get("/desk/")) == [case.number]


def test_who_asked_for_more_time_does_not_get_to_decide_on_it(cast: Cast) -> None:
    case = cast.reviewing()
    cases.request_extension(actor=cast.reviewer, case_id=case.pk, days=5, reason="需要进一步核实")
    cases.ExtensionRequest.objects.update(requested_by=cast.head.appointment)
    task = cases.get_open_task(case, cases.TaskNode.EXTENSION)
    assert task is not None
    with pytest.raises(cases.Unacceptable, match="不能批准自己的申请"):
        cases.claim_task(actor=cast.head, task_id=task.pk)


def test_the_list_of_what_a_leaver_left_on_screen_and_on_paper(cast: Cast, browse: Browse) -> None:
    first, second = cast.reviewing(), cast.reviewing()
    worklist.hand_over(
        actor=SYSTEM,
        appointment_id=cast.reviewer.held_appointment,
        successor_id=cast.inspector.appointment,
        reason="调离",
    )
    client = browse("inspector")
    assert references(client.get("/desk/")) == [first.number, second.number]
    cases.recommend(actor=cast.inspector, case_id=first.pk, outcome="grant", opinion="符合")
    shown = client.get("/desk/handed-over/")
    assert references(shown) == [second.number, first.number]
    [giver] = shown.context["givers"]
    assert (giver.name, giver.received, giver.open) == ("林国栋", 2, 1)
    assert references(client.get(f"/desk/handed-over/?open=1&from={giver.from_id}")) == [second.number]
    assert references(client.get("/desk/handed-over/?from=0")) == []
    paper = client.get("/desk/handed-over/print/").content.decode()
    for words in (first.number, second.number, "已办结", "何志刚办理中", "监交人（签名）"):
        assert str(words) in paper
    assert "林国栋离任，移交给何志刚" in {event.note for event in first.events.all()}
    assert references(browse("approver").get("/desk/handed-over/")) == []


def test_what_came_back_to_the_office_is_on_its_heads_list(cast: Cast, browse: Browse) -> None:
    case = cast.reviewing()
    worklist.hand_over(actor=SYSTEM, appointment_id=cast.reviewer.held_appointment, successor_id=None)
    assert references(browse("head").get("/desk/handed-over/?scope=office")) == [case.number]
    assert references(browse("inspector").get("/desk/?scope=office")) == [case.number]
    assert references(browse("outsider").get("/desk/handed-over/?scope=office")) == []
    task = cases.get_open_task(case, cases.TaskNode.REVIEW)
    assert task is not None
    assert task.assignee_id is None


def test_what_an_agent_did_names_her(cast: Cast, browse: Browse) -> None:
    case = cast.recommended()
    WorkItem.objects.filter(reference=case.number, state="done", assignee_id=cast.reviewer.appointment).update(
        done_by_agent=cast.inspector.appointment
    )
    [row] = browse("reviewer").get("/desk/done/").context["rows"]
    assert row["cells"]["agent"] == "何志刚"


def asked_for(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as asked:
        client.get(address)
    return len(asked)


def test_pages_ask_as_much_for_many_rows_as_for_few(cast: Cast, browse: Browse) -> None:
    client = browse("reviewer")
    pages = ("/desk/watched/", "/desk/handed-over/?scope=given", "/desk/?scope=reading", "/desk/done/")

    def count() -> list[int]:
        counts = []
        for address in pages:
            client.get(address)
            counts.append(min(asked_for(client, address) for _ in range(3)))  # what is asked once a second left out
        return counts

    give(cast, client, cast.reviewing(), keeps_watching="on")
    few = count()
    for _ in range(4):
        give(cast, client, cast.reviewing(), keeps_watching="on")
    assert count() == few
    assert max(few) <= 20
