"""Data that flows under contracts: what the module brings."""

from django.utils.translation import gettext_lazy as _

from zhengtong.capabilities.exchange.between.models import NodeLanding
from zhengtong.capabilities.exchange.between.services import DATASET_KIND
from zhengtong.core.identity.public import Protected
from zhengtong.kernel.modules import Module

MODULE = Module(
    code="exchange",
    title=_("数据交换"),
    declares=(Protected(NodeLanding, organisation="node__organisation_id"), DATASET_KIND),
)
