"""The workbench's menu and head: desks declare entries, declared screens bring theirs, each person sees hers."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

from django.http import HttpRequest
from django.urls import get_script_prefix, reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from zhengtong.core.identity.public import (
    Account,
    Appointment,
    Delegation,
    list_held_posts,
    list_live_delegations,
)
from zhengtong.core.messages.public import count_unread
from zhengtong.kernel.modules import Declaration, Text, registry
from zhengtong.kernel.policy import Actor, ActorKind
from zhengtong.screens.declaration import STAFF, ModelScreens
from zhengtong.screens.routing import url_name


@dataclass(frozen=True)
class MenuEntry(Declaration):
    """One line of the workbench's menu.

    Shown to staff who hold one of ``permissions`` (none: to all) and, when there are ``roles``, one of these.
    ``count`` says how many things wait there, in words where it isn't counted to the end (1000+). ``use`` puts its
    address into the head as well: ``todo`` or ``search``.
    Entries with a ``group`` stand under that title, folded unless one is there; those without stand above.
    """

    code: str
    title: Text
    icon: str
    url_name: str
    permissions: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    order: int = 100
    count: Callable[[Actor], int | str] | None = None
    use: str = ""
    group: Text = ""

    @property
    def key(self) -> str:
        return self.code

    def is_for(self, actor: Actor) -> bool:
        return is_held(actor, self.permissions, self.roles)


def is_held(actor: Actor, permissions: tuple[str, ...], roles: tuple[str, ...]) -> bool:
    """Return whether ``actor`` is staff and holds one of ``permissions`` and one of ``roles``, where some are named."""
    if actor.kind is not ActorKind.STAFF:
        return False
    if roles and not any(grant.role in roles for grant in actor.grants):
        return False
    return not permissions or any(actor.has(permission) for permission in permissions)


def _screen_entries() -> Iterator[MenuEntry]:
    """Yield the entry of each declared staff screen, under the title of its module."""
    for screens in registry.of(ModelScreens):
        if screens.menu and screens.audience == STAFF:
            yield MenuEntry(
                screens.key,
                screens.title,
                screens.icon,
                url_name(screens, "list"),
                (screens.permission,),
                order=screens.menu_order,
                group=registry.modules[screens.module].title,
            )


def list_entries(actor: Actor) -> list[MenuEntry]:
    """Return the entries that ``actor`` sees, in their order."""
    entries = (entry for entry in (*registry.of(MenuEntry), *_screen_entries()) if entry.is_for(actor))
    return sorted(entries, key=lambda entry: (entry.order, entry.code))


Line = tuple[str, Text, str, int | str, bool]


@dataclass(frozen=True)
class Group:
    """Lines under a title; ``is_open`` when one is on one of them."""

    title: Text
    lines: list[Line]

    @property
    def is_open(self) -> bool:
        return any(is_current for *_line, is_current in self.lines)


def _address(view: str) -> str:
    return _address_under(get_script_prefix(), view)


@cache
def _address_under(_prefix: str, view: str) -> str:
    """The same lines stand on every page, and looking a view up takes longer than to write its line."""
    return reverse(view)


class _Head:
    """What the head and the menu of one request need; each part is read when the template asks for it."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        self.actor: Actor = request.actor  # type: ignore[attr-defined]  # put there by identity's middleware
        self._counts: dict[str, int | str] = {}

    def count(self, entry: MenuEntry) -> int | str:
        if entry.count is None:
            return 0
        if entry.code not in self._counts:
            self._counts[entry.code] = entry.count(self.actor)
        return self._counts[entry.code]

    @cached_property
    def entries(self) -> list[tuple[MenuEntry, str]]:
        return [(entry, _address(entry.url_name)) for entry in list_entries(self.actor)]

    def _lines(self, entries: list[tuple[MenuEntry, str]]) -> list[Line]:
        # The longest address that the page lies under is where one is.
        under = [url for _entry, url in self.entries if self.request.path.startswith(url)]
        current = max(under, key=len, default="")
        return [(url, e.title, e.icon, self.count(e), url == current) for e, url in entries]

    def menu(self) -> list[Line]:
        return self._lines([(entry, url) for entry, url in self.entries if not entry.group])

    def groups(self) -> list[Group]:
        """The groups in the order of their first entries."""
        titled: dict[str, list[tuple[MenuEntry, str]]] = {}
        for entry, url in self.entries:
            if entry.group:
                titled.setdefault(str(entry.group), []).append((entry, url))
        return [Group(title, self._lines(entries)) for title, entries in titled.items()]

    def find(self, use: str) -> MenuEntry | None:
        return next((entry for entry, _url in self.entries if entry.use == use), None)

    def todo(self) -> dict[str, Any]:
        entry = self.find("todo")
        return {"url": _address(entry.url_name), "count": self.count(entry)} if entry else {}

    def search(self) -> dict[str, Any]:
        entry = self.find("search")
        return {"url": _address(entry.url_name), "query": self.request.GET.get("q", "")[:100]} if entry else {}

    def person(self) -> dict[str, Any]:
        user = self.request.user
        if not isinstance(user, Account):
            return {}
        posts = list_held_posts(user)
        delegations = list(list_live_delegations(user)) if any(post.has_delegations for post in posts) else []
        own = self.actor.appointment
        acting = next((each for each in delegations if each.pk == self.actor.delegation), None)
        titles = {post.appointment: post.title for post in posts}
        return {
            "name": self.actor.name,
            "post": titles.get(own or 0) or (_title(acting.principal) if acting else ""),
            "posts": [(pk, title, pk == own and self.actor.agent is None) for pk, title in titles.items()],
            "delegations": [(each.pk, _delegated(each), each.pk == self.actor.delegation) for each in delegations],
            "acting": acting,
            "switch_url": _address("identity:capacity"),
            "delegations_url": _address("identity:delegations"),
        }

    def messages(self) -> dict[str, Any]:
        user = self.request.user
        return {"url": _address("messages:list"), "count": count_unread(user)} if isinstance(user, Account) else {}


def _title(appointment: Appointment) -> str:
    return f"{appointment.post.organisation.short_name} {appointment.post.title}"


def _delegated(delegation: Delegation) -> str:
    """代高婉清 · 审批员，至11月28日: the year is this one or the next, and the day is near."""
    end = delegation.end_date
    return _("代%(name)s · %(post)s，至%(month)d月%(day)d日") % {
        "name": delegation.principal.staff.name,
        "post": delegation.principal.post.title,
        "month": end.month,
        "day": end.day,
    }


def desk(request: HttpRequest) -> dict[str, Any]:
    """Give the workbench's templates what ``screens/desk.html`` reads; other pages pay nothing for it."""
    if not hasattr(request, "actor"):
        return {}
    head = SimpleLazyObject(lambda: _Head(request))
    return {
        "desk_menu": SimpleLazyObject(lambda: head.menu()),
        "desk_groups": SimpleLazyObject(lambda: head.groups()),
        "desk_person": SimpleLazyObject(lambda: head.person()),
        "desk_todo": SimpleLazyObject(lambda: head.todo()),
        "desk_messages": SimpleLazyObject(lambda: head.messages()),
        "desk_search": SimpleLazyObject(lambda: head.search()),
    }
