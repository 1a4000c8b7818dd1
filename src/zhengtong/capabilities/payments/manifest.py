"""What payments bring: who may do what, how orders are protected, what holds a case back, the paper, the registers."""

from pathlib import Path

from django.utils.translation import gettext_lazy as _

from zhengtong.capabilities.cases.public import Act, StepGuard
from zhengtong.capabilities.payments.journal import ACTION_WORDS
from zhengtong.capabilities.payments.messages import MESSAGE_TEMPLATES
from zhengtong.capabilities.payments.models import PaymentOrder, Refund
from zhengtong.capabilities.payments.permissions import (
    APPROVE_REFUND,
    ASK_REFUND,
    COLLECT,
    OWN,
    PAY_OUT,
    PERMISSIONS,
    RECONCILE,
    ROLES,
    VIEW,
)
from zhengtong.capabilities.payments.screens import SCREENS
from zhengtong.capabilities.payments.services.orders import refuse_unpaid
from zhengtong.core.identity.public import MatterKind, Protected
from zhengtong.core.papers.public import PaperKind
from zhengtong.kernel.modules import Module

HERE = Path(__file__).parent

MODULE = Module(
    code="payments",
    title=_("缴费"),
    declares=(
        *PERMISSIONS,
        *ROLES,
        ACTION_WORDS,
        Protected(
            PaymentOrder,
            organisation="organisation_id",
            owner="account_id",
            entity="legal_entity_id",
            owner_actions=OWN,
        ),
        Protected(Refund, organisation="organisation_id"),
        MatterKind("payments.cashier", _("收费和对账"), (VIEW, COLLECT, ASK_REFUND, PAY_OUT, RECONCILE)),
        MatterKind("payments.refunds", _("退费审批"), (VIEW, APPROVE_REFUND)),
        StepGuard("payments", frozenset({Act.ACCEPT, Act.DELIVER}), refuse_unpaid),
        PaperKind("payments.receipt", _("电子缴款凭证"), HERE / "papers" / "receipt.typ"),
        *MESSAGE_TEMPLATES,
        *SCREENS,
    ),
)
