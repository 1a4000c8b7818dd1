"""What published services keep: members and keys, services, the log and its blocks, subscriptions, rules."""

from zhengtong.capabilities.interfaces.models.calls import (
    AnswerKey,
    Call,
    CallBlock,
    HourTally,
    RefusalTally,
)
from zhengtong.capabilities.interfaces.models.members import Member, MemberKey, MemberState
from zhengtong.capabilities.interfaces.models.rules import InterfaceRule, RuleKey
from zhengtong.capabilities.interfaces.models.services import Allowance, Service, ServiceKind, ServiceState, SpentNonce
from zhengtong.capabilities.interfaces.models.subscriptions import (
    Change,
    ChangeKind,
    ChangeState,
    Subscription,
    SubscriptionState,
    Way,
)

__all__ = [
    "Allowance",
    "AnswerKey",
    "Call",
    "CallBlock",
    "Change",
    "ChangeKind",
    "ChangeState",
    "HourTally",
    "InterfaceRule",
    "Member",
    "MemberKey",
    "MemberState",
    "RefusalTally",
    "RuleKey",
    "Service",
    "ServiceKind",
    "ServiceState",
    "SpentNonce",
    "Subscription",
    "SubscriptionState",
    "Way",
]
