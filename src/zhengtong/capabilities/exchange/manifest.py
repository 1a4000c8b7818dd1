"""Data that flows under contracts: what the module brings."""

from django.utils.translation import gettext_lazy as _

from zhengtong.capabilities.exchange.between.models import NodeDelivery, NodeLanding
from zhengtong.capabilities.exchange.between.services import DATASET_KIND
from zhengtong.capabilities.exchange.journal import ACTION_WORDS
from zhengtong.capabilities.exchange.messages import MESSAGE_TEMPLATES
from zhengtong.capabilities.exchange.models import (
    Capture,
    CorrectionTicket,
    HeldRow,
    LinkLimit,
    Receipt,
    Run,
    RunAlert,
    Schedule,
    TicketLimit,
)
from zhengtong.capabilities.exchange.permissions import PERMISSIONS, ROLES
from zhengtong.capabilities.exchange.screens import SCREENS
from zhengtong.capabilities.exchange.work_kinds import WORK_KINDS
from zhengtong.core.identity.public import Protected
from zhengtong.kernel.modules import Module

MODULE = Module(
    code="exchange",
    title=_("数据交换"),
    declares=(
        *PERMISSIONS,
        *ROLES,
        ACTION_WORDS,
        # Whose data it is decides; that the consumer sees its own contracts too is said in ``sides``.
        Protected(Run, organisation="contract__provider_id"),
        Protected(Receipt, organisation="run__contract__provider_id"),
        Protected(HeldRow, organisation="contract__provider_id"),
        Protected(Schedule, organisation="contract__provider_id"),
        Protected(Capture, organisation="contract__provider_id"),
        Protected(RunAlert, organisation="contract__provider_id"),
        Protected(CorrectionTicket, organisation="provider_id"),
        Protected(LinkLimit, organisation="source__organisation_id"),
        Protected(TicketLimit, is_unscoped=True),
        *WORK_KINDS,
        *MESSAGE_TEMPLATES,
        *SCREENS,
        Protected(NodeLanding, organisation="node__organisation_id"),
        Protected(NodeDelivery, organisation="message__node__organisation_id"),
        DATASET_KIND,
    ),
)
