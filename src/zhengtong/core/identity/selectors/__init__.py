"""Reading people, posts and organisations; making the actor of a request."""

from zhengtong.core.identity.selectors.actors import (
    get_account_actor,
    get_citizen_actor,
    get_grants,
    get_staff_actor,
)
from zhengtong.core.identity.selectors.organisations import (
    Difference,
    compare_versions,
    get_version,
    list_holders,
    list_planned_changes,
    list_predecessors,
    list_reachable_organisations,
    list_successors,
    list_versions,
)
from zhengtong.core.identity.selectors.people import (
    HeldPost,
    list_colleagues,
    list_current_appointments,
    list_held_posts,
    list_live_mandates,
)

__all__ = [
    "Difference",
    "HeldPost",
    "compare_versions",
    "get_account_actor",
    "get_citizen_actor",
    "get_grants",
    "get_staff_actor",
    "get_version",
    "list_colleagues",
    "list_current_appointments",
    "list_held_posts",
    "list_holders",
    "list_live_mandates",
    "list_planned_changes",
    "list_predecessors",
    "list_reachable_organisations",
    "list_successors",
    "list_versions",
]
