"""Two departments finish at the same moment: both are counted, and the bundle ends once."""

import pytest

from tests.cast import FIRE, ITEM, Cast, fresh
from tests.restaurant import draft_restaurant, open_restaurant
from tests.together import at_once
from zhengtong.capabilities.bundles.public import start_next_part, submit_application, withdraw_application
from zhengtong.capabilities.cases import public as cases

pytestmark = pytest.mark.django_db(transaction=True)


def test_both_are_delivered_and_the_bundle_is_completed_once(cast: Cast) -> None:
    restaurant = open_restaurant(cast, has_licence="已经有", street="其他道路")
    restaurant.accept(ITEM, FIRE)
    restaurant.grant(ITEM)
    restaurant.grant(FIRE)
    outcomes = at_once(lambda: restaurant.deliver(ITEM), lambda: restaurant.deliver(FIRE))
    assert not [each for each in outcomes if isinstance(each, Exception)]
    assert restaurant.state() == "completed"
    parent = fresh(restaurant.parent)
    assert parent.events.filter(act="complete").count() == 1


def test_two_workers_start_each_part_once(cast: Cast) -> None:
    restaurant = draft_restaurant(cast)
    submit_application(actor=cast.citizen, case_id=restaurant.parent.pk)
    outcomes = at_once(*[lambda: [start_next_part(parent_id=restaurant.parent.pk) for _ in range(4)]] * 3)
    assert not [each for each in outcomes if isinstance(each, Exception)]
    assert cases.Case.objects.filter(parent=restaurant.parent).count() == 3


def test_a_withdrawal_and_a_grant_meet(cast: Cast) -> None:
    restaurant = open_restaurant(cast, has_licence="已经有", street="其他道路")
    restaurant.accept(ITEM, FIRE)
    restaurant.review(ITEM)
    restaurant.review(FIRE)
    at_once(
        lambda: withdraw_application(actor=cast.citizen, case_id=restaurant.parent.pk),
        lambda: restaurant.decide(ITEM),
        lambda: restaurant.decide(FIRE),
    )
    states = {restaurant.case(code).state for code in (ITEM, FIRE)}
    assert states <= {"withdrawn", "granted"}
    expected = "withdrawn" if states == {"withdrawn"} else "underway"
    assert restaurant.state() == expected
