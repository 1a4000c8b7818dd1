"""The lists of power at the desk: entries with their versions, drafts with what they change, the kinds of list."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from zhengtong.capabilities.powers.forms import MoveForm, NewPowerForm, PowerForm, text_of_entry, text_of_version
from zhengtong.capabilities.powers.models import (
    ENDING,
    PowerEntry,
    PowerList,
    PowerState,
    PowerVersion,
    VersionStatus,
)
from zhengtong.capabilities.powers.panels import (
    STATUS_TONES,
    show_current,
    show_difference,
    show_text,
    show_versions,
)
from zhengtong.capabilities.powers.services.adjusting import cancel_power, merge_power, move_power
from zhengtong.capabilities.powers.services.compiling import (
    EDITABLE,
    abandon_version,
    amend_version,
    change_power,
    compile_power,
    submit_version,
)
from zhengtong.capabilities.powers.services.lists import add_list, amend_list
from zhengtong.capabilities.powers.services.reviewing import publish_version, return_version
from zhengtong.capabilities.powers.services.settling import COMPILE, REVIEW, VIEW
from zhengtong.capabilities.powers.services.sheets import draft_from_sheet, read_row
from zhengtong.kernel.policy import Actor
from zhengtong.screens.declaration import (
    STAFF,
    Act,
    Choice,
    Column,
    Fields,
    Filter,
    History,
    ModelScreens,
    Part,
    Sheet,
)

STATE_TONES = {
    PowerState.LIVE: "success",
    PowerState.COMING: "info",
    PowerState.WITHDRAWN: "neutral",
    PowerState.COMPILING: "warning",
}


def _reason() -> forms.CharField:
    return forms.CharField(
        label=_("调整依据"),
        max_length=500,
        help_text=_("法律法规、文件名称和文号"),
        widget=forms.Textarea(attrs={"rows": 3}),
    )


def _from() -> forms.DateField:
    return forms.DateField(label=_("拟生效日期"), required=False, help_text=_("不填就是发布当日"))


def _is_listed(entry: PowerEntry) -> bool:
    return entry.state in (PowerState.LIVE, PowerState.COMING)


def _moved(entry: PowerEntry) -> dict[str, Any]:
    return {"organ": entry.organ, "level": entry.level}


class EntryScreens(ModelScreens):
    model, module, code, title = PowerEntry, "powers", "entries", _("权力清单")
    audience, permission, icon, menu_order = STAFF, VIEW, "list", 40
    columns = (
        Column("code", css="nowrap"),
        Column("name", css="main"),
        Column("power_list", title=_("清单")),
        "kind",
        "organ",
        "level",
        Column("state", tone=lambda entry: STATE_TONES[PowerState(entry.state)]),
        "effective_from",
        Column("ended_on", is_shown=False),
        Column("organisation", title=_("编制单位"), is_shown=False),
        Column("inquiry_phone", is_shown=False),
    )
    filters = ("power_list", "kind", "state", "level", Filter("organ", kind="exact"))
    search, order, name = ("name", "code"), ("code",), "name"
    amend = Act(
        change_power,
        COMPILE,
        title=_("编制变更"),
        form=PowerForm,
        initial=text_of_entry,
        row="entry",
        done=_("已保存为编制中的版本，核对后送审"),
        help=_("保存后成为编制中的一版，现行的一版不受影响；送审并由法制机构发布后才生效。"),
    )
    actions = (
        Act(
            move_power,
            COMPILE,
            title=_("下放"),
            form=MoveForm,
            row="entry",
            initial=_moved,
            when=_is_listed,
            confirm=_("送法制机构审核，发布后由承接的机关或者层级行使。"),
            done=_("已送法制机构审核"),
        ),
        Act(
            merge_power,
            COMPILE,
            title=_("并入另一项"),
            row="entry",
            asks={
                "into": Choice(PowerVersion, "into", _("并入的权力事项"), _("填编码或者名称")),
                "reason": _reason(),
                "effective_from": _from(),
            },
            when=_is_listed,
            is_bulk=True,
            confirm=_("送法制机构审核，发布后这一项并入另一项，引用它的事项按另一项继续办理。"),
            done=_("已送法制机构审核"),
        ),
        Act(
            cancel_power,
            COMPILE,
            title=_("取消"),
            row="entry",
            asks={"reason": _reason(), "effective_from": _from()},
            when=_is_listed,
            is_dangerous=True,
            confirm=_("送法制机构审核，发布后自生效之日起不再受理新的申请；已经受理的继续办完。"),
            done=_("已送法制机构审核"),
        ),
    )
    detail = (
        Fields(
            _("权力事项"),
            names=(
                "code",
                Column("power_list", title=_("清单")),
                "kind",
                "organ",
                "level",
                "state",
                "effective_from",
                "ended_on",
                "inquiry_phone",
                Column("organisation", title=_("编制单位")),
            ),
        ),
        Part(_("内容"), template="powers/text.html", context=show_current),
        Part(_("版本"), template="powers/versions.html", context=show_versions),
    )
    sheet = Sheet(
        key="code",
        columns=(
            "code",
            "power_list",
            "name",
            "kind",
            "organ",
            "level",
            "inquiry_phone",
            "basis_words",
            "procedure_words",
            "responsibility_words",
            "accountability",
        ),
        permission=COMPILE,
        parse=read_row,
        apply=draft_from_sheet,
        related={"power_list": "name"},
    )
    help = _("已经公布的清单。新增在“编制和审核”里办；导入的表格也成为编制中的版本，审核发布后才生效。")
    empty = _("还没有权力事项。到“编制和审核”里编制，或者导入表格。")

    def rows(self, actor: Actor) -> QuerySet[Any]:
        return PowerEntry.objects.select_related("power_list")

    def tone(self, row: Any) -> str:
        return "muted" if row.state == PowerState.WITHDRAWN else ""


def _can_edit(version: PowerVersion) -> bool:
    return version.status in EDITABLE and version.adjustment not in ENDING


def _can_submit(version: PowerVersion) -> bool:
    return version.status in EDITABLE


def _is_in_review(version: PowerVersion) -> bool:
    return version.status == VersionStatus.IN_REVIEW


def _is_open(version: PowerVersion) -> bool:
    return version.status not in (VersionStatus.PUBLISHED, VersionStatus.CANCELLED)


def _when(version: PowerVersion) -> dict[str, Any]:
    return {"effective_from": version.effective_from}


class VersionScreens(ModelScreens):
    model, module, code, title = PowerVersion, "powers", "versions", _("编制和审核")
    audience, permission, icon, menu_order = STAFF, VIEW, "file", 41
    columns = (
        Column("entry", title=_("权力事项"), css="main"),
        Column("entry__code", title=_("编码"), css="nowrap"),
        Column("number", css="number"),
        "adjustment",
        Column("status", tone=lambda version: STATUS_TONES[VersionStatus(version.status)]),
        Column("organisation", title=_("编制单位")),
        Column("submitted_at", is_shown=False),
        "effective_from",
        Column("effective_to", is_shown=False),
        Column("reason", css="wrap", is_shown=False),
    )
    filters = ("status", "adjustment", Filter("organisation", title=_("编制单位")))
    name = ""
    create = Act(
        compile_power,
        COMPILE,
        title=_("编制新的权力事项"),
        form=NewPowerForm,
        done=_("已保存为编制中的版本，核对后送审"),
    )
    amend = Act(
        amend_version,
        COMPILE,
        title=_("修改"),
        form=PowerForm,
        initial=text_of_version,
        row="version",
        when=_can_edit,
        done=_("已保存"),
    )
    actions = (
        Act(
            submit_version,
            COMPILE,
            title=_("送审"),
            row="version",
            when=_can_submit,
            confirm=_("送法制机构进行合法性审核，审核期间不能修改。"),
            done=_("已送法制机构审核"),
        ),
        Act(
            publish_version,
            REVIEW,
            title=_("审核通过并发布"),
            row="version",
            asks={
                "effective_from": forms.DateField(
                    label=_("生效日期"), required=False, help_text=_("不填就是今天；可以填以后的日期，到那天自动生效")
                ),
                "opinion": forms.CharField(
                    label=_("审核意见"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 3})
                ),
            },
            initial=_when,
            when=_is_in_review,
            confirm=_("发布后向社会公开，不能再修改；有变化的，编制下一版。"),
            done=_("已发布"),
        ),
        Act(
            return_version,
            REVIEW,
            title=_("退回修改"),
            row="version",
            asks={
                "opinion": forms.CharField(
                    label=_("退回理由和修改意见"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
                )
            },
            when=_is_in_review,
            done=_("已退回编制单位"),
        ),
        Act(
            abandon_version,
            COMPILE,
            title=_("放弃这一版"),
            row="version",
            when=_is_open,
            is_dangerous=True,
            confirm=_("放弃后这一版作废，需要时重新编制。"),
            done=_("已放弃"),
        ),
    )
    detail = (
        Fields(
            _("版本"),
            names=(
                Column("entry", title=_("权力事项")),
                "number",
                "adjustment",
                "status",
                "reason",
                Column("into", title=_("并入")),
                "effective_from",
                "effective_to",
                Column("organisation", title=_("编制单位")),
                Column("compiled_by", title=_("编制人")),
                "submitted_at",
                Column("reviewed_by", title=_("审核人")),
                "reviewed_at",
                "opinion",
            ),
        ),
        Part(_("与上一版的不同"), template="powers/difference.html", context=show_difference),
        Part(_("内容"), template="powers/text.html", context=show_text),
        History(_("办理记录")),
    )
    help = _("编制、送审、审核、发布。编制单位看到自己的，法制机构看到辖区内各单位的。")
    empty = _("没有编制中的权力事项。点“编制新的权力事项”，或者在权力清单里选一项编制变更。")

    def rows(self, actor: Actor) -> QuerySet[Any]:
        return PowerVersion.objects.select_related("entry", "into", "organisation")


class ListScreens(ModelScreens):
    model, module, code, title = PowerList, "powers", "lists", _("清单种类")
    audience, permission, icon, menu_order = STAFF, REVIEW, "settings", 42
    small = True
    columns = (Column("name", css="main"), "code", Column("note", css="wrap"), "position")
    order, name = ("position", "id"), "name"
    create = Act(add_list, REVIEW, title=_("增加一种清单"), done=_("已增加"))
    amend = Act(amend_list, REVIEW, title=_("修改"), row="power_list", done=_("已保存"))
    detail = (Fields(_("清单"), names=("name", "code", "note", "position")), History(_("变更记录")))


SCREENS = (EntryScreens(), VersionScreens(), ListScreens())
