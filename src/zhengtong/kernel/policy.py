"""Who acts, and the one question that everything asks: may this actor do this to that?

The kernel defines the protocol; ``core.identity`` installs the implementation when the platform starts.
"""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Protocol, TypeVar
from uuid import UUID

from django.db.models import Model, QuerySet

from zhengtong.kernel.marks import Mark

M = TypeVar("M", bound=Model)


class ActorKind(StrEnum):
    ANONYMOUS = "anonymous"
    CITIZEN = "citizen"
    STAFF = "staff"
    SYSTEM = "system"
    NODE = "node"


class Zone(StrEnum):
    """The network that a request came from: 外网 or 内网."""

    OUTER = "outer"
    INNER = "inner"


@dataclass(frozen=True, slots=True)
class Grant:
    """What one role on one post allows, and in which organisations."""

    role: str
    permissions: frozenset[str]
    organisations: frozenset[int]


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, in which capacity, for whom, from where. Every service takes one; the journal records it.

    ``account`` is the account's public id. ``appointment`` (staff) or ``mandate`` with ``legal_entity`` (a citizen
    acting for an enterprise) say in which capacity. ``purpose`` is the stated reason for looking at personal data.

    Under a ``delegation`` a member of staff acts in her principal's ``appointment``: ``agent`` is then her own one,
    ``principal`` the principal's account. A citizen who acts for another (a guardian, an agent) has ``representation``
    and ``principal`` with ``principal_id`` set; rows belong to ``owner_id``. ``matters`` are the codes of what an agent
    was asked to do and nothing else; empty, she may do all. ``clearance`` is the highest mark that she may see.
    """

    kind: ActorKind
    name: str = ""
    account: UUID | None = None
    account_id: int | None = None
    appointment: int | None = None
    organisation: int | None = None
    mandate: int | None = None
    legal_entity: int | None = None
    principal: UUID | None = None
    principal_id: int | None = None
    agent: int | None = None
    delegation: int | None = None
    representation: int | None = None
    matters: frozenset[str] = frozenset()
    clearance: int = Mark.PUBLIC
    grants: tuple[Grant, ...] = ()
    address: str = ""
    request_id: str = ""
    purpose: str = ""
    zone: Zone = Zone.OUTER

    def has(self, permission: str) -> bool:
        """Return whether any post of this actor allows ``permission`` anywhere."""
        return any(permission in grant.permissions for grant in self.grants)

    def reach(self, permission: str) -> frozenset[int]:
        """Return the ids of the organisations in which this actor has ``permission``.

        Of one role, or of several that reach equally far, it is the very set that the role carries.
        """
        sets = {id(g.organisations): g.organisations for g in self.grants if permission in g.permissions}
        return next(iter(sets.values())) if len(sets) == 1 else frozenset().union(*sets.values())

    def stating(self, purpose: str) -> "Actor":
        """Return the same actor with ``purpose``; works where a request holds the actor lazily, too."""
        return replace(self, purpose=purpose)

    @property
    def owner_id(self) -> int | None:
        """The account whose own rows these are: the represented citizen's where she acts for one."""
        return self.principal_id if self.representation is not None else self.account_id

    @property
    def held_appointment(self) -> int:
        """The appointment in which a member of staff acts. Raises :class:`Denied` when she holds none."""
        if self.appointment is None:
            raise Denied("act in an appointment")
        return self.appointment


ANONYMOUS = Actor(kind=ActorKind.ANONYMOUS)
SYSTEM = Actor(kind=ActorKind.SYSTEM, name="系统")


class Denied(Exception):
    """The actor may not do this. Shown to a person as 403, or as 404 when she may not even see the object."""

    def __init__(self, action: str, visible: bool = True) -> None:
        super().__init__(action)
        self.action = action
        self.visible = visible


class Policy(Protocol):
    """What ``core.identity`` installs: the predicate and the same predicate as a filter."""

    def can(self, actor: Actor, action: str, obj: Model | None) -> bool: ...

    def visible(self, actor: Actor, action: str, queryset: QuerySet[Any]) -> QuerySet[Any]: ...

    def denied(self, actor: Actor, action: str, obj: Model | None) -> None: ...


_installed: list[Policy] = []


def install(policy: Policy) -> None:
    """Make ``policy`` answer for the platform."""
    _installed[:] = [policy]


def can(actor: Actor, action: str, obj: Model | None = None) -> bool:
    """Return whether ``actor`` may do ``action`` (a permission code) to ``obj``."""
    return _installed[0].can(actor, action, obj)


def visible(actor: Actor, action: str, queryset: QuerySet[M]) -> QuerySet[M]:
    """Return those rows of ``queryset`` for which :func:`can` would say yes."""
    return _installed[0].visible(actor, action, queryset)


def require(actor: Actor, action: str, obj: Model | None = None) -> None:
    """Raise :class:`Denied`, and log it, unless ``actor`` may do ``action`` to ``obj``."""
    if not can(actor, action, obj):
        _installed[0].denied(actor, action, obj)
        raise Denied(action)
