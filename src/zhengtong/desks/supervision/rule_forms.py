"""What is typed of a rule, of a trial of it, and of the score's formula."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from zhengtong.capabilities.supervision.public import Level, Told


class RuleForm(forms.Form):
    code = forms.SlugField(label=_("代码"), max_length=60, help_text=_("小写英文字母、数字和连字符，发布后不再改变"))
    name = forms.CharField(label=_("名称"), max_length=60)
    expression = forms.CharField(
        label=_("条件"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5, "spellcheck": "false", "class": "code"}),
        help_text=_('写成一个判断，例如 event.act == "decide_refuse" and decision.reasons_length < 5'),
    )
    level = forms.ChoiceField(label=_("亮牌"), choices=Level.choices, initial=Level.YELLOW)
    points = forms.DecimalField(label=_("扣分"), min_value=0, max_value=100, decimal_places=1, initial=Decimal(1))
    tells = forms.MultipleChoiceField(
        label=pgettext_lazy("rule", "通知"), choices=Told.choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    legal_note = forms.CharField(label=_("依据"), max_length=300, required=False)
    effective_from = forms.DateField(
        label=_("生效日期"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        initial=timezone.localdate,
    )
    reason = forms.CharField(label=_("修订说明"), max_length=300, required=False)
    accepts_failures = forms.BooleanField(label=_("有的办件算不出来，仍然发布"), required=False)
    based_on = forms.IntegerField(widget=forms.HiddenInput, initial=0)

    def __init__(self, *args: Any, check_url: str, code: str = "", is_lamp: bool = False, **options: Any) -> None:
        super().__init__(*args, **options)
        if code:
            del self.fields["code"]
        if is_lamp:
            for name in ("expression", "level", "accepts_failures"):
                del self.fields[name]
        else:
            self.fields["expression"].widget.attrs |= {
                "hx-post": check_url,
                "hx-trigger": "input changed delay:400ms",
                "hx-target": "#check",
                "hx-swap": "innerHTML",
            }


class TrialForm(forms.Form):
    expression = forms.CharField(widget=forms.HiddenInput, max_length=2000)
    code = forms.CharField(widget=forms.HiddenInput, required=False, max_length=60)
    first = forms.DateField(label=_("提交日期，从"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))
    last = forms.DateField(label=_("到"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))
    sample = forms.IntegerField(label=_("最多抽取件数"), min_value=1, max_value=1_000_000, initial=1000)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        today = timezone.localdate()
        self.fields["first"].initial, self.fields["last"].initial = today - timedelta(days=365), today


class FormulaForm(forms.Form):
    expression = forms.CharField(
        label=_("公式"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"})
    )
    excellent = forms.DecimalField(label=_("优秀，不低于"), max_digits=5, decimal_places=1)
    good = forms.DecimalField(label=_("良好，不低于"), max_digits=5, decimal_places=1)
    passing = forms.DecimalField(label=_("合格，不低于"), max_digits=5, decimal_places=1)
    effective_from = forms.DateField(
        label=_("从哪天开始的季度起适用"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        initial=timezone.localdate,
    )
    reason = forms.CharField(label=_("修订说明"), max_length=300, required=False)
    based_on = forms.IntegerField(widget=forms.HiddenInput, initial=0)
