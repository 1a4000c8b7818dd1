"""What an applicant writes of a system, and what a reviewer decides."""

from typing import Any

from django import forms
from django.core.validators import MaxLengthValidator
from django.utils.translation import gettext_lazy as _

from zhengtong.capabilities.signon.public import (
    SCOPES,
    Application,
    ApplicationKind,
    Audience,
    Scope,
    SubjectKind,
)

LONGEST = 4000


def _lines(label: Any, help_text: Any, **options: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=help_text,
        max_length=LONGEST,
        validators=[MaxLengthValidator(LONGEST)],
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
        **options,
    )


class AddressesForm(forms.Form):
    redirect_addresses = _lines(
        _("登录后回到的地址"), _("一行一个，写完整的网址，不能有通配符；登录时一个字符也不能差")
    )
    after_logout_addresses = _lines(_("退出后回到的地址"), _("一行一个，没有就不填"))
    logout_address = forms.CharField(
        label=_("接收退出通知的地址"),
        help_text=_("有人退出时平台向它发送签名的通知（OpenID Connect Back-Channel Logout），没有就不填"),
        max_length=500,
        required=False,
    )


class ChangeAddressesForm(AddressesForm):
    reason = forms.CharField(label=_("变更的依据"), max_length=300)


class ApplicationForm(AddressesForm):
    name = forms.CharField(label=_("名称"), max_length=80, help_text=_("登录的人会看到，比如“澄波区城市运行管理平台”"))
    purpose = forms.CharField(
        label=_("用途"),
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("做什么用，为什么需要下面的信息；登录的人会看到"),
    )
    kind = forms.ChoiceField(label=_("类型"), choices=ApplicationKind.choices)
    audience = forms.ChoiceField(label=_("谁可以登录"), choices=Audience.choices)
    scopes = forms.MultipleChoiceField(
        label=_("取得的信息"),
        choices=[(scope.value, words.title) for scope, words in SCOPES.items() if scope is not Scope.OPENID],
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("只选办事必需的；登录标识不用选"),
    )
    subject_kind = forms.ChoiceField(
        label=_("登录标识"),
        choices=SubjectKind.choices,
        help_text=_("“每个系统不同”时，几个系统之间无法凭标识认出同一个人"),
    )
    needs_two_factors = forms.BooleanField(label=_("要求双因素登录"), required=False)
    field_order = ("name", "purpose", "kind", "audience", "scopes")


def say_application(application: Application) -> dict[str, Any]:
    """Return what a form about an application is filled with."""
    names = (
        "name purpose kind audience scopes redirect_addresses after_logout_addresses logout_address subject_kind "
        "needs_two_factors"
    )
    return {name: getattr(application, name) for name in names.split()}


class ApproveForm(forms.Form):
    is_consent_waived = forms.BooleanField(
        label=_("工作人员免逐人同意"),
        required=False,
        help_text=_("本单位履行职责必需的内部系统可以免；群众登录始终要本人同意"),
    )
    opinion = forms.CharField(label=_("审核意见"), max_length=300, required=False)


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("原因"), max_length=300)
