"""The legal state machine of an administrative licence (行政许可法 art. 29–44) as one table.

Extension is an attribute of the clock and 退回 a step between officers, so neither changes the legal state.
Change, renewal, revocation and cancellation are new cases.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import ClassVar, Final

from zhengtong.capabilities.cases.domain.rules import RuleBroken, _


class LegalState(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    NOT_REQUIRED = "not_required"
    NOT_COMPETENT = "not_competent"
    NEED_MATERIALS = "need_materials"
    RESUBMITTED = "resubmitted"
    ACCEPTED = "accepted"
    REVIEWING = "reviewing"
    EXCLUDED_TIME = "excluded_time"
    GRANTED = "granted"
    REFUSED = "refused"
    DELIVERED = "delivered"
    ARCHIVED = "archived"
    WITHDRAWN = "withdrawn"
    # Of a bundle, whose own parts are decided.
    UNDERWAY = "underway"
    COMPLETED = "completed"

    @property
    def label(self) -> str:
        """The Chinese name, a key of the catalogue."""
        return _STATE_LABELS[self]


class Act(StrEnum):
    SUBMIT = "submit"
    CORRECT_ON_SPOT = "correct_on_spot"
    ACCEPT = "accept"
    DECLARE_NOT_REQUIRED = "declare_not_required"
    DECLARE_NOT_COMPETENT = "declare_not_competent"
    REQUEST_MATERIALS = "request_materials"
    RESUBMIT = "resubmit"
    DEEM_ACCEPTED = "deem_accepted"
    BEGIN_REVIEW = "begin_review"
    START_EXCLUDED_TIME = "start_excluded_time"
    END_EXCLUDED_TIME = "end_excluded_time"
    EXTEND = "extend"
    RETURN = "return"
    DECIDE_GRANT = "decide_grant"
    DECIDE_REFUSE = "decide_refuse"
    DELIVER = "deliver"
    ARCHIVE = "archive"
    WITHDRAW = "withdraw"
    BEGIN_PARTS = "begin_parts"
    COMPLETE = "complete"

    @property
    def label(self) -> str:
        """The Chinese name, a key of the catalogue."""
        return _ACT_LABELS[self]


class Party(StrEnum):
    """Who performs an act."""

    APPLICANT = "applicant"
    ORGAN = "organ"
    CLOCK = "clock"


_STATE_LABELS: Final[Mapping[LegalState, str]] = {
    LegalState.DRAFT: _("草稿"),
    LegalState.SUBMITTED: _("已提交，待受理"),
    LegalState.NOT_REQUIRED: _("不需要许可"),
    LegalState.NOT_COMPETENT: _("不属于本机关职权"),
    LegalState.NEED_MATERIALS: _("待补正"),
    LegalState.RESUBMITTED: _("已补正，待受理"),
    LegalState.ACCEPTED: _("已受理"),
    LegalState.REVIEWING: _("审查中"),
    LegalState.EXCLUDED_TIME: _("特别程序中"),
    LegalState.GRANTED: _("准予许可"),
    LegalState.REFUSED: _("不予许可"),
    LegalState.DELIVERED: _("已送达"),
    LegalState.ARCHIVED: _("已归档"),
    LegalState.WITHDRAWN: _("已撤回"),
    LegalState.UNDERWAY: _("办理中"),
    LegalState.COMPLETED: _("已办结"),
}

_ACT_LABELS: Final[Mapping[Act, str]] = {
    Act.SUBMIT: _("提交申请"),
    Act.CORRECT_ON_SPOT: _("当场更正"),
    Act.ACCEPT: _("受理"),
    Act.DECLARE_NOT_REQUIRED: _("告知不受理"),
    Act.DECLARE_NOT_COMPETENT: _("决定不予受理"),
    Act.REQUEST_MATERIALS: _("一次性告知补正"),
    Act.RESUBMIT: _("提交补正材料"),
    Act.DEEM_ACCEPTED: _("逾期视为受理"),
    Act.BEGIN_REVIEW: _("开始审查"),
    Act.START_EXCLUDED_TIME: _("启动特别程序"),
    Act.END_EXCLUDED_TIME: _("结束特别程序"),
    Act.EXTEND: _("延长期限"),
    Act.RETURN: _("退回重审"),
    Act.DECIDE_GRANT: _("准予许可"),
    Act.DECIDE_REFUSE: _("不予许可"),
    Act.DELIVER: _("送达"),
    Act.ARCHIVE: _("归档"),
    Act.WITHDRAW: _("撤回申请"),
    Act.BEGIN_PARTS: _("提交一件事申请"),
    Act.COMPLETE: _("一件事办结"),
}

_PARTIES: Final[Mapping[Act, Party]] = {
    Act.SUBMIT: Party.APPLICANT,
    Act.RESUBMIT: Party.APPLICANT,
    Act.WITHDRAW: Party.APPLICANT,
    Act.BEGIN_PARTS: Party.APPLICANT,
    Act.DEEM_ACCEPTED: Party.CLOCK,
}

# What can happen to an application that waits for acceptance, first or corrected (art. 32).
_RECEIVED: Final[Mapping[Act, LegalState]] = {
    Act.ACCEPT: LegalState.ACCEPTED,
    Act.DEEM_ACCEPTED: LegalState.ACCEPTED,
    Act.DECLARE_NOT_REQUIRED: LegalState.NOT_REQUIRED,
    Act.DECLARE_NOT_COMPETENT: LegalState.NOT_COMPETENT,
    Act.REQUEST_MATERIALS: LegalState.NEED_MATERIALS,
    Act.WITHDRAW: LegalState.WITHDRAWN,
}

TRANSITIONS: Final[Mapping[LegalState, Mapping[Act, LegalState]]] = {
    LegalState.DRAFT: {
        Act.SUBMIT: LegalState.SUBMITTED,
        Act.BEGIN_PARTS: LegalState.UNDERWAY,
        Act.WITHDRAW: LegalState.WITHDRAWN,
    },
    LegalState.SUBMITTED: {**_RECEIVED, Act.CORRECT_ON_SPOT: LegalState.SUBMITTED},
    LegalState.NOT_REQUIRED: {Act.ARCHIVE: LegalState.ARCHIVED},
    LegalState.NOT_COMPETENT: {Act.ARCHIVE: LegalState.ARCHIVED},
    LegalState.NEED_MATERIALS: {Act.RESUBMIT: LegalState.RESUBMITTED, Act.WITHDRAW: LegalState.WITHDRAWN},
    # A second request for materials may name only what the first did: see guards.check_correction.
    LegalState.RESUBMITTED: {**_RECEIVED, Act.CORRECT_ON_SPOT: LegalState.RESUBMITTED},
    LegalState.ACCEPTED: {
        Act.BEGIN_REVIEW: LegalState.REVIEWING,
        Act.EXTEND: LegalState.ACCEPTED,
        Act.WITHDRAW: LegalState.WITHDRAWN,
    },
    LegalState.REVIEWING: {
        Act.START_EXCLUDED_TIME: LegalState.EXCLUDED_TIME,
        Act.EXTEND: LegalState.REVIEWING,
        Act.RETURN: LegalState.REVIEWING,
        Act.DECIDE_GRANT: LegalState.GRANTED,
        Act.DECIDE_REFUSE: LegalState.REFUSED,
        Act.WITHDRAW: LegalState.WITHDRAWN,
    },
    LegalState.EXCLUDED_TIME: {Act.END_EXCLUDED_TIME: LegalState.REVIEWING, Act.WITHDRAW: LegalState.WITHDRAWN},
    LegalState.GRANTED: {Act.DELIVER: LegalState.DELIVERED},
    LegalState.REFUSED: {Act.DELIVER: LegalState.DELIVERED},
    LegalState.DELIVERED: {Act.ARCHIVE: LegalState.ARCHIVED},
    LegalState.ARCHIVED: {},
    LegalState.WITHDRAWN: {Act.ARCHIVE: LegalState.ARCHIVED},
    LegalState.UNDERWAY: {Act.COMPLETE: LegalState.COMPLETED, Act.WITHDRAW: LegalState.WITHDRAWN},
    LegalState.COMPLETED: {Act.ARCHIVE: LegalState.ARCHIVED},
}

DECIDED: Final = frozenset({LegalState.GRANTED, LegalState.REFUSED})
"""The decision is made and not yet delivered."""

ENDED: Final = frozenset(
    {
        LegalState.NOT_REQUIRED,
        LegalState.NOT_COMPETENT,
        LegalState.DELIVERED,
        LegalState.ARCHIVED,
        LegalState.WITHDRAWN,
        LegalState.COMPLETED,
    }
)
"""Nothing is owed to the applicant any more: no clock runs."""

WITHDRAWABLE: Final = frozenset(state for state, acts in TRANSITIONS.items() if Act.WITHDRAW in acts)

_REASONS: Final[Mapping[Act, str]] = {
    Act.WITHDRAW: _("办件“%(state)s”，不能撤回：作出决定之前才可以撤回申请。"),
    Act.REQUEST_MATERIALS: _("办件“%(state)s”，不能再要求补正：补正应在受理之前一次性告知。"),
    Act.DEEM_ACCEPTED: _("办件“%(state)s”，不适用逾期视为受理。"),
    Act.DECIDE_GRANT: _("办件“%(state)s”，不能作出准予决定：只有审查中的办件可以作出决定。"),
    Act.DECIDE_REFUSE: _("办件“%(state)s”，不能作出不予决定：只有审查中的办件可以作出决定。"),
    Act.EXTEND: _("办件“%(state)s”，不能延长期限：受理之后、作出决定之前才可以延长。"),
}
_REASON: Final = _("办件“%(state)s”，不能“%(act)s”。请刷新页面查看最新状态。")


class NotAllowed(RuleBroken):
    """The state doesn't allow the act."""

    code: ClassVar[str] = "act-not-allowed"

    def __init__(self, state: LegalState, act: Act) -> None:
        self.state = state
        self.act = act
        super().__init__(_REASONS.get(act, _REASON), state=state.label, act=act.label)


def next_state(state: LegalState, act: Act) -> LegalState:
    """Return the state that ``act`` leads to. Raises :class:`NotAllowed`."""
    try:
        return TRANSITIONS[state][act]
    except KeyError:
        raise NotAllowed(state, act) from None


def allowed_acts(state: LegalState) -> tuple[Act, ...]:
    """Return the acts that ``state`` allows, in the table's order."""
    return tuple(TRANSITIONS[state])


def party_of(act: Act) -> Party:
    """Return who performs ``act``: the organ unless the applicant or the clock does."""
    return _PARTIES.get(act, Party.ORGAN)
