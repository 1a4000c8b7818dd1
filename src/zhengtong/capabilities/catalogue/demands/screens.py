"""需求清单 and 责任清单 at the desk, and the synonyms of the search."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from zhengtong.capabilities.catalogue.asking import NOTHING, offer_entry
from zhengtong.capabilities.catalogue.demands import responsibilities, services, sheets
from zhengtong.capabilities.catalogue.models import (
    Demand,
    DemandState,
    Responsibility,
    ResponsibilityState,
    Synonym,
)
from zhengtong.capabilities.catalogue.permissions_finding import (
    ANSWER,
    ASSIGN,
    KEEP_SYNONYMS,
    RAISE,
    VIEW_LISTS,
)
from zhengtong.capabilities.catalogue.synonyms import add_synonym, amend_synonym, remove_synonym
from zhengtong.kernel.policy import Actor
from zhengtong.screens.declaration import (
    STAFF,
    Act,
    Choice,
    Column,
    Count,
    Fields,
    Filter,
    History,
    ModelScreens,
    Part,
    Related,
    Sheet,
)

DEMAND_TONES = {
    DemandState.OPEN: "warning",
    DemandState.MATCHED: "success",
    DemandState.ASSIGNED: "info",
    DemandState.FULFILLED: "success",
    DemandState.DECLINED: "neutral",
    DemandState.WITHDRAWN: "neutral",
}
RESPONSIBILITY_TONES = {
    ResponsibilityState.OWED: "warning",
    ResponsibilityState.FULFILLED: "success",
    ResponsibilityState.RELEASED: "neutral",
}


def _code() -> forms.CharField:
    return forms.CharField(
        label=_("资源代码"), max_length=40, help_text=_("在“查找数据”里查到的资源代码，例如 101001/000012")
    )


def _days() -> forms.IntegerField:
    return forms.IntegerField(
        label=_("期限（工作日）"), min_value=1, max_value=responsibilities.MOST_DAYS, help_text=_("从下一个工作日起算")
    )


def _text(label: Any, help_text: Any = "") -> forms.CharField:
    return forms.CharField(label=label, max_length=500, help_text=help_text, widget=forms.Textarea(attrs={"rows": 3}))


def _opinion(label: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2}))


def _is_open(demand: Demand) -> bool:
    return demand.state == DemandState.OPEN


def _is_owed(owed: Responsibility) -> bool:
    return owed.state == ResponsibilityState.OWED


def _list_owed(_actor: Actor, demand: Demand) -> QuerySet[Any]:
    return demand.responsibilities.select_related("organisation").order_by("-pk")


def _offer_found(actor: Actor, demand: Demand) -> dict[str, Any]:
    """Return what the needing office is offered: what it asked for is there once the demand names an entry."""
    resource = demand.resource
    return {"resource": resource, "offer": offer_entry(actor, resource) if resource else NOTHING}


class DemandScreens(ModelScreens):
    model, module, code, title = Demand, "catalogue", "demands", _("需求清单")
    audience, permission, icon, menu_order = STAFF, VIEW_LISTS, "list", 54
    columns = (
        Column("number", css="nowrap"),
        Column("name", css="main"),
        Column("organisation", title=_("需求单位")),
        Column("matter", css="wrap"),
        Column("state", tone=lambda demand: DEMAND_TONES[DemandState(demand.state)]),
        Column("update_cycle", is_shown=False),
        Column("suggested", is_shown=False),
        Column("resource", title=_("对接的资源"), is_shown=False),
        "raised_at",
    )
    filters = ("state", "organisation", "update_cycle")
    search, order, name = ("number", "name"), ("-pk",), "name"
    create = Act(
        services.raise_demand,
        RAISE,
        title=_("提出数据需求"),
        asks={"basis": _text(_("依据"), _("法律法规、三定方案或者文件的名称和条款"))},
        help=_("先在“查找数据”里确认没有可用的资源。一项需求写一种数据。"),
        done=_("已提出，等待统筹"),
    )
    amend = Act(
        services.amend_demand,
        RAISE,
        title=_("修改"),
        row="demand",
        asks={"basis": _text(_("依据"), _("法律法规、三定方案或者文件的名称和条款"))},
        when=_is_open,
        done=_("已保存"),
    )
    actions = (
        Act(
            services.match_demand,
            ASSIGN,
            title=_("对接已有资源"),
            row="demand",
            asks={"resource_code": _code(), "opinion": _opinion(_("统筹意见"))},
            when=_is_open,
            done=_("已对接，需求单位可以申请使用"),
        ),
        Act(
            responsibilities.assign_demand,
            ASSIGN,
            title=_("确定责任单位"),
            row="demand",
            asks={
                "organisation": Choice(Responsibility, "organisation", _("责任单位"), _("填名称的开头")),
                "days": _days(),
                "opinion": _opinion(_("统筹意见")),
            },
            when=_is_open,
            done=_("已下达责任单位"),
        ),
        Act(
            services.decline_demand,
            ASSIGN,
            title=_("不予列入"),
            row="demand",
            asks={"opinion": _text(_("理由"))},
            when=_is_open,
            is_dangerous=True,
            confirm=_("需求单位会看到理由。"),
            done=_("已退出清单"),
        ),
        Act(
            services.withdraw_demand,
            RAISE,
            title=_("撤回"),
            row="demand",
            when=_is_open,
            is_dangerous=True,
            confirm=_("撤回后需要时重新提出。"),
            done=_("已撤回"),
        ),
    )
    detail = (
        Fields(
            _("数据需求"),
            names=(
                "number",
                "name",
                Column("organisation", title=_("需求单位")),
                "items",
                "matter",
                "basis",
                "update_cycle",
                "suggested",
                "state",
                Column("resource", title=_("对接的资源")),
                "opinion",
                Column("raised_by", title=_("提出人")),
                "raised_at",
                "settled_at",
            ),
        ),
        Part(_("申请使用"), template="catalogue/demand_asking.html", context=_offer_found),
        Related(
            _("数据责任"),
            rows=_list_owed,
            columns=("number", Column("organisation", title=_("责任单位")), "days", "due_on", "state"),
        ),
        History(_("办理记录")),
    )
    sheet = Sheet(
        key="number",
        columns=sheets.DEMAND_COLUMNS,
        permission=RAISE,
        apply=sheets.import_demands,
        related={"organisation": "credit_code"},
    )
    stats = (Count("state"), Count("organisation"))
    help = _("各单位为办理主要业务需要、而目录里还没有的数据。统筹部门对接已有资源，或者确定责任单位。")
    empty = _("还没有数据需求。")

    def rows(self, actor: Actor) -> QuerySet[Any]:
        return Demand.objects.select_related("organisation", "resource")


class ResponsibilityScreens(ModelScreens):
    model, module, code, title = Responsibility, "catalogue", "responsibilities", _("责任清单")
    audience, permission, icon, menu_order = STAFF, VIEW_LISTS, "flag", 55
    columns = (
        Column("number", css="nowrap"),
        Column("name", css="main"),
        Column("organisation", title=_("责任单位")),
        Column("state", tone=lambda owed: RESPONSIBILITY_TONES[ResponsibilityState(owed.state)]),
        "due_on",
        Column("is_late", tone=lambda owed: "danger" if owed.is_late else ""),
        Column("resource", title=_("发布的资源"), is_shown=False),
        Column("days", css="number", is_shown=False),
    )
    filters = ("state", "is_late", Filter("organisation", title=_("责任单位")), Filter("due_on"))
    search, order, name = ("number", "name"), ("-pk",), "name"
    create = Act(
        responsibilities.assign_responsibility,
        ASSIGN,
        title=_("下达数据责任"),
        asks={"basis": _text(_("依据"), _("法律法规、规划或者会议纪要")), "days": _days()},
        done=_("已下达"),
    )
    actions = (
        Act(
            responsibilities.answer_responsibility,
            ANSWER,
            title=_("指明编制的资源"),
            row="responsibility",
            asks={"resource_code": _code()},
            when=_is_owed,
            help=_("资源已经发布的，责任当即落实；还在编制或者审核的，发布时自动落实。"),
            done=_("已记下"),
        ),
        Act(
            responsibilities.release_responsibility,
            ASSIGN,
            title=_("免除责任"),
            row="responsibility",
            asks={"opinion": _text(_("理由"))},
            when=_is_owed,
            is_dangerous=True,
            confirm=_("免除后，对应的需求回到待对接。"),
            done=_("已免除"),
        ),
    )
    detail = (
        Fields(
            _("数据责任"),
            names=(
                "number",
                "name",
                Column("organisation", title=_("责任单位")),
                Column("demand", title=_("来自需求")),
                "basis",
                "days",
                "due_on",
                "state",
                "is_late",
                Column("resource", title=_("发布的资源")),
                "opinion",
                Column("assigned_by", title=_("下达人")),
                "assigned_at",
                "fulfilled_at",
            ),
        ),
        History(_("办理记录")),
    )
    sheet = Sheet(
        key="number",
        columns=sheets.RESPONSIBILITY_COLUMNS,
        permission=ASSIGN,
        apply=sheets.import_responsibilities,
        related={"organisation": "credit_code"},
    )
    stats = (Count("state"), Count("organisation"))
    help = _("每一项写明由哪个单位、在哪一天以前把数据编进目录并发布。期限按工作日计算。")
    empty = _("还没有下达数据责任。")

    def rows(self, actor: Actor) -> QuerySet[Any]:
        return Responsibility.objects.select_related("organisation", "demand", "resource")

    def tone(self, row: Any) -> str:
        return "danger" if row.is_late and row.state == ResponsibilityState.OWED else ""


class SynonymScreens(ModelScreens):
    model, module, code, title = Synonym, "catalogue", "synonyms", _("目录同义词")
    audience, permission, icon, menu_order = STAFF, KEEP_SYNONYMS, "settings", 62
    small = True
    columns = (Column("words", css="main"), "note")
    order, name = ("words",), "words"
    create = Act(add_synonym, KEEP_SYNONYMS, title=_("增加同义词"), done=_("已增加，马上生效"))
    amend = Act(amend_synonym, KEEP_SYNONYMS, title=_("修改"), row="synonym", done=_("已保存，马上生效"))
    actions = (
        Act(
            remove_synonym,
            KEEP_SYNONYMS,
            title=_("删除"),
            row="synonym",
            is_dangerous=True,
            confirm=_("以后按其中一个词查找，不再找到写着另一个词的。"),
            done=_("已删除"),
        ),
    )
    detail = (Fields(_("目录同义词"), names=("words", "note")), History(_("变更记录")))
    help = _("查找数据时输入其中一个词，写着其他词的也能找到。")
    empty = _("还没有同义词。")


SCREENS = (DemandScreens(), ResponsibilityScreens(), SynonymScreens())
