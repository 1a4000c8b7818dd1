"""The desk's registers of authorities: our own with their revocation lists, and those of others that we trust."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from zhengtong.capabilities.pki import public as pki
from zhengtong.capabilities.pki.public import Authority, OutsideAuthority, RevocationList, TrustState
from zhengtong.desks.trust.certificates.acts import propose_authority, publish_list, trust_authority
from zhengtong.kernel.policy import Actor
from zhengtong.screens.declaration import STAFF, Act, Column, Fields, History, ModelScreens, Part, Related

TRUST_TONES = {
    TrustState.PROPOSED: "warning",
    TrustState.TRUSTED: "success",
    TrustState.REFUSED: "neutral",
    TrustState.ENDED: "danger",
}


def trust_tone(row: OutsideAuthority) -> str:
    return TRUST_TONES[TrustState(row.state)]


def _text(label: Any, rows: int = 2, **options: Any) -> forms.CharField:
    return forms.CharField(label=label, widget=forms.Textarea(attrs={"rows": rows}), **options)


def _lists(_actor: Actor, authority: Authority) -> QuerySet[RevocationList]:
    return authority.lists.defer("der").order_by("-number")


class AuthorityScreens(ModelScreens):
    model, module, code, title = Authority, "trust", "certificate-authorities", _("颁发机构和吊销列表")
    audience, permission, icon, menu_order = STAFF, pki.VIEW, "building", 323
    small = True
    columns = (
        Column("title", css="main"),
        Column("algorithm", css="nowrap"),
        Column("list_number", css="number"),
        Column("not_before", css="nowrap"),
        Column("not_after", css="nowrap"),
    )
    order, name, lookup = ("id",), "title", "code"
    help = _("平台自己的根证书和颁发机构。密钥只在签名服务里。吊销列表每天自动更新，有吊销时马上更新。")
    actions = (
        Act(
            publish_list,
            pki.REVOKE,
            assurance="trust",
            title=_("现在发布吊销列表"),
            help=_("按现在的情况重新发布一次；平时不用，有吊销时会自动发布。"),
            done=_("吊销列表已发布"),
        ),
    )
    detail = (
        Fields(
            _("颁发机构"),
            names=("title", "code", "algorithm", "serial", "fingerprint", "not_before", "not_after", "key_name"),
        ),
        Part(_("下载"), template="trust/certificates/authority_files.html", context=lambda _a, row: {"authority": row}),
        Related(_("吊销列表"), rows=_lists, columns=("number", "this_update", "next_update", "entries")),
        History(_("变更记录")),
    )


class OutsideScreens(ModelScreens):
    model, module, code, title = OutsideAuthority, "trust", "trusted-authorities", _("外部颁发机构")
    audience, permission, icon, menu_order = STAFF, pki.VIEW, "globe", 324
    small = True
    columns = (
        Column("name", css="main"),
        Column("kind", css="nowrap"),
        Column("algorithm", css="nowrap"),
        Column("state", tone=trust_tone, css="nowrap"),
        Column("trusted_from", css="nowrap"),
        Column("trusted_until", css="nowrap"),
        Column("decided_by_name", css="nowrap"),
    )
    filters = ("state", "kind")
    order, name = ("-id",), "name"
    help = _("验证别处签的文件时相信哪些机构。一个人提出并写明依据，另一个人批准。")
    empty = _("还没有外部颁发机构。依法设立的电子认证服务机构的根证书可以在这里提出信任。")
    create = Act(
        propose_authority,
        pki.PROPOSE,
        title=_("提出信任"),
        asks={
            "certificate": forms.FileField(label=_("证书文件"), help_text=_("PEM 或者 DER，最多 64 KB")),
            "basis": _text(_("信任依据"), max_length=300, help_text=_("例如电子认证服务许可证号、协议文号")),
        },
        done=_("已提出，等待批准"),
    )
    actions = (
        Act(
            trust_authority,
            pki.TRUST,
            assurance="trust",
            title=_("批准信任"),
            asks={
                "opinion": _text(_("意见和核实情况"), max_length=200),
                "until_date": forms.DateField(
                    label=_("信任到哪天"),
                    required=False,
                    widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
                    help_text=_("不填就到证书到期"),
                ),
            },
            when=lambda row: row.state == TrustState.PROPOSED,
            done=_("已信任，验证文件时开始使用"),
        ),
        Act(
            pki.refuse_authority,
            pki.TRUST,
            assurance="trust",
            title=_("不予信任"),
            asks={"opinion": _text(_("理由"), max_length=200)},
            when=lambda row: row.state == TrustState.PROPOSED,
            is_dangerous=True,
            done=_("已决定不予信任"),
        ),
        Act(
            pki.end_trust,
            pki.TRUST,
            assurance="trust",
            title=_("停止信任"),
            asks={"opinion": _text(_("原因"), max_length=200)},
            when=lambda row: row.state == TrustState.TRUSTED,
            is_dangerous=True,
            done=_("已停止信任"),
        ),
    )
    detail = (
        Fields(
            _("颁发机构"),
            names=(
                "name",
                "kind",
                Column("state", tone=trust_tone),
                "basis",
                "subject",
                "algorithm",
                "is_root",
                "fingerprint",
                "not_before",
                "not_after",
                "trusted_from",
                "trusted_until",
                "proposed_by_name",
                "proposed_at",
                "decided_by_name",
                "decided_at",
                "opinion",
            ),
        ),
        History(_("变更记录")),
    )
