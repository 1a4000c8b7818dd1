"""What the registers bring: who may look into them, how their rows are protected, and their screens."""

from django.utils.translation import gettext_lazy as _

from zhengtong.capabilities.registers.datasets import DATASETS
from zhengtong.capabilities.registers.journal import ACTION_WORDS
from zhengtong.capabilities.registers.models import Enterprise, Household, Resident
from zhengtong.capabilities.registers.permissions import PERMISSIONS, ROLES
from zhengtong.capabilities.registers.screens import EnterpriseScreens, PublicEnterpriseScreens, ResidentScreens
from zhengtong.capabilities.registers.search import SEARCHABLES
from zhengtong.core.identity.public import Protected
from zhengtong.kernel.modules import Module

MODULE = Module(
    code="registers",
    title=_("基础库"),
    declares=(
        *DATASETS,
        *PERMISSIONS,
        *ROLES,
        ACTION_WORDS,
        Protected(Enterprise, organisation="registrar_id"),
        Protected(Resident, region="region_id"),
        Protected(Household, region="region_id"),
        EnterpriseScreens(),
        ResidentScreens(),
        PublicEnterpriseScreens(),
        *SEARCHABLES,
    ),
)
