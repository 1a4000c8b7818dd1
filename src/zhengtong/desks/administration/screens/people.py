"""Staff, the posts they hold, the roles of these posts, and who stands in for whom."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from zhengtong.core.identity.public import (
    Appointment,
    AppointmentKind,
    Post,
    PostRole,
    Reach,
    StaffMember,
    appoint,
    close_post,
    create_staff_account,
    end_appointment,
    grant_role,
    list_guarded_roles,
    mask_phone,
    open_post,
    rename_post,
    set_clearance,
    unlock_account,
    withdraw_role,
)
from zhengtong.desks.administration.services import close_account, leave_service, open_account
from zhengtong.kernel.marks import Mark
from zhengtong.kernel.modules import Role, registry
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
    Related,
)
from zhengtong.screens.routing import url_of

STAFFING, ROLES, ORGANISING = "identity.manage_staff", "identity.manage_roles", "identity.manage_organisations"


def _title(role: str) -> str:
    found = next((declared for declared in registry.of(Role) if declared.code == role), None)
    return str(found.title) if found else role


def _roles() -> Sequence[tuple[str, str]]:
    return [("", gettext("请选择")), *((role.code, str(role.title)) for role in registry.of(Role))]


class GrantForm(forms.Form):
    role = forms.ChoiceField(label=_("角色"), choices=_roles)
    reach = forms.ChoiceField(label=_("管辖范围"), choices=Reach.choices)


class WithdrawForm(forms.Form):
    """The roles that this post holds."""

    role = forms.ChoiceField(label=_("要收回的角色"))

    def __init__(self, *args: Any, row: Any = None, **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["role"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(held.role, _title(held.role)) for held in row.roles.order_by("role")] if row else []


class ClearanceForm(forms.Form):
    clearance = forms.TypedChoiceField(
        label=_("可以接触的最高密级"),
        coerce=int,
        choices=[(mark.value, mark.label) for mark in (Mark.PUBLIC, Mark.INTERNAL, Mark.WORK_SECRET)],
    )


class LeaveForm(forms.Form):
    last_day = forms.DateField(label=_("在岗最后一天"))
    reason = forms.CharField(label=_("离任原因"), max_length=200)


def _appointments(_actor: Actor, row: StaffMember) -> QuerySet[Any]:
    found = Appointment.objects.filter(staff=row).select_related("post__organisation", "successor__staff")
    return found.order_by("-start_date", "-id")


def _open_post(row: Appointment) -> str:
    return url_of(PostScreens(), "detail", row.post)


APPOINTMENT_COLUMNS = (
    Column("post", title=_("岗位"), value=lambda row: str(row.post), related=("post__organisation",)),
    "kind",
    "start_date",
    "end_date",
    Column(
        "successor",
        title=_("接办人"),
        value=lambda row: row.successor.staff.name if row.successor else "",
        related=("successor__staff",),
    ),
)


USERNAME = Column("username", title=_("用户名"), value=lambda row: row.account.username, related=("account",))


class StaffScreens(ModelScreens):
    model, module, code, title = StaffMember, "administration", "staff", _("工作人员")
    audience, permission, icon, menu_order = STAFF, STAFFING, "users", 30
    columns = (
        Column("name", css="main"),
        USERNAME,
        Column("organisation", related=("organisation",)),
        Column(
            "is_active",
            title=_("账号"),
            value=lambda row: gettext("启用") if row.account.is_active else gettext("停用"),
            tone=lambda row: "success" if row.account.is_active else "neutral",
            related=("account",),
        ),
        Column("phone", mask=mask_phone, is_shown=False),
        "clearance",
        Column("enforcement_number", is_shown=False),
        Column("left_date", is_shown=False),
    )
    filters = (Filter("organisation", kind="organisation"), "clearance")
    search, order, name, reveal = ("name",), ("id",), "name", STAFFING
    create = Act(
        create_staff_account,
        STAFFING,
        title=_("新增工作人员"),
        asks={
            "username": forms.CharField(label=_("用户名"), max_length=40, help_text=_("小写字母开头")),
            "password": forms.CharField(
                label=_("初始密码"), min_length=8, max_length=128, widget=forms.PasswordInput, help_text=_("至少八位")
            ),
        },
        done=_("已建立账号，请到岗位页面任命"),
    )
    actions = (
        Act(
            leave_service,
            STAFFING,
            title=_("离任"),
            form=LeaveForm,
            row="staff",
            when=lambda row: row.left_date is None,
            help=_("全部任职到最后一天为止，账号随后停用；没有指定接办人的在办事项退回原单位待领办。"),
            is_dangerous=True,
        ),
        Act(close_account, STAFFING, title=_("停用账号"), row="staff", when=lambda row: row.account.is_active),
        Act(open_account, STAFFING, title=_("启用账号"), row="staff", when=lambda row: not row.account.is_active),
    )
    detail = (
        Fields(
            _("工作人员"),
            names=("name", USERNAME, "organisation", "phone", "enforcement_number", "clearance", "left_date"),
        ),
        Related(_("任职"), rows=_appointments, columns=APPOINTMENT_COLUMNS, url=_open_post),
        History(_("办理记录")),
    )


class SecurityStaffScreens(ModelScreens):
    """The same people for the security administrator, who decides on clearance and locks, and on nothing else."""

    model, module, code, title = StaffMember, "administration", "clearances", _("涉密等级和锁定")
    audience, permission, icon, menu_order, api = STAFF, ROLES, "shield", 35, False
    columns = (
        Column("name", css="main"),
        USERNAME,
        Column("organisation", related=("organisation",)),
        "clearance",
    )
    filters = (Filter("organisation", kind="organisation"), "clearance")
    search, order, name = ("name",), ("id",), "name"
    actions = (
        Act(set_clearance, ROLES, title=_("确定涉密等级"), form=ClearanceForm, row="staff"),
        Act(unlock_account, ROLES, title=_("解除登录锁定"), row="staff"),
    )
    detail = (Fields(_("工作人员"), names=("name", USERNAME, "organisation", "clearance")), History(_("办理记录")))


def _held(_actor: Actor, row: Post) -> QuerySet[Any]:
    return PostRole.objects.filter(post=row).order_by("role")


def _holders(_actor: Actor, row: Post) -> QuerySet[Any]:
    return Appointment.objects.filter(post=row).select_related("staff").order_by("-start_date", "-id")


POST_DETAIL = (
    Fields(_("岗位"), names=("title", Column("organisation", title=_("机构")), "is_active")),
    Related(
        _("角色"),
        rows=_held,
        columns=(Column("role", value=lambda row: _title(row.role)), "reach"),
    ),
    Related(
        _("任职人员"),
        rows=_holders,
        columns=(Column("staff", title=_("姓名"), related=("staff",)), "kind", "start_date", "end_date"),
        url=lambda row: url_of(AppointmentScreens(), "detail", row),
    ),
    History(_("办理记录")),
)


def _appointing() -> dict[str, forms.Field | Choice]:
    return {
        "staff": Choice(Appointment, "staff", _("工作人员"), help=_("姓名的开头")),
        "start_date": forms.DateField(label=_("任职起"), initial=timezone.localdate),
        "kind": forms.ChoiceField(label=_("类别"), choices=AppointmentKind.choices),
        "end_date": forms.DateField(label=_("任职止"), required=False, help_text=_("长期任职不填")),
    }


def _is_guarded(post: Post) -> bool:
    """Whether it holds a role of which the security administrator decides who has it."""
    return post.is_active and post.roles.filter(role__in=list_guarded_roles()).exists()


class PostScreens(ModelScreens):
    model, module, code, title = Post, "administration", "posts", _("岗位")
    audience, permission, icon, menu_order = STAFF, ORGANISING, "inbox", 28
    columns = (
        Column("title", css="main"),
        Column("organisation", title=_("机构"), related=("organisation",)),
        "is_active",
    )
    filters = (Filter("organisation", title=_("机构"), kind="organisation"), "is_active")
    search, order, name = ("title",), ("id",), "title"
    create = Act(open_post, ORGANISING, title=_("设立岗位"))
    amend = Act(rename_post, ORGANISING, title=_("改名"))
    actions = (
        Act(
            appoint,
            STAFFING,
            title=_("任命"),
            row="post",
            when=lambda row: row.is_active and not _is_guarded(row),
            asks=_appointing(),
        ),
        Act(close_post, ORGANISING, title=_("撤销岗位"), row="post", when=lambda row: row.is_active, is_dangerous=True),
    )
    detail = POST_DETAIL

    def rows(self, actor: Actor) -> QuerySet[Any]:
        return Post.objects.select_related("organisation")


class PostRoleScreens(ModelScreens):
    """The same posts for the security administrator: what their holders may do."""

    model, module, code, title = Post, "administration", "post-roles", _("岗位授权")
    audience, permission, icon, menu_order, api = STAFF, ROLES, "shield", 34, False
    columns = (Column("title", css="main"), Column("organisation", title=_("机构"), related=("organisation",)))
    filters = (Filter("organisation", title=_("机构"), kind="organisation"), "is_active")
    search, order, name = ("title",), ("id",), "title"
    actions = (
        Act(grant_role, ROLES, title=_("授予角色"), row="post", form=GrantForm, when=lambda row: row.is_active),
        Act(appoint, ROLES, title=_("任命"), row="post", when=_is_guarded, asks=_appointing()),
        Act(withdraw_role, ROLES, title=_("收回角色"), row="post", form=WithdrawForm, is_dangerous=True),
    )
    detail = POST_DETAIL


class AppointmentScreens(ModelScreens):
    model, module, code, title = Appointment, "administration", "appointments", _("任职")
    audience, permission, icon, menu_order = STAFF, STAFFING, "user", 32
    columns = (
        Column("staff", title=_("姓名"), css="main", related=("staff",)),
        *APPOINTMENT_COLUMNS[:4],
        Column("handed_over_at", is_shown=False),
    )
    filters = ("kind", Filter("end_date"))
    order = ("-id",)
    actions = (
        Act(
            end_appointment,
            STAFFING,
            title=_("结束任职"),
            row="appointment",
            when=lambda row: row.handed_over_at is None,
            asks={
                "end_date": forms.DateField(label=_("任职的最后一天"), initial=timezone.localdate),
                "successor": Choice(Appointment, "successor", _("接办人的任职"), help=_("不指定时，在办事项退回单位")),
                "reason": forms.CharField(label=_("原因"), max_length=200),
            },
            is_dangerous=True,
        ),
    )
    detail = (
        Fields(
            _("任职"),
            names=(
                Column("staff", title=_("姓名"), related=("staff",)),
                *APPOINTMENT_COLUMNS,
                "end_reason",
                "handed_over_at",
            ),
        ),
        History(_("办理记录")),
    )

    def rows(self, actor: Actor) -> QuerySet[Any]:
        return Appointment.objects.select_related("staff", "post__organisation")
