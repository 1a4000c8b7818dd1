"""What a supervisor types: an urging."""

from typing import Final

from django import forms
from django.utils.translation import gettext_lazy as _

PHRASES: Final = (
    _("该件已预警，请抓紧办理"),
    _("该件已超期，请说明原因并于今日办结"),
    _("请说明目前办理情况和预计办结时间"),
    _("申请人来电催问，请主动联系并答复"),
)


class UrgingForm(forms.Form):
    """The words of an urging; the usual ones are a click away."""

    words = forms.CharField(
        label=_("催办内容"),
        max_length=500,
        min_length=4,
        widget=forms.Textarea(attrs={"rows": 4, "x-init": "text = $el.value", "x-model": "text"}),
        help_text=_("会送达经办人（未领办的送达所在单位负责人），并记入办件过程；对方应当填写情况说明。"),
    )

    def __init__(self, *args: object, **options: object) -> None:
        super().__init__(*args, **options)  # type: ignore[arg-type]  # Django's own parameters, handed on
        self.fields["words"].phrases = PHRASES  # type: ignore[attr-defined]  # read by the field's template
