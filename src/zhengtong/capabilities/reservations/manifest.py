"""What reservations bring: who may do what, how rows are protected, the registers, the messages."""

from django.utils.translation import gettext_lazy as _

from zhengtong.capabilities.reservations.datasets import DATASETS
from zhengtong.capabilities.reservations.journal import ACTION_WORDS
from zhengtong.capabilities.reservations.messages import MESSAGE_TEMPLATES
from zhengtong.capabilities.reservations.models import (
    GroupItem,
    Hall,
    HallClosure,
    HallHours,
    HallWindow,
    LobbyRule,
    Reservation,
    ServiceGroup,
    Ticket,
)
from zhengtong.capabilities.reservations.permissions import CHANGE, PERMISSIONS, ROLES, VIEW
from zhengtong.capabilities.reservations.screens import SCREENS
from zhengtong.core.identity.public import Protected
from zhengtong.kernel.modules import Module

MODULE = Module(
    code="reservations",
    title=_("大厅和预约"),
    declares=(
        *DATASETS,
        *PERMISSIONS,
        *ROLES,
        ACTION_WORDS,
        Protected(
            Reservation,
            organisation="hall__organisation_id",
            owner="account_id",
            owner_actions=frozenset({VIEW, CHANGE}),
        ),
        Protected(Ticket, organisation="hall__organisation_id"),
        Protected(Hall, organisation="organisation_id"),
        Protected(HallHours, organisation="hall__organisation_id"),
        Protected(HallClosure, organisation="hall__organisation_id"),
        Protected(ServiceGroup, organisation="hall__organisation_id"),
        Protected(HallWindow, organisation="hall__organisation_id"),
        Protected(GroupItem, organisation="group__hall__organisation_id"),
        Protected(LobbyRule, is_unscoped=True),
        *MESSAGE_TEMPLATES,
        *SCREENS,
    ),
)
