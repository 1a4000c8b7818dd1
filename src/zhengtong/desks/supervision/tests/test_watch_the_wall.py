"""The wall: live figures for who watches, links for screens that nobody is at, answers to urgings."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.cast import PASSWORD, Cast
from zhengtong.capabilities.cases import public as cases
from zhengtong.capabilities.supervision import public as supervision
from zhengtong.desks.supervision.wall_figures import read_wall

WALL, FIGURES = "/desk/supervision/wall/", "/desk/supervision/wall/figures/"
DISPLAYS = "/desk/supervision/wall/displays/"


def signed_in(username: str) -> Client:
    client = Client()
    assert client.login(username=username, password=PASSWORD)
    return client


def test_every_act_is_on_the_wall_at_once(cast: Cast) -> None:
    reach = cast.supervisor.reach("supervision.watch")
    assert read_wall(reach).today.is_empty
    cast.granted()
    cast.reviewing()
    cast.submitted()
    wall = read_wall(reach)
    assert (wall.today.received, wall.today.decided, wall.today.running, wall.net) == (3, 1, 3, 3)
    assert (wall.month.on_time_rate, wall.month.average_days) == (Decimal(100), Decimal(0))
    assert [(line.name, line.figures.running) for line in wall.offices] == [("澄波区市监局", 3)]
    assert [(line.name, line.figures.running) for line in wall.counties] == [("澄波区", 3)]
    assert [line.key for line in wall.items] == ["food-business-licence"]
    assert sum(hour.received for hour in wall.hours) == 3
    assert sum(hour.decided for hour in wall.hours) == 1
    supervision.fold_deltas()
    assert read_wall(reach, wall.now) == wall, "folding changes no figure"


def test_midnight_begins_a_new_day(cast: Cast) -> None:
    cast.submitted()
    reach = cast.supervisor.reach("supervision.watch")
    tomorrow = read_wall(reach, timezone.now() + timedelta(days=1))
    assert (tomorrow.today.received, tomorrow.today.running) == (0, 1)


def test_a_head_sees_her_own_organ_only(cast: Cast) -> None:
    cast.submitted()
    page = signed_in("head").get(FIGURES).content.decode()
    assert "澄波区市监局" in page
    assert read_wall([cast.outsider.organisation or 0]).today.is_empty


def test_figures_lead_to_the_list_behind_them(cast: Cast) -> None:
    cast.submitted()
    client = signed_in("supervisor")
    page = client.get(FIGURES).content.decode()
    assert page.count("<section") == 9
    listed = f"{reverse('supervision:cases')}?kind=licence"
    for query in ("", "lamp=red", "lamp=yellow", f"organisation={cast.office.organisation_id}", "region=990102"):
        link = f"{listed}&amp;{query}" if query else listed
        assert f'href="{link}"' in page
        assert client.get(link.replace("&amp;", "&")).status_code == 200


def test_watching_keeps_no_session_alive(cast: Cast) -> None:
    client = signed_in("supervisor")
    session = client.session
    session["seen_at"] = 1
    session.save()
    assert client.get(FIGURES).status_code == 200
    assert client.session["seen_at"] == 1
    client.get(WALL)
    assert client.session["seen_at"] > 1


def test_whoever_may_not_watch_is_refused(cast: Cast) -> None:
    client = signed_in("reviewer")
    for address in (WALL, FIGURES, DISPLAYS):
        assert client.get(address).status_code == 403
    assert signed_in("head").get(DISPLAYS).status_code == 403


@pytest.mark.django_db
def test_the_statements_do_not_grow_with_the_cases(cast: Cast, django_assert_max_num_queries: "object") -> None:
    for _ in range(3):
        cast.submitted()
    reach = cast.supervisor.reach("supervision.watch")
    with django_assert_max_num_queries(12):  # type: ignore[operator]  # the fixture's own type is private
        read_wall(reach)


def test_a_screen_nobody_is_at(cast: Cast) -> None:
    cast.submitted()
    client = signed_in("supervisor")
    page = client.post(DISPLAYS, {"name": "一楼大厅", "title": "澄波区政务服务", "days": "30"}).content.decode()
    address = page.split('<a href="http://testserver', 1)[1].split('"', 1)[0]
    token = address.strip("/").split("/")[-1]
    assert token not in client.get(DISPLAYS).content.decode(), "it is told once"
    shown = Client().get(address)
    text = shown.content.decode()
    assert shown.status_code == 200
    assert "澄波区政务服务" in text
    assert (shown["Referrer-Policy"], shown["Cache-Control"]) == ("no-referrer", "private, no-store")
    figures = Client().get(f"{address}figures/").content.decode()
    assert "澄波区市监局" in figures
    assert "<a " not in figures
    case = cases.Case.objects.get()
    for personal in (case.number, case.applicant_name, "王晓岚"):
        assert personal
        assert personal not in text + figures
    display = supervision.WallDisplay.objects.get()
    assert token not in display.token_digest
    client.post(reverse("supervision:display_revoke", args=[display.pk]))
    assert Client().get(address).status_code == 404
    assert Client().get(f"{address}figures/").status_code == 404


def test_a_link_shows_no_more_than_its_maker_saw_and_not_for_ever(cast: Cast) -> None:
    display, token = supervision.create_display(actor=cast.supervisor, name="大厅", title="", days=7)
    assert display.organisations == sorted(cast.supervisor.reach("supervision.watch"))
    supervision.WallDisplay.objects.update(expires_at=timezone.now())
    assert supervision.get_display(token) is None
    assert supervision.get_display("guess") is None


def test_an_urging_is_answered_on_its_page(cast: Cast) -> None:
    urging = supervision.urge_case(actor=cast.supervisor, case_id=cast.reviewing().pk, words="请尽快办理")
    address = supervision.urging_url(urging)
    for stranger in ("outsider", "inspector"):
        assert signed_in(stranger).get(address).status_code == 404
    client = signed_in("reviewer")
    assert "请尽快办理" in client.get(address).content.decode()
    assert client.post(address, {"words": ""}).status_code == 422
    assert client.post(address, {"words": "今天办结"}).status_code == 302
    assert "今天办结" in signed_in("supervisor").get(address).content.decode()
