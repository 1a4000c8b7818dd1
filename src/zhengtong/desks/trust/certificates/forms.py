"""What a person types about her own certificates."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from zhengtong.capabilities.pki import public as pki
from zhengtong.capabilities.pki.public import Profile


class OwnApplicationForm(forms.Form):
    """One certificate, with the applicant's own request or with a key that is made when she collects it."""

    profile = forms.ChoiceField(label=_("证书类别"))
    algorithm = forms.ChoiceField(
        label=_("算法"),
        choices=[("sm2", _("SM2（国密）")), ("p256", "ECDSA P-256"), ("rsa3072", "RSA 3072")],
        help_text=_("不清楚的选 SM2；国外软件不认识 SM2 的选 P-256"),
    )
    with_encryption = forms.BooleanField(
        label=_("同时要加密证书（只有 SM2 有）"),
        required=False,
        help_text=_("别人用它加密发给您；密钥由平台托管，证书文件丢失后还能解密"),
    )
    request_text = forms.CharField(
        label=_("证书请求（PEM）"),
        required=False,
        max_length=pki.LONGEST_REQUEST,
        widget=forms.Textarea(attrs={"rows": 5, "spellcheck": "false"}),
        help_text=_("用自己的设备产生密钥的，把证书请求贴在这里或者上传；都不填，批准后设口令领取证书文件"),
    )
    request_file = forms.FileField(label=_("证书请求文件"), required=False)
    reason = forms.CharField(label=_("用途"), max_length=200, required=False)

    def __init__(self, *args: Any, profiles: list[Profile], **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["profile"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(each.code, each.title) for each in profiles]


class CollectForm(forms.Form):
    """The password of the file; typed twice, because nobody can look it up."""

    password = forms.CharField(
        label=_("给证书文件设一个口令"),
        max_length=64,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("至少 10 个字符，有字母也有数字。平台不保存口令，忘了只能重新申请。"),
    )
    again = forms.CharField(
        label=_("再输一遍口令"), max_length=64, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("password") and given.get("again") and given["password"] != given["again"]:
            self.add_error("again", _("两次输入的口令不一样，请重新输入。"))
        return given


class RevokeForm(forms.Form):
    """Why the holder gives her certificate up."""

    reason = forms.ChoiceField(label=_("原因"), choices=pki.REASONS)
    note = forms.CharField(label=_("说明"), max_length=200, required=False)
