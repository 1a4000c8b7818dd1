"""Letters as a data set of the catalogue: how they went, nothing of what was written or by whom."""

from django.utils.translation import gettext_lazy as _

from zhengtong.capabilities.catalogue.public import Dataset, Item
from zhengtong.capabilities.letters.models import Letter

DATASETS = (
    Dataset(
        code="letters.letter",
        model=Letter,
        title=_("公众来信办理情况"),
        abstract=_("公众来信的类别、承办单位和办理时间，用于统计和监督；来信人和来信内容不在其中。"),
        columns=(
            "number",
            "kind",
            Item("category__name", _("类别")),
            Item("region__code", _("行政区划代码")),
            Item("organisation__name", _("承办单位")),
            "state",
            "received_at",
            "answered_at",
            "is_late",
        ),
        provider="政务服务数据管理局",
        classification="201002",
        keys=("number",),
        share_condition=_("用于统计分析和监督，不得用于识别来信人。"),
    ),
)
