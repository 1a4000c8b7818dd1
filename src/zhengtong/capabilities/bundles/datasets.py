"""What one application for several items (一件事) led to, as a data set of the catalogue; nothing about who applied."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from zhengtong.capabilities.bundles.models import BundlePart
from zhengtong.capabilities.catalogue.public import Dataset, Item

DATASETS = (
    Dataset(
        code="bundles.part",
        model=BundlePart,
        title=_("一件事联办情况"),
        abstract=_("一件事申请中各事项的办理机关、顺序和状态；申请人和填报的内容不在其中，未提交的也不在其中。"),
        columns=(
            Item("id", _("平台编号")),
            # Parts of one application are found by it, and the case by nobody who has no right to it.
            Item("parent__number", _("一件事办件编号"), grade=2),
            Item("parent__item_name", _("一件事")),
            Item("item__code", _("事项代码")),
            Item("item__name", _("事项")),
            Item("office__organisation__name", _("办理机关")),
            Item("case__number", _("事项办件编号"), grade=2),
            "position",
            "state",
            "is_prechecked",
        ),
        provider="政务服务数据管理局",
        classification="201001",
        keys=("id",),
        share_condition=_("用于统计分析和监督，不得用于识别申请人。"),
        only=Q(parent__number__isnull=False),
    ),
)
