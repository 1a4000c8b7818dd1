"""A bundle on the desks of departments: one visit for several, opinions, marks on a returned case, what others see."""

import re
from collections.abc import Callable
from datetime import timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from tests.cast import BUSINESS, FIRE, SIGN, Cast, fresh, make_cast
from tests.restaurant import Restaurant, open_restaurant
from zhengtong.capabilities.bundles import public as bundles
from zhengtong.capabilities.bundles.public import JoiningState
from zhengtong.capabilities.cases import public as cases
from zhengtong.capabilities.cases.public import ClockPurpose, LegalState, TaskNode
from zhengtong.kernel.policy import Actor

Browse = Callable[[str], Client]
NAMES = {FIRE: ("fire_reviewer", "fire_inspector"), SIGN: ("urban_reviewer", "urban_inspector")}


@pytest.fixture
def restaurant(cast: Cast) -> Restaurant:
    """Fire check and sign are under review, the business licence waits at the counter."""
    found = open_restaurant(cast)
    found.accept(FIRE, SIGN)
    for code in (FIRE, SIGN):
        task = cases.get_open_task(found.case(code), TaskNode.REVIEW)
        assert task is not None
        cases.claim_task(actor=found.reviewer(code), task_id=task.pk)
    return found


def page(case: cases.Case, act: str = "") -> str:
    return f"/desk/cases/{case.number}/" + (f"{act}/" if act else "")


def do(client: Client, case: cases.Case, act: str, **given: Any) -> Any:
    return client.post(page(case, act), {"version": fresh(case).version, "confirmed": "1", **given})


def officers(restaurant: Restaurant, code: str) -> list[int]:
    return [restaurant.cast.appointment(getattr(restaurant.cast, name)).pk for name in NAMES[code]]


def invite(restaurant: Restaurant, client: Client) -> Any:
    return do(
        client,
        restaurant.case(FIRE),
        "arrange-visit",
        officers=officers(restaurant, FIRE),
        planned_at=f"{timezone.localtime() + timedelta(days=2):%Y-%m-%dT%H:%M}",
        place="澄波区滨江路66号",
        allowed_days="10",
        invited=[restaurant.case(SIGN).pk],
    )


def acts_on(client: Client, case: cases.Case) -> set[str]:
    return set(re.findall(rf"{page(case)}([a-z-]+)/\"", client.get(page(case)).content.decode()))


@pytest.mark.django_db
def test_one_visit_is_arranged_for_two_departments(restaurant: Restaurant, browse: Browse) -> None:
    fire, urban = browse("fire_reviewer"), browse("urban_reviewer")
    form = fire.get(page(restaurant.case(FIRE), "arrange-visit")).context["form"]
    assert [value for value, _title in form.fields["invited"].choices] == [str(restaurant.case(SIGN).pk)]
    assert "还没有受理" in form.fields["invited"].help_text
    assert form.initial["place"]
    assert invite(restaurant, fire).status_code == 302
    shown = urban.get(page(restaurant.case(SIGN)))
    assert "联合核查" in shown.content.decode()
    assert {"confirm-visit", "decline-visit"} <= acts_on(urban, restaurant.case(SIGN))
    assert "联合核查" in urban.get("/desk/?kind=bundles.joint_visit").content.decode()
    done = do(urban, restaurant.case(SIGN), "confirm-visit", officers=officers(restaurant, SIGN))
    assert done.status_code == 302
    text = fire.get(page(restaurant.case(FIRE))).content.decode()
    assert "丁晓芸" in text
    assert {"move-visit", "record-visit"} <= acts_on(fire, restaurant.case(FIRE))
    news = fire.get("/desk/?scope=reading").content.decode()
    assert page(restaurant.case(FIRE)) in news
    assert "确认参加联合核查" in news


@pytest.mark.django_db
def test_a_department_arranges_alone_as_before(restaurant: Restaurant, browse: Browse) -> None:
    answer = do(
        browse("urban_reviewer"),
        restaurant.case(SIGN),
        "arrange-visit",
        officers=officers(restaurant, SIGN),
        planned_at=f"{timezone.localtime() + timedelta(days=2):%Y-%m-%dT%H:%M}",
        place="澄波区滨江路66号",
        allowed_days="5",
    )
    assert answer.status_code == 302
    assert bundles.get_joining(restaurant.case(SIGN)) is None
    assert restaurant.case(SIGN).state == LegalState.EXCLUDED_TIME


@pytest.mark.django_db
def test_too_few_officers_and_no_reason_are_said_in_their_place(restaurant: Restaurant, browse: Browse) -> None:
    invite(restaurant, browse("fire_reviewer"))
    client, sign = browse("urban_reviewer"), restaurant.case(SIGN)
    few = do(client, sign, "confirm-visit", officers=officers(restaurant, SIGN)[:1])
    assert few.status_code == 422
    assert do(client, sign, "decline-visit", reason="").status_code == 422
    assert do(client, sign, "decline-visit", reason="当天人员不足").status_code == 302
    joining = bundles.get_joining(sign)
    assert joining is not None
    assert joining.state == JoiningState.DECLINED


@pytest.mark.django_db
def test_the_proposer_moves_the_visit_and_the_others_are_asked_again(restaurant: Restaurant, browse: Browse) -> None:
    fire, urban = browse("fire_reviewer"), browse("urban_reviewer")
    invite(restaurant, fire)
    do(urban, restaurant.case(SIGN), "confirm-visit", officers=officers(restaurant, SIGN))
    later = f"{timezone.localtime() + timedelta(days=3):%Y-%m-%dT%H:%M}"
    assert do(fire, restaurant.case(FIRE), "move-visit", planned_at=later, place="滨江路66号").status_code == 302
    assert "改期后待重新确认" in urban.get(page(restaurant.case(SIGN))).content.decode()
    assert "confirm-visit" in acts_on(urban, restaurant.case(SIGN))
    assert "move-visit" not in acts_on(urban, restaurant.case(SIGN))


@pytest.mark.django_db
def test_an_opinion_goes_to_the_other_department_and_back(restaurant: Restaurant, browse: Browse) -> None:
    fire, urban = browse("fire_reviewer"), browse("urban_reviewer")
    asked = str(restaurant.case(SIGN).pk)
    assert do(fire, restaurant.case(FIRE), "ask-opinion", asked=asked, question="是否遮挡逃生窗？").status_code == 302
    assert "是否遮挡逃生窗" in urban.get(page(restaurant.case(SIGN))).content.decode()
    assert "答复征求意见" in urban.get("/desk/").content.decode()
    opinion = bundles.list_open_questions(restaurant.case(SIGN))[0]
    assert do(urban, restaurant.case(SIGN), "give-opinion", opinion=opinion.pk, answer="不遮挡").status_code == 302
    assert "不遮挡" in fire.get(page(restaurant.case(FIRE))).content.decode()
    assert "give-opinion" not in acts_on(urban, restaurant.case(SIGN))


@pytest.mark.django_db
def test_what_another_department_concluded_is_read_by_those_who_review(restaurant: Restaurant, browse: Browse) -> None:
    cases.recommend(
        actor=restaurant.cast.fire_reviewer,
        case_id=restaurant.case(FIRE).pk,
        outcome="refuse",
        opinion="疏散宽度不足",
    )
    assert "疏散宽度不足" in browse("urban_reviewer").get(page(restaurant.case(SIGN))).content.decode()
    at_counter = browse("counter").get(f"/desk/window/cases/{restaurant.case(SIGN).number}/").content.decode()
    assert "疏散宽度不足" not in at_counter
    assert browse("outsider").get(page(restaurant.case(SIGN))).status_code == 404


@pytest.mark.django_db
def test_a_returned_case_shows_what_the_approver_marked(restaurant: Restaurant, browse: Browse) -> None:
    sign = restaurant.case(SIGN)
    cases.recommend(actor=restaurant.cast.urban_reviewer, case_id=sign.pk, outcome="grant", opinion="符合")
    approver = browse("urban_approver")
    form = approver.get(page(sign, "return")).context["form"]
    field = next(target for target in form.shown if target.startswith("field:"))
    material = next(target for target in form.shown if target.startswith("material:"))
    marks = {f"mark-{field}": "与证件不一致", f"mark-{material}": "效果图缺尺寸"}
    assert do(approver, sign, "return", reason="请再核对", **marks).status_code == 302
    assert cases.list_return_marks(restaurant.case(SIGN)) == {field: "与证件不一致", material: "效果图缺尺寸"}
    shown = browse("urban_reviewer").get(page(sign))
    marked = [a.key for section in shown.context["sections"] for a in section.answers if a.mark]
    assert marked == [field.removeprefix("field:")]
    assert [m.key for m in shown.context["materials"] if m.mark] == [material.removeprefix("material:")]
    assert "请再核对" in shown.content.decode()
    cases.recommend(actor=restaurant.cast.urban_reviewer, case_id=sign.pk, outcome="grant", opinion="已核对")
    assert cases.list_return_marks(restaurant.case(SIGN)) == {}


@pytest.mark.django_db
def test_a_mark_on_what_the_item_does_not_have_is_refused(restaurant: Restaurant) -> None:
    sign = restaurant.case(SIGN)
    cases.recommend(actor=restaurant.cast.urban_reviewer, case_id=sign.pk, outcome="grant", opinion="符合")
    with pytest.raises(cases.Unacceptable):
        cases.return_to_review(
            actor=restaurant.cast.urban_approver, case_id=sign.pk, reason="请核对", marks=[("field:nothing", "？")]
        )
    assert cases.get_open_task(sign, TaskNode.DECISION) is not None


@pytest.mark.django_db
def test_a_refused_part_is_told_to_the_others_and_leaves_theirs_alone(restaurant: Restaurant, browse: Browse) -> None:
    restaurant.accept(BUSINESS)
    cases.recommend(
        actor=restaurant.cast.fire_reviewer, case_id=restaurant.case(FIRE).pk, outcome="refuse", opinion="不足"
    )
    restaurant.decide(FIRE, "refuse")
    client = browse("urban_reviewer")
    reading = client.get("/desk/?scope=reading").content.decode()
    assert "没有获得许可" in reading
    assert page(restaurant.case(SIGN)) in reading
    assert restaurant.case(SIGN).state == LegalState.REVIEWING
    assert restaurant.state() == LegalState.UNDERWAY


@pytest.mark.django_db
def test_the_bundles_clock_runs_on_while_one_department_pauses(restaurant: Restaurant, browse: Browse) -> None:
    restaurant.accept(BUSINESS)
    invite(restaurant, browse("fire_reviewer"))
    clocks = fresh(restaurant.parent).clocks.filter(purpose=ClockPurpose.BUNDLE)
    assert [clock.is_paused for clock in clocks] == [False, False]
    assert all(c.is_paused for c in restaurant.case(FIRE).clocks.filter(purpose=ClockPurpose.DECISION))
    assert not any(c.is_paused for c in restaurant.case(SIGN).clocks.filter(purpose=ClockPurpose.DECISION))


@pytest.mark.django_db
def test_an_officer_without_the_role_is_offered_and_allowed_nothing(restaurant: Restaurant, browse: Browse) -> None:
    client, sign = browse("urban_approver"), restaurant.case(SIGN)
    invite(restaurant, browse("fire_reviewer"))
    assert not {"confirm-visit", "decline-visit", "ask-opinion"} & acts_on(client, sign)
    assert do(client, sign, "confirm-visit", officers=officers(restaurant, SIGN)).status_code == 403
    assert do(client, sign, "ask-opinion", asked="1", question="？").status_code == 403


@pytest.mark.django_db(transaction=True)
def test_two_departments_confirm_and_finish_at_the_same_moment() -> None:
    cast = make_cast()
    restaurant = open_restaurant(cast)
    restaurant.accept(FIRE, SIGN, BUSINESS)
    for code in (FIRE, SIGN):
        restaurant.review(code)
    start, problems = Barrier(2), []

    def decide(actor: Actor, case_id: int) -> None:
        start.wait()
        try:
            cases.grant_case(actor=actor, case_id=case_id, reasons="符合法定条件")
        except Exception as error:  # a deadlock is one too
            problems.append(error)
        finally:
            connection.close()

    threads = [
        Thread(target=decide, args=[restaurant.approver(code), restaurant.case(code).pk]) for code in (FIRE, SIGN)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert problems == []
    assert {restaurant.case(code).state for code in (FIRE, SIGN)} == {LegalState.GRANTED}
    assert restaurant.state() == LegalState.UNDERWAY


@pytest.mark.django_db(transaction=True)
def test_a_visit_is_moved_while_another_department_confirms_it() -> None:
    cast = make_cast()
    restaurant = open_restaurant(cast)
    restaurant.accept(FIRE, SIGN)
    appointed = {code: [cast.appointment(getattr(cast, name)) for name in NAMES[code]] for code in NAMES}
    bundles.propose_joint_visit(
        actor=cast.fire_reviewer,
        case_id=restaurant.case(FIRE).pk,
        officers=appointed[FIRE],
        planned_at=timezone.now() + timedelta(days=2),
        place="滨江路66号",
        allowed_days=10,
        invited=[restaurant.case(SIGN).pk],
    )
    later, start, problems = timezone.now() + timedelta(days=3), Barrier(2), []

    def run(work: Callable[[], object]) -> None:
        start.wait()
        try:
            work()
        except Exception as error:
            problems.append(error)
        finally:
            connection.close()

    def move() -> object:
        return bundles.move_joint_visit(actor=cast.fire_reviewer, case_id=fire_id, planned_at=later, place="滨江路66号")

    def confirm() -> object:
        return bundles.confirm_joint_visit(actor=cast.urban_reviewer, case_id=sign_id, officers=appointed[SIGN])

    fire_id, sign_id = restaurant.case(FIRE).pk, restaurant.case(SIGN).pk
    threads = [Thread(target=run, args=[work]) for work in (move, confirm)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert problems == []
    joining = bundles.get_joining(restaurant.case(SIGN))
    assert joining is not None
    visit = restaurant.case(SIGN).site_visits.get()
    # Whoever came second saw what the first did: confirmed for the new time, or to be confirmed again.
    assert joining.state == JoiningState.INVITED or visit.planned_at == later
