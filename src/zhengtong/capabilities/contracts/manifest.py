"""Requests for data and the contracts made of them: what the module brings."""

from django.utils.translation import gettext_lazy as _

from zhengtong.capabilities.catalogue.public import Resource, ResourceUse, UsesOfResource
from zhengtong.capabilities.contracts.journal import ACTION_WORDS
from zhengtong.capabilities.contracts.messages import MESSAGE_TEMPLATES, NOTICE_TOPIC
from zhengtong.capabilities.contracts.models import Contract, DataRequest, RefusalReason, ShareRule
from zhengtong.capabilities.contracts.permissions import APPLY, APPROVE, PERMISSIONS, ROLES, VIEW
from zhengtong.capabilities.contracts.screens import SCREENS
from zhengtong.capabilities.contracts.services.living import LIVE, url_of
from zhengtong.capabilities.contracts.work_kinds import WORK_KINDS
from zhengtong.core.identity.public import MatterKind, Protected
from zhengtong.kernel.modules import Module


def _find_uses(resource: Resource) -> list[ResourceUse]:
    found = Contract.objects.filter(resource=resource, state__in=LIVE).select_related("consumer").order_by("id")
    return [ResourceUse(each.consumer.name, each.number, url_of(each)) for each in found]


MODULE = Module(
    code="contracts",
    title=_("数据"),
    declares=(
        *PERMISSIONS,
        *ROLES,
        # The provider reads a request from the day on which it is submitted; the authority's reach takes in both.
        Protected(DataRequest, organisation="organisation_id", partner="shown_to_id"),
        Protected(Contract, organisation="consumer_id", partner="provider_id"),
        Protected(ShareRule, is_unscoped=True),
        Protected(RefusalReason, is_unscoped=True),
        MatterKind("contracts.applying", _("申请共享数据"), (VIEW, APPLY)),
        MatterKind("contracts.providing", _("审批共享申请"), (VIEW, APPROVE)),
        UsesOfResource("contracts", _find_uses),
        ACTION_WORDS,
        NOTICE_TOPIC,
        *MESSAGE_TEMPLATES,
        *WORK_KINDS,
        *SCREENS,
    ),
)
