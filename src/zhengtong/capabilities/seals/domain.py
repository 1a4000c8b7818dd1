"""The life of a seal by 《电子印章管理办法》 as plain rules: stages, who may do what after whom, numbers, hashes.

申请 → 审核 → 批准 → 制作 → 备案 → 启用, then 停用 and 恢复, 变更, 重新制作, and at last 注销. Nobody takes two steps
that are there to watch each other: whoever applied neither reviews nor approves, the reviewer doesn't approve, and the
approver doesn't make.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final


class Purpose(StrEnum):
    """What an application asks for."""

    ISSUE = "issue"
    CHANGE = "change"
    REMAKE = "remake"
    DESTROY = "destroy"


class Stage(StrEnum):
    """Where an application stands."""

    REVIEW = "review"
    APPROVAL = "approval"
    MAKING = "making"
    FILING = "filing"
    ENABLING = "enabling"
    DONE = "done"
    RETURNED = "returned"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class Act(StrEnum):
    """What is done to an application or to a seal; each is a line of the seal's history."""

    APPLY = "apply"
    RESUBMIT = "resubmit"
    WITHDRAW = "withdraw"
    REVIEW = "review"
    RETURN = "return"
    APPROVE = "approve"
    REFUSE = "refuse"
    MAKE = "make"
    FILE = "file"
    ENABLE = "enable"
    SUSPEND = "suspend"
    RESUME = "resume"
    DESTROY = "destroy"
    HAND_OVER = "hand_over"


class SealState(StrEnum):
    PREPARING = "preparing"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    DESTROYED = "destroyed"
    ABANDONED = "abandoned"


OPEN_STAGES: Final = (
    Stage.REVIEW,
    Stage.APPROVAL,
    Stage.MAKING,
    Stage.FILING,
    Stage.ENABLING,
    Stage.RETURNED,
)
# The steps of an application as a page shows them in a row.
PATH: Final = (Stage.REVIEW, Stage.APPROVAL, Stage.MAKING, Stage.FILING, Stage.ENABLING)

_STEPS: Final[Mapping[tuple[Stage, Act], Stage]] = {
    (Stage.REVIEW, Act.REVIEW): Stage.APPROVAL,
    (Stage.REVIEW, Act.RETURN): Stage.RETURNED,
    (Stage.REVIEW, Act.REFUSE): Stage.REFUSED,
    (Stage.REVIEW, Act.WITHDRAW): Stage.WITHDRAWN,
    (Stage.RETURNED, Act.RESUBMIT): Stage.REVIEW,
    (Stage.RETURNED, Act.WITHDRAW): Stage.WITHDRAWN,
    (Stage.APPROVAL, Act.APPROVE): Stage.MAKING,
    (Stage.APPROVAL, Act.RETURN): Stage.RETURNED,
    (Stage.APPROVAL, Act.REFUSE): Stage.REFUSED,
    (Stage.MAKING, Act.MAKE): Stage.FILING,
    (Stage.FILING, Act.FILE): Stage.ENABLING,
    (Stage.ENABLING, Act.ENABLE): Stage.DONE,
}
_SEAL_STEPS: Final[Mapping[tuple[SealState, Act], SealState]] = {
    (SealState.PREPARING, Act.ENABLE): SealState.ACTIVE,
    (SealState.PREPARING, Act.REFUSE): SealState.ABANDONED,
    (SealState.PREPARING, Act.WITHDRAW): SealState.ABANDONED,
    (SealState.ACTIVE, Act.ENABLE): SealState.ACTIVE,  # a new making takes the old one's place
    (SealState.SUSPENDED, Act.ENABLE): SealState.ACTIVE,
    (SealState.ACTIVE, Act.SUSPEND): SealState.SUSPENDED,
    (SealState.SUSPENDED, Act.RESUME): SealState.ACTIVE,
    (SealState.ACTIVE, Act.DESTROY): SealState.DESTROYED,
    (SealState.SUSPENDED, Act.DESTROY): SealState.DESTROYED,
}
# Who may not do an act: whoever did one of these before in the same application.
_APART: Final[Mapping[Act, tuple[Act, ...]]] = {
    Act.REVIEW: (Act.APPLY, Act.RESUBMIT),
    Act.APPROVE: (Act.APPLY, Act.RESUBMIT, Act.REVIEW),
    Act.MAKE: (Act.APPLY, Act.RESUBMIT, Act.APPROVE),
    Act.FILE: (Act.MAKE,),
}


class NotNow(Exception):
    """The act isn't possible at this stage or in this state."""


def next_stage(purpose: Purpose, stage: Stage, act: Act) -> Stage:
    """Return where ``act`` leads. Raises NotNow.

    A destruction is done when it is approved: nothing is made.
    """
    found = _STEPS.get((stage, act))
    if found is None:
        raise NotNow(f"{act} at {stage}")
    if purpose is Purpose.DESTROY and found is Stage.MAKING:
        return Stage.DONE
    return found


def next_state(state: SealState, act: Act) -> SealState:
    """Return the seal's state after ``act``. Raises NotNow."""
    found = _SEAL_STEPS.get((state, act))
    if found is None:
        raise NotNow(f"{act} when {state}")
    return found


def find_conflict(act: Act, before: Iterable[tuple[Act, int]], account: int) -> Act | None:
    """Return the earlier act of ``account`` because of which it may not do this one, None where there is none.

    ``before`` are the acts of the application so far with the accounts that did them.
    """
    apart = _APART.get(act, ())
    return next((each for each, who in before if each in apart and who == account), None)


_CODE_REGION, _CODE_SERIAL = 6, 7


def make_seal_code(region: str, serial: int) -> str:
    """Return a seal's code: six digits of the region, seven that run on. Raises ValueError when they ran out."""
    text = f"{region[:_CODE_REGION]:0<{_CODE_REGION}}{serial:0{_CODE_SERIAL}d}"
    if len(text) != _CODE_REGION + _CODE_SERIAL:
        raise ValueError(f"no seal code for {region} {serial}")
    return text


@dataclass(frozen=True, slots=True)
class Binding:
    """What an approval binds: these bytes, this seal's making, these places, this many copies.

    ``places`` are (page, x mm, y mm), the upper left corner of the image from that of the page.
    """

    seal: str
    making: int
    sha256: str
    ofd_sha256: str
    places: tuple[tuple[int, float, float], ...]
    copies: int

    def canonical(self) -> bytes:
        """Return the binding as the one text that is hashed: keys in order, no spaces, millimetres with a decimal."""
        return canonical(
            {
                "copies": self.copies,
                "making": self.making,
                "ofd_sha256": self.ofd_sha256,
                "places": [[page, f"{x:.1f}", f"{y:.1f}"] for page, x, y in self.places],
                "seal": self.seal,
                "sha256": self.sha256,
            }
        )


def canonical(content: Mapping[str, Any]) -> bytes:
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def find_break(rows: Sequence[tuple[str, str, bytes]], digest: Any) -> int | None:
    """Return the place of the first row of a chain that doesn't follow from the one before it, None when all do.

    ``rows`` are (previous digest, own digest, content) from the first on; ``digest`` is the hash function.
    """
    before = ""
    for place, (previous, own, content) in enumerate(rows):
        if previous != before or own != digest(before.encode() + content):
            return place
        before = own
    return None
