"""What is typed about the exchange."""

from django import forms
from django.utils.translation import gettext_lazy as _


class ConfirmForm(forms.Form):
    """Nothing to type: the page says what happens."""


class TicketForm(forms.Form):
    note = forms.CharField(
        label=_("请提供方更正什么"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("提供方会看到，请写明哪里不对、应当是什么样。"),
    )


class DropForm(forms.Form):
    reason = forms.CharField(
        label=_("放弃的理由"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("放弃的行不再交换，理由记入日志。"),
    )


class AnswerForm(forms.Form):
    is_corrected = forms.TypedChoiceField(
        label=_("结果"),
        choices=[("yes", _("已在源头更正，请重新交换")), ("no", _("无法更正"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    answer = forms.CharField(
        label=_("答复"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("写明怎样更正的，或者为什么无法更正。"),
    )


class LimitForm(forms.Form):
    runs_at_once = forms.IntegerField(
        label=_("同时任务数上限"),
        min_value=1,
        max_value=50,
        help_text=_("排程到时而链路已满的任务排队，优先级高的先走。"),
    )
