"""Every declared screen keeps the rules of the house: who may come in, what is seen, what a write leaves behind."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection
from django.db.models import Model
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import NoReverseMatch

from tests.cast import Cast
from tests.conformance.forms import read_form
from tests.conformance.samples import Sample, get_sample, sign_in
from zhengtong.core.audit.public import AuditRecord
from zhengtong.core.identity.public import Organisation, Protected
from zhengtong.kernel.modules import registry
from zhengtong.screens.declaration import PUBLIC, STAFF, Act, ModelScreens
from zhengtong.screens.routes import list_routes
from zhengtong.screens.routing import Route, url_of

SCREENS = [pytest.param(screens, id=screens.key) for screens in registry.of(ModelScreens)]
STAFF_SCREENS = [pytest.param(s, id=s.key) for s in registry.of(ModelScreens) if s.audience == STAFF]
CHINESE = re.compile(r"[\u4e00-\u9fff]")
HEADING = re.compile(r"<h1[^>]*>(.*?)</h1>", re.DOTALL)
# Pages whose address is of the row or the list alone, and that only show something.
SHOWN = ("list", "new", "detail", "amend", "history", "columns", "views", "map", "statistics", "import")


def routes_of(screens: ModelScreens) -> Iterator[Route]:
    return (route for route in list_routes() if route.when(screens))


def pages(screens: ModelScreens, row: Model) -> Iterator[tuple[str, str]]:
    """Yield verb and address of every page that ``screens`` have."""
    for route in routes_of(screens):
        if route.verb in SHOWN:
            yield route.verb, url_of(screens, route.verb, row if route.is_of_row else None)


def permissions_of(screens: ModelScreens) -> list[str]:
    acts = [screens.create, screens.amend, *screens.actions]
    needed = [screens.permission, screens.reveal, *(act.permission for act in acts if act)]
    needed += [screens.sheet.permission] if screens.sheet else []
    needed += [column.permission for column in screens.columns if not isinstance(column, str)]
    return list(dict.fromkeys(permission for permission in needed if permission))


class Room:
    """One declaration with its sample, a row here and a row elsewhere, and the people who knock."""

    def __init__(self, screens: ModelScreens, cast: Cast) -> None:
        self.screens = screens
        self.sample: Sample = get_sample(screens)
        self.here, self.elsewhere = (Organisation.objects.get(name=f"{name}人民政府") for name in ("澄波区", "禾溪县"))
        self.row = self.sample.make(self.here, 1)
        self._people: dict[str, Client] = {}
        self.cast = cast

    def holder(self) -> Client:
        """Somebody here who may do everything."""
        return self._person("holder", self.here, *permissions_of(self.screens))

    def outsider(self) -> Client:
        """Somebody elsewhere who may do everything there."""
        return self._person("outsider", self.elsewhere, *permissions_of(self.screens))

    def powerless(self) -> Client:
        """Somebody of the staff whose post has no role."""
        return self._person("powerless", self.here)

    def visitor(self) -> Client:
        return Client(raise_request_exception=False) if self.screens.audience == PUBLIC else self.holder()

    def _person(self, name: str, organisation: Organisation, *permissions: str) -> Client:
        if name not in self._people:
            self._people[name] = sign_in(f"conformance-{name}", organisation, *permissions)
        return self._people[name]


@pytest.fixture
def enter(cast: Cast) -> Callable[[ModelScreens], Room]:
    return lambda screens: Room(screens, cast)


@pytest.mark.parametrize("screens", SCREENS)
def test_a_stranger_is_asked_to_sign_in(screens: ModelScreens, enter: Callable[[ModelScreens], Room]) -> None:
    room = enter(screens)
    for verb, address in pages(screens, room.row):
        answer = Client().get(address)
        if screens.audience == PUBLIC:
            assert answer.status_code == 200, verb
        else:
            assert answer.status_code == 302, verb
            assert answer["Location"].startswith("/account/login/"), verb


@pytest.mark.parametrize("screens", STAFF_SCREENS)
def test_without_the_permission_the_door_is_shut(screens: ModelScreens, enter: Callable[[ModelScreens], Room]) -> None:
    room = enter(screens)
    for verb, address in pages(screens, room.row):
        assert room.powerless().get(address).status_code == 403, verb


@pytest.mark.parametrize("screens", STAFF_SCREENS)
def test_an_outsider_finds_nothing(screens: ModelScreens, enter: Callable[[ModelScreens], Room]) -> None:
    room = enter(screens)
    if registry.get(Protected, screens.model._meta.label_lower).is_unscoped:
        assert room.outsider().get(url_of(screens)).status_code == 200
        return
    listed = room.outsider().get(url_of(screens)).content.decode()
    for route in routes_of(screens):
        if not route.is_of_row:
            continue
        try:
            address = url_of(screens, route.verb, room.row)
        except NoReverseMatch:  # names more than the row
            continue
        assert address not in listed, route.verb
        assert room.outsider().get(address).status_code in (404, 405), route.verb
        assert room.outsider().post(address).status_code in (404, 405), route.verb
    for act in screens.actions:
        address = url_of(screens, "act", room.row, act=act.code)
        assert room.outsider().get(address).status_code == 404, act.code
        assert room.outsider().post(address).status_code == 404, act.code


@pytest.mark.parametrize("screens", SCREENS)
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_page_opens_in_both_languages(
    screens: ModelScreens, language: str, enter: Callable[[ModelScreens], Room]
) -> None:
    room = enter(screens)
    visitor = room.visitor()
    visitor.cookies["django_language"] = language
    for verb, address in pages(screens, room.row):
        answer = visitor.get(address)
        text = answer.content.decode()
        assert answer.status_code == 200, (verb, address)
        assert f'<html lang="{language}"' in text, verb
        if language == "en" and verb == "list":
            heading = HEADING.search(text)
            assert heading, verb
            assert not CHINESE.search(heading[1]), heading[1]


@pytest.mark.parametrize("screens", SCREENS)
def test_pages_ask_as_much_for_many_rows_as_for_few(
    screens: ModelScreens, enter: Callable[[ModelScreens], Room]
) -> None:
    room = enter(screens)
    visitor = room.visitor()
    watched = [verb for verb in ("list", "detail", "export") if verb in {route.verb for route in routes_of(screens)}]

    def ask() -> dict[str, int]:
        counted = {}
        for verb in watched:
            address = url_of(screens, verb, room.row if verb == "detail" else None)
            visitor.get(address)  # what is asked once a process isn't counted
            with CaptureQueriesContext(
                connection,
            ) as asked:
                answer = visitor.get(address)
                if answer.streaming:
                    b"".join(answer)  # type: ignore[arg-type]  # the test client streams synchronously
            counted[verb] = len(asked)
        return counted

    few = ask()
    for number in range(2, 12):
        room.sample.make(room.here, number)
    many = ask()
    assert many == few
    assert max(many.values()) <= 30, many


def _acts(screens: ModelScreens, sample: Sample) -> Iterator[tuple[str, Act, Callable[[Any], Any]]]:
    if screens.create:
        assert sample.create, f"the sample of {screens.key} types nothing into its form"
        yield "new", screens.create, sample.create
    if screens.amend:
        assert sample.amend, f"the sample of {screens.key} amends nothing"
        yield "amend", screens.amend, sample.amend
    for act in screens.actions:
        assert act.code in sample.acts, f"the sample of {screens.key} doesn't try {act.code}"
        yield "act", act, sample.acts[act.code]


@pytest.mark.parametrize("screens", STAFF_SCREENS)
def test_each_write_leaves_one_record(screens: ModelScreens, enter: Callable[[ModelScreens], Room]) -> None:
    room = enter(screens)
    holder = room.holder()
    for number, (verb, act, typed) in enumerate(_acts(screens, room.sample), 20):
        row = room.sample.make(room.here, number)
        if act.code in room.sample.before:
            room.sample.before[act.code](row)
        parts = {"act": act.code} if verb == "act" else {}
        address = url_of(screens, verb, None if verb == "new" else row, **parts)
        if verb != "act":
            shown = holder.get(address)
            assert shown.status_code == 200, act.code
        before = AuditRecord.objects.count()
        answer = holder.post(address, fill(holder, address, typed(room.here if verb == "new" else row)))
        assert answer.status_code in (302, 303), (act.code, words(answer))
        written = AuditRecord.objects.order_by("-id")[: AuditRecord.objects.count() - before]
        assert len([record for record in written if record.actor_kind == "staff"]) == 1, (
            act.code,
            [record.action for record in written],
        )


def fill(browser: Client, address: str, typed: Any) -> dict[str, Any]:
    """Return the form at ``address`` as a browser would send it: what it holds already, and what is typed."""
    return {**read_form(browser.get(address).content.decode(), "form_token"), **typed}


def words(answer: Any) -> str:
    """Return what the page complains about."""
    text = answer.content.decode()
    return " / ".join(re.sub(r"<[^>]+>", "", found).strip() for found in re.findall(r"error[^>]*>(.*?)</", text))[:600]


@pytest.mark.parametrize("screens", STAFF_SCREENS)
def test_looking_writes_nothing(screens: ModelScreens, enter: Callable[[ModelScreens], Room]) -> None:
    room = enter(screens)
    holder = room.holder()
    before = AuditRecord.objects.count()
    for verb, address in pages(screens, room.row):
        assert holder.get(address).status_code == 200, verb
    assert AuditRecord.objects.count() == before


@pytest.mark.parametrize("screens", SCREENS)
def test_odd_addresses_are_answered_in_words(screens: ModelScreens, enter: Callable[[ModelScreens], Room]) -> None:
    room = enter(screens)
    visitor = room.visitor()
    odd = ("?sort=nothing", "?after=%00", "?columns=password", "?q=" + "井" * 5000, "?nothing=1", "?view=999999999")
    for query in odd:
        assert visitor.get(url_of(screens) + query).status_code in (200, 400), query
    for name in [filter_ if isinstance(filter_, str) else filter_.field for filter_ in screens.filters]:
        for value in ("%00", "999999999999999999999", "'; --", "2026-02-30", "中" * 300):
            for suffix in ("", "_from", "_until"):
                answer = visitor.get(f"{url_of(screens)}?{name}{suffix}={value}")
                assert answer.status_code in (200, 400), (name, value)
