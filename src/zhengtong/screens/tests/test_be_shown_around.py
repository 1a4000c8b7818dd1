"""The tour for first use: declared by desks, offered once, kept for the account; and the workbench's help."""

from dataclasses import replace

import pytest
from django.test import Client
from django.urls import reverse

from tests.cast import Cast
from zhengtong.core.identity.public import Account, get_account_actor
from zhengtong.kernel.modules import registry
from zhengtong.kernel.policy import ANONYMOUS
from zhengtong.screens.models import SeenTour
from zhengtong.screens.tours import TourStep, get_tour, list_tours, remember_tour

SIGNS_IN = "allauth.account.auth_backends.AuthenticationBackend"
DESK = "workbench:todo"


def browse(account: Account) -> Client:
    client = Client()
    client.force_login(account, SIGNS_IN)
    return client


def codes(cast: Cast, person: str, page: str = DESK) -> list[str]:
    tour = get_tour(get_account_actor(cast.accounts[person]), page)
    return [step.code for step in tour.new] if tour else []


def test_every_step_points_to_a_page_that_exists() -> None:
    steps = list(registry.of(TourStep))
    assert steps
    for step in steps:
        assert step.url.startswith("/"), step.code
        assert step.mark, step.code


def test_each_role_is_shown_its_own(cast: Cast) -> None:
    assert "window.queue" in codes(cast, "counter")
    assert "workbench.scopes" not in codes(cast, "counter")
    assert "workbench.scopes" in codes(cast, "reviewer")
    assert "window.queue" not in codes(cast, "reviewer")
    assert "hall.mine" in codes(cast, "citizen", "hall:home")
    assert codes(cast, "citizen") == []
    for person in ("counter", "reviewer", "approver", "supervisor"):
        assert 3 <= len(codes(cast, person)) <= 5, person


def test_a_stranger_is_shown_what_strangers_may_do(db: None) -> None:
    tour = get_tour(ANONYMOUS, "hall:home")
    assert tour is not None
    assert [step.code for step in tour.new if step.code == "hall.mine"] == []
    remember_tour(actor=ANONYMOUS, page="hall:home", codes=["hall.search"])
    assert not SeenTour.objects.exists()


def test_what_was_seen_is_not_offered_again(cast: Cast) -> None:
    client = browse(cast.accounts["reviewer"])
    assert "data-tour-offer" in client.get(reverse(DESK)).content.decode()
    answer = client.post("/look/tour/", {"page": DESK, "step": [*codes(cast, "reviewer"), "no-such-step"]})
    assert answer.status_code == 204
    page = client.get(reverse(DESK)).content.decode()
    assert "data-tour-offer" not in page
    assert "data-tour-dialog" in page, "it can be started again"
    assert "no-such-step" not in SeenTour.objects.get().steps
    assert "data-tour-offer" in browse(cast.accounts["counter"]).get(reverse(DESK)).content.decode()


def test_with_a_new_role_only_what_is_new_is_offered(cast: Cast) -> None:
    actor = get_account_actor(cast.accounts["reviewer"])
    before = [step for step in codes(cast, "reviewer") if step != "workbench.scopes"]
    remember_tour(actor=actor, page=DESK, codes=before)
    remember_tour(actor=actor, page=DESK, codes=["workbench.todo"])
    assert codes(cast, "reviewer") == ["workbench.scopes"]
    tour = get_tour(actor, DESK)
    assert tour is not None
    assert not tour.is_first
    assert len(replace(tour, seen=frozenset()).new) == len(tour.steps)


def test_a_page_without_a_tour_asks_the_database_nothing(cast: Cast, django_assert_num_queries: object) -> None:
    actor = get_account_actor(cast.accounts["reviewer"])
    with django_assert_num_queries(0):  # type: ignore[operator]  # pytest-django's fixture
        assert get_tour(actor, "workbench:done") is None
    with django_assert_num_queries(1):  # type: ignore[operator]  # the same
        get_tour(actor, DESK)


@pytest.mark.parametrize(("person", "status"), [("", 302), ("citizen", 403), ("reviewer", 200)])
def test_the_workbench_explains_itself_to_staff(cast: Cast, person: str, status: int) -> None:
    client = browse(cast.accounts[person]) if person else Client()
    answer = client.get("/desk/help/")
    assert answer.status_code == status


def test_help_lists_what_this_person_can_do(cast: Cast) -> None:
    page = browse(cast.accounts["counter"]).get("/desk/help/").content.decode()
    assert reverse("window:queue") in page
    assert "再看一遍引导" in page
    assert reverse("window:queue") not in browse(cast.accounts["reviewer"]).get("/desk/help/").content.decode()
    assert [tour.page for tour in list_tours(get_account_actor(cast.accounts["counter"]))] == [DESK]
