"""What somebody answers to an urging."""

from django import forms
from django.utils.translation import gettext_lazy as _


class AnswerForm(forms.Form):
    words = forms.CharField(
        label=_("办理情况说明"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_(
            "写明目前办到哪一步、没有办结的原因和预计完成的时间。催办人和本办件的经办人员都能看到，申请人看不到。"
        ),
    )
