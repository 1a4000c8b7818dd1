"""The catalogue of data resources: what the module brings."""

from django.utils.translation import gettext_lazy as _

from zhengtong.capabilities.catalogue.journal import ACTION_WORDS
from zhengtong.capabilities.catalogue.messages import MESSAGE_TEMPLATES
from zhengtong.capabilities.catalogue.models import (
    CatalogueLimit,
    CatalogueSheet,
    Classification,
    Resource,
    ResourceVersion,
)
from zhengtong.capabilities.catalogue.permissions import APPROVE, COMPILE, PERMISSIONS, REVIEW, ROLES, VIEW
from zhengtong.capabilities.catalogue.screens import SCREENS
from zhengtong.capabilities.catalogue.work_kinds import WORK_KINDS
from zhengtong.core.identity.public import MatterKind, Protected
from zhengtong.kernel.modules import Module

MODULE = Module(
    code="catalogue",
    title=_("信息资源目录"),
    declares=(
        *PERMISSIONS,
        *ROLES,
        ACTION_WORDS,
        MatterKind("catalogue.compiling", _("编制信息资源目录"), (VIEW, COMPILE)),
        MatterKind("catalogue.reviewing", _("审核信息资源目录"), (VIEW, REVIEW, APPROVE)),
        Protected(Resource, organisation="provider_id"),
        Protected(ResourceVersion, organisation="resource__provider_id"),
        Protected(CatalogueSheet, organisation="organisation_id"),
        Protected(Classification, is_unscoped=True),
        Protected(CatalogueLimit, is_unscoped=True),
        *MESSAGE_TEMPLATES,
        *WORK_KINDS,
        *SCREENS,
    ),
)
