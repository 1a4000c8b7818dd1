"""The registers' door."""

from zhengtong.capabilities.registers.models import (
    Enterprise,
    EnterpriseKind,
    EnterpriseStatus,
    Household,
    Relation,
    Resident,
    Sex,
)
from zhengtong.capabilities.registers.permissions import VIEW_ENTERPRISE, VIEW_RESIDENT
from zhengtong.capabilities.registers.selectors import (
    PurposeMissing,
    get_enterprise,
    get_own_resident,
    get_resident,
    is_parent_in_household,
    is_registered_person,
    is_representative,
    list_household_members,
)
from zhengtong.capabilities.registers.services import register_enterprise

__all__ = [
    "VIEW_ENTERPRISE",
    "VIEW_RESIDENT",
    "Enterprise",
    "EnterpriseKind",
    "EnterpriseStatus",
    "Household",
    "PurposeMissing",
    "Relation",
    "Resident",
    "Sex",
    "get_enterprise",
    "get_own_resident",
    "get_resident",
    "is_parent_in_household",
    "is_registered_person",
    "is_representative",
    "list_household_members",
    "register_enterprise",
]
