"""The file to check."""

from django import forms
from django.utils.translation import gettext_lazy as _


class SealedFileForm(forms.Form):
    """A PDF or OFD, and the password that opens it where it has one. Nothing of it is kept."""

    file = forms.FileField(
        label=_("要查验的文件"),
        help_text=_("PDF 或者 OFD 原件。文件只用来查验，不会保存。"),
        widget=forms.FileInput(attrs={"accept": ".pdf,.ofd,application/pdf,application/ofd"}),
        error_messages={"empty": _("这个文件是空的，请重新选择"), "required": _("请选择要查验的文件")},
    )
    password = forms.CharField(
        label=_("打开文件的密码"),
        help_text=_("只有打开时要输密码的 PDF 才填。"),
        required=False,
        max_length=128,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )
