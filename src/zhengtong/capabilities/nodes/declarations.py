"""What a module says of messages that its own kind travels in."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from zhengtong.capabilities.nodes.models import Node
from zhengtong.kernel.modules import Declaration, Text
from zhengtong.kernel.policy import Actor


@dataclass(frozen=True)
class Received:
    """A message whose body is whole and as it was signed. ``run`` names it for ever: whatever its receiver does
    outside of the transaction has to be done once for one ``run``."""

    actor: Actor
    node: Node
    message_id: UUID
    title: str
    body: bytes
    mark: int
    issued_at: datetime

    @property
    def run(self) -> str:
        return str(self.message_id)


class Unacceptable(Exception):
    """The receiver will never take this message as it is: the sender is told ``message`` under ``code``."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message


class NotNow(Exception):
    """The receiver can't take it at the moment: the sender tries again by itself."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message


@dataclass(frozen=True)
class MessageKind(Declaration):
    """A kind of message. ``receive`` does what it is for and returns what the receipt says of that (plain JSON).

    It is called in the transaction that also writes the receipt, and may be called again for the same message when
    that transaction was rolled back. It raises Unacceptable and NotNow.
    """

    code: str
    title: Text
    receive: Callable[[Received], Mapping[str, Any]]

    @property
    def key(self) -> str:
        return self.code
