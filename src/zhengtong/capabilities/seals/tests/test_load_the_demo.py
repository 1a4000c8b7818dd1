"""The demo city has its seals, made step by step by the services."""

from datetime import date

import pytest

from zhengtong.capabilities.seals import demo
from zhengtong.capabilities.seals.models import LedgerRow, Seal, SealUse
from zhengtong.core.identity import demo as identity_demo
from zhengtong.kernel.demo import DEFAULT_SEED, DemoContext


@pytest.mark.django_db
def test_the_demo_has_seals_in_use_one_applied_for_and_a_sealed_notice() -> None:
    context = DemoContext(today=date(2026, 11, 21), seed=DEFAULT_SEED)
    identity_demo.load(context)
    demo.load(context)
    assert Seal.objects.filter(state="active").count() > 3
    assert Seal.objects.filter(state="preparing").count() == 1
    assert sorted(SealUse.objects.values_list("state", flat=True)) == ["sealed", "waiting"]
    assert LedgerRow.objects.count() == 2
