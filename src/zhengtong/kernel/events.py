"""Events: how a module tells those above it that something happened, in the same transaction.

An event is a frozen dataclass derived from :class:`Event`, with ``code`` in the past tense
(``case.accepted``). Receivers run at once, inside the publisher's transaction, so that all of it happens
or none of it does; what is slow or leaves the database is a job that the receiver enqueues.
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar, TypeVar

from django.db import transaction

from zhengtong.kernel.policy import Actor


@dataclass(frozen=True, slots=True)
class Event:
    code: ClassVar[str]
    actor: Actor


E = TypeVar("E", bound=Event)
Receiver = Callable[[Any], None]
_receivers: dict[type[Event], list[Receiver]] = defaultdict(list)


def receives(*kinds: type[Event]) -> Callable[[Receiver], Receiver]:
    """Connect the decorated function to the given kinds of event (exactly those)."""

    def connect(receiver: Receiver) -> Receiver:
        for kind in kinds:
            if receiver not in _receivers[kind]:
                _receivers[kind].append(receiver)
        return receiver

    return connect


def publish(event: Event) -> None:
    """Hand ``event`` to its receivers. Raises RuntimeError outside a transaction."""
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError(f"{event.code} published outside a transaction")
    for receiver in _receivers[type(event)]:
        receiver(event)
