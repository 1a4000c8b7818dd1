"""Regions, organisations, posts and the people in them; citizens, legal entities and who may act for them.

Region (行政区划) → Organisation (机构) → Post (岗位) → Appointment (任职). Roles belong to posts, never to people.
"""

from zhengtong.core.identity.models.delegations import Delegation, DelegationLimit
from zhengtong.core.identity.models.mandates import (
    LegalEntity,
    Mandate,
    MandateKind,
    Representation,
    RepresentationKind,
)
from zhengtong.core.identity.models.organisations import (
    ChangeKind,
    Organisation,
    OrganisationKind,
    OrganisationVersion,
    Post,
    PostRole,
    Reach,
    Reorganisation,
    Succession,
    TreeStamp,
)
from zhengtong.core.identity.models.people import (
    Account,
    AccountKind,
    AccountManager,
    Appointment,
    AppointmentKind,
    Citizen,
    StaffMember,
)
from zhengtong.core.identity.models.places import ContainedBy, LtreeField, Region, RegionLevel

__all__ = [
    "Account",
    "AccountKind",
    "AccountManager",
    "Appointment",
    "AppointmentKind",
    "ChangeKind",
    "Citizen",
    "ContainedBy",
    "Delegation",
    "DelegationLimit",
    "LegalEntity",
    "LtreeField",
    "Mandate",
    "MandateKind",
    "Organisation",
    "OrganisationKind",
    "OrganisationVersion",
    "Post",
    "PostRole",
    "Reach",
    "Region",
    "RegionLevel",
    "Reorganisation",
    "Representation",
    "RepresentationKind",
    "StaffMember",
    "Succession",
    "TreeStamp",
]
