"""The desk's registers of certificates: issued, ending soon, applied for."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from zhengtong.capabilities.pki import public as pki
from zhengtong.capabilities.pki.public import (
    ApplicationState,
    Certificate,
    CertificateApplication,
    CertificateState,
)
from zhengtong.desks.trust.certificates.acts import (
    enter_application,
    enter_renewal,
)
from zhengtong.desks.trust.certificates.authority_screens import AuthorityScreens, OutsideScreens
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
)

STATE_TONES = {CertificateState.VALID: "success", CertificateState.HELD: "warning", CertificateState.REVOKED: "danger"}
APPLICATION_TONES = {
    ApplicationState.SUBMITTED: "warning",
    ApplicationState.APPROVED: "info",
    ApplicationState.ISSUED: "success",
    ApplicationState.REFUSED: "neutral",
    ApplicationState.WITHDRAWN: "neutral",
}
SOON_DAYS = 60
OFFICER_PROFILES = [(each.code, each.title) for each in pki.list_profiles().values() if "officer" in each.applicants]


def certificate_tone(row: Certificate) -> str:
    if row.state == CertificateState.VALID and timezone.now() > row.not_after:
        return "neutral"
    return STATE_TONES[CertificateState(row.state)]


def application_tone(row: CertificateApplication) -> str:
    return APPLICATION_TONES[ApplicationState(row.state)]


def _text(label: Any, rows: int = 2, **options: Any) -> forms.CharField:
    return forms.CharField(label=label, widget=forms.Textarea(attrs={"rows": rows}), **options)


def _is_running(row: Certificate) -> bool:
    return row.not_after > timezone.now()


def _files(_actor: Actor, row: Certificate) -> Mapping[str, Any]:
    return {"certificate": row}


def _checks(_actor: Actor, row: CertificateApplication) -> Mapping[str, Any]:
    return {"application": row, "parts": pki.describe_application(row)}


SHOWN_STATE = Column(
    "shown_state",
    title=_("状态"),
    value=lambda row: row.get_shown_state(),
    needs=("state", "not_after"),
    tone=certificate_tone,
    css="nowrap",
)
REQUEST = _text(
    _("证书请求（PEM）"),
    6,
    required=False,
    max_length=pki.LONGEST_REQUEST,
    help_text=_("以 BEGIN CERTIFICATE REQUEST 开头；不填的，批准后由录入员设口令领取"),
)
RENEWAL = Act(
    enter_renewal,
    pki.ENTER,
    title=_("换发"),
    asks={"request": REQUEST, "reason": forms.CharField(label=_("用途"), max_length=200, required=False)},
    when=lambda row: (
        row.organisation_id is not None
        and row.profile in dict(OFFICER_PROFILES)
        and row.state == CertificateState.VALID
        and _is_running(row)
    ),
    help=_("换发要用新的密钥。新旧两张同时有效，到原证书到期为止。"),
    done=_("换发申请已录入，等待审批"),
)
REVOCATION = (
    Act(
        pki.revoke_certificate,
        pki.REVOKE,
        assurance="trust",
        title=_("吊销证书"),
        asks={
            "reason": forms.ChoiceField(label=_("吊销原因"), choices=pki.REASONS),
            "note": _text(_("说明"), required=False, max_length=200),
        },
        when=lambda row: row.state != CertificateState.REVOKED and _is_running(row),
        is_dangerous=True,
        help=_("吊销以后不能恢复。状态查询马上答复已吊销，吊销列表同时更新；配套的加密证书一起吊销。"),
        done=_("证书已吊销"),
    ),
    Act(
        pki.hold_certificate,
        pki.REVOKE,
        assurance="trust",
        title=_("暂停使用"),
        asks={"note": _text(_("说明"), required=False, max_length=200)},
        when=lambda row: row.state == CertificateState.VALID and _is_running(row),
        help=_("情况不明时先暂停，查明以后可以恢复，也可以吊销。"),
        done=_("证书已暂停"),
    ),
    Act(
        pki.release_certificate,
        pki.APPROVE,
        assurance="trust",
        title=_("恢复使用"),
        asks={"note": _text(_("查明的情况"), max_length=200)},
        when=lambda row: row.state == CertificateState.HELD,
        done=_("证书已恢复"),
    ),
)


class CertificateScreens(ModelScreens):
    model, module, code, title = Certificate, "trust", "certificates", _("已颁发的证书")
    audience, permission, icon, menu_order = STAFF, pki.VIEW, "shield", 320
    columns = (
        Column("common_name", css="main"),
        Column("profile", css="nowrap"),
        Column("holder_kind", is_shown=False),
        Column("algorithm", css="nowrap"),
        SHOWN_STATE,
        Column("not_after", css="nowrap"),
        Column("serial", css="number"),
        Column("authority", related=("authority",), is_shown=False),
        Column("not_before", is_shown=False),
        Column("revoked_at", is_shown=False),
        Column("reason", is_shown=False),
        Column("subject", is_shown=False, css="wrap"),
    )
    filters = ("state", "profile", "algorithm", "holder_kind", Filter("not_after", kind="dates"))
    search = ("common_name", "serial")
    order, name = ("-id",), "common_name"
    help = _("平台自己的颁发机构颁发的全部证书。可以按持有人、序列号的开头查找，可以导出。")
    empty = _("没有符合条件的证书。证书从“证书申请”批准后颁发。")
    actions = (RENEWAL, *REVOCATION)
    detail = (
        Fields(
            _("证书"),
            names=(
                "common_name",
                "subject",
                SHOWN_STATE,
                "profile",
                "algorithm",
                "serial",
                "fingerprint",
                Column("authority", related=("authority",)),
                "not_before",
                "not_after",
                "holder_kind",
                "revoked_at",
                "reason",
                "note",
            ),
        ),
        Part(_("下载"), template="trust/certificates/files.html", context=_files),
        History(_("变更记录")),
    )


class ExpiringScreens(ModelScreens):
    model, module, code, title = Certificate, "trust", "expiring-certificates", _("即将到期")
    audience, permission, icon, menu_order = STAFF, pki.VIEW, "clock", 322
    columns = (
        Column("common_name", css="main", link=lambda row: reverse("screens:trust.certificates.detail", args=[row.pk])),
        Column("profile", css="nowrap"),
        Column("holder_kind", css="nowrap"),
        Column("not_after", css="nowrap"),
        Column("algorithm", css="nowrap"),
        Column("serial", css="number"),
    )
    filters = ("profile", "holder_kind")
    order, name = ("not_after", "id"), "common_name"
    help = _("60 天内到期、还没有换发的证书。到期前 30、10、3 个工作日自动提醒持有人和录入员。")
    empty = _("60 天内没有证书到期。")
    api = False

    def rows(self, actor: Actor) -> QuerySet[Certificate]:
        now = timezone.now()
        ending = Certificate.objects.filter(not_after__gt=now, not_after__lte=now + timedelta(days=SOON_DAYS))
        return ending.filter(state=CertificateState.VALID, renewals=None)


class ApplicationScreens(ModelScreens):
    model, module, code, title = CertificateApplication, "trust", "certificate-applications", _("证书申请")
    audience, permission, icon, menu_order = STAFF, pki.VIEW, "inbox", 321
    columns = (
        Column("number", css="main nowrap"),
        "common_name",
        Column("profile", css="nowrap"),
        Column("algorithm", css="nowrap"),
        Column("state", tone=application_tone, css="nowrap"),
        "applied_by_name",
        Column("applied_at", css="nowrap"),
        Column("key_source", is_shown=False, css="wrap"),
        Column("decided_by_name", is_shown=False),
        Column("decided_at", is_shown=False),
    )
    filters = ("state", "profile", "algorithm", Filter("applied_at", kind="dates"))
    search = ("number", "common_name")
    order, name = ("-id",), "number"
    help = _("个人和企业的申请由本人在“我的证书”提出；机关、服务器、设备的由录入员在这里录入。由另一个人审批。")
    empty = _("没有证书申请。")
    create = Act(
        enter_application,
        pki.ENTER,
        title=_("录入申请"),
        asks={
            "profile": forms.ChoiceField(label=_("证书类别"), choices=OFFICER_PROFILES),
            "algorithm": forms.ChoiceField(label=_("算法"), choices=pki.KeyKind.choices),
            "organisation": Choice(CertificateApplication, "organisation", _("属于哪个机关")),
            "name": forms.CharField(
                label=_("名称"), max_length=64, required=False, help_text=_("设备的名称；服务器可以不填，用第一个域名")
            ),
            "hosts": _text(_("域名和 IP 地址"), required=False, max_length=4000, help_text=_("一行一个，服务器必填")),
            "request": REQUEST,
            "reason": forms.CharField(label=_("用途"), max_length=200, required=False),
        },
        done=_("申请已录入，等待审批"),
    )
    actions = (
        Act(
            pki.approve_application,
            pki.APPROVE,
            assurance="trust",
            title=_("批准"),
            asks={"opinion": forms.CharField(label=_("意见"), max_length=200, required=False)},
            when=lambda row: row.state == ApplicationState.SUBMITTED,
            help=_("自己产生密钥的马上颁发，其余的由申请人设口令领取。"),
            done=_("已批准"),
        ),
        Act(
            pki.refuse_application,
            pki.APPROVE,
            title=_("不予颁发"),
            asks={"opinion": _text(_("理由"), max_length=200)},
            when=lambda row: row.state == ApplicationState.SUBMITTED,
            is_dangerous=True,
            done=_("已决定不予颁发"),
        ),
    )
    detail = (
        Fields(
            _("申请"),
            names=(
                "number",
                Column("state", tone=application_tone),
                "common_name",
                "profile",
                "algorithm",
                "key_source",
                "with_encryption",
                "reason",
                "applied_by_name",
                "applied_at",
                "decided_by_name",
                "decided_at",
                "opinion",
            ),
        ),
        Part(_("证书内容和核对结果"), template="trust/certificates/checks.html", context=_checks),
        History(_("变更记录")),
    )


SCREENS: tuple[Any, ...] = (
    CertificateScreens(),
    ExpiringScreens(),
    ApplicationScreens(),
    AuthorityScreens(),
    OutsideScreens(),
)
