"""What is typed about fees: a refund that is asked for, a day to reconcile, how a difference was settled."""

from django import forms
from django.utils.translation import gettext_lazy as _


class RefundForm(forms.Form):
    amount = forms.DecimalField(label=_("退费金额（元）"), min_value=0, max_digits=12, decimal_places=2)
    reason = forms.CharField(
        label=_("退费原因"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("写明为什么要退。审批后原路退回，审批结果会发消息告诉您。"),
    )


class DayForm(forms.Form):
    day = forms.DateField(label=_("对哪天的账"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))


class SettlementForm(forms.Form):
    reason = forms.CharField(label=_("查到的原因和处理"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}))
