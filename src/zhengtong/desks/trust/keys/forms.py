"""What is typed about keys."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from zhengtong.core.identity.public import Appointment

_MOST_CERTIFICATE = 64 * 1024


def _secret(label: Any, help_text: Any = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=200,
        strip=False,
        help_text=help_text,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("原因"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("写明依据，原因记入台账，不能再改。"),
    )


class DestroyForm(ReasonForm):
    name = forms.CharField(label=_("再输入一遍密钥名称"), max_length=200, help_text=_("销毁后不能恢复。"))

    def __init__(self, *args: Any, key: str, **options: Any) -> None:
        super().__init__(*args, **options)
        self._key = key

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        if name.strip() != self._key:
            raise forms.ValidationError(_("与这把密钥的名称不一致，没有提出申请。"))
        return name


class ReleaseForm(ReasonForm):
    certificate = forms.FileField(
        label=_("接收人的 SM2 证书"),
        required=False,
        help_text=_("密钥装进只有接收人能打开的数字信封。不上传的话，领取时设一个文件口令。"),
    )

    def clean_certificate(self) -> bytes:
        file = self.cleaned_data["certificate"]
        if not file:
            return b""
        if file.size > _MOST_CERTIFICATE:
            raise forms.ValidationError(_("这个文件太大，不是一张证书。"))
        content: bytes = file.read()
        return content


class DecisionForm(forms.Form):
    secret = _secret(_("您的保管口令"), _("只由签名服务核对，网站不保存。"))


class CollectForm(forms.Form):
    code = forms.CharField(label=_("领取码"), max_length=40, help_text=_("提出申请时只显示过一次。"))
    passphrase = _secret(_("文件口令"), _("至少 12 个字符。打开领到的文件要用，请记好。"))
    again = _secret(_("再输入一遍文件口令"))

    def __init__(self, *args: Any, is_enveloped: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        if is_enveloped:
            del self.fields["passphrase"], self.fields["again"]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("again", "") != given.get("passphrase", ""):
            self.add_error("again", _("两次输入的口令不一样。"))
        return given


class EnrollForm(forms.Form):
    code = forms.CharField(
        label=_("登记码"),
        max_length=40,
        help_text=_("首次登记的在签名服务数据目录的 ceremony-code 文件里；接替他人的由申请人交给您。"),
    )
    secret = _secret(_("设置保管口令"), _("至少 12 个字符，不要与登录密码相同。忘记了只能另换保管员。"))
    again = _secret(_("再输入一遍保管口令"))

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("again") != given.get("secret"):
            self.add_error("again", _("两次输入的口令不一样。"))
        return given


class ReplaceForm(ReasonForm):
    successor = forms.ChoiceField(label=_("由谁接替"))

    def __init__(self, *args: Any, candidates: list[Appointment], **options: Any) -> None:
        super().__init__(*args, **options)
        choice = self.fields["successor"]
        assert isinstance(choice, forms.ChoiceField)
        choice.choices = [
            (str(each.staff.account.public_id), f"{each.staff.name} · {each.post.organisation}") for each in candidates
        ]
        self._names = {str(each.staff.account.public_id): each.staff.name for each in candidates}

    @property
    def chosen(self) -> tuple[str, str]:
        account: str = self.cleaned_data["successor"]
        return account, self._names[account]
