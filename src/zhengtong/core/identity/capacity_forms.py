"""What people fill in to let somebody act for them, or to say for whom they act."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from zhengtong.core.identity.domain import InvalidIdentifier, normalise, parse_citizen_number, parse_phone
from zhengtong.core.identity.forms import clean_name, in_words, tidy
from zhengtong.core.identity.matters import MatterKind, list_agent_matters
from zhengtong.core.identity.models import Appointment
from zhengtong.kernel.marks import Mark

DAY, WEEK, UNTIL = "day", "week", "until"


class DelegationForm(forms.Form):
    """A colleague, kinds of matter, a period. A day and a week are counted from the first day, which is one of them."""

    agent = forms.TypedChoiceField(
        label=_("委托给谁"), coerce=int, error_messages={"required": _("请选择一位同事")}, empty_value=None
    )
    matters = forms.MultipleChoiceField(
        label=_("委托哪些事项"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("请选择委托哪些事项")},
    )
    start_date = forms.DateField(
        label=_("从哪天开始"), widget=forms.DateInput, error_messages={"required": _("请填写开始日期")}
    )
    lasts = forms.ChoiceField(
        label=_("委托多久"),
        choices=((DAY, _("一天")), (WEEK, _("一周")), (UNTIL, _("到指定日期"))),
        widget=forms.RadioSelect,
        error_messages={"required": _("请选择委托多久")},
    )
    end_date = forms.DateField(
        label=_("最后一天"), required=False, widget=forms.DateInput, help_text=_("选“到指定日期”时填写，当天有效")
    )
    highest_mark = forms.TypedChoiceField(label=_("最高密级"), coerce=int, help_text=_("代理人不能看到密级更高的内容"))
    reason = forms.CharField(
        label=_("原因"),
        max_length=200,
        help_text=_("比如“外出培训”“休假”，双方和审计人员都能看到"),
        error_messages={"required": _("请写明委托的原因，比如“外出培训”")},
    )

    def __init__(
        self,
        *args: Any,
        principal: Appointment,
        agents: Iterable[Appointment],
        matters: Sequence[MatterKind],
        **options: Any,
    ) -> None:
        options["initial"] = {
            "start_date": timezone.localdate(),
            "lasts": WEEK,
            "highest_mark": min(Mark.INTERNAL, principal.staff.clearance),
            "matters": [matters[0].code] if len(matters) == 1 else [],
        }
        super().__init__(*args, **options)
        people = [(each.pk, f"{each.staff.name}（{each.post}）") for each in agents]
        self._choose("agent", [("", gettext("请选择")), *people])
        self._choose("matters", [(kind.code, kind.title) for kind in matters])
        marks = [(m.value, m.label) for m in Mark if m <= principal.staff.clearance]
        self._choose("highest_mark", marks)

    def _choose(self, name: str, choices: list[tuple[Any, Any]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        start: date | None = cleaned.get("start_date")
        match cleaned.get("lasts"):
            case "day":
                cleaned["end_date"] = start
            case "week" if start:
                cleaned["end_date"] = start + timedelta(days=6)
            case "until" if not cleaned.get("end_date") and "end_date" not in self.errors:
                self.add_error("end_date", gettext("请填写最后一天"))
        return cleaned


class ContactField(forms.CharField):
    """A phone or a citizen number, checked as whichever it looks like and kept as typed."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            label=_("手机号或身份证号码"),
            max_length=60,
            help_text=_("对方注册时用的手机号，或者身份证号码"),
            error_messages={"required": _("请填写对方的手机号或身份证号码")},
            widget=forms.TextInput(attrs={"autocomplete": "off"}),
            **options,
        )

    def clean(self, value: Any) -> str:
        text = str(super().clean(value) or "")
        try:
            if len(normalise(text)) > 15:
                return parse_citizen_number(text).value
            return parse_phone(text).value
        except InvalidIdentifier as error:
            raise in_words(error) from None


class PersonForm(forms.Form):
    """Another citizen, by name and phone or number: nobody is found by one of them alone."""

    name = forms.CharField(
        label=_("姓名"),
        max_length=40,
        help_text=_("与身份证上的一致"),
        error_messages={"required": _("请填写身份证上的姓名")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    contact = ContactField()

    def clean_name(self) -> str:
        return clean_name(str(self.cleaned_data["name"]))


class MandateForm(PersonForm):
    """An agent of an enterprise."""

    end_date = forms.DateField(
        label=_("有效期至"), required=False, widget=forms.DateInput, help_text=_("不填为长期有效，可以随时撤销")
    )


class AgentForm(PersonForm):
    """An agent of a citizen: always for a time, for all matters or for some."""

    end_date = forms.DateField(
        label=_("有效期至"), widget=forms.DateInput, error_messages={"required": _("请填写委托的最后一天")}
    )
    matters = forms.MultipleChoiceField(
        label=_("委托办哪些事"),
        required=False,
        choices=list_agent_matters,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("一项都不选，是可以代办您个人的所有事项。选了的，对方只能办这些，也只能看到这些事项的办件。"),
        error_messages={"invalid_choice": _("请从列出的事项里选择")},
    )


class WardForm(forms.Form):
    """Who somebody is the guardian of."""

    name = forms.CharField(
        label=_("被监护人姓名"),
        max_length=40,
        help_text=_("与户口簿或身份证上的一致"),
        error_messages={"required": _("请填写被监护人的姓名")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    id_number = forms.CharField(
        label=_("被监护人身份证号码"),
        max_length=60,
        help_text=_("没有领身份证的，在户口簿上"),
        error_messages={"required": _("请填写被监护人的身份证号码")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )

    def clean_name(self) -> str:
        return clean_name(str(self.cleaned_data["name"]))

    def clean_id_number(self) -> str:
        try:
            return parse_citizen_number(tidy(str(self.cleaned_data["id_number"]))).value
        except InvalidIdentifier as error:
            raise in_words(error) from None
