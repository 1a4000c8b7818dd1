"""The form of a circular's draft."""

from django import forms
from django.utils.translation import gettext_lazy as _


class CircularForm(forms.Form):
    title = forms.CharField(label=_("标题"), max_length=100)
    opening = forms.CharField(label=_("正文开头"), widget=forms.Textarea(attrs={"rows": 10}), max_length=3000)
    demands = forms.CharField(label=_("工作要求"), widget=forms.Textarea(attrs={"rows": 5}), max_length=3000)
