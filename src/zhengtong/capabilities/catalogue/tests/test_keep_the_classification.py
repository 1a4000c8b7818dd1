"""The authority keeps the classification, whose codes grow by prefix, and the limits of the steps."""

from datetime import date

import pytest

from zhengtong.capabilities.catalogue import starting_rows
from zhengtong.capabilities.catalogue.models import CatalogueLimit, Classification
from zhengtong.capabilities.catalogue.services.rules import (
    add_classification,
    remove_classification,
    rename_classification,
    set_limit,
    verify_limit,
)
from zhengtong.capabilities.catalogue.services.settling import find_limit
from zhengtong.capabilities.catalogue.tests.office import Office
from zhengtong.core.identity.public import Refused
from zhengtong.kernel.policy import SYSTEM, Denied


def test_every_code_that_we_come_with_grows_out_of_the_one_above(db: None) -> None:
    rows = list(Classification.objects.select_related("parent"))
    assert len(rows) > 70
    for row in rows:
        assert row.parent is None or row.code.startswith(row.parent.code)
        assert (row.parent is None) is (len(row.code) == 1)
        assert len(row.code) in (1, 3, 6)


def test_loading_again_adds_nothing_and_leaves_ones_own(office: Office) -> None:
    row = Classification.objects.get(code="303")
    rename_classification(actor=office.authority, classification=row, name="市场监管")
    before = Classification.objects.count()
    starting_rows.load(actor=SYSTEM)
    assert Classification.objects.count() == before
    assert Classification.objects.get(code="303").name == "市场监管"


@pytest.mark.parametrize(
    ("code", "wrong"),
    [
        ("3", "taken"),
        ("0", "code"),
        ("30", "code"),
        ("3x1", "code"),
        ("340001", "no-parent"),
        ("９", "code"),
        ("", "code"),
    ],
)
def test_codes_that_do_not_fit_are_refused(office: Office, code: str, wrong: str) -> None:
    with pytest.raises(Refused, match=wrong):
        add_classification(actor=office.authority, code=code, name="新的")


def test_a_node_is_added_below_and_removed_when_nothing_is_in_it(office: Office) -> None:
    item = add_classification(actor=office.authority, code="303001", name="企业登记")
    below = add_classification(actor=office.authority, code="3030011", name="变更")
    assert (item.parent and item.parent.code, below.parent) == ("303", item)
    with pytest.raises(Refused, match="has-children"):
        remove_classification(actor=office.authority, classification=item)
    office.draft(classification="3030011")
    with pytest.raises(Refused, match="used"):
        remove_classification(actor=office.authority, classification=below)
    free = add_classification(actor=office.authority, code="3030012", name="注销")
    remove_classification(actor=office.authority, classification=free)
    with pytest.raises(Denied):
        add_classification(actor=office.compiler, code="3030013", name="新的")


def test_a_limit_ends_the_day_before_the_next_begins(office: Office) -> None:
    made = set_limit(
        actor=office.authority, step="authority", days=2, source="本市办法", effective_from=date(2027, 1, 1)
    )
    assert find_limit("authority", date(2026, 12, 31)).days == 5
    assert find_limit("authority", date(2027, 1, 1)).days == 2
    assert CatalogueLimit.objects.filter(step="authority", effective_to=date(2026, 12, 31)).exists()
    with pytest.raises(Refused, match="effective_from"):
        set_limit(actor=office.authority, step="authority", days=2, source="x", effective_from=date(2027, 1, 1))
    assert made.is_unverified
    verify_limit(actor=office.authority, limit=made)
    made.refresh_from_db()
    assert not made.is_unverified
