"""What payments bring: who may do what, how orders are protected, what holds a case back, the paper, the registers."""

from pathlib import Path

from django.utils.translation import gettext_lazy as _

from zhengtong.capabilities.cases.public import Act, StepGuard
from zhengtong.capabilities.payments.datasets import DATASETS
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
        *DATASETS,
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
        PaperKind(
            "payments.receipt",
            _("电子缴款凭证"),
            HERE / "papers" / "receipt.typ",
            sample={
                "case_number": "AL-2026-000123",
                "item_name": "食品经营许可（新办）",
                "order_number": "JF-2026-000017",
                "fee_name": "证书工本费",
                "fee_code": "103044901",
                "standard": "每证 10 元",
                "exemption": "",
                "amount": "10.00",
                "amount_words": "壹拾元整",
                "way": "网上缴款",
                "reference": "2026112100000017",
                "paid_at": "2026-11-21T09:30:00+08:00",
                "payer_name": "望江区老陈面馆",
            },
            must_show=(
                ("order_number", _("缴款单号")),
                ("fee_name", _("收费项目")),
                ("amount", _("金额")),
                ("payer_name", _("缴款人")),
                ("paid_at", _("缴款时间")),
            ),
        ),
        *MESSAGE_TEMPLATES,
        *SCREENS,
    ),
)
