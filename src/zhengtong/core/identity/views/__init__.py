"""The account's own pages: details, enterprises, capacities, delegations, devices, a forgotten password."""

from zhengtong.core.identity.views.access import get_account, signed_in
from zhengtong.core.identity.views.account import edit_profile, show_account, show_privacy
from zhengtong.core.identity.views.capacities import switch_capacity
from zhengtong.core.identity.views.delegations import (
    delegate_for_absent,
    edit_delegations,
    revoke_delegation,
    show_delegation,
)
from zhengtong.core.identity.views.devices import edit_sessions
from zhengtong.core.identity.views.enterprises import (
    edit_agents,
    edit_enterprises,
    remove_agent,
    remove_enterprise,
)
from zhengtong.core.identity.views.forgotten_password import complete_reset, confirm_reset, request_reset
from zhengtong.core.identity.views.representations import edit_representations, revoke_representation

__all__ = [
    "complete_reset",
    "confirm_reset",
    "delegate_for_absent",
    "edit_agents",
    "edit_delegations",
    "edit_enterprises",
    "edit_profile",
    "edit_representations",
    "edit_sessions",
    "get_account",
    "remove_agent",
    "remove_enterprise",
    "request_reset",
    "revoke_delegation",
    "revoke_representation",
    "show_account",
    "show_delegation",
    "show_privacy",
    "signed_in",
    "switch_capacity",
]
