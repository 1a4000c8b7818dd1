"""The workbench's menu and head: each desk declares its entries, each person sees those that her roles open."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from zhengtong.core.identity.public import Account, Appointment, list_current_appointments
from zhengtong.core.messages.public import count_unread
from zhengtong.kernel.modules import Declaration, Text, registry
from zhengtong.kernel.policy import Actor, ActorKind


@dataclass(frozen=True)
class MenuEntry(Declaration):
    """One line of the workbench's menu.

    Shown to staff who hold one of ``permissions`` (none: to all) and, when there are ``roles``, one of these.
    ``count`` says how many things wait there. ``use`` puts its address into the head as well: ``todo`` or ``search``.
    """

    code: str
    title: Text
    icon: str
    url_name: str
    permissions: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    order: int = 100
    count: Callable[[Actor], int] | None = None
    use: str = ""

    @property
    def key(self) -> str:
        return self.code

    def is_for(self, actor: Actor) -> bool:
        if actor.kind is not ActorKind.STAFF:
            return False
        if self.roles and not any(grant.role in self.roles for grant in actor.grants):
            return False
        return not self.permissions or any(actor.has(permission) for permission in self.permissions)


def list_entries(actor: Actor) -> list[MenuEntry]:
    """Return the entries that ``actor`` sees, in their order."""
    return sorted((e for e in registry.of(MenuEntry) if e.is_for(actor)), key=lambda entry: (entry.order, entry.code))


Line = tuple[str, Text, str, int, bool]


class _Head:
    """What the head and the menu of one request need; each part is read when the template asks for it."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        self.actor: Actor = request.actor  # type: ignore[attr-defined]  # put there by identity's middleware
        self._counts: dict[str, int] = {}

    def count(self, entry: MenuEntry) -> int:
        if entry.count is None:
            return 0
        if entry.code not in self._counts:
            self._counts[entry.code] = entry.count(self.actor)
        return self._counts[entry.code]

    def menu(self) -> list[Line]:
        entries = [(entry, reverse(entry.url_name)) for entry in list_entries(self.actor)]
        # The longest address that the page lies under is where one is.
        under = [url for _entry, url in entries if self.request.path.startswith(url)]
        current = max(under, key=len, default="")
        return [(url, e.title, e.icon, self.count(e), url == current) for e, url in entries]

    def find(self, use: str) -> MenuEntry | None:
        return next((entry for entry in list_entries(self.actor) if entry.use == use), None)

    def todo(self) -> dict[str, Any]:
        entry = self.find("todo")
        return {"url": reverse(entry.url_name), "count": self.count(entry)} if entry else {}

    def search(self) -> dict[str, Any]:
        entry = self.find("search")
        return {"url": reverse(entry.url_name), "query": self.request.GET.get("q", "")[:100]} if entry else {}

    def person(self) -> dict[str, Any]:
        user = self.request.user
        if not isinstance(user, Account):
            return {}
        posts = list(list_current_appointments(user))
        current = next((post for post in posts if post.pk == self.actor.appointment), None)
        return {
            "name": self.actor.name,
            "post": _title(current) if current else "",
            "posts": [(post.pk, _title(post), post.pk == self.actor.appointment) for post in posts],
            "switch_url": reverse("identity:capacity"),
        }

    def messages(self) -> dict[str, Any]:
        user = self.request.user
        return {"url": reverse("messages:list"), "count": count_unread(user)} if isinstance(user, Account) else {}


def _title(appointment: Appointment) -> str:
    return f"{appointment.post.organisation.short_name} {appointment.post.title}"


def desk(request: HttpRequest) -> dict[str, Any]:
    """Give the workbench's templates what ``screens/desk.html`` reads; other pages pay nothing for it."""
    if not hasattr(request, "actor"):
        return {}
    head = SimpleLazyObject(lambda: _Head(request))
    return {
        "desk_menu": SimpleLazyObject(lambda: head.menu()),
        "desk_person": SimpleLazyObject(lambda: head.person()),
        "desk_todo": SimpleLazyObject(lambda: head.todo()),
        "desk_messages": SimpleLazyObject(lambda: head.messages()),
        "desk_search": SimpleLazyObject(lambda: head.search()),
    }
