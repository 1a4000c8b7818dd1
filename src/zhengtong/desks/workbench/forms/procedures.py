"""Hearings, expert reviews and what else the limit doesn't count: announced, and their result."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from zhengtong.capabilities.cases.public import (
    HEARING,
    ActForm,
    Situation,
    get_open_procedure,
    list_procedures,
)
from zhengtong.core.identity.public import Appointment, list_colleagues
from zhengtong.desks.workbench.forms.fields import YES_NO, AppointmentChoice, NamesTime, Reasons, _person


class ProcedureForm(NamesTime):
    """What stops the clocks, why and for how long; of a hearing also when, where and who leads it."""

    rule = forms.ChoiceField(label=_("事由"), widget=forms.RadioSelect)
    reason = Reasons(_("为什么需要"), max_length=300, help_text=_("会写进告知书，例如：涉及公共利益，需要听取意见"))
    allowed_days = forms.IntegerField(
        label=_("所需工作日"),
        min_value=1,
        max_value=120,
        help_text=_("从今天算起，这些天不计入办理期限，会书面告知申请人"),
        error_messages={"invalid": _("请填写整数")},
    )
    conducted_by = forms.CharField(
        label=_("由哪个机构或者哪些专家进行"), max_length=200, required=False, help_text=_("听证不用填")
    )
    chair = AppointmentChoice(
        label=_("听证主持人"),
        required=False,
        widget=forms.Select,
        help_text=_("只有听证要填；不能是审查这个申请的人（《行政许可法》第四十八条）"),
    )
    field_order = ("rule", "reason", "allowed_days", "conducted_by", "planned_at", "place", "chair")

    def __init__(self, situation: Situation, *args: Any, **options: Any) -> None:
        super().__init__(situation, *args, **options)
        rule, chair = self.fields["rule"], self.fields["chair"]
        assert isinstance(rule, forms.ChoiceField)
        assert isinstance(chair, AppointmentChoice)
        rule.choices = [(each.code, each.title) for each in list_procedures()]
        people = {each.staff_id: each for each in list_colleagues(situation.case.organisation_id)}
        chair.set_people(list(people.values()))
        chair.choices = [("", "—"), *((key, _person(each)) for key, each in chair.people.items())]
        for name, label in (("planned_at", _("时间")), ("place", _("地点"))):
            self.fields[name].required, self.fields[name].label = False, label
            self.fields[name].help_text = _("听证要填，应当在七日以后、二十日以内")

    def clean_planned_at(self) -> datetime:
        return self.cleaned_data["planned_at"] and super().clean_planned_at()

    @property
    def chairing(self) -> Appointment | None:
        field = self.fields["chair"]
        assert isinstance(field, AppointmentChoice)
        return field.people.get(self.cleaned_data["chair"])


class ProcedureResultForm(ActForm):
    is_passed = forms.ChoiceField(
        label=_("结论"), widget=forms.RadioSelect, choices=[("yes", _("符合要求")), ("no", _("不符合要求"))]
    )
    record = Reasons(_("结论内容"), max_length=5000)

    def __init__(self, situation: Situation, *args: Any, **options: Any) -> None:
        super().__init__(situation, *args, **options)
        procedure = get_open_procedure(situation.case)
        if procedure is not None and procedure.rule == HEARING:
            self.fields["record"].label = _("听证笔录要点")
            self.fields["record"].help_text = _("各方意见和证据；决定应当根据笔录作出（《行政许可法》第四十八条）")

    @property
    def passed(self) -> bool:
        return YES_NO[self.cleaned_data["is_passed"]]
