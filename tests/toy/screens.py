"""What is shown of a well: to the water office, to those who look after it, and to everyone."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tests.toy import services
from tests.toy.models import Reading, Well, WellStatus
from zhengtong.core.identity.public import mask_phone
from zhengtong.kernel.policy import Actor
from zhengtong.screens.declaration import (
    CITIZEN,
    PUBLIC,
    STAFF,
    Act,
    Column,
    Count,
    Fields,
    Filter,
    History,
    MapLayer,
    ModelScreens,
    Related,
    Sheet,
    Sum,
)

VIEW, MANAGE = "wells.view_well", "wells.manage_well"
VIEW_OWN, REPORT = "wells.view_own_well", "wells.report_level"
TONES = {WellStatus.USED: "success", WellStatus.SUSPENDED: "warning", WellStatus.SEALED: "neutral"}


def list_readings(actor: Actor, well: Well) -> Any:
    return Reading.objects.filter(well=well).order_by("-read_date", "-pk")


class WellScreens(ModelScreens):
    model, module, code, audience = Well, "wells", "wells", STAFF
    title, icon, permission, reveal = _("水井"), "map", VIEW, "wells.reveal_keeper"
    help = _("取用地下水的井，由所在机构登记。")
    empty = _("还没有登记水井。")
    columns = (
        "code",
        Column("name", css="main"),
        Column("status", tone=lambda well: TONES[well.status]),
        "owner",
        "region__name",
        Column("depth", unit=_("米"), css="number", is_shown=False),
        Column("fee", unit=_("元"), css="number", permission="wells.view_fee"),
        "drilled_date",
        "is_metered",
        Column("keeper_phone", mask=mask_phone),
        Column("registered_at", is_shown=False),
    )
    filters = (
        "status",
        "region",
        "owner",
        "is_metered",
        "drilled_date",
        "fee",
        Filter("keeper_phone", kind="digest", digest_field="keeper_digest"),
    )
    search = ("code", "name")
    order = ("code",)
    sorts = ("name", "drilled_date", "fee", "registered_at")
    create = Act(
        services.register_well,
        MANAGE,
        _("登记水井"),
        done=_("已登记"),
        asks={
            "longitude": forms.FloatField(label=_("经度"), required=False, min_value=73, max_value=136),
            "latitude": forms.FloatField(label=_("纬度"), required=False, min_value=3, max_value=54),
        },
    )
    amend = Act(services.amend_well, MANAGE, _("修改"), done=_("已保存"))
    actions = (
        Act(
            services.suspend_well,
            MANAGE,
            _("停用"),
            icon="pause",
            is_bulk=True,
            when=lambda well: well.status == WellStatus.USED,
            done=_("已停用"),
        ),
        Act(
            services.resume_well,
            MANAGE,
            _("恢复使用"),
            icon="check",
            is_bulk=True,
            when=lambda well: well.status == WellStatus.SUSPENDED,
            done=_("已恢复使用"),
        ),
        Act(
            services.seal_well,
            MANAGE,
            _("封填"),
            icon="stop",
            is_dangerous=True,
            confirm=_("封填后这口井不能再启用。"),
            when=lambda well: well.status != WellStatus.SEALED,
            done=_("已登记封填"),
        ),
    )
    detail = (
        Fields(
            _("水井"),
            names=("code", "name", "status", "owner", "region", "depth", "fee", "drilled_date", "is_metered"),
        ),
        Fields(_("看护"), names=("keeper", "keeper_phone", "note")),
        Related(_("水位测量"), rows=list_readings, columns=("read_date", Column("level", unit=_("米"), css="number"))),
        History(_("变更记录")),
    )
    sheet = Sheet(
        key="code",
        columns=("code", "name", "owner", "region", "status", "depth", "drilled_date", "is_metered", "note"),
        permission=MANAGE,
        related={"owner": "credit_code", "region": "code"},
    )
    map = MapLayer("location", colour="status", label="name")
    stats = (
        Count("status"),
        Count("region"),
        Count("drilled_date", period="year"),
        Sum("owner", title=_("年水资源税"), of="fee", unit=_("元")),
    )

    def tone(self, row: Well) -> str:
        return "warning" if row.status == WellStatus.SUSPENDED else ""


class MyWellScreens(ModelScreens):
    model, module, code, audience = Well, "wells", "mine", CITIZEN
    title, permission = _("我看护的水井"), VIEW_OWN
    empty = _("没有登记由您看护的水井。")
    columns = ("code", Column("name", css="main"), Column("status", tone=lambda well: TONES[well.status]), "owner")
    order = ("code",)
    actions = (
        Act(
            services.report_level,
            REPORT,
            _("上报水位"),
            asks={
                "read_date": forms.DateField(label=_("测量日期")),
                "level": forms.DecimalField(label=_("水位埋深（米）"), min_value=0, max_digits=6, decimal_places=2),
            },
            when=lambda well: well.status != WellStatus.SEALED,
            done=_("已上报"),
        ),
    )
    detail = (
        Fields(_("水井"), names=("code", "name", "status", "owner", "depth", "drilled_date")),
        Related(_("水位测量"), rows=list_readings, columns=("read_date", Column("level", unit=_("米"), css="number"))),
    )


class OpenWellScreens(ModelScreens):
    model, module, code, audience = Well, "wells", "register", PUBLIC
    title = _("水井公示")
    columns = ("code", Column("name", css="main"), "status", "region__name", "owner")
    filters, search, order = ("status", "region"), ("name",), ("code",)
    detail = (Fields(_("水井"), names=("code", "name", "status", "region", "owner", "drilled_date")),)
