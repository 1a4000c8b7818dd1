"""What finding, the lists and the probe bring to the catalogue."""

from zhengtong.capabilities.catalogue.demands.screens import SCREENS
from zhengtong.capabilities.catalogue.demands.work import WORK_KINDS
from zhengtong.capabilities.catalogue.models import Demand, Responsibility, Synonym
from zhengtong.capabilities.catalogue.permissions_finding import PERMISSIONS, ROLES
from zhengtong.core.identity.public import Protected

DECLARES = (
    *PERMISSIONS,
    *ROLES,
    Protected(Demand, organisation="organisation_id"),
    Protected(Responsibility, organisation="organisation_id"),
    Protected(Synonym, is_unscoped=True),
    *WORK_KINDS,
    *SCREENS,
)
