"""The registers of halls: the hall, its hours and closures, businesses, items, windows; the dated rules."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from zhengtong.capabilities.reservations.models import (
    GroupItem,
    Hall,
    HallClosure,
    HallHours,
    HallWindow,
    LobbyRule,
    ServiceGroup,
)
from zhengtong.capabilities.reservations.permissions import MANAGE
from zhengtong.capabilities.reservations.services import halls
from zhengtong.screens.declaration import STAFF, Act, Column, Fields, Filter, History, ModelScreens

_HALL = Column("hall", related=("hall",))


def _tone(row: Any) -> str:
    return "success" if row.is_active else "neutral"


class HallScreens(ModelScreens):
    model, module, code, title = Hall, "reservations", "halls", _("大厅")
    audience, permission, icon, menu_order = STAFF, MANAGE, "building", 86
    columns = (
        Column("name", css="main"),
        "code",
        Column("organisation", related=("organisation",)),
        Column("address", css="wrap"),
        "phone",
        Column("is_active", tone=_tone),
    )
    order, name, small = ("name", "id"), "name", True
    create = Act(halls.create_hall, MANAGE, title=_("新增大厅"))
    amend = Act(halls.amend_hall, MANAGE, title=_("修改"))
    actions = (
        Act(
            halls.retire_hall,
            MANAGE,
            title=_("停用"),
            when=lambda row: row.is_active,
            confirm=_("停用以后不能预约和取号"),
        ),
        Act(halls.restore_hall, MANAGE, title=_("恢复使用"), when=lambda row: not row.is_active),
    )
    detail = (
        Fields(_("大厅"), names=("name", "code", "organisation", "address", "phone", "is_active")),
        History(_("变更记录")),
    )


class HoursScreens(ModelScreens):
    model, module, code, title = HallHours, "reservations", "hours", _("开放时间")
    audience, permission, icon, menu_order = STAFF, MANAGE, "clock", 87
    columns = (_HALL, "weekday", "opens_at", "closes_at", "is_on_days_off")
    filters = ("hall", "weekday")
    order, small = ("hall_id", "weekday", "opens_at", "id"), True
    create = Act(halls.add_hours, MANAGE, title=_("新增开放时间"))
    amend = Act(halls.amend_hours, MANAGE, title=_("修改"), row="hours")
    actions = (
        Act(
            halls.remove_hours,
            MANAGE,
            title=_("删除"),
            confirm=_("删除以后这段时间不再开放；已有的预约不变，请联系预约人"),
            is_dangerous=True,
        ),
    )
    detail = (
        Fields(_("开放时间"), names=("hall", "weekday", "opens_at", "closes_at", "is_on_days_off")),
        History(_("变更记录")),
    )
    help = _("工作日按节假日安排确定。调休上班的周末没有单独安排时按周五的时间开放。")


class ClosureScreens(ModelScreens):
    model, module, code, title = HallClosure, "reservations", "closures", _("临时闭厅")
    audience, permission, icon, menu_order = STAFF, MANAGE, "calendar", 88
    columns = (_HALL, "date", Column("reason", css="wrap"))
    filters = ("hall",)
    order, small = ("-date", "id"), True
    create = Act(halls.close_day, MANAGE, title=_("登记闭厅"))
    actions = (Act(halls.reopen_day, MANAGE, title=_("取消闭厅")),)
    detail = (Fields(_("临时闭厅"), names=("hall", "date", "reason")), History(_("变更记录")))


class GroupScreens(ModelScreens):
    model, module, code, title = ServiceGroup, "reservations", "groups", _("大厅业务")
    audience, permission, icon, menu_order = STAFF, MANAGE, "list", 89
    columns = (
        _HALL,
        "letter",
        Column("name", css="main"),
        "slot_minutes",
        "capacity",
        "usual_minutes",
        Column("is_active", tone=_tone),
    )
    filters = ("hall", Filter("is_active", kind="flag"))
    order, name, small = ("hall_id", "letter", "id"), "name", True
    create = Act(halls.add_group, MANAGE, title=_("新增业务"))
    amend = Act(
        halls.amend_group,
        MANAGE,
        title=_("修改"),
        row="group",
        help=_("人数的修改对还没有人预约的时段生效，已有人预约的时段保持原来的人数。"),
    )
    detail = (
        Fields(
            _("业务"),
            names=(
                "hall",
                "letter",
                "name",
                Column("help"),
                "slot_minutes",
                "capacity",
                "usual_minutes",
                Column("takes_others"),
                "is_active",
            ),
        ),
        History(_("变更记录")),
    )


class ItemScreens(ModelScreens):
    model, module, code, title = GroupItem, "reservations", "items", _("业务包含的事项")
    audience, permission, icon, menu_order = STAFF, MANAGE, "file", 90
    columns = (
        Column("item", related=("item",), css="main"),
        Column("group", related=("group",)),
        Column("group__hall__name", title=_("大厅")),
    )
    filters = (Filter("group"),)
    order, small = ("group_id", "id"), True
    create = Act(halls.add_item, MANAGE, title=_("添加事项"))
    actions = (Act(halls.remove_item, MANAGE, title=_("移出"), row="entry"),)
    detail = (Fields(_("事项"), names=("item", "group")), History(_("变更记录")))
    help = _("没有列在任何业务里的事项，由勾选“接收未列明的事项”的业务办理。")


class WindowScreens(ModelScreens):
    model, module, code, title = HallWindow, "reservations", "windows", _("窗口")
    audience, permission, icon, menu_order = STAFF, MANAGE, "users", 91
    columns = (_HALL, "number", "name", "letters", "state", Column("is_active", tone=_tone))
    filters = ("hall", "state", Filter("is_active", kind="flag"))
    order, small = ("hall_id", "number", "id"), True
    create = Act(halls.add_window, MANAGE, title=_("新增窗口"))
    amend = Act(halls.amend_window, MANAGE, title=_("修改"), row="window")
    detail = (
        Fields(_("窗口"), names=("hall", "number", "name", "letters", "state", "is_active")),
        History(_("变更记录")),
    )


class RuleScreens(ModelScreens):
    model, module, code, title = LobbyRule, "reservations", "rules", _("预约和排队规则")
    audience, permission, icon, menu_order = STAFF, MANAGE, "shield", 92
    columns = (
        "effective_from",
        "days_ahead",
        "most_open",
        "no_shows",
        "blocked_days",
        Column("source", css="wrap"),
        Column("is_unverified", tone=lambda row: "warning" if row.is_unverified else "success"),
    )
    order, small = ("-effective_from", "id"), True
    create = Act(halls.set_rule, MANAGE, title=_("设定规则"), help=_("从生效日期起适用，已有的预约不变。"))
    actions = (
        Act(
            halls.verify_rule,
            MANAGE,
            title=_("已核对"),
            when=lambda row: row.is_unverified,
            confirm=_("确认数字与本地公布的规定一致"),
        ),
    )
    detail = (
        Fields(
            _("规则"),
            names=(
                "effective_from",
                "days_ahead",
                "most_open",
                "change_until_minutes",
                "early_minutes",
                "late_minutes",
                "no_shows",
                "no_show_days",
                "blocked_days",
                "reserved_lead_minutes",
                "care_lead_minutes",
                "care_from_age",
                "requeue_after",
                "overtime_minutes",
                "source",
                "is_unverified",
            ),
        ),
        History(_("变更记录")),
    )


SCREENS: tuple[Any, ...] = (
    HallScreens(),
    HoursScreens(),
    ClosureScreens(),
    GroupScreens(),
    ItemScreens(),
    WindowScreens(),
    RuleScreens(),
)
