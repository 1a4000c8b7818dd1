"""The tree of places and organs: what there is, what it was, and what was decided about it."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from zhengtong.core.identity.public import (
    Organisation,
    OrganisationVersion,
    Region,
    Reorganisation,
    Succession,
    abolish_organisation,
    cancel_reorganisation,
    found_organisation,
    move_organisation,
    rename_organisation,
    split_organisation,
)
from zhengtong.desks.administration.forms import SplitForm
from zhengtong.desks.administration.services import merge_into
from zhengtong.kernel.policy import Actor
from zhengtong.screens.declaration import STAFF, Act, Choice, Column, Fields, Filter, History, ModelScreens, Related
from zhengtong.screens.routing import url_of

MANAGE = "identity.manage_organisations"


def _below(_actor: Actor, row: Region) -> QuerySet[Any]:
    return Region.objects.filter(parent=row).order_by("code")


class RegionScreens(ModelScreens):
    model, module, code, title = Region, "administration", "regions", _("行政区划")
    audience, permission, icon, menu_order = STAFF, MANAGE, "map", 10
    columns = ("code", Column("name", css="main"), "level", Column("parent", title=_("上级")))
    filters = ("level", Filter("parent", title=_("上级"), kind="region"))
    search, order, name = ("code", "name"), ("code",), "name"
    detail = (
        Fields(_("行政区划"), names=("code", "name", "level", Column("parent", title=_("上级")))),
        Related(
            _("下级"),
            rows=_below,
            columns=("code", "name", "level"),
            url=lambda row: url_of(RegionScreens(), "detail", row),
        ),
    )
    help = _("按国家统计局统计用区划代码。完整的区划树由运维人员用 zhengtong regions import 导入。")


def _versions(_actor: Actor, row: Organisation) -> QuerySet[Any]:
    return OrganisationVersion.objects.filter(organisation=row).order_by("-valid_from")


def _offices(actor: Actor, row: Organisation) -> QuerySet[Any]:
    return Organisation.objects.filter(parent=row, is_active=True).order_by("id")


def _successors(_actor: Actor, row: Organisation) -> QuerySet[Any]:
    return Succession.objects.filter(predecessor=row).order_by("-on_date", "id")


def _predecessors(_actor: Actor, row: Organisation) -> QuerySet[Any]:
    return Succession.objects.filter(successor=row).order_by("-on_date", "id")


def _is_active(row: Organisation) -> bool:
    return row.is_active


def _open(row: Organisation) -> str:
    return url_of(OrganisationScreens(), "detail", row)


def _decision() -> dict[str, forms.Field | Choice]:
    return {
        "on_date": forms.DateField(label=_("自哪天起"), required=False, help_text=_("不填就是今天；可以填以后的日期")),
        "basis": forms.CharField(label=_("依据文号"), max_length=120, required=False),
    }


class OrganisationScreens(ModelScreens):
    model, module, code, title = Organisation, "administration", "organisations", _("机构")
    audience, permission, icon, menu_order = STAFF, MANAGE, "building", 20
    columns = (
        Column("name", css="main"),
        "short_name",
        "kind",
        Column("region", title=_("行政区划")),
        Column("parent", title=_("上级机构")),
        Column(
            "is_active",
            value=lambda row: gettext("有效") if row.is_active else gettext("已撤并"),
            tone=lambda row: "success" if row.is_active else "neutral",
        ),
        Column("credit_code", is_shown=False),
        Column("address", is_shown=False),
        Column("phone", is_shown=False),
    )
    filters = ("kind", Filter("region", title=_("行政区划"), kind="region"), "is_active")
    search, order, name = ("name", "credit_code"), ("id",), "name"
    create = Act(found_organisation, MANAGE, title=_("设立机构"), done=_("已设立"), asks=_decision())
    actions = (
        Act(rename_organisation, MANAGE, title=_("更名"), when=_is_active, asks=_decision()),
        Act(
            move_organisation,
            MANAGE,
            title=_("调整隶属关系"),
            row="organisation",
            when=_is_active,
            asks={"parent": Choice(Organisation, "parent", _("新的上级机构"))} | _decision(),
        ),
        Act(
            merge_into,
            MANAGE,
            title=_("并入另一机构"),
            asks={"into": Choice(Organisation, "parent", _("并入的机构"))} | _decision(),
            row="organisation",
            when=_is_active,
            is_dangerous=True,
            help=_("人员、岗位和在办的事项转到承接机构，原机构保留可查。填以后的日期，到那天自动生效。"),
        ),
        Act(
            split_organisation,
            MANAGE,
            title=_("分设"),
            row="organisation",
            form=SplitForm,
            when=_is_active,
            is_dangerous=True,
            help=_("先设立两个新机构，再把原机构的岗位分过去；原机构保留可查。"),
        ),
        Act(
            abolish_organisation,
            MANAGE,
            title=_("撤销"),
            asks={"successor": Choice(Organisation, "parent", _("承接机构"))} | _decision(),
            row="organisation",
            when=_is_active,
            is_dangerous=True,
            help=_("还有人员或者在办事项的，要写明承接机构。"),
        ),
    )
    detail = (
        Fields(
            _("机构"),
            names=(
                "name",
                "short_name",
                "kind",
                Column("region", title=_("行政区划")),
                Column("parent", title=_("上级机构")),
                "credit_code",
                "address",
                "phone",
                "is_active",
            ),
        ),
        Related(_("下级机构"), rows=_offices, columns=("name", "kind"), url=_open),
        Related(
            _("历史沿革"),
            rows=_versions,
            columns=("valid_from", "valid_until", "name", Column("parent", title=_("上级机构")), "change", "basis"),
        ),
        Related(_("由谁承接"), rows=_successors, columns=("successor", "change", "on_date", "basis")),
        Related(_("承接自"), rows=_predecessors, columns=("predecessor", "change", "on_date", "basis")),
        History(_("办理记录")),
    )

    def tone(self, row: Any) -> str:
        return "" if row.is_active else "muted"


def _state(row: Reorganisation) -> str:
    if row.cancelled_at:
        return gettext("已取消")
    if row.applied_at:
        return gettext("已生效")
    return gettext("未能生效") if row.failure else gettext("待生效")


def _state_tone(row: Reorganisation) -> str:
    if row.cancelled_at:
        return "neutral"
    if row.applied_at:
        return "success"
    return "danger" if row.failure else "info"


STATE = Column(
    "state",
    title=_("状态"),
    value=_state,
    tone=_state_tone,
)


def _concerned(_actor: Actor, row: Reorganisation) -> QuerySet[Any]:
    return row.organisations.order_by("id")


class ReorganisationScreens(ModelScreens):
    model, module, code, title = Reorganisation, "administration", "reorganisations", _("机构调整")
    audience, permission, icon, menu_order = STAFF, MANAGE, "calendar", 25
    columns = ("on_date", "change", STATE, "basis", "decided_at", Column("failure", is_shown=False))
    filters = ("change", "on_date")
    order = ("-id",)
    actions = (
        Act(
            cancel_reorganisation,
            MANAGE,
            title=_("取消"),
            row="reorganisation",
            when=lambda row: row.applied_at is None and row.cancelled_at is None,
            confirm=_("取消后到期不再生效。"),
        ),
    )
    detail = (
        Fields(_("机构调整"), names=("change", "on_date", "basis", STATE, "failure", "decided_at", "applied_at")),
        Related(_("涉及机构"), rows=_concerned, columns=("name", "kind"), url=_open),
        History(_("办理记录")),
    )
