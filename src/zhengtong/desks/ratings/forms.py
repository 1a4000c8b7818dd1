"""What is typed while a bad rating is followed up."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from zhengtong.capabilities.ratings.public import Finding

REACHED = [("yes", _("联系上了")), ("no", _("没有联系上"))]
SAID = [("yes", _("满意")), ("no", _("仍不满意")), ("", _("没有联系上"))]


class StepForm(forms.Form):
    """The version that the person looked at goes along: what changed meanwhile isn't overwritten."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)


def _text(label: Any, rows: int = 3, help_text: Any = "", required: bool = True, most: int = 1000) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=help_text,
        required=required,
        max_length=most,
        widget=forms.Textarea(attrs={"rows": rows}),
        error_messages={"required": _("请填写这一项")},
    )


class ContactForm(StepForm):
    is_reached = forms.ChoiceField(
        label=_("联系情况"), choices=REACHED, widget=forms.RadioSelect, error_messages={"required": _("请选择联系情况")}
    )
    finding = forms.ChoiceField(
        label=_("核实情况"),
        choices=[("", _("还没有核实（未接通，下次再联系）")), *Finding.choices],
        widget=forms.RadioSelect,
        required=False,
    )
    note = _text(_("联系记录"), help_text=_("对方说了什么，怎样核实的"), required=False)

    def clean_is_reached(self) -> bool:
        return bool(self.cleaned_data["is_reached"] == "yes")


class RectifyForm(StepForm):
    measures = _text(_("整改情况"), 4, _("改了什么，怎样避免再发生；没有依据的，解释了什么。只有工作人员能看到。"))
    reply = _text(_("给评价人的答复"), 4, _("对方登录后能看到，并请她再评价一次。"))


class VerifyForm(StepForm):
    is_satisfied = forms.ChoiceField(
        label=_("评价人是否满意"),
        choices=SAID,
        widget=forms.RadioSelect,
        required=False,
        help_text=_("她已再次评价的，以评价为准。"),
    )
    note = _text(_("核实记录"), 2)
    public_comment = _text(
        _("公开的评价"), 2, _("已自动隐去能认出人的内容，请再看一遍。不公开就清空。"), required=False, most=500
    )
    public_reply = _text(_("公开的答复"), 3, _("同上"), required=False)

    def clean_is_satisfied(self) -> bool | None:
        return {"yes": True, "no": False}.get(self.cleaned_data["is_satisfied"])


class ReturnForm(StepForm):
    note = _text(_("退回的理由"))
