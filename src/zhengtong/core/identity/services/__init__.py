"""Writing people: registering, completing details, mandates, capacities, sessions, staff and their appointments."""

from zhengtong.core.identity.errors import Refused
from zhengtong.core.identity.services.accounts import (
    PHONE_TAKEN,
    end_sessions,
    forget_unverified_registrations,
    limit_sessions,
    record_failed_sign_in,
    record_lock_out,
    record_sign_in,
    record_sign_out,
    register_citizen,
    request_text,
    set_password,
    verify_phone,
)
from zhengtong.core.identity.services.capacities import (
    choose_appointment,
    choose_delegation,
    choose_mandate,
    choose_representation,
)
from zhengtong.core.identity.services.citizens import (
    complete_profile,
    declare_mandate,
    mark_citizen_verified,
    mark_mandate_verified,
    rename_legal_entity,
    revoke_mandate,
)
from zhengtong.core.identity.services.delegations import (
    delegate,
    may_revoke,
    revoke_delegation,
    tell_of_ended_delegations,
)
from zhengtong.core.identity.services.leaving import end_appointment, hand_over_ended, leave
from zhengtong.core.identity.services.mandates import grant_mandate
from zhengtong.core.identity.services.organisations import (
    abolish_organisation,
    apply_due_reorganisations,
    cancel_reorganisation,
    found_organisation,
    merge_organisations,
    move_organisation,
    rename_organisation,
    split_organisation,
)
from zhengtong.core.identity.services.posts import close_post, open_post, rename_post
from zhengtong.core.identity.services.regions import ImportedRegions, import_regions
from zhengtong.core.identity.services.representations import (
    appoint_agent,
    end_guardianships_of_adults,
    look_up_citizen,
    mark_representation_verified,
    register_ward,
    revoke_representation,
)
from zhengtong.core.identity.services.roles import grant_role, set_clearance, unlock_account, withdraw_role
from zhengtong.core.identity.services.staff import amend_staff, appoint, create_staff_account, set_active

__all__ = [
    "PHONE_TAKEN",
    "ImportedRegions",
    "Refused",
    "abolish_organisation",
    "amend_staff",
    "apply_due_reorganisations",
    "appoint",
    "appoint_agent",
    "cancel_reorganisation",
    "choose_appointment",
    "choose_delegation",
    "choose_mandate",
    "choose_representation",
    "close_post",
    "complete_profile",
    "create_staff_account",
    "declare_mandate",
    "delegate",
    "end_appointment",
    "end_guardianships_of_adults",
    "end_sessions",
    "forget_unverified_registrations",
    "found_organisation",
    "grant_mandate",
    "grant_role",
    "hand_over_ended",
    "import_regions",
    "leave",
    "limit_sessions",
    "look_up_citizen",
    "mark_citizen_verified",
    "mark_mandate_verified",
    "mark_representation_verified",
    "may_revoke",
    "merge_organisations",
    "move_organisation",
    "open_post",
    "record_failed_sign_in",
    "record_lock_out",
    "record_sign_in",
    "record_sign_out",
    "register_citizen",
    "register_ward",
    "rename_legal_entity",
    "rename_organisation",
    "rename_post",
    "request_text",
    "revoke_delegation",
    "revoke_mandate",
    "revoke_representation",
    "set_active",
    "set_clearance",
    "set_password",
    "split_organisation",
    "tell_of_ended_delegations",
    "unlock_account",
    "verify_phone",
    "withdraw_role",
]
