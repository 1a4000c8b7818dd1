"""One case: how its clocks were computed, what proves each event, and an urging."""

from collections.abc import Callable

import pytest
from django.test import Client

from tests.cast import Cast
from zhengtong.capabilities.supervision.public import Urging
from zhengtong.core.audit.public import AuditRecord

Browse = Callable[[str], Client]
pytestmark = pytest.mark.django_db


def url_of(case: object) -> str:
    return f"/desk/supervision/cases/{case}/"


def test_each_event_has_its_paper_its_effect_and_its_record(cast: Cast, browse: Browse) -> None:
    case = cast.reviewing()
    cast.visit(case, days=5)
    page = browse("supervisor").get(url_of(case))
    evidence = {each.title: each for each in page.context["evidence"]}
    accepted = evidence["受理"]
    assert [paper["title"] for paper in accepted.papers] == ["受理通知书"]
    assert any("承诺 · 决定开始计时" in words for words in accepted.effects)
    assert any("法定 · 受理停止计时，按期" in words for words in accepted.effects)
    [record] = accepted.records
    assert record == AuditRecord.objects.get(action="cases.accept", object_id=str(case.pk))
    paused = evidence["启动特别程序"]
    assert [paper["title"] for paper in paused.papers] == ["现场核查通知书"]
    assert any("中止计时，5个工作日不计入" in words for words in paused.effects)
    assert all(each.records for each in page.context["evidence"])
    text = page.content.decode()
    assert f"日志第 {record.pk} 号" in text


def test_how_a_clock_was_computed(cast: Cast, browse: Browse) -> None:
    case = cast.reviewing()
    visit = cast.visit(case, days=5)
    accounts = browse("supervisor").get(url_of(case)).context["accounts"]
    promised = next(dict(lines) for view, lines in accounts if view.clock.basis == "promised")
    assert promised["期限"].startswith("8个工作日，《")
    assert visit.paper.number in promised["中止"]
    assert "5个工作日不计入" in promised["中止"]
    assert {"起算", "到期", "已用", "节假日历"} <= set(promised)


def test_a_paper_opens_as_pdf(cast: Cast, browse: Browse) -> None:
    case = cast.accepted()
    client = browse("supervisor")
    paper = client.get(url_of(case)).context["evidence"][0].papers[0]
    answer = client.get(paper["url"])
    assert b"".join(answer.streaming_content).startswith(b"%PDF")  # type: ignore[attr-defined]  # it streams
    assert client.get(f"{url_of(case)}papers/ABCDEFGHJKLMNPQR/").status_code == 404


def test_urging_whoever_has_it(cast: Cast, browse: Browse) -> None:
    case, client = cast.reviewing(), browse("supervisor")
    assert client.get(url_of(case)).context["may_urge"]
    assert client.post(f"{url_of(case)}urge/", {"words": " "}).status_code == 422
    answer = client.post(f"{url_of(case)}urge/", {"words": "该件已预警，请抓紧办理"}, follow=True)
    assert "已催办" in answer.content.decode()
    [urging] = answer.context["urgings"]
    assert (urging["to"], urging["words"]) == ("林国栋", "该件已预警，请抓紧办理")
    assert not answer.context["may_urge"], "once a day"
    again = client.post(f"{url_of(case)}urge/", {"words": "请说明情况"})
    assert again.status_code == 422
    assert "您今天已经催办过" in again.content.decode()
    assert Urging.objects.count() == 1


def test_who_watches_only_cannot_urge_and_who_is_elsewhere_sees_nothing(cast: Cast, browse: Browse) -> None:
    case = cast.reviewing()
    head = browse("head").get(url_of(case))
    assert head.status_code == 200
    assert not head.context["may_urge"]
    assert browse("head").post(f"{url_of(case)}urge/", {"words": "请抓紧"}).status_code == 403
    assert browse("outsider").get(url_of(case)).status_code == 403
    assert browse("supervisor").get(url_of("AL-2026-999999")).status_code == 404
    assert browse("supervisor").post(url_of(case)).status_code == 405
