"""What modules say about their work: which kinds there are, how they move, what can be watched, which page shows it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from zhengtong.core.worklist.models import Nature, TransferAct
from zhengtong.kernel.modules import Declaration, Text
from zhengtong.kernel.policy import Actor


@dataclass(frozen=True)
class Move:
    """What is about to happen to one object: ``to_id`` is the appointment that is to have it, None for the office."""

    actor: Actor
    object_id: int
    act: TransferAct
    to_id: int | None = None
    reason: str = ""


Guard = Callable[[Move], object]
HoldMany = Callable[[Sequence[int]], None]
HoldOffice = Callable[[int], None]


@dataclass(frozen=True)
class WorkKind(Declaration):
    """Items of one kind: ``code`` is what their owner opens them under.

    ``guard`` is asked before an item moves. It locks the owner's rows in the owner's own order, so that two acts never
    wait for each other, and raises WorkRefused or Denied; what it returns comes back in ``WorkItemMoved.held``.
    ``hold`` locks the rows of many objects at once, for a hand-over; ``hold_office`` those of a whole organisation that
    ends, also such as have no open item yet. ``watched_as`` says as what an object is watched
    when its giver wants to see how it goes on.
    """

    code: str
    title: Text
    permissions: tuple[str, ...] = ()
    nature: Nature = Nature.TO_DO
    transfer_allowed: bool = True
    return_allowed: bool = True
    guard: Guard | None = None
    hold: HoldMany | None = None
    hold_office: HoldOffice | None = None
    watched_as: Callable[[int], tuple[str, int]] | None = None

    @property
    def key(self) -> str:
        return self.code


@dataclass(frozen=True, slots=True)
class WatchWords:
    """The short words of something that is watched."""

    reference: str
    title: str
    party: str
    url: str


@dataclass(frozen=True, slots=True)
class Standing:
    """Where something that is watched stands now."""

    step: str
    holder: str = ""
    due_at: datetime | None = None
    region: str = ""
    is_paused: bool = False
    is_ended: bool = False


@dataclass(frozen=True)
class WatchKind(Declaration):
    """Something that people can watch. ``find`` returns its words, None when ``actor`` may not see it; ``describe``
    says where the given objects stand, without those that she may not see (any more)."""

    code: str
    title: Text
    find: Callable[[Actor, int], WatchWords | None]
    describe: Callable[[Actor, Sequence[int]], Mapping[int, Standing]]

    @property
    def key(self) -> str:
        return self.code


@dataclass(frozen=True)
class LeadingRole(Declaration):
    """A role whose holders lead an office: they are told when work comes back to it."""

    role: str

    @property
    def key(self) -> str:
        return self.role


@dataclass(frozen=True)
class WorkPage(Declaration):
    """The page of a desk that messages about work lead to; ``code`` is ``handed_over``, ``mine`` or ``office``."""

    code: str
    url_name: str
    query: str = ""

    @property
    def key(self) -> str:
        return self.code
