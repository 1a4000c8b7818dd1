"""Cards, rules, scores and cameras in the browser: who finds what, and what a form says when it can't."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from tests.cast import Cast
from zhengtong.capabilities.cases import public as cases
from zhengtong.capabilities.supervision import public as supervision

Browse = Callable[[str], Client]
pytestmark = pytest.mark.django_db
DESK = "/desk/supervision/"


@pytest.fixture
def card(cast: Cast) -> supervision.Card:
    case = cast.reviewing()
    cases.Clock.objects.filter(case=case, basis="promised", purpose="decision").update(level="red")
    supervision.judge_pending()
    return supervision.Card.objects.get(case=case)


def text(page: Any) -> str:
    return str(page.content.decode())


def test_the_handler_explains_and_appeals_and_the_supervisor_cancels(browse: Browse, card: supervision.Card) -> None:
    handler, supervisor = browse("reviewer"), browse("supervisor")
    mine = handler.get(f"{DESK}mine/")
    assert [row["key"] for row in mine.context["rows"]] == [str(card.pk)]
    page = handler.get(f"{DESK}cards/{card.pk}/")
    assert "提交说明" in text(page)
    assert "撤销亮牌" not in text(page)
    empty = handler.post(f"{DESK}cards/{card.pk}/", {"act": "explain", "words": ""})
    assert empty.status_code == 422
    handler.post(f"{DESK}cards/{card.pk}/", {"act": "explain", "words": "申请人没有约定时间"})
    handler.post(f"{DESK}cards/{card.pk}/", {"act": "appeal", "words": "应当扣除中止的日期"})
    waiting = supervisor.get(f"{DESK}cards/?status=open")
    assert [row["key"] for row in waiting.context["rows"]] == [str(card.pk)]
    assert "撤销亮牌" in text(supervisor.get(f"{DESK}cards/{card.pk}/"))
    done = supervisor.post(f"{DESK}cards/{card.pk}/", {"act": "cancel", "words": "核实属实，撤销"}, follow=True)
    assert "已记录：撤销" in text(done)
    assert "监处" in text(done)
    assert card.case.number is not None
    assert "撤销" in text(supervisor.get(f"{DESK}cases/{card.case.number}/"))
    assert "本季度红牌" in text(supervisor.get(f"{DESK}drill/organs/{card.case.organisation_id}/"))


def test_others_dont_find_it(browse: Browse, card: supervision.Card) -> None:
    assert browse("outsider").get(f"{DESK}cards/{card.pk}/").status_code in (403, 404)
    assert browse("counter").get(f"{DESK}cards/{card.pk}/").status_code == 404
    assert browse("reviewer").get(f"{DESK}cards/").status_code == 403
    head = browse("head").get(f"{DESK}cards/{card.pk}/")
    assert "提交说明" in text(head)


def rule(**given: Any) -> dict[str, Any]:
    return {
        "code": "slow-review",
        "name": "审查意见过短",
        "expression": 'event.act == "recommend" and review.opinion_length < 200',
        "level": "yellow",
        "points": "1",
        "tells": ["holder"],
        "legal_note": "本地规则",
        "effective_from": timezone.localdate().isoformat(),
        "reason": "",
        "based_on": "0",
        **given,
    }


def test_a_rule_is_written_tried_and_published(cast: Cast, browse: Browse, run_jobs: Callable[[], object]) -> None:
    case = cast.granted()
    client = browse("supervisor")
    assert "条件读得懂" in text(client.post(f"{DESK}rules/check/", {"expression": rule()["expression"]}))
    assert "case.nope" in text(client.post(f"{DESK}rules/check/", {"expression": "case.nope == 1"}))
    bad = client.post(f"{DESK}rules/new/", rule(expression="__import__('os')"))
    assert bad.status_code == 422
    assert "没有函数" in text(bad)
    stumbling = client.post(f"{DESK}rules/new/", rule(expression='event.act == "accept" and case.item > 3'))
    assert stumbling.status_code == 422
    assert str(case.number) in text(stumbling)
    asked = client.post(f"{DESK}rules/trials/", {**rule(), "draft": "1"})
    assert "开始试运行" in text(asked)
    today = timezone.localdate()
    begun = client.post(
        f"{DESK}rules/trials/",
        {
            "expression": rule()["expression"],
            "code": "",
            "first": (today - timedelta(days=9)).isoformat(),
            "last": today.isoformat(),
            "sample": "10",
        },
    )
    assert begun.status_code == 302
    run_jobs()
    shown = text(client.get(begun.headers["Location"]))
    assert str(case.number) in shown
    assert "已判断 1 件，成立 1 次" in shown
    published = client.post(f"{DESK}rules/new/", rule())
    assert published.headers["Location"] == f"{DESK}rules/of/slow-review/"
    again = client.post(f"{DESK}rules/new/", rule(name="又一次"))
    assert again.status_code == 422
    amended = client.post(f"{DESK}rules/of/slow-review/", rule(based_on="1", points="2"), follow=True)
    assert "第 2 版" in text(amended)
    client.post(f"{DESK}rules/of/slow-review/switch/", {"on": "0"})
    assert "这条规则已停用" in text(client.get(f"{DESK}rules/of/slow-review/"))
    assert browse("head").get(f"{DESK}rules/new/").status_code == 403
    assert client.get(f"{DESK}rules/of/overdue/").status_code == 200


def test_a_quarter_is_announced_with_its_formula(browse: Browse, cast: Cast, card: supervision.Card) -> None:
    first = supervision.quarter_before(supervision.quarter_of(timezone.localdate()))
    supervision.Card.objects.filter(pk=card.pk).update(
        at=timezone.now() - timedelta(days=(timezone.localdate() - first).days - 3)
    )
    client, asked = browse("supervisor"), {"quarter": f"{first:%Y-%m}"}
    draft = text(client.get(f"{DESK}scores/", asked))
    assert "取大(0, 100 − 3×1 × 100 ÷ 取大(0, 100)) = 97" in draft
    assert "还没有公布" in draft
    client.post(f"{DESK}scores/announce/", {**asked, "public": "1"})
    announced = text(client.get(f"{DESK}scores/", asked))
    assert "分数已固定" in announced
    client.post(f"{DESK}scores/issue/", asked)
    assert "监评" in text(client.get(f"{DESK}scores/", asked))
    sheet: Any = client.get(f"{DESK}scores/scores.xlsx", asked)
    assert b"".join(sheet.streaming_content).startswith(b"PK")
    public = text(Client().get("/open/scores/"))
    assert "97" in public
    assert "林国栋" not in public
    formula = client.post(
        f"{DESK}scores/formula/",
        {
            "expression": "100 - nonsense",
            "excellent": "95",
            "good": "85",
            "passing": "70",
            "effective_from": timezone.localdate().isoformat(),
            "reason": "",
            "based_on": "1",
        },
    )
    assert formula.status_code == 422


def test_a_video_is_opened_from_the_evidence(browse: Browse, cast: Cast) -> None:
    case, client = cast.accepted(), browse("supervisor")
    address = "https://video.example.gov.cn/play?from={from}&to={to}"
    given = {"organisation": case.office.window_id, "name": "1号窗口", "place": "一楼", "address": address}
    assert client.post(f"{DESK}cameras/", {**given, "address": "https://video.example.gov.cn/"}).status_code == 422
    assert client.post(f"{DESK}cameras/", given).status_code == 302
    event = case.events.get(act="accept")
    video = f"{DESK}cases/{case.number}/events/{event.pk}/video/"
    assert video in text(client.get(f"{DESK}cases/{case.number}/"))
    camera = supervision.list_cameras(cast.supervisor).get()
    opened = client.post(video, {"camera": camera.pk, "purpose": "核对受理时间"})
    assert "https://video.example.gov.cn/play?from=20" in text(opened)
    assert "核对受理时间" in text(client.get(f"{DESK}cameras/"))
    assert browse("head").get(video).status_code == 403
    assert video not in text(browse("head").get(f"{DESK}cases/{case.number}/"))
