"""The demo city's departments have entries at every stage, made step by step by the services."""

from collections import Counter
from datetime import date

import pytest

from zhengtong.capabilities.catalogue import demo
from zhengtong.capabilities.catalogue.models import Resource, ResourceVersion
from zhengtong.capabilities.catalogue.selectors import read_text
from zhengtong.core.identity import demo as identity_demo
from zhengtong.kernel.demo import DEFAULT_SEED, DemoContext


@pytest.mark.django_db
def test_the_demo_has_entries_at_every_stage() -> None:
    context = DemoContext(today=date(2026, 11, 20), seed=DEFAULT_SEED)
    identity_demo.load(context)
    demo.load(context)
    versions = list(ResourceVersion.objects.select_related("classification"))
    assert set(Counter(each.status for each in versions)) == {
        "draft",
        "department",
        "authority",
        "returned",
        "published",
        "superseded",
    }
    states = Counter(Resource.objects.values_list("state", flat=True))
    assert (states["published"] > 15, states["retired"]) == (True, 1)
    assert all(each.digest == read_text(each).digest() for each in versions if each.digest)
    assert len(set(Resource.objects.values_list("provider", flat=True))) > 6
    assert {account.username for account in demo.ACCOUNTS} == {"data_compiler", "data_reviewer", "data_authority"}
