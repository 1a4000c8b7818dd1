"""A room: one declaration of screens with its sample, a row here, and the people who knock at its doors."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

import pytest
from django.db.models import Model
from django.test import Client
from django.urls import reverse

from tests.cast import Cast
from tests.conformance.forms import read_form
from tests.conformance.samples import SIGNS_IN, Sample, get_sample, sign_in
from zhengtong.core.audit.public import AuditRecord
from zhengtong.core.identity.public import Organisation, Protected
from zhengtong.kernel.modules import registry
from zhengtong.screens.declaration import CITIZEN, PUBLIC, STAFF, ModelScreens
from zhengtong.screens.routes import list_routes
from zhengtong.screens.routing import Route, url_name

SCREENS = list(registry.of(ModelScreens))
# Parts of paths beside the row and the act, with something that could be one.
PARTS: dict[str, Any] = {
    "run": UUID("00000000-0000-4000-8000-000000000000"),
    "z": 0,
    "x": 0,
    "y": 0,
    "number": 0,
    "view_id": 1,
    "field": "region",
}
# Pages that show something and open without anything typed or chosen before.
SHOWN = ("list", "new", "detail", "amend", "history", "columns", "views", "map", "statistics", "import")
_PART = re.compile(r"<\w+:(\w+)>")


def of_audience(*audiences: str) -> pytest.MarkDecorator:
    """Parametrise a test over the rooms of the declarations for ``audiences`` (all when none is named)."""
    return over(screens for screens in SCREENS if not audiences or screens.audience in audiences)


def over(found: Iterable[ModelScreens]) -> pytest.MarkDecorator:
    rooms = [pytest.param(screens, id=screens.key) for screens in found]
    return pytest.mark.parametrize("furnished", rooms, indirect=True, scope="module")


def list_permissions(screens: ModelScreens) -> list[str]:
    """Return the permissions that all of the screens take."""
    acts = [screens.create, screens.amend, *screens.actions]
    needed = [screens.permission, screens.reveal, *(act.permission for act in acts if act)]
    needed += [screens.sheet.permission] if screens.sheet else []
    needed += [column.permission for column in screens.columns if not isinstance(column, str)]
    return list(dict.fromkeys(permission for permission in needed if permission))


class Room:
    """``holder`` may do here all that the screens offer, ``outsider`` may elsewhere, ``powerless`` may do nothing.

    Of screens for citizens the holder owns the row, the outsider is another citizen, the powerless is of the staff. Of
    public ones all three are nobody in particular.
    """

    holder: Client
    outsider: Client
    powerless: Client

    def __init__(self, screens: ModelScreens, cast: Cast, *, first: int = 1) -> None:
        self.screens = screens
        self.sample: Sample = get_sample(screens)
        self.here, self.elsewhere = (Organisation.objects.get(name=f"{name}人民政府") for name in ("澄波区", "禾溪县"))
        self.owner = cast.accounts["citizen"]
        self.row = self.make(first)

    def invite(self, cast: Cast) -> None:
        """Let the people come who knock."""
        self.powerless = sign_in("conformance-powerless", self.here)
        if self.screens.audience == STAFF:
            needed = list_permissions(self.screens)
            self.holder = sign_in("conformance-holder", self.here, *needed)
            self.outsider = sign_in("conformance-outsider", self.elsewhere, *needed)
        elif self.screens.audience == CITIZEN:
            self.holder, self.outsider = self._citizen(cast, "citizen"), self._citizen(cast, "owner")
        else:
            self.holder = self.outsider = self.powerless = self.stranger()

    @staticmethod
    def _citizen(cast: Cast, name: str) -> Client:
        client = Client(raise_request_exception=False)
        client.force_login(cast.accounts[name], SIGNS_IN)
        return client

    @staticmethod
    def stranger() -> Client:
        return Client(raise_request_exception=False)

    def make(self, number: int) -> Any:
        """Make the ``number``-th row, the holder's."""
        row = self.sample.make(self.here, number)
        if self.screens.audience == CITIZEN:
            assert self.sample.own, f"the sample of {self.screens.key} gives its rows to nobody: own(row, account)"
            self.sample.own(row, self.owner)
        return row

    @property
    def is_unscoped(self) -> bool:
        """Whether a row is everybody's who holds the permission anywhere."""
        if self.screens.audience == PUBLIC:
            return True
        return registry.get(Protected, self.screens.model._meta.label_lower).is_unscoped

    @property
    def routes(self) -> list[Route]:
        return [route for route in list_routes() if route.when(self.screens)]

    def url(self, verb: str = "list", row: Model | None = None, **parts: Any) -> str:
        if row is not None:
            parts["id"] = getattr(row, self.screens.lookup)
        return reverse(url_name(self.screens, verb), kwargs=parts)

    def addresses(self, routes: Sequence[Route] | None = None) -> Iterator[tuple[str, str]]:
        """Yield verb and address of everything that the screens answer, each act by itself."""
        for route in self.routes if routes is None else routes:
            row = self.row if route.is_of_row else None
            names = _PART.findall(route.path)
            parts = {name: PARTS[name] for name in names if name != "act"}
            if "act" not in names:
                yield route.verb, self.url(route.verb, row, **parts)
                continue
            for act in self.screens.actions:
                if route.is_of_row or act.is_bulk:
                    yield f"{route.verb} {act.code}", self.url(route.verb, row, act=act.code, **parts)

    def pages(self) -> Iterator[tuple[str, str]]:
        """Yield verb and address of every page that shows something."""
        return self.addresses([route for route in self.routes if route.verb in SHOWN])

    def has(self, verb: str) -> bool:
        return any(route.verb == verb for route in self.routes)

    @property
    def api(self) -> str:
        """The address of the list for programs."""
        return f"/api/{self.screens.module}/{self.screens.code}/"

    def api_of(self, row: Model) -> str:
        return f"{self.api}{getattr(row, self.screens.lookup)}"


def send(browser: Client, address: str, typed: Mapping[str, Any]) -> Any:
    """Send the form at ``address`` as a browser would: what it holds already, and what is typed or chosen."""
    shown = browser.get(address)
    assert shown.status_code == 200, (address, shown.status_code)
    page = shown.content.decode()
    chosen = {name: choose(page, name, value) for name, value in typed.items()}
    return browser.post(address, {**read_form(page, "form_token"), **chosen})


def choose(page: str, name: str, value: Any) -> Any:
    """Return a row as the page's own control takes it: a list its key, a box to type into its label."""
    if not isinstance(value, Model):
        return value
    if re.search(rf'<select[^>]*\bname="{name}"', page):
        return value.pk
    code = getattr(value, "code", "")
    return f"{code} {value}" if code else f"{value}〔{value.pk}〕"


def body_of(answer: Any) -> bytes:
    """Return what was answered, also when it was streamed."""
    content: bytes = b"".join(answer) if answer.streaming else answer.content
    return content


def complaints(answer: Any) -> str:
    """Return what a page complains about."""
    text = answer.content.decode()
    found = re.findall(r'class="[^"]*(?:error|problem|notice)[^"]*"[^>]*>(.*?)</(?:p|div|ul|section)', text, re.DOTALL)
    said = [" ".join(re.sub(r"<[^>]+>", " ", each).split()) for each in found]
    return " / ".join(each for each in said if each)[:600]


class Journal:
    """What the journal gained since: the acts of people, by their names."""

    def __init__(self) -> None:
        self._last = self._latest()

    @staticmethod
    def _latest() -> int:
        return AuditRecord.objects.order_by("-id").values_list("id", flat=True).first() or 0

    def gained(self) -> list[str]:
        found = AuditRecord.objects.filter(id__gt=self._last, actor_kind__in=("staff", "citizen")).order_by("id")
        return list(found.values_list("action", flat=True))
