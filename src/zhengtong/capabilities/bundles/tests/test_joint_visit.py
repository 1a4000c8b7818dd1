"""One visit for several organs: proposed, confirmed, declined, moved; and what stands still meanwhile."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from tests.cast import BUSINESS, FIRE, ITEM, SIGN, Cast, fresh
from tests.restaurant import Restaurant, open_restaurant
from zhengtong.capabilities.bundles import public as bundles
from zhengtong.capabilities.bundles.public import JoiningState, JointVisit, Opinion
from zhengtong.capabilities.cases import public as cases
from zhengtong.capabilities.cases.public import ClockPurpose, LegalState, TaskNode, Unacceptable
from zhengtong.core.worklist.public import WorkItem, WorkState, list_mine, list_office, list_readings
from zhengtong.kernel.policy import Denied

pytestmark = pytest.mark.django_db


@pytest.fixture
def restaurant(cast: Cast) -> Restaurant:
    """Fire check and sign are accepted, the fire department reviews; the business licence waits at the counter."""
    found = open_restaurant(cast)
    found.accept(FIRE, SIGN)
    claim(found, FIRE)
    return found


def claim(restaurant: Restaurant, code: str) -> None:
    task = cases.get_open_task(restaurant.case(code), TaskNode.REVIEW)
    assert task is not None
    cases.claim_task(actor=restaurant.reviewer(code), task_id=task.pk)


def officers(restaurant: Restaurant, code: str) -> list[Any]:
    cast = restaurant.cast
    pairs = {FIRE: (cast.fire_reviewer, cast.fire_inspector), SIGN: (cast.urban_reviewer, cast.urban_inspector)}
    return [cast.appointment(each) for each in pairs.get(code, (cast.reviewer, cast.inspector))]


def propose(restaurant: Restaurant, *codes: str, at: datetime | None = None) -> JointVisit:
    return bundles.propose_joint_visit(
        actor=restaurant.cast.fire_reviewer,
        case_id=restaurant.case(FIRE).pk,
        officers=officers(restaurant, FIRE),
        planned_at=at or timezone.now() + timedelta(days=2),
        place="澄波区滨江路66号",
        allowed_days=10,
        invited=[restaurant.case(code).pk for code in codes or (SIGN,)],
    )


def confirm(restaurant: Restaurant, code: str = SIGN) -> bundles.JointVisitPart:
    return bundles.confirm_joint_visit(
        actor=restaurant.reviewer(code),
        case_id=restaurant.case(code).pk,
        officers=officers(restaurant, code),
    )


def test_each_organ_confirms_with_its_own_officers_and_its_own_clock_stands_still(restaurant: Restaurant) -> None:
    joint = propose(restaurant)
    assert restaurant.case(FIRE).state == LegalState.EXCLUDED_TIME
    assert restaurant.case(SIGN).state == LegalState.ACCEPTED
    # Nobody has claimed the sign yet: the invitation waits in the office, beside the review.
    found = list_office(restaurant.cast.urban_reviewer).filter(kind="bundles.joint_visit")
    assert [item.due_at for item in found] == [joint.planned_at]
    joining = confirm(restaurant)
    assert joining.state == JoiningState.CONFIRMED
    sign = restaurant.case(SIGN)
    assert sign.state == LegalState.EXCLUDED_TIME
    assert all(clock.is_paused for clock in sign.clocks.filter(purpose=ClockPurpose.DECISION))
    assert sign.documents.filter(paper__kind="cases.site_visit").count() == 1
    assert joining.visit is not None
    assert joining.visit.officers.count() == 2
    assert not WorkItem.objects.filter(kind="bundles.joint_visit", state=WorkState.OPEN).exists()
    told = list_readings(restaurant.cast.fire_reviewer).filter(kind="bundles.joint_visit_news")
    assert [item.url for item in told] == [f"/desk/cases/{restaurant.case(FIRE).number}/"]


def test_the_bundles_clock_stands_still_only_while_every_organs_does(restaurant: Restaurant) -> None:
    restaurant.accept(BUSINESS)

    def is_standing_still() -> bool:
        return all(clock.is_paused for clock in fresh(restaurant.parent).clocks.filter(purpose=ClockPurpose.BUNDLE))

    assert fresh(restaurant.parent).clocks.filter(purpose=ClockPurpose.BUNDLE).count() == 2
    propose(restaurant, SIGN, BUSINESS)
    confirm(restaurant)
    assert not is_standing_still()
    confirm(restaurant, BUSINESS)
    assert is_standing_still()
    cases.record_site_visit(
        actor=restaurant.cast.urban_reviewer, case_id=restaurant.case(SIGN).pk, is_passed=True, findings="一致"
    )
    assert not is_standing_still()
    assert restaurant.case(FIRE).state == LegalState.EXCLUDED_TIME


def test_who_cannot_be_asked_is_named_with_the_reason(restaurant: Restaurant) -> None:
    with pytest.raises(Unacceptable) as refused:
        propose(restaurant, BUSINESS)
    assert refused.value.field == "invited"
    assert refused.value.params["why"] == "还没有受理"
    assert bundles.why_not_invited(restaurant.part(ITEM)) == "还没有启动"
    assert restaurant.case(FIRE).state == LegalState.REVIEWING  # nothing was arranged by halves
    with pytest.raises(Unacceptable):
        bundles.propose_joint_visit(
            actor=restaurant.cast.fire_reviewer,
            case_id=restaurant.case(FIRE).pk,
            officers=officers(restaurant, FIRE),
            planned_at=timezone.now() + timedelta(days=2),
            place="某处",
            allowed_days=5,
            invited=[restaurant.cast.submitted().pk],
        )


def test_who_confirms_after_the_time_is_refused(restaurant: Restaurant) -> None:
    joint = propose(restaurant)
    JointVisit.objects.filter(pk=joint.pk).update(planned_at=timezone.now() - timedelta(minutes=1))
    with pytest.raises(Unacceptable, match="已过"):
        confirm(restaurant)
    assert restaurant.case(SIGN).state == LegalState.ACCEPTED


def test_one_officer_is_not_enough_and_not_another_organs(restaurant: Restaurant) -> None:
    propose(restaurant)
    own, others = officers(restaurant, SIGN), officers(restaurant, FIRE)
    for wrong in (own[:1], [own[0], others[0]]):
        with pytest.raises(cases.RuleBroken):
            bundles.confirm_joint_visit(
                actor=restaurant.cast.urban_reviewer, case_id=restaurant.case(SIGN).pk, officers=wrong
            )
    assert restaurant.case(SIGN).state == LegalState.ACCEPTED


def test_an_officer_without_the_role_and_a_strange_organ_are_denied(restaurant: Restaurant) -> None:
    propose(restaurant)
    for actor in (restaurant.cast.urban_approver, restaurant.cast.fire_reviewer, restaurant.cast.outsider):
        with pytest.raises(Denied):
            bundles.confirm_joint_visit(
                actor=actor, case_id=restaurant.case(SIGN).pk, officers=officers(restaurant, SIGN)
            )


def test_who_declines_says_why_and_the_proposer_reads_it(restaurant: Restaurant) -> None:
    propose(restaurant)
    sign = restaurant.case(SIGN)
    with pytest.raises(Unacceptable) as refused:
        bundles.decline_joint_visit(actor=restaurant.cast.urban_reviewer, case_id=sign.pk, reason=" ")
    assert refused.value.field == "reason"
    joining = bundles.decline_joint_visit(
        actor=restaurant.cast.urban_reviewer, case_id=sign.pk, reason="招牌还没有安装"
    )
    assert (joining.state, joining.reason) == (JoiningState.DECLINED, "招牌还没有安装")
    assert restaurant.case(SIGN).state == LegalState.ACCEPTED
    told = list_readings(restaurant.cast.fire_reviewer).get(kind="bundles.joint_visit_news")
    assert "不参加" in told.step
    with pytest.raises(Unacceptable):
        confirm(restaurant)


def test_a_moved_visit_is_confirmed_anew_and_leaves_no_more_time_out(restaurant: Restaurant) -> None:
    joint = propose(restaurant)
    confirm(restaurant)
    due = restaurant.case(SIGN).due_at
    later = joint.planned_at + timedelta(days=1)

    def move(at: datetime) -> None:
        bundles.move_joint_visit(
            actor=restaurant.cast.fire_reviewer, case_id=restaurant.case(FIRE).pk, planned_at=at, place="滨江路66号"
        )

    move(later)
    assert restaurant.case(FIRE).site_visits.get().planned_at == later
    joining = bundles.get_joining(restaurant.case(SIGN))
    assert joining is not None
    assert joining.state == JoiningState.INVITED
    assert list_mine(restaurant.cast.urban_reviewer).get(kind="bundles.joint_visit").due_at == later
    assert "改到" in list_readings(restaurant.cast.urban_reviewer).get(kind="bundles.joint_visit_news").step
    confirm(restaurant)
    sign = restaurant.case(SIGN)
    assert sign.site_visits.get().planned_at == later
    assert sign.due_at == due
    assert sign.documents.filter(paper__kind="cases.site_visit").count() == 2
    with pytest.raises(Unacceptable, match="期间之内") as refused:
        move(timezone.now() + timedelta(days=60))
    assert refused.value.field == "planned_at"
    with pytest.raises(Unacceptable, match="只有发起部门"):
        bundles.move_joint_visit(
            actor=restaurant.cast.urban_reviewer, case_id=sign.pk, planned_at=later, place="滨江路66号"
        )


def test_on_the_day_itself_nothing_is_moved(restaurant: Restaurant) -> None:
    joint = propose(restaurant)
    JointVisit.objects.filter(pk=joint.pk).update(planned_at=timezone.now())
    with pytest.raises(Unacceptable, match="核查日之前"):
        bundles.move_joint_visit(
            actor=restaurant.cast.fire_reviewer,
            case_id=restaurant.case(FIRE).pk,
            planned_at=timezone.now() + timedelta(days=1),
            place="滨江路66号",
        )


def test_a_withdrawn_part_is_no_longer_asked(restaurant: Restaurant, run_jobs: Callable[[], None]) -> None:
    propose(restaurant)
    cases.withdraw_case(actor=restaurant.cast.citizen, case_id=restaurant.case(SIGN).pk)
    joining = bundles.get_joining(restaurant.case(SIGN))
    assert joining is not None
    assert joining.state == JoiningState.DECLINED
    assert WorkItem.objects.get(kind="bundles.joint_visit").state == WorkState.CANCELLED


def test_an_opinion_is_asked_for_and_given_once_and_no_clock_stops(restaurant: Restaurant) -> None:
    cast, fire, sign = restaurant.cast, restaurant.case(FIRE), restaurant.case(SIGN)
    due = sign.due_at
    opinion = bundles.ask_opinion(
        actor=cast.fire_reviewer, case_id=fire.pk, asked_id=sign.pk, question="招牌是否遮挡二层逃生窗？"
    )
    waiting = list_office(cast.urban_inspector).get(kind="bundles.opinion")
    assert waiting.url == f"/desk/cases/{sign.number}/"
    assert [each.pk for each in bundles.list_open_questions(sign)] == [opinion.pk]
    with pytest.raises(Denied):
        bundles.give_opinion(actor=cast.fire_reviewer, opinion_id=opinion.pk, answer="不遮挡")
    bundles.give_opinion(actor=cast.urban_inspector, opinion_id=opinion.pk, answer="不遮挡")
    with pytest.raises(Unacceptable, match="已经答复"):
        bundles.give_opinion(actor=cast.urban_reviewer, opinion_id=opinion.pk, answer="遮挡")
    assert Opinion.objects.get().answer == "不遮挡"
    told = list_readings(cast.fire_reviewer).get(kind="bundles.opinion_given")
    assert told.reference == fire.number
    assert restaurant.case(SIGN).due_at == due
    assert not restaurant.case(FIRE).clocks.filter(is_paused=True).exists()


def test_only_another_organ_of_the_same_application_is_asked(restaurant: Restaurant) -> None:
    fire = restaurant.case(FIRE)
    for asked in (fire, restaurant.cast.submitted()):
        with pytest.raises(Unacceptable) as refused:
            bundles.ask_opinion(
                actor=restaurant.cast.fire_reviewer, case_id=fire.pk, asked_id=asked.pk, question="如何？"
            )
        assert refused.value.field == "asked"
