"""What is written about a card, about a video, and of a camera."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from zhengtong.core.identity.public import Organisation


class WordsForm(forms.Form):
    """An explanation, an appeal, or the reasons of a decision."""

    words = forms.CharField(max_length=1000, widget=forms.Textarea(attrs={"rows": 4}))

    def __init__(self, *args: Any, label: Any = "", hint: Any = "", **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["words"].label = label or _("情况说明")
        self.fields["words"].help_text = hint


class VideoForm(forms.Form):
    camera = forms.TypedChoiceField(label=_("摄像机"), coerce=int)
    purpose = forms.CharField(
        label=_("用途"),
        max_length=200,
        min_length=4,
        help_text=_("例如核对受理时间、处理投诉。会和调阅人一起记入日志。"),
    )

    def __init__(self, *args: Any, cameras: list[tuple[int, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["camera"].choices = cameras  # type: ignore[attr-defined]  # a choice field's own attribute


class CameraForm(forms.Form):
    organisation = forms.ModelChoiceField(label=_("窗口单位"), queryset=Organisation.objects.none())
    name = forms.CharField(label=_("名称"), max_length=60, help_text=_("例如：3号窗口"))
    place = forms.CharField(label=_("位置"), max_length=100, required=False)
    address = forms.CharField(
        label=_("回放地址"),
        max_length=500,
        help_text=_("录像系统的网页地址，{from} 和 {to} 的地方在打开时换成起止时间。"),
    )

    def __init__(self, *args: Any, places: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["organisation"].queryset = places  # type: ignore[attr-defined]  # a model field's own attribute
