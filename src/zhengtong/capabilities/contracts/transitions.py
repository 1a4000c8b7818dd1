"""Which act leads a request from which state to which, and a contract. Imports no Django beyond the states' words."""

from enum import StrEnum

from zhengtong.capabilities.contracts.states import ContractState, RequestState


class Act(StrEnum):
    DRAFT = "draft_request"
    SUBMIT = "submit_request"
    RESUBMIT = "resubmit_request"
    PASS = "pass_compliance"
    APPROVE = "approve_request"
    RETURN = "return_request"
    REFUSE = "refuse_request"
    DISPUTE = "open_dispute"
    ASSIGN = "assign_coordinator"
    STATE = "state_position"
    DECIDE = "decide_dispute"
    WITHDRAW = "withdraw_request"
    LAPSE = "lapse_request"


class ContractAct(StrEnum):
    GRANT = "grant_contract"
    SUSPEND = "suspend_contract"
    RESUME = "resume_contract"
    REVOKE = "revoke_contract"
    EXPIRE = "expire_contract"
    CHANGED = "resource_changed"
    KEEP = "keep_contract"


S = RequestState
# From which states an act is possible; where it leads depends on the resource and is said by the service.
POSSIBLE: dict[Act, frozenset[RequestState]] = {
    Act.SUBMIT: frozenset({S.DRAFT}),
    Act.RESUBMIT: frozenset({S.CORRECTION}),
    Act.PASS: frozenset({S.COMPLIANCE}),
    Act.APPROVE: frozenset({S.PROVIDER}),
    Act.RETURN: frozenset({S.COMPLIANCE, S.PROVIDER}),
    Act.REFUSE: frozenset({S.COMPLIANCE, S.PROVIDER}),
    Act.DISPUTE: frozenset({S.REFUSED, S.PROVIDER}),
    Act.ASSIGN: frozenset({S.DISPUTE}),
    Act.STATE: frozenset({S.DISPUTE}),
    Act.DECIDE: frozenset({S.DISPUTE}),
    Act.WITHDRAW: frozenset({S.DRAFT, S.COMPLIANCE, S.PROVIDER, S.CORRECTION, S.DISPUTE}),
    Act.LAPSE: frozenset({S.CORRECTION}),
}
CONTRACT_POSSIBLE: dict[ContractAct, frozenset[ContractState]] = {
    ContractAct.SUSPEND: frozenset({ContractState.EFFECTIVE}),
    ContractAct.RESUME: frozenset({ContractState.SUSPENDED}),
    ContractAct.REVOKE: frozenset({ContractState.EFFECTIVE, ContractState.SUSPENDED}),
    ContractAct.EXPIRE: frozenset({ContractState.EFFECTIVE, ContractState.SUSPENDED}),
    ContractAct.KEEP: frozenset({ContractState.EFFECTIVE, ContractState.SUSPENDED}),
}
# States in which somebody's days run.
TIMED = (S.COMPLIANCE, S.PROVIDER, S.CORRECTION, S.DISPUTE)
OPEN = (S.DRAFT, *TIMED)
