"""The roster: staff as one line each, exported and imported as a sheet."""

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from zhengtong.capabilities.signon.staffing.directory import MANAGE_STAFF
from zhengtong.capabilities.signon.staffing.models import RosterEntry
from zhengtong.capabilities.signon.staffing.roster import apply_sheet, read_row
from zhengtong.core.identity.public import mask_phone
from zhengtong.screens.declaration import STAFF, Column, Filter, ModelScreens, Sheet


class RosterScreens(ModelScreens):
    model, module, code, title = RosterEntry, "signon", "roster", _("人员名册")
    audience, permission, icon, menu_order, api = STAFF, MANAGE_STAFF, "list", 31, False
    columns = (
        Column("name", css="main"),
        "username",
        "organisation_name",
        "post_title",
        Column("phone", mask=mask_phone),
        Column("enforcement_number", is_shown=False),
        "last_day",
        Column(
            "is_active",
            title=_("账号"),
            value=lambda row: gettext("启用") if row.is_active else gettext("停用"),
            tone=lambda row: "success" if row.is_active else "neutral",
        ),
    )
    filters = (Filter("organisation", kind="organisation"), Filter("username", kind="exact"), "is_active")
    order, name, reveal = ("id",), "name", MANAGE_STAFF
    sheet = Sheet(
        key="username",
        columns=(
            "username",
            "name",
            "organisation_name",
            "post_title",
            "phone",
            "enforcement_number",
            "last_day",
        ),
        permission=MANAGE_STAFF,
        parse=read_row,
        apply=apply_sheet,
    )
    help = _(
        "用表格批量开通账号、调整岗位、登记离任：先导出改好再导入，确认前看得到每个人的差异。新账号在“待启用账号”里取启用链接。"
    )
    empty = _("管理范围内还没有工作人员。")
