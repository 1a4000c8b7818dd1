"""The tour for first use: desks declare steps that point to parts of a page, each person is led to hers, once."""

from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property

from django.db import transaction
from django.urls import reverse

from zhengtong.kernel.modules import Declaration, Text, registry
from zhengtong.kernel.policy import Actor, ActorKind
from zhengtong.screens.declaration import CITIZEN, PUBLIC, STAFF
from zhengtong.screens.menu import is_held
from zhengtong.screens.models import SeenTour


@dataclass(frozen=True)
class TourStep(Declaration):
    """One step of the tour of ``page`` (the name of its view).

    ``at`` is the ``data-tour`` of what it points to, or the view name of a line in the workbench's menu; where nothing
    like it is on the page, the step is left out. ``audience`` is ``citizen`` (signed in), ``public`` (whoever reads the
    page and isn't staff) or ``staff``, then with one of ``permissions`` and one of ``roles`` where some are named.
    """

    code: str
    page: str
    at: str
    title: Text
    text: Text
    order: int = 100
    audience: str = STAFF
    permissions: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        return self.code

    @property
    def mark(self) -> str:
        """What ``data-tour`` says on the page: a menu line is marked by its address."""
        return reverse(self.at) if ":" in self.at else self.at

    @property
    def url(self) -> str:
        """Where the thing that the step speaks of is used."""
        return reverse(self.at if ":" in self.at else self.page)

    def is_for(self, actor: Actor) -> bool:
        if self.audience == PUBLIC:
            return actor.kind is not ActorKind.STAFF
        if self.audience == CITIZEN:
            return actor.kind is ActorKind.CITIZEN
        return is_held(actor, self.permissions, self.roles)


@dataclass(frozen=True)
class Tour:
    """The steps of one page that are for one person; ``seen`` are the codes that she was shown before."""

    page: str
    steps: tuple[TourStep, ...]
    seen: frozenset[str] = frozenset()

    @cached_property
    def new(self) -> tuple[TourStep, ...]:
        """The steps she doesn't know yet: all at first, later those of a new desk or of a new role of hers."""
        return tuple(step for step in self.steps if step.code not in self.seen)

    @property
    def is_first(self) -> bool:
        return len(self.new) == len(self.steps)

    @property
    def again_url(self) -> str:
        """Where the whole tour starts once more by itself."""
        return f"{reverse(self.page)}?tour=again"


def list_tours(actor: Actor) -> list[Tour]:
    """Return the tours that ``actor`` can take, whether she has seen them or not."""
    found: dict[str, list[TourStep]] = {}
    for step in sorted(registry.of(TourStep), key=lambda step: step.order):
        if step.is_for(actor):
            found.setdefault(step.page, []).append(step)
    return [Tour(page, tuple(steps)) for page, steps in found.items()]


def get_tour(actor: Actor, page: str) -> Tour | None:
    """Return the tour of ``page`` with what the account has seen of it; None where the page has none for her.

    Of somebody who isn't signed in only the browser knows what was seen.
    """
    declared = [step for step in registry.of(TourStep) if step.page == page]
    steps = tuple(sorted((step for step in declared if step.is_for(actor)), key=lambda step: step.order))
    if not steps:
        return None
    if actor.account_id is None:
        return Tour(page, steps)
    seen = SeenTour.objects.filter(account_id=actor.account_id, page=page).values_list("steps", flat=True).first()
    return Tour(page, steps, frozenset(seen or ()))


@transaction.atomic
def remember_tour(*, actor: Actor, page: str, codes: Collection[str]) -> None:
    """Keep that ``actor`` was shown, or declined, the steps ``codes`` of ``page``; unknown ones are ignored."""
    if actor.account_id is None:
        return
    known = {step.code for step in registry.of(TourStep) if step.page == page}
    if not (shown := known & set(codes)):
        return
    SeenTour.objects.get_or_create(account_id=actor.account_id, page=page)
    row = SeenTour.objects.select_for_update().get(account_id=actor.account_id, page=page)
    # What is no longer declared is forgotten here.
    row.steps = sorted(known & (shown | set(row.steps)))
    row.save(update_fields=["steps", "seen_at"])
