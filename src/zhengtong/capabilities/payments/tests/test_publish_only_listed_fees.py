"""清单之外不得收费: an item that charges what the fee list doesn't have isn't published, and says so in one line."""

from datetime import date
from typing import Any

import pytest

from tests.cast import ITEM, Cast
from zhengtong.capabilities.cases import public as cases
from zhengtong.capabilities.payments.models import PaymentOrder
from zhengtong.capabilities.payments.tests.samples import ENTRY, FEE, SPEC, charge
from zhengtong.capabilities.powers import public as powers
from zhengtong.kernel.policy import SYSTEM


def test_a_fee_outside_the_list_isnt_published(cast: Cast) -> None:
    with pytest.raises(cases.NoLiveFee, match="不在现行的行政事业性收费清单里"):
        charge(has_entry=False)
    with pytest.raises(cases.NoLiveFee, match="MR-XK-01"):  # an entry, but of another list
        charge(code="MR-XK-01")


def test_an_amount_without_an_entry_isnt_published(cast: Cast) -> None:
    item = cases.get_item(ITEM)
    assert item is not None
    text = cases.get_definition(cases.get_live_version(item).pk).text
    with pytest.raises(cases.NoLiveFee, match="没有写明是收费清单里的哪一项"):
        cases.publish_item(actor=SYSTEM, raw={**text, "fee": {"amount": 20, "basis": "x"}})


@pytest.mark.parametrize(
    "changes",
    [
        {"formula": "area_of_nothing * 2"},
        {"formula": "__import__('os')"},
        {"when": "some day"},
        {"exemptions": [{"name": "x", "condition": "1 +", "basis": "y"}]},
    ],
)
def test_a_fee_that_cant_be_computed_isnt_published(cast: Cast, changes: dict[str, Any]) -> None:
    with pytest.raises(cases.UnusableDefinition, match=FEE):
        charge(**changes)


def test_the_gate_says_it_in_one_line(cast: Cast) -> None:
    item = cases.get_item(ITEM)
    assert item is not None
    item.organisation_id = cast.office.organisation_id
    item.save()
    draft = cases.revise_item(actor=cast.compiler, item=item)
    draft.definition = {**draft.definition, "fee": {"amount": 100, "basis": "x"}, "fees": [SPEC]}
    found = [each.message for each in cases.check_draft(draft) if each.section == "fee"]
    assert found == [f"收费“检验费”（{FEE}）不在现行的行政事业性收费清单里，不能收取。"]
    powers.load_powers(actor=SYSTEM, rows=[ENTRY], source="tests")
    assert not [each for each in cases.check_draft(draft) if each.section == "fee"]


def test_a_fee_that_left_the_list_isnt_charged_any_more(cast: Cast) -> None:
    charge()
    draft = cast.draft()
    entry = powers.PowerEntry.objects.get(code=FEE)
    powers.PowerVersion.objects.filter(entry=entry).update(effective_from=date(2999, 1, 1))
    case = cases.submit_case(actor=cast.owner, case_id=draft.pk)
    assert not PaymentOrder.objects.exists()
    assert cases.accept_case(actor=cast.counter, case_id=case.pk).state == "accepted"


def test_an_item_without_fees_asks_the_database_nothing_more(cast: Cast, django_assert_num_queries: Any) -> None:
    from zhengtong.capabilities.payments.public import describe_fees
    from zhengtong.capabilities.payments.services.orders import refuse_unpaid

    case = cast.submitted()
    cases.get_definition(case.item_version_id)
    with django_assert_num_queries(0):
        refuse_unpaid(case, cases.Act.ACCEPT)
        assert not describe_fees(case)
