"""The rules of a letter without the database: its states, who works on it when, what its lamp shows, its code."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from zhengtong.capabilities.letters import permissions
from zhengtong.kernel.calendar import WorkingCalendar

WARNING_PERCENT: Final = 90
# Without those that look alike when they are read over the phone.
CODE_ALPHABET: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
CODE_LENGTH: Final = 8
MOST_CALLS: Final = 3
SATISFIED_FROM: Final = 3


class State(StrEnum):
    RECEIVED = "received"
    NOT_ACCEPTED = "not_accepted"
    ACCEPTED = "accepted"
    DISPATCHED = "dispatched"
    RETURNED = "returned"
    HANDLING = "handling"
    APPROVING = "approving"
    ANSWERED = "answered"
    REOPENED = "reopened"
    CLOSED = "closed"


class Act(StrEnum):
    ACCEPT = "accept"
    DECLINE = "decline"
    DISPATCH = "dispatch"
    SIGN = "sign"
    RETURN = "return_letter"
    TRANSFER = "transfer"
    DRAFT = "draft_answer"
    REJECT = "reject_answer"
    APPROVE = "approve_answer"
    REOPEN = "reopen"
    CLOSE = "close"


class Node(StrEnum):
    """What somebody has to do; the worklist's kinds are these."""

    ACCEPTANCE = "acceptance"
    DISPATCH = "dispatch"
    HANDLING = "handling"
    APPROVAL = "approval"
    EXTENSION = "extension"
    COOPERATION = "cooperation"
    CALLBACK = "callback"
    PUBLICATION = "publication"
    RECTIFICATION = "rectification"
    RECHECK = "recheck"

    @property
    def kind(self) -> str:
        return f"letters.{self.value}"


NODE_PERMISSIONS: Final[Mapping[Node, str]] = {
    Node.ACCEPTANCE: permissions.ACCEPT,
    Node.DISPATCH: permissions.DISPATCH,
    Node.HANDLING: permissions.HANDLE,
    Node.APPROVAL: permissions.APPROVE,
    Node.EXTENSION: permissions.EXTEND,
    Node.COOPERATION: permissions.HANDLE,
    Node.CALLBACK: permissions.CALL_BACK,
    Node.PUBLICATION: permissions.PUBLISH,
    Node.RECTIFICATION: permissions.HANDLE,
    Node.RECHECK: permissions.CALL_BACK,
}

_MOVES: Final[Mapping[Act, tuple[frozenset[State], State]]] = {
    Act.ACCEPT: (frozenset({State.RECEIVED}), State.ACCEPTED),
    Act.DECLINE: (frozenset({State.RECEIVED}), State.NOT_ACCEPTED),
    Act.DISPATCH: (frozenset({State.ACCEPTED, State.RETURNED}), State.DISPATCHED),
    Act.SIGN: (frozenset({State.DISPATCHED, State.REOPENED}), State.HANDLING),
    Act.RETURN: (frozenset({State.DISPATCHED, State.HANDLING}), State.RETURNED),
    Act.TRANSFER: (frozenset({State.DISPATCHED, State.HANDLING, State.REOPENED}), State.DISPATCHED),
    Act.DRAFT: (frozenset({State.HANDLING}), State.APPROVING),
    Act.REJECT: (frozenset({State.APPROVING}), State.HANDLING),
    Act.APPROVE: (frozenset({State.APPROVING}), State.ANSWERED),
    Act.REOPEN: (frozenset({State.ANSWERED}), State.REOPENED),
    Act.CLOSE: (frozenset({State.ANSWERED}), State.CLOSED),
}
ENDED: Final = frozenset({State.NOT_ACCEPTED, State.CLOSED})
# Until the answer is sent, the deadline counts.
COUNTING: Final = frozenset(State) - ENDED - {State.ANSWERED}


class NotPossible(ValueError):
    """The act isn't one of those that the letter's state allows."""


def next_state(state: State, act: Act) -> State:
    """Return the state after ``act``. Raises NotPossible."""
    sources, target = _MOVES[act]
    if state not in sources:
        raise NotPossible(f"{act} isn't possible in {state}")
    return target


def may_follow(state: State, act: Act) -> bool:
    return state in _MOVES[act][0]


@dataclass(frozen=True, slots=True)
class Lamp:
    """What a deadline shows at a moment: ``next_alert_at`` is when that changes next."""

    level: str
    next_alert_at: datetime | None


def due_after(started_at: datetime, days: int, calendar: WorkingCalendar) -> datetime:
    """Return the end of the ``days``-th working day after ``started_at``; the first day doesn't count (民法典 201)."""
    return calendar.end_of_day(calendar.add_working_days(calendar.local_date(started_at), days))


def lamp_at(now: datetime, started_at: datetime, due_at: datetime, calendar: WorkingCalendar) -> Lamp:
    """Return green, yellow from 90 % of the working time on, red from the deadline on, as the supervision's lamps."""
    if now >= due_at:
        return Lamp("red", None)
    warning = calendar.moment_after_share(started_at, due_at, WARNING_PERCENT)
    if now >= warning:
        return Lamp("yellow", due_at)
    return Lamp("green", warning)


def make_code() -> str:
    """Return a new query code: with the number it opens the letter's progress, so it isn't to be guessed."""
    return "".join(secrets.choice(CODE_ALPHABET) for _ in range(CODE_LENGTH))


def read_code(typed: str) -> str:
    """Return a code as it was given out, from how somebody types it."""
    return "".join(c for c in typed.upper() if c.isalnum())
