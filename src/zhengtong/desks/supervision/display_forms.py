"""What is typed for a screen that nobody is signed in at."""

from django import forms
from django.utils.translation import gettext_lazy as _


class DisplayForm(forms.Form):
    name = forms.CharField(label=_("名称"), max_length=60, help_text=_("例如安放的地点：市政务服务中心一楼大厅"))
    title = forms.CharField(
        label=_("大屏标题"), max_length=60, required=False, help_text=_("不填写时显示“政务服务电子监察”")
    )
    days = forms.TypedChoiceField(
        label=_("有效期"),
        choices=[(7, _("7天")), (30, _("30天")), (90, _("90天")), (366, _("一年"))],
        coerce=int,
        initial=90,
    )
