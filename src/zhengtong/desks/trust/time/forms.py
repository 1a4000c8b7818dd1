"""What is handed in to have a time stamp checked."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhengtong.core.files.public import describe_size, upload_limit

LARGEST_TOKEN = 256 * 1024


class CheckForm(forms.Form):
    token = forms.FileField(
        label=gettext_lazy("时间戳"), help_text=gettext_lazy("时间戳服务给的文件，后缀一般是 .tsr 或 .tst")
    )
    document = forms.FileField(
        label=gettext_lazy("被证明的文件"), help_text=gettext_lazy("只在核验时读取，不保存"), allow_empty_file=True
    )

    def clean_token(self) -> Any:
        return self._within("token", LARGEST_TOKEN)

    def clean_document(self) -> Any:
        return self._within("document", upload_limit())

    def _within(self, name: str, limit: int) -> "UploadedFile[bytes]":
        given: UploadedFile[bytes] = self.cleaned_data[name]
        if (given.size or 0) > limit:
            raise forms.ValidationError(_("文件超过 %(limit)s，没有核验。") % {"limit": describe_size(limit)})
        return given
