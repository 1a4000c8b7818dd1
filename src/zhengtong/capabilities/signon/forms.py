"""What people type to prove who they are."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

LONGEST_PASSWORD = 128


def code_field(*, required: bool = True) -> forms.CharField:
    return forms.CharField(
        label=_("动态口令"),
        max_length=20,
        required=required,
        help_text=_("手机验证器应用上现在显示的6位数字"),
        error_messages={"required": _("请填写手机上显示的6位动态口令")},
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )


def recovery_field() -> forms.CharField:
    return forms.CharField(
        label=_("恢复码"),
        max_length=40,
        help_text=_("保存的那一张上没用过的一个，用过就作废"),
        error_messages={"required": _("请填写一个没用过的恢复码")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )


class CodeForm(forms.Form):
    code = code_field()


class RecoveryForm(forms.Form):
    recovery = recovery_field()


class ConfirmForm(forms.Form):
    """The password, and the code where both are asked for."""

    password = forms.CharField(
        label=_("登录密码"),
        strip=False,
        max_length=LONGEST_PASSWORD,
        error_messages={"required": _("请填写登录密码")},
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    code = code_field()

    def __init__(self, *args: Any, has_password: bool, has_code: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        if not has_password:
            del self.fields["password"]
        if not has_code:
            del self.fields["code"]


class NameForm(forms.Form):
    name = forms.CharField(
        label=_("名称"),
        max_length=40,
        help_text=_("自己认得出就行，比如“办公电脑”“我的手机”"),
        error_messages={"required": _("请给通行密钥取个名字，比如“办公电脑”")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
