"""The door of published services."""

from zhengtong.capabilities.interfaces.domain import BUCKETS_MS, PROBLEMS, Problem, find_quantile
from zhengtong.capabilities.interfaces.gateway.stamps import find_oldest_unstamped, get_patience, is_late
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
from zhengtong.capabilities.interfaces.sealing import Verdict, check_call
from zhengtong.capabilities.interfaces.selectors import (
    Figures,
    count_by_hour,
    count_by_service,
    count_dead,
    count_strangers,
    list_calls,
    list_services,
    read_body,
    say_code,
)
from zhengtong.capabilities.interfaces.services.bench import Trial, list_trial_contracts, try_service
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
    "Figures",
    "Member",
    "MemberKey",
    "MemberState",
    "Problem",
    "Service",
    "ServiceKind",
    "ServiceState",
    "Subscription",
    "SubscriptionState",
    "Trial",
    "Verdict",
    "Way",
    "announce_change",
    "check_call",
    "count_by_hour",
    "count_by_service",
    "count_dead",
    "count_strangers",
    "find_oldest_unstamped",
    "find_quantile",
    "get_patience",
    "is_late",
    "list_calls",
    "list_services",
    "list_trial_contracts",
    "read_body",
    "say_code",
    "try_service",
]
