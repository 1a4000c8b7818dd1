"""法无授权不可为: no item without a live power, no new case under a withdrawn one; what was opened before goes on."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from tests.cast import ITEM, Cast, fresh
from zhengtong.capabilities.cases import public as cases
from zhengtong.capabilities.cases.services.items import refresh_items
from zhengtong.capabilities.powers import public as powers
from zhengtong.core.audit.public import AuditRecord
from zhengtong.kernel.policy import SYSTEM

FOOD = "MR-XK-01"


def withdraw(cast: Cast) -> None:
    """Withdraw the food licence from today on."""
    entry = powers.PowerEntry.objects.get(code=FOOD)
    proposal = powers.cancel_power(actor=cast.compiler, entry=entry, reason="国发〔2026〕1号")
    powers.publish_version(actor=cast.legal, version=proposal)


def test_an_item_names_the_power_it_is_handled_under(cast: Cast) -> None:
    assert cast.office.item.power == FOOD
    assert powers.find_live(FOOD, timezone.localdate()) is not None


@pytest.mark.parametrize(
    ("code", "words"), [("", "没有写明"), ("XX-99", "不在清单里"), ("MR-XK-09", "已于2021年3月1日取消")]
)
def test_an_item_without_a_live_power_is_not_published(cast: Cast, code: str, words: str) -> None:
    raw = cases.get_definition(cases.get_live_version(cast.office.item).pk).text
    with pytest.raises(cases.NoLivePower, match=words):
        cases.publish_item(actor=SYSTEM, raw={**raw, "power": code, "name": "改动"})


def test_an_item_under_a_merged_power_goes_on_as_the_one_it_became_part_of(cast: Cast) -> None:
    raw = cases.get_definition(cases.get_live_version(cast.office.item).pk).text
    version = cases.publish_item(actor=SYSTEM, raw={**raw, "power": "MR-XK-02"})
    cases.refuse_withdrawn(version.pk)


def test_no_case_is_opened_under_a_withdrawn_power(cast: Cast) -> None:
    draft = cast.draft()
    withdraw(cast)
    acts: list[Callable[[], object]] = [
        lambda: cases.start_draft(actor=cast.owner, office=cast.office, form={}),
        lambda: cases.start_at_counter(actor=cast.counter, office=cast.office),
        lambda: cases.submit_case(actor=cast.owner, case_id=draft.pk),
    ]
    for act in acts:
        with pytest.raises(cases.PowerWithdrawn) as refused:
            act()
        said = cases.say(refused.value)
        assert "不再受理新的申请" in said
        assert "国发〔2026〕1号" in said
    assert fresh(draft).state == cases.LegalState.DRAFT


def test_a_case_that_was_opened_before_goes_on_to_its_end(cast: Cast) -> None:
    case = cast.submitted()
    withdraw(cast)
    cases.accept_case(actor=cast.counter, case_id=case.pk)
    task = cases.get_open_task(fresh(case), cases.TaskNode.REVIEW)
    assert task is not None
    cases.claim_task(actor=cast.reviewer, task_id=task.pk)
    cases.recommend(actor=cast.reviewer, case_id=case.pk, outcome="grant", opinion="符合条件")
    cases.grant_case(actor=cast.approver, case_id=case.pk, reasons="符合法定条件")
    assert fresh(case).state == cases.LegalState.GRANTED


def test_a_power_that_is_withdrawn_tomorrow_takes_cases_today(cast: Cast) -> None:
    entry = powers.PowerEntry.objects.get(code=FOOD)
    tomorrow = timezone.localdate() + timedelta(days=1)
    proposal = powers.cancel_power(actor=cast.compiler, entry=entry, reason="取消", effective_from=tomorrow)
    powers.publish_version(actor=cast.legal, version=proposal)
    assert cast.submitted().number


def test_the_night_goes_on_past_an_item_whose_power_is_withdrawn(cast: Cast) -> None:
    withdraw(cast)
    before = {item.code: item.versions.count() for item in cases.list_items()}
    refresh_items(actor=SYSTEM)
    assert {item.code: item.versions.count() for item in cases.list_items()} == before
    told = AuditRecord.objects.filter(action="cases.not_refreshed")
    # Both are granted under the same power.
    assert {row.after["item"] for row in told if row.after} == {ITEM, "food-licence-renewal"}
