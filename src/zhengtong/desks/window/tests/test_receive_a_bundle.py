"""One window for all: a bundle is typed, received, accepted part by part, corrected in one go."""

import re
from collections.abc import Callable
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from tests.cast import BUSINESS, FIRE, ITEM, SIGN, Cast, fresh, make_cast, photo
from tests.restaurant import BUNDLE, SITUATION, Restaurant, fill, open_restaurant
from zhengtong.capabilities.bundles import public as bundles
from zhengtong.capabilities.cases import public as cases
from zhengtong.capabilities.cases.public import LegalState, TaskNode
from zhengtong.desks.window.receiving import accept_part, list_to_accept

Browse = Callable[[str], Client]
FIRST = (BUSINESS, FIRE, SIGN)


def page(case: cases.Case, act: str = "") -> str:
    return f"/desk/window/cases/{case.number}/" + (f"{act}/" if act else "")


def states(restaurant: Restaurant) -> dict[str, str]:
    return {code: restaurant.case(code).state for code in FIRST}


@pytest.fixture
def restaurant(cast: Cast) -> Restaurant:
    return open_restaurant(cast)


# Filing


@pytest.mark.django_db
def test_the_questions_come_first_and_decide_what_is_typed(
    cast: Cast, browse: Browse, run_jobs: Callable[[], None]
) -> None:
    client = browse("counter")
    begun = client.post("/desk/window/new/", {"office": cast.offices[BUNDLE].pk})
    url = begun["Location"]
    first = client.get(url)
    assert [section.section.key for section in first.context["sections"]] == [bundles.SITUATION]
    assert first.context["materials"] == []
    half = client.post(url, {"has_licence": "还没有", "next": "1"})
    assert half.status_code == 422
    assert client.post(url, SITUATION | {"next": "1"})["Location"].endswith("#plan")
    shown = client.get(url)
    assert {part.code for part in shown.context["plan"].items} == {BUSINESS, ITEM, FIRE, SIGN}
    assert len(shown.context["sections"]) > 3
    # Another answer leaves out what it makes superfluous.
    client.post(url, SITUATION | {"floor_area": "80", "next": "1"})
    less = client.get(url)
    assert {part.code for part in less.context["plan"].items} == {BUSINESS, ITEM, SIGN}
    asked = {name for section in less.context["sections"] for name in section.fields}
    assert not any(name.startswith("public_gathering_fire_check") for name in asked)
    draft = cases.Case.objects.get(channel="counter")
    form = fill(draft, SITUATION)
    cases.save_draft(actor=cast.counter, case_id=draft.pk, answers=form)
    for spec in bundles.outline(cases.get_definition(draft.item_version_id), form).materials:
        cases.attach_file(actor=cast.counter, case_id=draft.pk, key=spec.key, upload=photo(f"{spec.key}.jpg"))
    posted = {key: value for key, value in form.items() if value is not True}
    filed = client.post(url, posted | {"submit": "1", "identity_checked": "on"})
    assert filed.status_code == 302, filed.context["errors"]
    run_jobs()
    parent = fresh(draft)
    assert parent.state == LegalState.UNDERWAY
    assert len(list_to_accept(parent)) == 3
    assert "打印接收凭证" in client.get(filed["Location"]).content.decode()


# The page


@pytest.mark.django_db
def test_the_bundles_page_shows_parts_clocks_and_for_whom_each_material_is(
    restaurant: Restaurant, browse: Browse
) -> None:
    answer = browse("counter").get(page(restaurant.parent))
    text = answer.content.decode()
    for code in FIRST:
        assert page(restaurant.case(code)) in text
    assert "等“" in text  # the food licence waits for the business licence
    organs = {material.key: organs for material, organs in answer.context["bundle_materials"]}
    assert len(organs["premises_proof"]) >= 2
    assert answer.context["to_precheck"][0][0].item.code == ITEM


@pytest.mark.django_db
def test_a_parts_page_names_its_siblings_and_links_only_to_what_one_may_see(
    restaurant: Restaurant, browse: Browse
) -> None:
    at_counter = browse("counter").get(page(restaurant.case(SIGN))).content.decode()
    assert f"属于一件事 {restaurant.parent.number}" in at_counter
    assert page(restaurant.case(FIRE)) in at_counter
    sign = f"/desk/cases/{restaurant.case(SIGN).number}/"
    at_desk = browse("urban_reviewer").get(sign).content.decode()
    assert "消防" in at_desk
    assert f"/desk/cases/{restaurant.case(FIRE).number}/" not in at_desk
    assert f"/desk/cases/{restaurant.parent.number}/" not in at_desk


@pytest.mark.django_db
def test_a_strange_organ_finds_nothing(restaurant: Restaurant, browse: Browse) -> None:
    client = browse("outsider")
    assert client.get(page(restaurant.parent)).status_code == 404
    assert client.post(page(restaurant.parent, "accept-all")).status_code == 404
    assert client.get(page(restaurant.parent, "mark-parts")).status_code == 404
    assert client.get(page(restaurant.case(SIGN))).status_code == 404


@pytest.mark.django_db
def test_the_queue_says_which_rows_are_of_one_bundle(restaurant: Restaurant, browse: Browse) -> None:
    restaurant.cast.submitted()
    rows = browse("counter").get("/desk/window/").context["rows"]
    of_bundle = [row for row in rows if "一件事" in row["cells"]["reference"]]
    assert len(rows) == 4
    assert len(of_bundle) == 3
    assert all(page(restaurant.parent) in row["cells"]["reference"] for row in of_bundle)


# Accepting


@pytest.mark.django_db
def test_all_are_accepted_at_once_and_what_comes_later_is_checked_beforehand(
    restaurant: Restaurant, browse: Browse, run_jobs: Callable[[], None]
) -> None:
    client = browse("counter")
    food = restaurant.part(ITEM)
    done = client.post(page(restaurant.parent, "accept-all"), {"prechecked": str(food.pk)})
    assert done["Location"] == page(restaurant.parent)
    assert set(states(restaurant).values()) == {LegalState.ACCEPTED}
    assert fresh(restaurant.parent).accepted_at is not None
    restaurant.grant(BUSINESS)
    run_jobs()
    assert restaurant.case(ITEM).state == LegalState.ACCEPTED
    again = client.post(page(restaurant.parent, "accept-all"), follow=True)
    assert "没有等待受理的事项" in again.content.decode()


@pytest.mark.django_db
def test_the_pages_script_goes_from_part_to_part_and_names_what_failed(restaurant: Restaurant, browse: Browse) -> None:
    task = cases.get_open_task(restaurant.case(FIRE), TaskNode.ACCEPTANCE)
    assert task is not None
    cases.claim_task(actor=restaurant.cast.second_counter, task_id=task.pk)
    client = browse("counter")
    url, texts = page(restaurant.parent, "accept-all"), list[str]()
    given: dict[str, Any] = {}
    for _round in range(6):
        text = client.post(url, given, headers={"HX-Request": "true"}).content.decode()
        texts.append(text)
        if 'name="part"' not in text:
            break
        hidden = re.findall(r'name="(\w+)" value="(\d+)"', text)
        given = {"part": next(v for k, v in hidden if k == "part"), "tried": [v for k, v in hidden if k == "tried"]}
    assert "处理完毕，共 3 个事项" in texts[-1]
    assert "钱一" in "".join(texts)
    assert states(restaurant) == {
        BUSINESS: LegalState.ACCEPTED,
        FIRE: LegalState.SUBMITTED,
        SIGN: LegalState.ACCEPTED,
    }
    # Cut off in the middle or refused: what was accepted stays, and the page offers to go on.
    assert "继续受理（还有 1 项）" in client.get(page(restaurant.parent)).content.decode()


@pytest.mark.django_db
def test_killed_between_two_parts_it_goes_on_with_the_rest(
    restaurant: Restaurant, browse: Browse, monkeypatch: pytest.MonkeyPatch
) -> None:
    from zhengtong.desks.window import receiving

    calls: list[Any] = []

    def die_at_the_second(**given: Any) -> cases.Case:
        calls.append(given)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return cases.accept_case(**given)

    client = browse("counter")
    monkeypatch.setattr(receiving, "accept_case", die_at_the_second)
    with pytest.raises(KeyboardInterrupt):
        client.post(page(restaurant.parent, "accept-all"))
    assert list(states(restaurant).values()).count(LegalState.ACCEPTED) == 1
    client.post(page(restaurant.parent, "accept-all"))
    assert set(states(restaurant).values()) == {LegalState.ACCEPTED}


@pytest.mark.django_db
def test_who_may_not_accept_is_refused(restaurant: Restaurant, browse: Browse) -> None:
    assert browse("supervisor").post(page(restaurant.parent, "accept-all")).status_code in (403, 404)
    assert set(states(restaurant).values()) == {LegalState.SUBMITTED}


@pytest.mark.django_db(transaction=True)
def test_two_counters_and_a_double_click_accept_each_part_once() -> None:
    cast = make_cast()
    restaurant = open_restaurant(cast)
    parts, start = list_to_accept(restaurant.parent), Barrier(3)
    problems: list[str] = []

    def work(actor: Any) -> None:
        start.wait()
        try:
            problems.extend(found.problem for part in parts if (found := accept_part(actor, part)).problem)
        finally:
            connection.close()

    threads = [Thread(target=work, args=[actor]) for actor in (cast.counter, cast.counter, cast.second_counter)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert problems == []
    for code in FIRST:
        case = restaurant.case(code)
        assert case.state == LegalState.ACCEPTED
        assert case.events.filter(act="accept").count() == 1
        assert case.documents.filter(paper__kind="cases.acceptance").count() == 1


# Corrections


@pytest.mark.django_db
def test_a_mark_on_a_shared_answer_goes_to_every_part_that_uses_it(restaurant: Restaurant, browse: Browse) -> None:
    client, url = browse("counter"), page(restaurant.parent, "mark-parts")
    form = client.get(url).context["form"]
    assert form.groups()[0][0] == "几个事项共用"
    assert len(form.targets["field:operator_name"].uses) == 3
    own = next(t for t, found in form.targets.items() if [p.item.code for p, _own in found.uses] == [SIGN])
    given = {
        "version": fresh(restaurant.parent).version,
        "waiting": form.waiting_now,
        "mark-field:operator_name": "on",
        "message-field:operator_name": "与证件不一致",
        f"message-{own}": "请写清楚",
    }
    confirmation = client.post(url, given)
    assert confirmation.status_code == 200
    assert len(confirmation.context["rows"]) == 4
    assert client.post(url, given | {"confirmed": "1"})["Location"] == page(restaurant.parent)
    counted = {code: restaurant.case(code).correction_notices.get().marks.count() for code in FIRST}
    assert counted == {BUSINESS: 1, FIRE: 1, SIGN: 2}
    assert set(states(restaurant).values()) == {LegalState.NEED_MATERIALS}


@pytest.mark.django_db
def test_a_part_that_was_handled_meanwhile_stops_the_list(restaurant: Restaurant, browse: Browse) -> None:
    client, url = browse("counter"), page(restaurant.parent, "mark-parts")
    waiting = client.get(url).context["form"].waiting_now
    restaurant.accept(FIRE)
    answer = client.post(
        url,
        {
            "version": fresh(restaurant.parent).version,
            "waiting": waiting,
            "message-field:operator_name": "与证件不一致",
            "confirmed": "1",
        },
    )
    assert answer.status_code == 409
    assert restaurant.case(SIGN).state == LegalState.SUBMITTED


@pytest.mark.django_db
def test_what_could_not_be_sent_is_named_and_the_rest_goes_out(restaurant: Restaurant, browse: Browse) -> None:
    task = cases.get_open_task(restaurant.case(FIRE), TaskNode.ACCEPTANCE)
    assert task is not None
    cases.claim_task(actor=restaurant.cast.second_counter, task_id=task.pk)
    client, url = browse("counter"), page(restaurant.parent, "mark-parts")
    answer = client.post(
        url,
        {
            "version": fresh(restaurant.parent).version,
            "waiting": client.get(url).context["form"].waiting_now,
            "message-field:operator_name": "与证件不一致",
            "confirmed": "1",
        },
    )
    assert answer.status_code == 409
    assert "钱一" in answer.context["problem"]
    assert restaurant.case(FIRE).state == LegalState.SUBMITTED
    assert restaurant.case(SIGN).state == LegalState.NEED_MATERIALS
