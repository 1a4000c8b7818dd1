"""What was charged and paid as a data set of the catalogue; who paid isn't part of it."""

from django.utils.translation import gettext_lazy as _

from zhengtong.capabilities.catalogue.public import Dataset, Item
from zhengtong.capabilities.payments.models import PaymentOrder

DATASETS = (
    Dataset(
        code="payments.order",
        model=PaymentOrder,
        title=_("政务服务收费缴款信息"),
        abstract=_("缴款单的执收单位、收费项目、应缴、已缴、已退金额（分）和状态；缴款人和办件不在其中。"),
        columns=(
            # It is the provider's trade number too.
            Item("number", grade=2),
            Item("organisation__name", _("执收单位")),
            Item("organisation__region__code", _("行政区划代码")),
            "item_name",
            "fee_code",
            "fee_name",
            "amount",
            "paid",
            "refunded",
            "state",
            "way",
            "opened_at",
            "paid_at",
            "closed_at",
        ),
        provider="财政局",
        classification="317",
        keys=("number",),
        share_condition=_("仅限非税收入管理和监督使用，说明事项和依据。"),
    ),
)
