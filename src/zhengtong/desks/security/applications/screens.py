"""Applications, their sign-ins, the notices of signing out, the key that signs."""

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from zhengtong.capabilities.signon.public import (
    APPLY_APPLICATION,
    OVERLAP,
    REVIEW_APPLICATION,
    SCOPES,
    VIEW_APPLICATIONS,
    Application,
    ApplicationKind,
    ApplicationState,
    Authorization,
    IdentityKey,
    LogoutNotice,
    Scope,
    amend_application,
    apply_for_application,
    approve_application,
    change_addresses,
    resend_logout_notice,
    resume_application,
    return_application,
    rotate_identity_key,
    suspend_application,
    withdraw_old_secrets,
)
from zhengtong.core.identity.public import Account, AccountKind, mask_name
from zhengtong.desks.security.applications.forms import (
    ApplicationForm,
    ApproveForm,
    ChangeAddressesForm,
    ReasonForm,
    say_application,
)
from zhengtong.kernel.policy import Actor, can
from zhengtong.screens.declaration import (
    STAFF,
    Act,
    Column,
    Count,
    Fields,
    Filter,
    History,
    ModelScreens,
    Part,
    Related,
)
from zhengtong.screens.routing import url_of

STATE_TONES = {
    ApplicationState.APPLIED: "warning",
    ApplicationState.RETURNED: "danger",
    ApplicationState.ENABLED: "success",
    ApplicationState.SUSPENDED: "neutral",
}


def say_person(account: Account) -> str:
    """Return who it is: staff by name, citizens masked, as everywhere."""
    if account.kind == AccountKind.STAFF:
        return account.staff.name if hasattr(account, "staff") else account.username
    name = account.citizen.name if hasattr(account, "citizen") else ""
    return mask_name(name) if name else gettext("群众")


def _is(state: ApplicationState) -> Any:
    return lambda row: row.state == state


def _has_old_secrets(row: Application) -> bool:
    return row.secrets.filter(expires_at__gt=timezone.now()).exists()


def _secrets(actor: Actor, row: Application) -> Mapping[str, Any]:
    can_issue = row.state == ApplicationState.ENABLED and row.kind != ApplicationKind.NATIVE
    now = timezone.now()
    return {
        "application": row,
        "secrets": [
            (each, each.expires_at is None or each.expires_at > now) for each in row.secrets.order_by("-id")[:6]
        ],
        "issue_url": reverse("security_desk:issue_secret", args=[row.pk])
        if can_issue and can(actor, APPLY_APPLICATION, row)
        else "",
        "days": OVERLAP.days,
        "is_native": row.kind == ApplicationKind.NATIVE,
    }


PERSON = Column("account", title=_("登录的人"), value=lambda row: say_person(row.account), related=("account",))
SIGN_IN_COLUMNS = (
    Column("authorized_at", css="nowrap"),
    PERSON,
    Column("amr", title=_("登录方式"), value=lambda row: "、".join(row.amr)),
    "address",
    "used_at",
    "ended_at",
    Column("end_reason", title=_("结束原因"), value=lambda row: END_REASONS.get(row.end_reason, "")),
)
END_REASONS: dict[str, Any] = {
    "signed_out": _("本人退出"),
    "session_ended": _("会话结束"),
    "consent_revoked": _("撤回同意"),
    "suspended": _("应用停用"),
    "revoked": _("应用交还令牌"),
    "code_reused": _("授权码被重复使用"),
    "refresh_reused": _("刷新令牌被重复使用"),
}
NOTICE_COLUMNS = (
    Column("made_at", css="nowrap"),
    Column("account", title=_("退出的人"), value=lambda row: say_person(row.account), related=("account",)),
    Column("reason", title=_("原因"), value=lambda row: END_REASONS.get(row.reason, row.reason)),
    "attempts",
    "answer",
    "delivered_at",
    "next_attempt_at",
)


def _with_people(found: Any) -> QuerySet[Any]:
    """Load who it is with each row: a person's name is beside her account."""
    return found.select_related("account__staff", "account__citizen")  # type: ignore[no-any-return]  # a related manager


def _sign_ins(_actor: Actor, row: Application) -> QuerySet[Any]:
    return _with_people(row.authorizations).order_by("-id")


def _notices(_actor: Actor, row: Application) -> QuerySet[Any]:
    return _with_people(row.logout_notices).order_by("-id")


class ApplicationScreens(ModelScreens):
    model, module, code, title = Application, "security", "applications", _("应用系统")
    audience, permission, icon, menu_order = STAFF, VIEW_APPLICATIONS, "arrow", 36
    columns = (
        Column("name", css="main"),
        Column("organisation", related=("organisation",)),
        "kind",
        "audience",
        Column("state", tone=lambda row: STATE_TONES[row.state]),
        Column("responsible", related=("responsible",)),
        "applied_at",
        Column("client", title=_("客户端编号"), value=lambda row: row.client_id or "", is_shown=False),
    )
    filters = ("state", "kind", "audience", Filter("organisation", kind="organisation"))
    search, order, name = ("name",), ("-id",), "name"
    create = Act(
        apply_for_application,
        APPLY_APPLICATION,
        title=_("申请接入"),
        form=ApplicationForm,
        done=_("已提交，等待安全保密管理员审核"),
    )
    amend = Act(
        amend_application,
        APPLY_APPLICATION,
        title=_("修改申请"),
        form=ApplicationForm,
        initial=say_application,
        when=lambda row: row.state != ApplicationState.ENABLED,
        done=_("已修改，等待重新审核"),
    )
    actions = (
        Act(
            approve_application,
            REVIEW_APPLICATION,
            title=_("审核通过并启用"),
            form=ApproveForm,
            when=_is(ApplicationState.APPLIED),
            done=_("已启用，请责任人领取密钥"),
        ),
        Act(
            return_application,
            REVIEW_APPLICATION,
            title=_("退回"),
            form=ReasonForm,
            when=_is(ApplicationState.APPLIED),
        ),
        Act(
            change_addresses,
            REVIEW_APPLICATION,
            title=_("变更地址"),
            form=ChangeAddressesForm,
            initial=say_application,
            when=lambda row: row.state == ApplicationState.ENABLED and row.kind != ApplicationKind.SERVICE,
        ),
        Act(
            suspend_application,
            REVIEW_APPLICATION,
            title=_("停用"),
            form=ReasonForm,
            when=_is(ApplicationState.ENABLED),
            help=_("立即生效：不能再登录，已经发出的令牌全部作废，并通知对方退出。"),
            is_dangerous=True,
        ),
        Act(
            resume_application,
            REVIEW_APPLICATION,
            title=_("恢复启用"),
            form=ReasonForm,
            when=_is(ApplicationState.SUSPENDED),
        ),
        Act(
            withdraw_old_secrets,
            APPLY_APPLICATION,
            title=_("作废旧密钥"),
            when=_has_old_secrets,
            confirm=_("只有最新领取的密钥继续有效。"),
            is_dangerous=True,
        ),
    )
    detail = (
        Fields(
            _("应用系统"),
            names=(
                "name",
                "purpose",
                Column("organisation", related=("organisation",)),
                Column("responsible", related=("responsible",)),
                Column("state", tone=lambda row: STATE_TONES[row.state]),
                "opinion",
                Column("client", title=_("客户端编号"), value=lambda row: row.client_id or gettext("启用后生成")),
            ),
        ),
        Fields(
            _("登录"),
            names=(
                "kind",
                "audience",
                Column(
                    "scopes",
                    title=_("取得的信息"),
                    value=lambda row: "、".join(str(SCOPES[Scope(scope)].title) for scope in row.scopes),
                ),
                "subject_kind",
                "needs_two_factors",
                "is_consent_waived",
                "redirect_addresses",
                "after_logout_addresses",
                "logout_address",
            ),
        ),
        Part(_("密钥"), template="security_desk/secrets.html", context=_secrets),
        Related(_("最近的登录"), rows=_sign_ins, columns=SIGN_IN_COLUMNS),
        Related(
            _("退出通知"), rows=_notices, columns=NOTICE_COLUMNS, url=lambda row: url_of(NoticeScreens(), "detail", row)
        ),
        History(_("办理记录")),
    )
    stats = (Count("state"), Count("organisation"))
    help = _("用本平台账号登录的其他系统。本单位的系统由应用系统管理员申请，安全保密管理员审核。")
    empty = _("还没有应用系统。点“申请接入”，审核后就能用本平台的账号登录。")


class SignInScreens(ModelScreens):
    """Who signed in where and when."""

    model, module, code, title = Authorization, "security", "application-sign-ins", _("应用登录记录")
    audience, permission, icon, menu_order, api = STAFF, VIEW_APPLICATIONS, "clock", 37, False
    columns = (
        Column("application", related=("application",), css="main"),
        *SIGN_IN_COLUMNS,
    )
    filters = (Filter("application", kind="row"), Filter("authorized_at", kind="dates"))
    order = ("-id",)
    empty = _("还没有人用本平台的账号登录过应用系统。")

    def rows(self, actor: Actor) -> QuerySet[Any]:
        return _with_people(Authorization.objects.all())


class NoticeScreens(ModelScreens):
    """Which applications were told of the end of a session, and which couldn't be."""

    model, module, code, title = LogoutNotice, "security", "logout-notices", _("退出通知")
    audience, permission, icon, menu_order, api = STAFF, VIEW_APPLICATIONS, "message", 38, False
    columns = (Column("application", related=("application",), css="main"), *NOTICE_COLUMNS)
    filters = (Filter("application", kind="row"), Filter("made_at", kind="dates"))
    order = ("-id",)
    actions = (
        Act(
            resend_logout_notice,
            APPLY_APPLICATION,
            title=_("再发一次"),
            when=lambda row: row.delivered_at is None,
            done=_("已放入发送队列"),
        ),
    )
    detail = (Fields(_("退出通知"), names=(Column("application", related=("application",)), *NOTICE_COLUMNS)),)
    empty = _("还没有要通知的退出。")

    def rows(self, actor: Actor) -> QuerySet[Any]:
        return _with_people(LogoutNotice.objects.all())

    def tone(self, row: Any) -> str:
        return "danger" if row.delivered_at is None and row.next_attempt_at is None else ""


class IdentityKeyScreens(ModelScreens):
    model, module, code, title = IdentityKey, "security", "identity-keys", _("登录令牌签名密钥")
    audience, permission, icon, menu_order, api = STAFF, REVIEW_APPLICATION, "shield", 39, False
    columns = (
        Column("kid", css="main"),
        Column(
            "is_signing",
            title=_("状态"),
            value=lambda row: gettext("签名中") if row.retired_at is None else gettext("已停用"),
            tone=lambda row: "success" if row.retired_at is None else "neutral",
        ),
        "created_at",
        "retired_at",
        "published_until",
    )
    small, order, name = True, ("-id",), "kid"
    actions = (
        Act(
            rotate_identity_key,
            REVIEW_APPLICATION,
            title=_("更换密钥"),
            form=ReasonForm,
            row="key",
            when=lambda row: row.retired_at is None,
            help=_("新令牌立即改用新密钥签名；旧公钥再公布一天，已经发出的令牌不受影响。"),
            is_dangerous=True,
        ),
    )
    detail = (
        Fields(_("密钥"), names=("kid", "name", "created_at", "retired_at", "published_until")),
        History(_("办理记录")),
    )
    help = _("私钥在签名服务里，平台的网页进程拿不到。公钥在 /.well-known/jwks.json 公布。")


SCREENS = (ApplicationScreens(), SignInScreens(), NoticeScreens(), IdentityKeyScreens())
