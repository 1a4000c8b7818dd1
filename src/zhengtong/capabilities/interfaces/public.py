"""The door of published services."""

from zhengtong.capabilities.interfaces.domain import BUCKETS_MS, PROBLEMS, Problem, find_quantile
from zhengtong.capabilities.interfaces.models import (
    Call,
    Change,
    ChangeKind,
    ChangeState,
    Member,
    MemberKey,
    MemberState,
    Service,
    ServiceKind,
    ServiceState,
    Subscription,
    SubscriptionState,
    Way,
)
from zhengtong.capabilities.interfaces.permissions import MANAGE, MEMBERS, READ, RULES, TRY, VIEW
from zhengtong.capabilities.interfaces.services.subscriptions import announce_change

__all__ = [
    "BUCKETS_MS",
    "MANAGE",
    "MEMBERS",
    "PROBLEMS",
    "READ",
    "RULES",
    "TRY",
    "VIEW",
    "Call",
    "Change",
    "ChangeKind",
    "ChangeState",
    "Member",
    "MemberKey",
    "MemberState",
    "Problem",
    "Service",
    "ServiceKind",
    "ServiceState",
    "Subscription",
    "SubscriptionState",
    "Way",
    "announce_change",
    "find_quantile",
]
