"""Halls, reservations and queues as data sets of the catalogue: where and when, nothing about who came."""

from django.utils.translation import gettext_lazy as _

from zhengtong.capabilities.catalogue.public import Dataset, Item
from zhengtong.capabilities.reservations.models import Hall, Reservation, Ticket

CONDITION = _("用于统计分析和服务改进，不得用于识别办事人。")

DATASETS = (
    Dataset(
        code="reservations.hall",
        model=Hall,
        title=_("政务服务大厅"),
        abstract=_("政务服务大厅的名称、管理单位、地址和咨询电话。"),
        columns=(
            "code",
            "name",
            Item("organisation__name", _("管理单位")),
            Item("organisation__region__code", _("行政区划代码")),
            "address",
            "phone",
            "is_active",
        ),
        provider="政务服务数据管理局",
        classification="201001",
        keys=("code",),
        share_condition=_("大厅信息已经公开，注明来源即可使用。"),
        update_cycle="monthly",
    ),
    Dataset(
        code="reservations.reservation",
        model=Reservation,
        title=_("大厅预约情况"),
        abstract=_("各大厅预约的业务、时段、目的和结果；预约人、预约码和办件不在其中。"),
        columns=(
            Item("id", _("平台编号")),
            Item("hall__code", _("大厅代码")),
            Item("slot__group__name", _("业务")),
            Item("slot__starts_at", _("预约时段")),
            "purpose",
            "state",
            "changes",
            "booked_at",
            "ended_at",
        ),
        provider="政务服务数据管理局",
        classification="201001",
        keys=("id",),
        share_condition=CONDITION,
    ),
    Dataset(
        code="reservations.ticket",
        model=Ticket,
        title=_("大厅排队叫号情况"),
        abstract=_("各大厅每个号的业务、取号、叫号和办结时间；称呼、照顾情形和窗口人员不在其中。"),
        columns=(
            Item("id", _("平台编号")),
            Item("hall__code", _("大厅代码")),
            Item("group__name", _("业务")),
            "day",
            "label",
            "is_reserved",
            "state",
            Item("taken_at", _("取号时间")),
            Item("called_at", _("首次叫号时间")),
            Item("started_at", _("开始办理时间")),
            Item("finished_at", _("办结时间")),
        ),
        provider="政务服务数据管理局",
        classification="201001",
        keys=("id",),
        share_condition=CONDITION,
    ),
)
