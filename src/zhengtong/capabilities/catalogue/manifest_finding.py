"""What finding, the lists and the probe bring to the catalogue."""

from zhengtong.capabilities.catalogue.demands.screens import SCREENS
from zhengtong.capabilities.catalogue.demands.work import WORK_KINDS
from zhengtong.capabilities.catalogue.models import Demand, Mount, Responsibility, Synonym
from zhengtong.capabilities.catalogue.permissions_finding import PERMISSIONS, ROLES
from zhengtong.capabilities.catalogue.screens_finding import MountScreens
from zhengtong.core.identity.public import Protected

DECLARES = (
    *PERMISSIONS,
    *ROLES,
    Protected(Demand, organisation="organisation_id"),
    Protected(Responsibility, organisation="organisation_id"),
    Protected(Synonym, is_unscoped=True),
    Protected(Mount, organisation="resource__provider_id"),
    *WORK_KINDS,
    *SCREENS,
    MountScreens(),
)
