"""Who knocks at declared screens: a stranger signs in, an outsider finds nothing, without permission it is refused."""

import pytest
from django.conf import settings

from tests.conformance.rooms import SCREENS, Room, of_audience
from tests.conformance.samples import get_sample
from zhengtong.screens.declaration import CITIZEN, PUBLIC, STAFF, ModelScreens


@pytest.mark.parametrize("screens", [pytest.param(screens, id=screens.key) for screens in SCREENS])
def test_every_declaration_lends_a_sample(screens: ModelScreens) -> None:
    assert get_sample(screens) is not None, "docs/howto/add-a-module.md says how"


@of_audience()
def test_its_holder_opens_every_page(room: Room) -> None:
    answered = {verb: room.holder.get(address).status_code for verb, address in room.pages()}
    assert {verb: status for verb, status in answered.items() if status != 200} == {}


@of_audience(STAFF, CITIZEN)
def test_a_stranger_is_asked_to_sign_in(room: Room) -> None:
    for verb, address in room.addresses():
        for method in ("get", "post"):
            answer = getattr(room.stranger(), method)(address)
            if answer.status_code != 405:
                assert answer.status_code == 302, (verb, method)
                assert answer["Location"].startswith(settings.LOGIN_URL), (verb, method)
    if room.screens.api:
        assert room.stranger().get(room.api).status_code == 401
        assert room.stranger().get(room.api_of(room.row)).status_code == 401


@of_audience(PUBLIC)
def test_a_stranger_reads_what_is_public_and_changes_nothing(room: Room) -> None:
    for verb, address in room.addresses():
        assert room.stranger().get(address).status_code in {200, 302, 404, 405}, verb
        assert room.stranger().post(address).status_code in {302, 404, 405, 422}, verb


@of_audience(STAFF, CITIZEN)
def test_without_the_permission_the_door_is_shut(room: Room) -> None:
    for verb, address in room.addresses():
        assert room.powerless.get(address).status_code in {403, 405}, verb
        assert room.powerless.post(address).status_code in {403, 405}, verb
    if room.screens.api:
        assert room.powerless.get(room.api).status_code == 403
        assert room.powerless.get(room.api_of(room.row)).status_code == 403


@of_audience(STAFF, CITIZEN)
def test_an_outsider_finds_nothing(room: Room) -> None:
    listed = room.outsider.get(room.url())
    assert listed.status_code == 200
    if room.is_unscoped:
        return
    for verb, address in room.addresses([route for route in room.routes if route.is_of_row]):
        assert address not in listed.content.decode(), verb
        assert room.outsider.get(address).status_code in {404, 405}, verb
        assert room.outsider.post(address).status_code in {404, 405}, verb
    if room.screens.api:
        assert room.outsider.get(room.api_of(room.row)).status_code == 404
        key = getattr(room.row, room.screens.lookup)
        assert key not in [row["id"] for row in room.outsider.get(room.api).json()["rows"]]


@of_audience(STAFF)
def test_a_citizen_is_not_of_the_staff(room: Room) -> None:
    citizen = room.stranger()
    citizen.force_login(room.owner, "allauth.account.auth_backends.AuthenticationBackend")
    for verb, address in room.addresses():
        assert citizen.get(address).status_code in {403, 405}, verb


@of_audience(STAFF, CITIZEN)
def test_a_row_that_is_not_there_is_not_found(room: Room) -> None:
    key = getattr(room.row, room.screens.lookup)
    absent = {int: 2**40, str: "nothing"}.get(type(key), "00000000-0000-4000-8000-000000000001")
    for verb, address in room.addresses([route for route in room.routes if route.is_of_row]):
        guessed = address.replace(f"/{key}/", f"/{absent}/")
        assert guessed != address
        assert room.holder.get(guessed).status_code in {404, 405}, verb
        assert room.holder.post(guessed).status_code in {404, 405}, verb
