"""What a citizen types in the hall besides an item's own form."""

import unicodedata
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from zhengtong.capabilities.cases.public import ItemOffice

if TYPE_CHECKING:
    OfficeChoiceBase = forms.ModelChoiceField[ItemOffice]
else:
    OfficeChoiceBase = forms.ModelChoiceField


class ProgressForm(forms.Form):
    """Number and last digits of the phone, as somebody reads them from a receipt."""

    number = forms.CharField(
        label=_("办件编号"),
        max_length=40,
        help_text=_("在受理凭证和短信里，如 AL-2026-000123。"),
        widget=forms.TextInput(attrs={"autocapitalize": "characters", "spellcheck": "false"}),
    )
    phone_tail = forms.RegexField(
        r"^[0-9]{4}$",
        label=_("申请时所留手机号的后 4 位"),
        error_messages={"invalid": _("请填写手机号最后 4 位数字")},
        widget=forms.TextInput(attrs={"inputmode": "numeric", "maxlength": "4"}),
    )

    def clean_number(self) -> str:
        return unicodedata.normalize("NFKC", str(self.cleaned_data["number"])).replace(" ", "").upper()


class OfficeChoiceField(OfficeChoiceBase):
    """Offices, named by their region."""

    def label_from_instance(self, obj: ItemOffice) -> str:
        return f"{obj.region.name} · {obj.organisation.name}"


class OfficeForm(forms.Form):
    """Which organ the application goes to."""

    office = OfficeChoiceField(
        ItemOffice.objects.none(),
        label=_("在哪里办"),
        widget=forms.RadioSelect,
        empty_label=None,
        error_messages={"required": _("请选择办理的地区"), "invalid_choice": _("请从列出的地区里选择")},
    )

    def __init__(self, *args: Any, offices: Any, hint: str = "", **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["office"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = offices
        field.help_text = hint


class WithdrawForm(forms.Form):
    reason = forms.CharField(
        label=_("撤回的原因"), max_length=200, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )


class AppraisalForm(forms.Form):
    """好差评."""

    score = forms.TypedChoiceField(
        label=_("您对这次服务满意吗"),
        choices=[(str(star), str(star)) for star in range(1, 6)],
        coerce=int,
        error_messages={"required": _("请选择满意程度"), "invalid_choice": _("请选择满意程度")},
    )
    comment = forms.CharField(
        label=_("想对我们说的话"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )


class CodeForm(forms.Form):
    """A verification code as it is printed under the QR code."""

    code = forms.CharField(
        label=_("核验码"),
        max_length=60,
        help_text=_("印在证照和文书的二维码旁边，16 位，不分大小写，横线可以不填。"),
        widget=forms.TextInput(attrs={"autocapitalize": "characters", "spellcheck": "false"}),
    )


class IssuedFileForm(forms.Form):
    """A file that is compared with what was issued."""

    file = forms.FileField(
        label=_("收到的 PDF 文件"),
        help_text=_("文件只用来比对，不会保存。"),
        widget=forms.FileInput(attrs={"accept": ".pdf,application/pdf"}),
        error_messages={"empty": _("这个文件是空的，请重新选择"), "required": _("请选择要比对的 PDF 文件")},
    )
