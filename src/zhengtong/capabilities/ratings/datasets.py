"""Ratings as data sets of the catalogue: scores, how bad ones were put right, nothing of what was said or by whom."""

from django.utils.translation import gettext_lazy as _

from zhengtong.capabilities.cases.public import Appraisal
from zhengtong.capabilities.catalogue.public import Dataset, Item
from zhengtong.capabilities.ratings.models import FollowUp

CONDITION = _("用于统计分析和监督，不得用于识别评价人。")

DATASETS = (
    Dataset(
        code="ratings.appraisal",
        model=Appraisal,
        title=_("政务服务好差评"),
        abstract=_("办件的评分、事项、办理机关、渠道和评价时间；评价的文字、评价人和办件编号不在其中。"),
        columns=(
            Item("id", _("平台编号")),
            Item("case__item_name", _("事项")),
            Item("case__organisation__name", _("办理机关")),
            Item("case__organisation__region__code", _("行政区划代码")),
            Item("case__channel", _("渠道")),
            "score",
            Item("given_at", _("评价时间")),
        ),
        provider="政务服务数据管理局",
        classification="201001",
        keys=("id",),
        share_condition=CONDITION,
    ),
    Dataset(
        code="ratings.follow-up",
        model=FollowUp,
        title=_("差评整改情况"),
        abstract=_("差评的承办单位、核实情况、联系和整改的期限与时间、是否采纳；联系记录和整改的文字不在其中。"),
        columns=(
            Item("id", _("平台编号")),
            Item("organisation__name", _("承办单位")),
            Item("organisation__region__code", _("行政区划代码")),
            "state",
            "opened_at",
            "calls",
            "finding",
            "contact_due_at",
            Item("contacted_at", _("联系时间")),
            "due_at",
            Item("rectified_at", _("整改完成时间")),
            "second_score",
            "is_satisfied",
            "is_adopted",
            Item("closed_at", _("办结时间")),
        ),
        provider="政务服务数据管理局",
        classification="201001",
        keys=("id",),
        share_condition=CONDITION,
    ),
)
