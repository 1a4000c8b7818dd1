"""One application, several departments: parts run side by side, one waits for another, each ends for itself."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.cast import BUSINESS, FIRE, ITEM, SIGN, Cast, fresh
from tests.restaurant import Restaurant, draft_restaurant, open_restaurant
from zhengtong.capabilities.bundles.public import (
    BundlePart,
    PartState,
    list_parts,
    precheck_part,
    submit_application,
    withdraw_application,
)
from zhengtong.capabilities.cases import public as cases
from zhengtong.capabilities.licences.public import Licence
from zhengtong.core.worklist.public import WorkItem
from zhengtong.kernel.demo import as_of

pytestmark = pytest.mark.django_db


def test_one_submission_begins_what_can_begin(cast: Cast) -> None:
    restaurant = open_restaurant(cast)
    assert restaurant.state() == "underway"
    number = restaurant.parent.number
    begun = {each.item.code: each.case.number for each in _parts(restaurant) if each.case}
    assert begun == {BUSINESS: f"{number}-1", FIRE: f"{number}-3", SIGN: f"{number}-4"}
    food = restaurant.part(ITEM)
    assert (food.state, food.after, food.case) == (PartState.WAITING, [BUSINESS], None)
    organs = {restaurant.case(code).organisation.name for code in (BUSINESS, FIRE, SIGN)}
    assert organs == {"澄波区市场监督管理局", "澄波区消防救援局", "澄波区城市管理局"}
    assert restaurant.parent.organisation.name == "澄波区政务服务中心"


def _parts(restaurant: Restaurant) -> list[BundlePart]:
    return list_parts(restaurant.parent.pk)


def test_submitting_twice_is_once(cast: Cast) -> None:
    restaurant = draft_restaurant(cast)
    first = submit_application(actor=cast.citizen, case_id=restaurant.parent.pk)
    second = submit_application(actor=cast.citizen, case_id=restaurant.parent.pk)
    assert first.number == second.number
    restaurant.start()
    restaurant.start()
    assert cases.Case.objects.filter(parent=restaurant.parent).count() == 3


def test_each_part_gets_the_answers_and_files_of_its_own_form(cast: Cast) -> None:
    restaurant = open_restaurant(cast)
    for code in (BUSINESS, FIRE, SIGN):
        cleaned, errors = cases.check_application(restaurant.case(code))
        assert errors == [], code
        assert cleaned
    shared = {restaurant.case(code).form.get("premises") for code in (BUSINESS, FIRE)}
    assert len(shared) == 1


def test_what_the_first_part_produces_is_never_asked_for_by_the_next(cast: Cast) -> None:
    restaurant = open_restaurant(cast)
    asked = {
        spec.key
        for section in cases.get_definition(restaurant.parent.item_version_id).list_asked(restaurant.parent.form)
        for spec in section.fields
    }
    assert "credit_code" not in asked
    restaurant.accept(BUSINESS)
    restaurant.grant(BUSINESS)
    restaurant.start()
    food = restaurant.case(ITEM)
    licence = Licence.objects.get(case=restaurant.case(BUSINESS))
    assert food.form["credit_code"] == licence.number
    assert food.form["operator_name"] == "秋实饭店"
    assert dict(food.reused)["business_licence"] == "本次申请取得"
    assert cases.check_application(food)[1] == []


def test_a_part_that_the_counter_has_checked_is_accepted_when_it_begins(cast: Cast) -> None:
    restaurant = open_restaurant(cast)
    precheck_part(actor=cast.counter, part_id=restaurant.part(ITEM).pk)
    restaurant.accept(BUSINESS)
    restaurant.grant(BUSINESS)
    restaurant.start()
    assert restaurant.case(ITEM).state == "accepted"


def test_results_come_one_by_one_and_the_bundle_ends_with_the_last(cast: Cast) -> None:
    restaurant = open_restaurant(cast)
    restaurant.accept(BUSINESS, FIRE, SIGN)
    restaurant.grant(BUSINESS)
    restaurant.start()
    restaurant.deliver(BUSINESS)
    assert restaurant.case(BUSINESS).state == "delivered"
    assert restaurant.state() == "underway"
    restaurant.accept(ITEM)
    for code in (FIRE, SIGN, ITEM):
        restaurant.grant(code)
        assert restaurant.state() == "underway"
    for code in (FIRE, SIGN, ITEM):
        restaurant.deliver(code)
    assert restaurant.state() == "completed"
    parent = fresh(restaurant.parent)
    assert parent.closed_at is not None
    paper = parent.documents.get(paper__kind="bundles.completion").paper
    assert [line["result"] for line in paper.content["parts"]] == ["准予许可"] * 4


def test_one_department_refuses_while_others_grant(cast: Cast) -> None:
    restaurant = open_restaurant(cast)
    restaurant.accept(BUSINESS, FIRE, SIGN)
    restaurant.refuse(FIRE)
    restaurant.grant(SIGN)
    restaurant.grant(BUSINESS)
    restaurant.start()
    assert restaurant.case(FIRE).state == "refused"
    assert restaurant.case(SIGN).state == "granted"
    assert restaurant.part(ITEM).state == PartState.STARTED
    assert restaurant.state() == "underway"


def test_the_first_licence_refused_after_another_was_granted(cast: Cast) -> None:
    restaurant = open_restaurant(cast)
    restaurant.accept(BUSINESS, FIRE, SIGN)
    restaurant.grant(SIGN)
    restaurant.refuse(BUSINESS)
    food = restaurant.part(ITEM)
    assert food.state == PartState.STOPPED
    assert "营业执照" in food.stopped_why
    assert restaurant.case(SIGN).state == "granted"
    told = WorkItem.objects.filter(kind="bundles.part_failed", assignee_id=cast.urban_reviewer.appointment)
    assert told.count() == 1
    for code in (SIGN, BUSINESS):
        restaurant.deliver(code)
    restaurant.grant(FIRE)
    restaurant.deliver(FIRE)
    assert restaurant.state() == "completed"


def test_the_applicant_withdraws_one_and_the_others_go_on(cast: Cast) -> None:
    restaurant = open_restaurant(cast)
    restaurant.accept(BUSINESS, FIRE, SIGN)
    cases.withdraw_case(actor=cast.citizen, case_id=restaurant.case(SIGN).pk, reason="招牌以后再装")
    assert restaurant.case(SIGN).state == "withdrawn"
    assert restaurant.case(FIRE).state == "accepted"
    assert restaurant.part(ITEM).state == PartState.WAITING
    assert restaurant.state() == "underway"


def test_the_applicant_withdraws_everything_in_the_middle(cast: Cast) -> None:
    restaurant = open_restaurant(cast)
    restaurant.accept(BUSINESS, FIRE)
    restaurant.grant(FIRE)
    withdraw_application(actor=cast.citizen, case_id=restaurant.parent.pk, reason="不开了")
    assert restaurant.case(BUSINESS).state == restaurant.case(SIGN).state == "withdrawn"
    assert restaurant.case(FIRE).state == "granted"
    assert restaurant.part(ITEM).state == PartState.STOPPED
    assert restaurant.state() == "underway"  # what was granted has still to be delivered
    restaurant.deliver(FIRE)
    assert restaurant.state() == "completed"


def test_a_bundle_of_which_nothing_was_decided_is_withdrawn_as_a_whole(cast: Cast) -> None:
    restaurant = open_restaurant(cast)
    withdraw_application(actor=cast.citizen, case_id=restaurant.parent.pk)
    assert restaurant.state() == "withdrawn"
    with pytest.raises(cases.RuleBroken):
        withdraw_application(actor=cast.citizen, case_id=restaurant.parent.pk)


def test_the_clock_of_the_bundle_starts_when_all_is_accepted(cast: Cast) -> None:
    restaurant = open_restaurant(cast)
    restaurant.accept(BUSINESS, FIRE)
    assert not fresh(restaurant.parent).clocks.exists()
    restaurant.accept(SIGN)
    parent = fresh(restaurant.parent)
    statutory, promised = parent.clocks.get(basis="statutory"), parent.clocks.get(basis="promised")
    assert (statutory.budget, statutory.purpose) == (45, "bundle")
    assert promised.budget == parent.item_version.promised_days
    assert parent.due_at == promised.due_at


def test_the_clock_of_the_bundle_runs_on_while_one_part_is_paused(cast: Cast) -> None:
    restaurant = open_restaurant(cast)
    restaurant.accept(BUSINESS, FIRE, SIGN)
    restaurant.grant(SIGN)
    _visit(restaurant, FIRE)
    assert restaurant.case(FIRE).state == "excluded_time"
    assert not fresh(restaurant.parent).clocks.filter(is_paused=True).exists()
    restaurant.grant(BUSINESS)  # now nobody but the paused one is left, and the food licence that begins
    restaurant.start()
    assert not fresh(restaurant.parent).clocks.filter(is_paused=True).exists()


def test_the_clock_of_the_bundle_stands_still_while_all_parts_do(cast: Cast) -> None:
    restaurant = open_restaurant(cast, has_licence="已经有", street="其他道路")
    restaurant.accept(ITEM, FIRE)
    before = fresh(restaurant.parent).due_at
    _visit(restaurant, FIRE)
    _visit(restaurant, ITEM)
    parent = fresh(restaurant.parent)
    assert {clock.is_paused for clock in parent.clocks.all()} == {True}
    assert before is not None
    assert parent.due_at is not None
    assert parent.due_at > before
    with as_of(timezone.now() + timedelta(days=1)):
        cases.record_site_visit(
            actor=restaurant.reviewer(FIRE), case_id=restaurant.case(FIRE).pk, is_passed=True, findings="符合"
        )
    assert {clock.is_paused for clock in fresh(restaurant.parent).clocks.all()} == {False}


def _visit(restaurant: Restaurant, code: str) -> None:
    cast = restaurant.cast
    people = {FIRE: (cast.fire_reviewer, cast.fire_inspector), ITEM: (cast.reviewer, cast.inspector)}[code]
    cases.arrange_site_visit(
        actor=people[0],
        case_id=restaurant.case(code).pk,
        officers=[cast.appointment(person) for person in people],
        planned_at=timezone.now() + timedelta(days=1),
        place="澄波区滨江路66号",
        allowed_days=5,
    )


def test_the_applicant_corrects_one_part_without_stopping_the_others(cast: Cast) -> None:
    restaurant = open_restaurant(cast)
    restaurant.accept(BUSINESS, FIRE)
    definition = cases.get_definition(restaurant.case(SIGN).item_version_id)
    target = next(spec.key for spec in definition.fields() if spec.type == "text")
    cases.request_corrections(
        actor=cast.counter, case_id=restaurant.case(SIGN).pk, marks=[(f"field:{target}", "请写全称")]
    )
    restaurant.grant(BUSINESS)
    cases.save_draft(actor=cast.citizen, case_id=restaurant.case(SIGN).pk, answers={target: "秋实饭店滨江路店"})
    cases.resubmit_case(actor=cast.citizen, case_id=restaurant.case(SIGN).pk)
    assert restaurant.case(SIGN).state == "resubmitted"
    assert restaurant.case(SIGN).documents.filter(paper__kind="cases.receipt").count() == 1


def test_only_those_items_begin_that_the_answers_call_for(cast: Cast) -> None:
    small = open_restaurant(cast, floor_area="299", street="其他道路")
    assert [part.item.code for part in _parts(small)] == [BUSINESS, ITEM]


@pytest.mark.parametrize(("area", "applies"), [("299.99", False), ("300", True)])
def test_the_fire_check_applies_from_the_dated_threshold_on(cast: Cast, area: str, applies: bool) -> None:
    restaurant = draft_restaurant(cast, floor_area=area)
    submit_application(actor=cast.citizen, case_id=restaurant.parent.pk)
    assert (FIRE in [part.item.code for part in _parts(restaurant)]) is applies
