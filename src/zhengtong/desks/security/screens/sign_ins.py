"""Sign-ins for the security administrator: every try, people and what they prove themselves with, sessions, resets."""

from typing import Any

from allauth.usersessions.models import UserSession
from django import forms
from django.contrib.sessions.models import Session
from django.db.models import Exists, F, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from zhengtong.capabilities.signon.public import (
    EXAMINE,
    RESET,
    VIEW_RESETS,
    VOUCH,
    Attempt,
    FactorReset,
    ResetState,
    annotate_factors,
    confirm_reset,
    end_all_sessions,
    examine_attempt,
    request_reset,
    say_oddities,
    say_proofs,
    stop_reset,
    unlock_person,
)
from zhengtong.core.identity.public import StaffMember, describe_device
from zhengtong.desks.security.services import end_session
from zhengtong.kernel.policy import Actor
from zhengtong.screens.declaration import STAFF, Act, Column, Fields, Filter, History, ModelScreens, Related

MANAGE_ROLES = "identity.manage_roles"


def naming(rows: QuerySet[Any], account: str = "account") -> QuerySet[Any]:
    """Say of each row whose it is, in the query that lists them."""
    named: QuerySet[Any] = rows.annotate(
        person=F(f"{account}__staff__name"),
        username=F(f"{account}__username"),
        public_id=F(f"{account}__public_id"),
    )
    return named


def say_person(row: Any) -> str:
    """Return name and user name of staff; of the public only that it is one, and which: names are sealed."""
    if row.person:
        return f"{row.person}（{row.username}）"
    if row.public_id is None:
        return gettext("没有这个账号")
    return gettext("群众 %(id)s") % {"id": str(row.public_id)[:8]}


def _tone(row: Attempt) -> str:
    return "success" if row.outcome in ("succeeded", "confirmed") else "danger"


WHOSE = Column("whose", title=_("账号"), value=say_person, css="main")
OUTCOME = Column("outcome", tone=_tone)
PROOFS = Column("proofs", value=lambda row: say_proofs(row.proofs), needs=("proofs",))
ODDITIES = Column(
    "oddities", value=lambda row: say_oddities(row.oddities), needs=("oddities",), tone=lambda row: "warning"
)
EXAMINED = Column(
    "examined",
    title=_("核查"),
    value=lambda row: gettext("已核查") if row.examined_at else gettext("待核查") if row.is_unusual else "",
    tone=lambda row: "success" if row.examined_at else "warning",
)


class AttemptScreens(ModelScreens):
    model, module, code, title = Attempt, "security", "attempts", _("登录记录")
    audience, permission, icon, menu_order, api = STAFF, EXAMINE, "clock", 10, False
    columns = (
        "at",
        WHOSE,
        OUTCOME,
        PROOFS,
        "address",
        "device",
        ODDITIES,
        EXAMINED,
        Column("network", is_shown=False),
        Column("detail", css="wrap", is_shown=False),
    )
    filters = (
        "at",
        "outcome",
        Filter("is_unusual", kind="flag"),
        Filter("examined_at", title=_("核查时间"), kind="dates"),
        Filter("account__username", title=_("用户名"), kind="exact"),
        Filter("address", title=_("网络地址"), kind="exact"),
    )
    order = ("-at", "-id")
    actions = (
        Act(
            examine_attempt,
            EXAMINE,
            title=_("核查完毕"),
            row="attempt",
            asks={"finding": forms.CharField(label=_("核查结论"), max_length=200)},
            when=lambda row: row.is_unusual and row.examined_at is None,
            is_bulk=True,
        ),
    )
    detail = (
        Fields(_("登录"), names=("at", WHOSE, OUTCOME, PROOFS, "address", "network", "device", "detail")),
        Fields(
            _("异常和核查"),
            names=(
                ODDITIES,
                "examined_at",
                Column("examiner", title=_("核查人"), value=lambda row: row.examiner or ""),
                "finding",
            ),
        ),
        History(_("办理记录")),
    )
    empty = _("还没有登录记录。")

    def rows(self, actor: Actor) -> QuerySet[Any]:
        return naming(Attempt.objects.annotate(examiner=F("examined_by__staff__name")))

    def tone(self, row: Any) -> str:
        return "warning" if row.is_unusual and row.examined_at is None else ""


def _attempts(_actor: Actor, row: StaffMember) -> QuerySet[Any]:
    return Attempt.objects.filter(account=row.account_id).order_by("-at", "-id")


def _sessions(_actor: Actor, row: StaffMember) -> QuerySet[Any]:
    return alive(UserSession.objects.filter(user=row.account_id)).order_by("-last_seen_at", "-id")


def alive(sessions: QuerySet[UserSession]) -> QuerySet[UserSession]:
    """Those whose session is still there."""
    there = Session.objects.filter(session_key=OuterRef("session_key"), expire_date__gt=timezone.now())
    return sessions.filter(Exists(there))


USERNAME = Column("username", title=_("用户名"), value=lambda row: row.account.username, related=("account",))
FACTORS = (
    Column("generator", title=_("动态口令"), value=lambda row: gettext("有") if row.has_generator else ""),
    Column("passkey", title=_("通行密钥"), value=lambda row: gettext("有") if row.has_passkey else ""),
    Column("certificate", title=_("数字证书"), value=lambda row: gettext("有") if row.has_certificate else ""),
)
LAST_LOGIN = Column("last_login", title=_("最近登录"), value=lambda row: row.account.last_login, related=("account",))
DEVICE = Column("device", title=_("设备"), value=lambda row: describe_device(row.user_agent))
SESSION_PROOFS = Column(
    "proofs", title=_("方式"), value=lambda row: say_proofs(row.data.get("proofs", ())), needs=("data",)
)


class PersonScreens(ModelScreens):
    """Staff with what they sign in with; a person's page has her sign-ins and sessions."""

    model, module, code, title = StaffMember, "security", "people", _("人员登录方式")
    audience, permission, icon, menu_order, api = STAFF, EXAMINE, "users", 20, False
    columns = (
        Column("name", css="main"),
        USERNAME,
        Column("organisation", related=("organisation",)),
        *FACTORS,
        LAST_LOGIN,
    )
    filters = (Filter("organisation", kind="organisation"),)
    search, order, name = ("name",), ("id",), "name"
    actions = (
        Act(unlock_person, MANAGE_ROLES, title=_("解除登录锁定"), row="staff"),
        Act(
            end_all_sessions,
            EXAMINE,
            title=_("强制退出全部登录"),
            row="staff",
            asks={"reason": forms.CharField(label=_("原因"), max_length=200, help_text=_("本人会看到"))},
            is_dangerous=True,
        ),
        Act(
            request_reset,
            RESET,
            title=_("提出重置登录方式"),
            row="staff",
            asks={
                "reason": forms.CharField(label=_("原因"), max_length=200, help_text=_("比如“手机丢失，已电话核实”")),
                "is_seen": forms.BooleanField(
                    label=_("本人持证件到场，已当面核对"),
                    required=False,
                    help_text=_("没有到场的，核实后还要等待，本人可以终止"),
                ),
            },
            assurance="trust",
        ),
    )
    detail = (
        Fields(_("人员"), names=("name", USERNAME, "organisation", *FACTORS, LAST_LOGIN)),
        Related(_("现在登录着"), rows=_sessions, columns=(DEVICE, "ip", "created_at", "last_seen_at", SESSION_PROOFS)),
        Related(_("登录记录"), rows=_attempts, columns=("at", OUTCOME, PROOFS, "address", "device", ODDITIES)),
        History(_("办理记录")),
    )

    def rows(self, actor: Actor) -> QuerySet[Any]:
        return annotate_factors(StaffMember.objects.all())


class SessionScreens(ModelScreens):
    """Who is signed in at this moment."""

    model, module, code, title = UserSession, "security", "sessions", _("当前登录")
    audience, permission, icon, menu_order, api = STAFF, EXAMINE, "user", 30, False
    columns = (
        WHOSE,
        DEVICE,
        Column("ip", title=_("网络地址")),
        Column("created_at", title=_("登录时间")),
        Column("last_seen_at", title=_("最近使用")),
        SESSION_PROOFS,
    )
    filters = (
        Filter("user__username", title=_("用户名"), kind="exact"),
        Filter("ip", title=_("网络地址"), kind="exact"),
    )
    order = ("-id",)
    actions = (Act(end_session, EXAMINE, title=_("退出这个登录"), row="session", is_bulk=True, is_dangerous=True),)

    def rows(self, actor: Actor) -> QuerySet[Any]:
        return naming(alive(UserSession.objects.all()), "user")


REQUESTER = Column("requester", title=_("提出人"), value=lambda row: row.requester or "")
CONFIRMER = Column("confirmer", title=_("核实人"), value=lambda row: row.confirmer or "")
OPEN = (ResetState.REQUESTED, ResetState.WAITING)


class ResetScreens(ModelScreens):
    model, module, code, title = FactorReset, "security", "resets", _("重置登录方式")
    audience, permission, icon, menu_order, api = STAFF, VIEW_RESETS, "shield", 40, False
    columns = (
        WHOSE,
        Column("state", tone=lambda row: "success" if row.state == ResetState.DONE else "warning"),
        Column("reason", css="wrap"),
        "is_seen",
        REQUESTER,
        "requested_at",
        CONFIRMER,
        "due_at",
        Column("ended_at", is_shown=False),
    )
    filters = ("state",)
    order = ("-id",)
    actions = (
        Act(
            confirm_reset,
            VOUCH,
            title=_("作为第二人核实"),
            row="reset",
            when=lambda row: row.state == ResetState.REQUESTED,
            confirm=_("我已另外核实：确是本人的要求"),
            assurance="trust",
        ),
        Act(
            stop_reset,
            VIEW_RESETS,
            title=_("终止"),
            row="reset",
            when=lambda row: row.state in OPEN,
            is_dangerous=True,
        ),
    )
    detail = (
        Fields(
            _("重置登录方式"),
            names=(
                WHOSE,
                "state",
                "reason",
                "is_seen",
                REQUESTER,
                "requested_at",
                CONFIRMER,
                "confirmed_at",
                "due_at",
                "ended_at",
                "note",
            ),
        ),
        History(_("办理记录")),
    )
    help = _("提出人和核实人是两个人；本人收到消息，等待期内可以终止。")
    empty = _("没有重置登录方式的申请。")

    def rows(self, actor: Actor) -> QuerySet[Any]:
        who = {"requester": F("requested_by__staff__name"), "confirmer": F("confirmed_by__staff__name")}
        return naming(FactorReset.objects.annotate(**who))
