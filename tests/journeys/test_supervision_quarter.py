"""A slow office gets its cards, explains and appeals one; supervision cancels it, and the quarter's score follows."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from tests.journeys.acting import sign_in
from tests.journeys.conftest import Platform
from zhengtong.capabilities.cases import public as cases
from zhengtong.capabilities.supervision import public as supervision
from zhengtong.capabilities.supervision.models import ScoreFormula
from zhengtong.core.audit.public import AuditRecord


def make_slow(case: cases.Case) -> None:
    """Let the promise of ``case`` have ended: its lamp turns red, as the minute's job would turn it."""
    cases.Clock.objects.filter(case=case, basis="promised", purpose="decision").update(
        level="red", due_at=timezone.now() - timedelta(days=1)
    )


@pytest.mark.django_db(transaction=True)
def test_a_slow_office_answers_for_its_cards(platform: Platform) -> None:
    first, second = platform.cast.reviewing(), platform.cast.reviewing()
    make_slow(first)
    make_slow(second)
    while supervision.judge_pending():
        continue
    assert supervision.Card.objects.filter(rule__code="overdue", status="issued").count() == 2
    # What happened in the last quarter is scored; nobody waits three months in a browser.
    quarter = supervision.quarter_before(supervision.quarter_of(timezone.localdate()))
    back = timezone.now() - timedelta(days=(timezone.localdate() - quarter).days - 10)
    supervision.Card.objects.filter(case__in=(first, second)).update(at=back)
    assert ScoreFormula.objects.exists()

    supervisor = sign_in(platform, "supervisor")
    supervisor.goto(f"{platform.url}/desk/supervision/scores/?quarter={quarter:%Y-%m}")
    expect(supervisor.get_by_text("取大(0, 100 − 3×2 × 100 ÷ 取大(0, 100)) = 94").first).to_be_visible()
    supervisor.get_by_role("button", name="公布", exact=True).click()
    expect(supervisor.get_by_text("分数已固定")).to_be_visible()

    handler = sign_in(platform, "reviewer")
    handler.goto(f"{platform.url}/desk/supervision/mine/")
    handler.get_by_role("row").filter(has_text=str(first.number)).get_by_role("link").first.click()
    handler.get_by_label(re.compile("情况说明")).fill("申请人没有约定核查时间，已经电话联系")
    handler.get_by_role("button", name="提交说明").click()
    expect(handler.get_by_text("已记录：说明")).to_be_visible()
    handler.get_by_label(re.compile("申诉理由")).fill("中止的时间应当扣除，通知书已经送达")
    handler.get_by_role("button", name="提交申诉").click()
    expect(handler.get_by_text("已记录：申诉")).to_be_visible()
    expect(handler.get_by_role("button", name="撤销亮牌")).to_have_count(0)

    supervisor.goto(f"{platform.url}/desk/supervision/cards/?status=open")
    supervisor.get_by_role("row").filter(has_text=str(first.number)).get_by_role("link").first.click()
    supervisor.get_by_label(re.compile("理由")).fill("核对通知书，中止属实，予以撤销")
    supervisor.get_by_role("button", name="撤销亮牌").click()
    expect(supervisor.get_by_text("已记录：撤销")).to_be_visible()

    supervisor.goto(f"{platform.url}/desk/supervision/scores/?quarter={quarter:%Y-%m}")
    expect(supervisor.get_by_text("取大(0, 100 − 3×1 × 100 ÷ 取大(0, 100)) = 97").first).to_be_visible()
    expect(supervisor.get_by_text("94改为97").first).to_be_visible()
    assert AuditRecord.objects.filter(action="supervision.correct_score").exists()
    assert platform.complaints == []
