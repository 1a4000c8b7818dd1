"""Cases as a data set of the catalogue: what was applied for and how it went, nobody's name, number or form."""

from django.utils.translation import gettext_lazy as _

from zhengtong.capabilities.cases.models import Case
from zhengtong.capabilities.cases.models.case import FILED
from zhengtong.capabilities.catalogue.public import Dataset, Item

DATASETS = (
    Dataset(
        code="cases.case",
        model=Case,
        title=_("政务服务办件信息"),
        abstract=_("已提交办件的事项、办理机关、渠道、状态和各环节时间；申请人、表单和材料不在其中，草稿也不在其中。"),
        columns=(
            # Whoever holds the number may ask the office for the case.
            Item("number", grade=2),
            "kind",
            Item("item_version__item__code", _("事项代码")),
            "item_name",
            Item("organisation__name", _("办理机关")),
            Item("organisation__region__code", _("行政区划代码")),
            "channel",
            "delivery_way",
            "state",
            Item("submitted_at", _("提交时间")),
            Item("accepted_at", _("受理时间")),
            "is_deemed_accepted",
            Item("due_at", _("承诺办结期限")),
            Item("decided_at", _("决定时间")),
            Item("delivered_at", _("送达时间")),
            Item("closed_at", _("办结时间")),
        ),
        provider="政务服务数据管理局",
        classification="201001",
        keys=("number",),
        share_condition=_("用于统计分析和监督，不得用于识别申请人。"),
        only=FILED,
    ),
)
