"""The screens of licences: for the organs that issue them, with what became of each."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from zhengtong.capabilities.licences.changing import (
    DECIDE,
    GROUNDS,
    PROPOSE,
    decide_revocation,
    propose_revocation,
)
from zhengtong.capabilities.licences.models import Licence, LicenceRequest, Revocation
from zhengtong.capabilities.licences.suspending import resume_licence, suspend_licence
from zhengtong.core.papers.public import Standing, get_status
from zhengtong.kernel.policy import Actor
from zhengtong.screens.declaration import STAFF, Act, Column, Fields, History, ModelScreens, Related

VIEW = "licences.view_licence"
_TONES = {Standing.IN_FORCE: "success", Standing.EXPIRED: "warning", Standing.SUSPENDED: "warning"}


def _standing(licence: Licence) -> str:
    return str(_("有效") if get_status(licence.paper).is_valid else _("已失效"))


def _tone(licence: Licence) -> str:
    return _TONES.get(get_status(licence.paper).standing, "danger")


def _has_open(licence: Licence) -> bool:
    return licence.revocations.filter(decided_at=None).exists()


class ProposalForm(forms.Form):
    grounds = forms.ChoiceField(label=_("法定情形"), choices=[(each, each) for each in GROUNDS])
    facts = forms.CharField(label=_("事实和理由"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4}))
    hearing = forms.CharField(
        label=_("陈述申辩情况"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("撤销之前听取被许可人的陈述、申辩；没有提出的，写明告知的时间和方式"),
    )


class RevocationForm(forms.Form):
    is_approved = forms.TypedChoiceField(
        label=_("决定"),
        choices=[("yes", _("撤销许可")), ("no", _("不予撤销"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    opinion = forms.CharField(label=_("意见"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3}))


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("理由"), max_length=300, widget=forms.Textarea(attrs={"rows": 3}))


def _list_requests(_actor: Actor, licence: Licence) -> QuerySet[Any]:
    return LicenceRequest.objects.filter(licence=licence).select_related("case").order_by("-id")


def _list_revocations(_actor: Actor, licence: Licence) -> QuerySet[Any]:
    return Revocation.objects.filter(licence=licence).select_related("proposed_by__staff").order_by("-id")


class LicenceScreens(ModelScreens):
    model, module, code, title = Licence, "licences", "licences", _("电子证照")
    audience, permission, icon = STAFF, VIEW, "shield"
    columns = (
        Column("number", css="main"),
        Column("title", title=_("证照"), value=lambda each: each.paper.title, related=("paper",)),
        "holder_name",
        Column("organisation", related=("organisation",)),
        "issued_date",
        "valid_until",
        Column("standing", title=_("状态"), value=_standing, tone=_tone, related=("paper",), needs=("paper__content",)),
    )
    filters = ("kind",)
    search = ("number", "holder_name")
    order, name = ("-id",), "number"
    menu_order = 46
    help = _("本机关颁发的证照。变更、延续、更正、注销由持证人在网上申请；依法撤销由本机关提出、负责人决定。")
    actions = (
        Act(
            propose_revocation,
            PROPOSE,
            title=_("提出撤销"),
            form=ProposalForm,
            when=lambda licence: licence.paper.revoked_at is None and not _has_open(licence),
            is_dangerous=True,
            done=_("已提出，等待决定"),
        ),
        Act(
            decide_revocation,
            DECIDE,
            title=_("决定是否撤销"),
            form=RevocationForm,
            when=_has_open,
            is_dangerous=True,
            done=_("已作出决定"),
        ),
        Act(
            suspend_licence,
            DECIDE,
            title=_("暂停使用"),
            form=ReasonForm,
            when=lambda licence: licence.paper.revoked_at is None and licence.paper.suspended_at is None,
            is_dangerous=True,
            done=_("已暂停"),
        ),
        Act(
            resume_licence,
            DECIDE,
            title=_("恢复使用"),
            form=ReasonForm,
            when=lambda licence: licence.paper.suspended_at is not None,
            done=_("已恢复"),
        ),
    )
    detail = (
        Fields(
            _("证照"),
            names=("number", "holder_name", "organisation", "issued_date", "valid_until"),
        ),
        Related(
            _("变更、延续、更正、注销"),
            rows=_list_requests,
            columns=("kind", "reason", Column("case", title=_("办件"), related=("case",)), "done_at"),
        ),
        Related(
            pgettext_lazy("licence", "撤销"),
            rows=_list_revocations,
            columns=("grounds", "facts", "hearing", "proposed_at", "decided_at", "is_approved", "opinion"),
        ),
        History(_("变更记录")),
    )
