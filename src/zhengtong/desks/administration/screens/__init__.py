"""The administration's screens, declared: organisations and people, calendar and rules, jobs, the journal."""

from zhengtong.desks.administration.screens.calendars import NoticeScreens, RuleScreens
from zhengtong.desks.administration.screens.jobs import JobScreens
from zhengtong.desks.administration.screens.journal import JournalScreens, PublicJournalScreens
from zhengtong.desks.administration.screens.messages import MessageScreens
from zhengtong.desks.administration.screens.organisations import (
    OrganisationScreens,
    RegionScreens,
    ReorganisationScreens,
)
from zhengtong.desks.administration.screens.people import (
    AppointmentScreens,
    PostRoleScreens,
    PostScreens,
    SecurityStaffScreens,
    StaffScreens,
)

SCREENS = (
    RegionScreens(),
    OrganisationScreens(),
    ReorganisationScreens(),
    PostScreens(),
    StaffScreens(),
    AppointmentScreens(),
    PostRoleScreens(),
    SecurityStaffScreens(),
    NoticeScreens(),
    RuleScreens(),
    JobScreens(),
    MessageScreens(),
    JournalScreens(),
    PublicJournalScreens(),
)
