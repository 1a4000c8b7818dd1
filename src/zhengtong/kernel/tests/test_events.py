"""An event reaches those who asked for its kind, inside the publisher's transaction."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import pytest
from django.db import transaction

from zhengtong.kernel import events
from zhengtong.kernel.events import Event, publish, receives
from zhengtong.kernel.models import Effect
from zhengtong.kernel.policy import SYSTEM


@dataclass(frozen=True, slots=True)
class Opened(Event):
    code: ClassVar[str] = "test.opened"


@dataclass(frozen=True, slots=True)
class OpenedWide(Opened):
    code: ClassVar[str] = "test.opened_wide"


@pytest.fixture(autouse=True)
def _own_receivers() -> Iterator[None]:
    yield
    for kind in (Opened, OpenedWide):
        events._receivers.pop(kind, None)


@pytest.mark.django_db
def test_receivers_run_in_order_for_exactly_their_kind() -> None:
    seen: list[str] = []

    @receives(Opened)
    def first(event: Opened) -> None:
        seen.append(f"first {event.code}")

    @receives(Opened, OpenedWide)
    def second(event: Opened) -> None:
        seen.append(f"second {event.code}")

    receives(Opened)(first)  # a module imported twice still hears once
    with transaction.atomic():
        publish(Opened(SYSTEM))
        publish(OpenedWide(SYSTEM))
    assert seen == ["first test.opened", "second test.opened", "second test.opened_wide"]


@pytest.mark.django_db(transaction=True)
def test_a_receiver_that_fails_takes_everything_back() -> None:
    @receives(Opened)
    def fail(event: Opened) -> None:
        raise LookupError

    @transaction.atomic
    def act() -> None:
        Effect.objects.create(key="test:published")
        publish(Opened(SYSTEM))

    with pytest.raises(LookupError):
        act()
    assert not Effect.objects.filter(key="test:published").exists()


@pytest.mark.django_db(transaction=True)
def test_nothing_is_published_outside_a_transaction() -> None:
    with pytest.raises(RuntimeError, match=r"test\.opened"):
        publish(Opened(SYSTEM))
