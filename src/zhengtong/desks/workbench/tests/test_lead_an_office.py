"""On the screens: the head sees what her office has in hand and gives it to another; a merger goes by unnoticed."""

from collections.abc import Callable

import pytest
from django.test import Client

from tests.cast import Cast, fresh
from zhengtong.capabilities.cases import public as cases
from zhengtong.core.identity import public as identity
from zhengtong.core.worklist.public import WorkItem
from zhengtong.desks.workbench.manifest import say_open
from zhengtong.desks.workbench.tests.test_hand_work_on import item_of, references
from zhengtong.kernel.policy import SYSTEM

Browse = Callable[[str], Client]
pytestmark = pytest.mark.django_db
UNIT = "/desk/?scope=unit"


def test_the_head_sees_who_holds_what_and_reassigns_it(cast: Cast, browse: Browse) -> None:
    held, free = cast.reviewing(), cast.accepted()
    head = browse("head")
    page = head.get(UNIT)
    assert references(page) == [held.number, free.number]
    assert [row["cells"]["holder"] for row in page.context["rows"]] == ["林国栋", "待领办"]
    ticked = {"item": [item_of(held), item_of(free)], "scope": "unit"}
    form = head.post("/desk/transfer/choose/", ticked, follow=True)
    assert form.redirect_chain[-1][0].startswith("/desk/reassign/")
    assert "改派 2 件" in form.content.decode()
    assert "keeps_watching" not in form.content.decode()
    given = {**ticked, "to": cast.appointment(cast.inspector).pk, "reason": "均衡分派任务"}
    answer = head.post("/desk/reassign/", given, follow=True)
    assert "已改派给何志刚 2 件" in answer.content.decode()
    assert references(browse("inspector").get("/desk/")) == [held.number, free.number]
    assert references(browse("reviewer").get("/desk/")) == []


def test_the_case_page_says_who_took_it_from_whom(cast: Cast, browse: Browse) -> None:
    case, head = cast.reviewing(), browse("head")
    url = f"/desk/cases/{case.number}/"
    assert f"{url}reassign/" in head.get(url).content.decode()
    asked = {"version": case.version, "to": cast.inspector.appointment, "reason": "经办人请假、外出"}
    assert head.post(f"{url}reassign/", {**asked, "reason": ""}).status_code == 422
    assert head.post(f"{url}reassign/", asked).status_code == 302
    shown = browse("inspector").get(url).content.decode()
    assert "审查 · 改派" in shown
    assert "林国栋 → 何志刚" in shown
    assert "由高婉清决定；经办人请假、外出" in shown
    assert "高婉清把林国栋手中的任务改派给何志刚：经办人请假、外出" in shown


@pytest.mark.parametrize("name", ["reviewer", "inspector", "approver", "supervisor", "outsider"])
def test_who_leads_nothing_has_no_such_list(cast: Cast, browse: Browse, name: str) -> None:
    case, client = cast.reviewing(), browse(name)
    assert "本单位在办" not in client.get("/desk/").content.decode()
    assert client.get(UNIT).context["scope"] == "mine"
    given = {"item": item_of(case), "to": cast.inspector.appointment, "reason": "x"}
    assert "已不在您的单位" in client.post("/desk/reassign/", given, follow=True).content.decode()
    assert WorkItem.objects.get(pk=item_of(case)).assignee_id == cast.reviewer.appointment


def test_nobody_else_can_do_it(cast: Cast, browse: Browse) -> None:
    case = cast.reviewing()
    cast.appointment(cast.inspector).post.roles.all().delete()
    answer = browse("head").get("/desk/reassign/", {"item": item_of(case)})
    assert "没有可以接手的同事" in answer.content.decode()


def test_a_form_that_is_open_while_the_bureau_is_merged_can_still_be_sent(cast: Cast, browse: Browse) -> None:
    case, client = cast.reviewing(), browse("reviewer")
    url = f"/desk/cases/{case.number}/"
    form = client.get(f"{url}recommend/").context["form"]
    new = merge(cast)
    typed = {"version": form["version"].value(), "outcome": "grant", "opinion": "材料齐全，符合条件"}
    answer = client.post(f"{url}recommend/", typed, follow=True)
    assert answer.status_code == 200
    assert "已提交审查意见" in answer.content.decode()
    assert "机构调整" in answer.content.decode()
    moved = fresh(case)
    assert moved.organisation == new
    [said] = cases.list_tasks(moved).filter(node=cases.TaskNode.REVIEW)
    assert (said.opinion, said.done_by_id) == ("材料齐全，符合条件", cast.reviewer.appointment)
    assert references(browse("approver").get("/desk/?scope=office")) == [case.number]


def test_what_was_ticked_before_the_merger_is_claimed_after_it(cast: Cast, browse: Browse) -> None:
    case, client = cast.accepted(), browse("reviewer")
    item = item_of(case)
    merge(cast)
    assert "已领办 1 件" in client.post("/desk/claim/", {"item": item}, follow=True).content.decode()


def merge(cast: Cast) -> identity.Organisation:
    """Merge the bureau into a new one, as its people work."""
    bureau = cast.office.organisation
    new = identity.Organisation.objects.create(
        name="澄波区市场和知识产权局",
        short_name="澄波市知",
        kind=bureau.kind,
        region=bureau.region,
        parent=bureau.parent,
    )
    new.path = f"{bureau.parent.path}.{new.pk}" if bureau.parent else str(new.pk)
    new.save(update_fields=["path"])
    identity.merge_organisations(actor=SYSTEM, organisations=[bureau], into=new, basis="澄编〔2026〕3号")
    return new


def test_the_menu_says_more_than_a_thousand(cast: Cast) -> None:
    case = cast.reviewing()
    assert say_open(cast.inspector) == ""
    assert say_open(cast.reviewer) == "1"
    model = WorkItem.objects.get(pk=item_of(case))
    WorkItem.objects.bulk_create(
        WorkItem(
            kind=model.kind,
            object_id=model.object_id + number,
            organisation_id=model.organisation_id,
            permission=model.permission,
            assignee_id=model.assignee_id,
        )
        for number in range(1, 1001)
    )
    assert say_open(cast.reviewer) == "1000+"
