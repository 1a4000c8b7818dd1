"""A person reads what she did and who looked at her data; nobody reads another's."""

from dataclasses import replace

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.cast import PERSON, Cast
from zhengtong.core.audit.public import record
from zhengtong.core.crypto.public import digest
from zhengtong.core.identity.models import Account, Citizen

ACTIVITY, SEEN = "identity:activity", "identity:seen"


def read(account: Account, name: str, **query: str) -> str:
    client = Client()
    client.force_login(account)
    answer = client.get(reverse(name), query)
    assert answer.status_code == 200
    assert "no-store" in answer.headers["Cache-Control"]
    return str(answer.content.decode())


@pytest.mark.parametrize("name", [ACTIVITY, SEEN])
def test_a_stranger_is_asked_to_sign_in(db: None, name: str) -> None:
    assert Client().get(reverse(name)).status_code == 302


def test_what_i_did_is_said_in_words(cast: Cast) -> None:
    case = cast.submitted()
    page = read(cast.accounts["owner"], ACTIVITY)
    assert "提交申请" in page
    assert f"办件 {case.number}" in page
    assert "cases.submit" not in page
    assert str(case.number) not in read(cast.accounts["citizen"], ACTIVITY)


def test_older_acts_are_on_the_next_page(cast: Cast) -> None:
    for number in range(45):
        record(cast.citizen, "test.act", ("test.thing", number), after={"number": f"第{number}件"})
    client = Client()
    client.force_login(cast.accounts["citizen"])
    first = client.get(reverse(ACTIVITY))
    older = client.get(reverse(ACTIVITY), {"before": first.context["older"]})
    told = [*first.context["acts"], *older.context["acts"]]
    seen = [each.record.object_id for each in told if each.record.action == "test.act"]
    assert seen == [str(number) for number in reversed(range(45))]
    assert older.context["older"] == ""
    assert client.get(reverse(ACTIVITY), {"before": "nonsense"}).context["acts"]


def test_what_an_agent_did_for_me_is_mine_to_read(cast: Cast) -> None:
    agent = replace(cast.inspector, principal=cast.accounts["reviewer"].public_id)
    record(agent, "cases.recommend", ("cases.case", 1), after={"case": "AL-2026-000001"})
    page = read(cast.accounts["reviewer"], ACTIVITY, by="others")
    assert "何志刚" in page
    assert "提出审查意见" in page
    mine = read(cast.accounts["inspector"], ACTIVITY)
    assert "代林国栋" in mine
    assert "别人代我做的" not in mine


def test_a_verified_citizen_reads_who_looked_at_her_and_why(cast: Cast) -> None:
    hers = digest(PERSON)
    looking = cast.counter.stating("核对申请人身份")
    record(looking, "registers.look_up_resident", ("registers.resident", 1), subject=hers)
    record(looking, "registers.reveal", ("registers.resident", 1), after={"field": "phone"}, subject=hers)
    record(cast.citizen.stating("实名核验"), "registers.look_up_resident", ("registers.resident", 1), subject=hers)
    page = read(cast.accounts["owner"], SEEN)
    assert page.count("澄波区政务服务中心") == 2
    assert page.count("核对申请人身份") == 2
    assert "周敏" in page
    assert "查看被遮盖的信息：手机" in page
    assert "其他用户办事时核对" in page
    assert "李秋" not in page
    assert "周敏" not in read(cast.accounts["citizen"], SEEN)


def test_an_unverified_citizen_learns_nothing_by_a_number_she_claims(cast: Cast) -> None:
    Citizen.objects.filter(account=cast.accounts["owner"]).update(verified_at=None)
    record(
        cast.counter.stating("核对"), "registers.look_up_resident", ("registers.resident", 1), subject=digest(PERSON)
    )
    page = read(cast.accounts["owner"], SEEN)
    assert "周敏" not in page
    assert "实名核验后才能看到全部" in page
    Citizen.objects.filter(account=cast.accounts["owner"]).update(verified_at=timezone.now())
    assert "周敏" in read(cast.accounts["owner"], SEEN)


def test_staff_read_the_looks_at_their_own_entry(cast: Cast) -> None:
    staff = cast.accounts["reviewer"].staff
    record(cast.head.stating("联系工作"), "identity.reveal", staff, after={"field": "phone"})
    record(cast.head, "identity.appointed", staff)
    page = read(cast.accounts["reviewer"], SEEN)
    assert page.count("联系工作") == 1
    assert "高婉清" in page
    assert "还没有人看过" in read(cast.accounts["approver"], SEEN)


def test_a_look_at_the_answers_of_a_case_is_found_by_whom_they_name(cast: Cast) -> None:
    case = cast.accepted()
    client = Client()
    client.force_login(cast.accounts["counter"])
    client.post(reverse("window:reveal", args=[case.number]), {"purpose": "核对证件号码"})
    page = read(cast.accounts["owner"], SEEN)
    assert "核对证件号码" in page
    assert "查看被遮盖的个人信息" in page
