"""Supervision as data sets of the catalogue: cards and the offices' quarterly scores, nothing about one official."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from zhengtong.capabilities.catalogue.public import Dataset, Item
from zhengtong.capabilities.supervision.models import Card, Score

CONDITION = _("用于监督和考评，说明用途。")

DATASETS = (
    Dataset(
        code="supervision.card",
        model=Card,
        title=_("电子监察亮牌信息"),
        abstract=_("亮牌的规则、等级、扣分、事项、机关和处理状态；经办人、说明和申诉的内容不在其中。"),
        columns=(
            Item("id", _("平台编号")),
            Item("rule__code", _("规则代码")),
            Item("rule__name", _("规则")),
            "level",
            "points",
            Item("case__item_name", _("事项")),
            Item("case__organisation__name", _("办理机关")),
            Item("case__organisation__region__code", _("行政区划代码")),
            Item("at", _("亮牌时间")),
            Item("due_at", _("办件到期时间")),
            "status",
            Item("issued_at", _("发出时间")),
            Item("decided_at", _("审核时间")),
        ),
        provider="政务服务数据管理局",
        classification="201001",
        keys=("id",),
        share_condition=CONDITION,
    ),
    Dataset(
        code="supervision.score",
        model=Score,
        title=_("政务服务季度考评得分"),
        abstract=_("各机关已公布的季度考评得分和等次，更正过的是更正后的；个人的得分不在其中。"),
        columns=(
            Item("id", _("平台编号")),
            Item("quarter__first_day", _("季度第一天")),
            Item("quarter__issuer__name", _("公布单位")),
            Item("quarter__announced_at", _("公布时间")),
            Item("organisation__name", _("机关")),
            Item("announced", _("公布的得分")),
            "value",
            "grade",
        ),
        provider="政务服务数据管理局",
        classification="201001",
        keys=("id",),
        share_condition=CONDITION,
        update_cycle="quarterly",
        only=Q(holder__isnull=True),
    ),
)
