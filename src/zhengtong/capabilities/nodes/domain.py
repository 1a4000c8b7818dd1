"""The rules of nodes: how a link comes to be and ends, what crosses a zone's boundary, when a message is retried."""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import timedelta
from enum import StrEnum
from typing import Final

from django.utils.translation import gettext_lazy as _

from zhengtong.kernel.marks import Mark


class NodeState(StrEnum):
    APPLIED = "applied"
    ASSESSED = "assessed"
    APPROVED = "approved"
    CONNECTED = "connected"
    SUSPENDED = "suspended"
    REVOKED = "revoked"
    REFUSED = "refused"


class Act(StrEnum):
    APPLY = "apply"
    ASSESS = "assess"
    APPROVE = "approve"
    REFUSE = "refuse"
    CONNECT = "connect"
    SUSPEND = "suspend"
    RESUME = "resume"
    REVOKE = "revoke"
    RENEW = "renew"
    APPROVE_RENEWAL = "approve_renewal"


_NEXT: Final[Mapping[tuple[NodeState, Act], NodeState]] = {
    (NodeState.APPLIED, Act.ASSESS): NodeState.ASSESSED,
    (NodeState.APPLIED, Act.REFUSE): NodeState.REFUSED,
    (NodeState.ASSESSED, Act.APPROVE): NodeState.APPROVED,
    (NodeState.ASSESSED, Act.REFUSE): NodeState.REFUSED,
    (NodeState.APPROVED, Act.CONNECT): NodeState.CONNECTED,
    (NodeState.APPROVED, Act.REVOKE): NodeState.REVOKED,
    (NodeState.CONNECTED, Act.CONNECT): NodeState.CONNECTED,
    (NodeState.CONNECTED, Act.SUSPEND): NodeState.SUSPENDED,
    (NodeState.CONNECTED, Act.REVOKE): NodeState.REVOKED,
    (NodeState.SUSPENDED, Act.RESUME): NodeState.CONNECTED,
    (NodeState.SUSPENDED, Act.REVOKE): NodeState.REVOKED,
}
# What such a node sends is taken; one that was only approved may shake hands and send.
HEARD: Final = frozenset({NodeState.APPROVED, NodeState.CONNECTED})
# In these a node's new certificates can be taken in.
RENEWABLE: Final = frozenset({NodeState.APPROVED, NodeState.CONNECTED, NodeState.SUSPENDED})


class NotPossible(Exception):
    """The node isn't in a state that allows the act."""


def next_state(state: NodeState, act: Act) -> NodeState:
    """Return the state after ``act``. Raises NotPossible."""
    found = _NEXT.get((state, act))
    if found is None:
        raise NotPossible
    return found


def can_act(state: str, act: Act) -> bool:
    if act in (Act.RENEW, Act.APPROVE_RENEWAL):
        return state in RENEWABLE
    return (NodeState(state), act) in _NEXT


# Zones ------------------------------------------------------------------------------------------------

INNER, OUTER = "inner", "outer"
# Words by which a classified network is called in a bundle: it is a separate installation, and no link crosses to it.
CLASSIFIED: Final = frozenset({"classified", "secret", "涉密", "涉密内网"})


def say_boundary(*, own: str, theirs: str, mark: int, has_circle: bool) -> str:
    """Return why content may not be sent from ``own`` zone to ``theirs``, "" when it may.

    State secrets leave no installation of this software (保守国家秘密法 art. 26, 31). From the inner zone to the outer
    goes only what is marked 公开, and what has a circle of knowledge goes to no other platform by itself.
    """
    if mark >= Mark.SECRET:
        return str(_("国家秘密不得通过本平台传输。"))
    if has_circle:
        return str(_("这项内容限定了知悉范围，不能发往其他平台。"))
    if own == INNER and theirs == OUTER and mark > Mark.PUBLIC:
        return str(
            _("内网向外网只能发送标注为“公开”的内容，这项内容标注为“%(mark)s”，没有发出。") % {"mark": Mark(mark).label}
        )
    return ""


# Trying again -----------------------------------------------------------------------------------------

FIRST_PAUSE: Final = timedelta(seconds=5)
LONGEST_PAUSE: Final = timedelta(minutes=10)


def pause_after(attempts: int) -> timedelta:
    """Return how long to wait after so many attempts in vain: 5 s, doubled each time, ten minutes at most."""
    doubled: int = 2 ** min(max(attempts - 1, 0), 10)
    return min(FIRST_PAUSE * doubled, LONGEST_PAUSE)


# Numbers that people compare --------------------------------------------------------------------------


def say_fingerprints(fingerprints: Iterable[str]) -> str:
    """Return what two people read to each other: eight groups of four hex digits over all certificates of a bundle.

    128 bits: nobody makes a second set of certificates that reads the same.
    """
    together = hashlib.sha256("\n".join(sorted(fingerprints)).encode()).hexdigest()[:32].upper()
    return " ".join(together[at : at + 4] for at in range(0, 32, 4))


def plain_code(typed: str) -> str:
    """Return a comparison code as it counts: letters and digits only, full-width ones made plain."""
    import unicodedata

    return "".join(each for each in unicodedata.normalize("NFKC", typed).upper() if each.isalnum())
