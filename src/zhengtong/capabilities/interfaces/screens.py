"""The registers of the interface path: systems, their keys, services, the log, subscriptions, changes, rules."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from zhengtong.capabilities.interfaces.fields import ResourceByCode, SourceByCode
from zhengtong.capabilities.interfaces.models import (
    Change,
    ChangeState,
    InterfaceRule,
    Member,
    MemberKey,
    MemberState,
    Service,
    ServiceState,
    Subscription,
    SubscriptionState,
)
from zhengtong.capabilities.interfaces.permissions import MANAGE, MEMBERS, RULES, VIEW
from zhengtong.capabilities.interfaces.services.members import (
    add_key,
    end_key,
    register_member,
    resume_member,
    suspend_member,
)
from zhengtong.capabilities.interfaces.services.publishing import (
    amend_service,
    publish_service,
    resume_service,
    stop_service,
)
from zhengtong.capabilities.interfaces.services.rules import set_rule
from zhengtong.capabilities.interfaces.services.subscriptions import replay_change, subscribe, unsubscribe
from zhengtong.kernel.policy import Actor
from zhengtong.screens.declaration import STAFF, Act, Choice, Column, Fields, Filter, History, ModelScreens, Related


def _reason(label: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=300, widget=forms.Textarea(attrs={"rows": 2}))


def _public_key() -> forms.CharField:
    return forms.CharField(
        label=_("公钥（PEM）"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
        help_text=_("Ed25519、P-256 或者 SM2。系统自己生成密钥，只把公钥交来；私钥不要离开系统。"),
    )


def _resource() -> ResourceByCode:
    return ResourceByCode(label=_("资源代码"), max_length=40, help_text=_("在资源目录里查到的代码，如 301/12-1"))


def _is_active(row: Member) -> bool:
    return row.state == MemberState.ACTIVE and not row.is_bench


def _is_suspended(row: Member) -> bool:
    return row.state == MemberState.SUSPENDED


class MemberScreens(ModelScreens):
    model, module, code, title = Member, "interfaces", "members", _("接入系统")
    audience, permission, icon, menu_order = STAFF, VIEW, "globe", 61
    small, name = True, "name"
    columns = (
        Column("name", css="main"),
        Column("code", css="nowrap"),
        Column("organisation", title=_("所属单位"), related=("organisation",)),
        "state",
        "contact",
        Column("created_at", is_shown=False),
    )
    filters = ("state",)
    order = ("-id",)
    create = Act(
        register_member,
        MEMBERS,
        title=_("登记接入系统"),
        asks={"public_key": _public_key()},
        done=_("已登记"),
    )
    actions = (
        Act(
            add_key,
            MEMBERS,
            title=_("更换密钥"),
            row="member",
            asks={"public_key": _public_key()},
            when=_is_active,
            help=_("新旧密钥在一段时间里都有效，方便系统切换；旧密钥丢失的，再到密钥页面立即停用。"),
            done=_("新密钥已登记"),
        ),
        Act(
            suspend_member,
            MEMBERS,
            title=_("停用"),
            row="member",
            asks={"reason": _reason(_("停用原因"))},
            when=_is_active,
            is_dangerous=True,
            confirm=_("停用后从下一次调用起全部拒绝，变更也不再推送。"),
            done=_("已停用"),
        ),
        Act(resume_member, MEMBERS, title=_("恢复"), row="member", when=_is_suspended, done=_("已恢复")),
    )
    detail = (
        Fields(
            _("接入系统"),
            names=(
                "name",
                "code",
                Column("organisation", title=_("所属单位")),
                "contact",
                "state",
                "reason",
                "created_at",
            ),
        ),
        Related(
            _("密钥"),
            rows=lambda actor, member: MemberKey.objects.filter(member=member),
            columns=("key_id", "algorithm", "valid_from", "valid_until"),
        ),
        Related(
            _("变更订阅"),
            rows=lambda actor, member: Subscription.objects.filter(member=member).select_related("resource"),
            columns=("code", Column("resource", title=_("信息资源")), "way", "state"),
        ),
        History(_("办理记录")),
    )
    help = _("调用接口服务的外部系统。系统用登记的密钥给每次调用签名，平台不保存它的私钥。")
    empty = _("还没有登记接入系统。")

    def rows(self, actor: Actor) -> QuerySet[Any]:
        return Member.objects.filter(is_bench=False).select_related("organisation")


def _counts(row: MemberKey) -> bool:
    return row.valid_until is None


class KeyScreens(ModelScreens):
    model, module, code, title = MemberKey, "interfaces", "keys", _("接入密钥")
    audience, permission, icon, menu = STAFF, MEMBERS, "shield", False
    small, name = True, "key_id"
    columns = (
        Column("key_id", css="main"),
        Column("member", title=_("接入系统"), related=("member",)),
        "algorithm",
        "valid_from",
        "valid_until",
    )
    order = ("-id",)
    actions = (
        Act(
            end_key,
            MEMBERS,
            title=_("立即停用"),
            row="key",
            asks={"reason": _reason(_("停用原因"))},
            when=_counts,
            is_dangerous=True,
            confirm=_("停用后用这把密钥签的调用从下一次起全部拒绝。"),
            done=_("已停用"),
        ),
    )
    detail = (
        Fields(
            _("密钥"),
            names=("key_id", Column("member", title=_("接入系统")), "algorithm", "valid_from", "valid_until"),
        ),
        History(_("办理记录")),
    )
    empty = _("还没有登记密钥。")

    def rows(self, actor: Actor) -> QuerySet[Any]:
        return MemberKey.objects.filter(member__is_bench=False).select_related("member")


def _is_published(row: Service) -> bool:
    return row.state == ServiceState.PUBLISHED


def _is_stopped(row: Service) -> bool:
    return row.state == ServiceState.STOPPED


_PARAMETERS = forms.CharField(
    label=_("允许的参数"),
    required=False,
    max_length=1000,
    help_text=_("转发的接口接受哪些参数，逗号分开；调用时给了别的参数会被拒绝。"),
)


class ServiceScreens(ModelScreens):
    model, module, code, title = Service, "interfaces", "services", _("接口服务登记")
    audience, permission, icon, menu = STAFF, VIEW, "settings", False
    small, name = True, "name"
    columns = (
        Column("name", css="main"),
        Column("code", css="nowrap"),
        Column("resource", title=_("信息资源"), related=("resource",)),
        Column("provider", title=_("提供单位"), related=("provider",)),
        "kind",
        "state",
    )
    filters = ("state", "kind")
    order = ("-id",)
    create = Act(
        publish_service,
        MANAGE,
        title=_("发布接口服务"),
        asks={
            "resource": _resource(),
            "source": SourceByCode(label=_("数据源代码"), max_length=40, help_text=_("在“数据源”里登记的代码")),
            "parameters": _PARAMETERS,
        },
        done=_("已发布"),
    )
    amend = Act(
        amend_service,
        MANAGE,
        title=_("修改"),
        asks={"parameters": _PARAMETERS},
        initial=lambda row: {"parameters": ", ".join(row.parameters)},
        done=_("已保存"),
    )
    actions = (
        Act(
            stop_service,
            MANAGE,
            title=_("停止服务"),
            row="service",
            asks={"reason": _reason(_("停止原因"))},
            when=_is_published,
            is_dangerous=True,
            confirm=_("停止后从下一次调用起全部拒绝，原因会告诉调用方。"),
            done=_("已停止"),
        ),
        Act(resume_service, MANAGE, title=_("恢复服务"), row="service", when=_is_stopped, done=_("已恢复")),
    )
    detail = (
        Fields(
            _("接口服务"),
            names=(
                "name",
                "code",
                Column("resource", title=_("信息资源")),
                Column("provider", title=_("提供单位")),
                "kind",
                Column("source", title=_("数据源")),
                "place",
                "method",
                Column("parameters", value=lambda row: "、".join(row.parameters), needs=("parameters",)),
                "rows_at",
                "timeout_ms",
                "calls_a_minute",
                "state",
                "reason",
                "published_at",
            ),
        ),
        History(_("办理记录")),
    )
    empty = _("还没有发布接口服务。")

    def rows(self, actor: Actor) -> QuerySet[Any]:
        return Service.objects.select_related("resource", "provider", "source")


def _is_open(row: Subscription) -> bool:
    return row.state != SubscriptionState.ENDED


class SubscriptionScreens(ModelScreens):
    model, module, code, title = Subscription, "interfaces", "subscriptions", _("变更订阅")
    audience, permission, icon, menu_order = STAFF, VIEW, "message", 63
    small, name = True, "code"
    columns = (
        Column("code", css="main"),
        Column("member", title=_("接入系统"), related=("member",)),
        Column("resource", title=_("信息资源"), related=("resource",)),
        "way",
        "state",
        Column("last", css="number"),
        Column("arrived", css="number"),
    )
    filters = ("state", "way")
    order = ("-id",)
    create = Act(
        subscribe,
        MEMBERS,
        title=_("登记订阅"),
        asks={
            "member": Choice(Subscription, "member", title=_("接入系统")),
            "resource": _resource(),
        },
        done=_("已登记"),
    )
    actions = (
        Act(
            unsubscribe,
            MEMBERS,
            title=_("退订"),
            row="subscription",
            asks={"reason": _reason(_("退订原因"))},
            when=_is_open,
            is_dangerous=True,
            confirm=_("退订后不再通知，没有送达的变更也不再推送。"),
            done=_("已退订"),
        ),
    )
    detail = (
        Fields(
            _("订阅"),
            names=(
                "code",
                Column("member", title=_("接入系统")),
                Column("resource", title=_("信息资源")),
                "way",
                "address",
                "state",
                "last",
                "arrived",
                "created_at",
            ),
        ),
        Related(
            _("最近的变更"),
            rows=lambda actor, row: Change.objects.filter(subscription=row),
            columns=("sequence", "kind", "state", "attempts", "trouble", "made_at", "arrived_at"),
        ),
        History(_("办理记录")),
    )
    help = _("信息资源的数据更新、有新版本或者停用时，通知订阅的系统。按顺序送达，送不到的一直留着。")
    empty = _("还没有订阅。")

    def rows(self, actor: Actor) -> QuerySet[Any]:
        return Subscription.objects.select_related("member", "resource")


def _is_dead(row: Change) -> bool:
    return row.state == ChangeState.DEAD


class ChangeScreens(ModelScreens):
    model, module, code, title = Change, "interfaces", "changes", _("变更送达")
    audience, permission, icon, menu_order = STAFF, VIEW, "inbox", 64
    columns = (
        Column("sequence", css="number"),
        Column("subscription", title=_("订阅"), css="main", related=("subscription",)),
        Column(
            "member",
            title=_("接入系统"),
            value=lambda row: row.subscription.member.name,
            related=("subscription__member",),
        ),
        "kind",
        Column("state", tone=lambda row: {"dead": "danger", "arrived": "success"}.get(row.state, "neutral")),
        Column("attempts", css="number"),
        "trouble",
        "made_at",
    )
    filters = ("state", "kind", Filter("subscription", title=_("订阅"), kind="row"))
    order = ("-id",)
    actions = (
        Act(
            replay_change,
            MEMBERS,
            title=_("重新推送"),
            row="change",
            when=_is_dead,
            is_bulk=True,
            help=_("从这一条起按顺序重新推送，排在后面的随后送出。"),
            done=_("已重新排队"),
        ),
    )
    detail = (
        Fields(
            _("变更通知"),
            names=(
                "sequence",
                Column("subscription", title=_("订阅")),
                "kind",
                "state",
                "attempts",
                "trouble",
                "next_at",
                "made_at",
                "arrived_at",
            ),
        ),
    )
    help = _("推送多次仍未送达的标为“多次未能送达”，同一订阅后面的变更等它处理完再送，不丢也不乱序。")
    empty = _("还没有变更。")

    def rows(self, actor: Actor) -> QuerySet[Any]:
        return Change.objects.select_related("subscription__member")


class RuleScreens(ModelScreens):
    model, module, code, title = InterfaceRule, "interfaces", "rules", _("接口规则")
    audience, permission, icon, menu_order = STAFF, RULES, "settings", 66
    small = True
    columns = (
        Column("key", css="main"),
        Column("value", css="number"),
        "valid_from",
        "basis",
        "is_verified",
    )
    order = ("key", "-valid_from", "pk")
    create = Act(set_rule, RULES, title=_("设定规则"), done=_("已设定"))
    help = _("每条规则从某一天起生效，以前的值留着。")
    empty = _("还没有规则。")


SCREENS = (
    MemberScreens(),
    KeyScreens(),
    ServiceScreens(),
    SubscriptionScreens(),
    ChangeScreens(),
    RuleScreens(),
)
