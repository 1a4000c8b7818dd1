"""What others are asked during the review: opinions of the bundle's organs, and 加签."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from zhengtong.capabilities.bundles.public import (
    list_askable,
    list_open_questions,
)
from zhengtong.capabilities.cases.public import (
    ActForm,
    Countersign,
    Situation,
    TaskNode,
    list_waiting,
)
from zhengtong.core.identity.public import Appointment, list_colleagues
from zhengtong.desks.workbench.forms.fields import YES_NO, AppointmentChoices, Reasons


class AskOpinionForm(ActForm):
    asked = forms.ChoiceField(label=_("征求哪个部门的意见"), widget=forms.RadioSelect)
    question = Reasons(_("要征求的意见"), max_length=500, help_text=_("对方答复之前，本件的期限照常计算"))

    def __init__(self, situation: Situation, *args: Any, **options: Any) -> None:
        super().__init__(situation, *args, **options)
        field = self.fields["asked"]
        assert isinstance(field, forms.ChoiceField)
        asked = list_askable(situation.case)
        field.choices = [(str(each.pk), f"{each.organisation.name}（{each.item_name}）") for each in asked]


class GiveOpinionForm(ActForm):
    opinion = forms.ChoiceField(label=_("答复哪一条"), widget=forms.RadioSelect)
    answer = Reasons(_("意见"), max_length=1000)
    phrases = {"answer": ("无意见", "符合本部门的要求", "不符合本部门的要求，理由：")}

    def __init__(self, situation: Situation, *args: Any, **options: Any) -> None:
        open_questions = list_open_questions(situation.case)
        options["initial"] = {"opinion": str(open_questions[0].pk) if open_questions else ""}
        super().__init__(situation, *args, **options)
        field = self.fields["opinion"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [
            (str(each.pk), f"{each.case.organisation.short_name}：{each.question}") for each in open_questions
        ]


class AskCountersignForm(ActForm):
    signers = AppointmentChoices(label=_("请谁加签"), widget=forms.CheckboxSelectMultiple)
    timing = forms.ChoiceField(label=_("什么时候签"), widget=forms.RadioSelect, choices=Countersign.Timing.choices)
    question = Reasons(_("请对方看什么"), max_length=500)
    phrases = {"question": ("请核对现场核查结论", "请从法制角度审核", "请核对收费依据")}

    def __init__(self, situation: Situation, *args: Any, **options: Any) -> None:
        super().__init__(situation, *args, **options)
        field = self.fields["signers"]
        assert isinstance(field, AppointmentChoices)
        taken = {each.signer_id for each in list_waiting(situation.case)} | {situation.actor.appointment}
        people = {each.staff_id: each for each in list_colleagues(situation.case.organisation_id)}
        field.set_people([each for each in people.values() if each.pk not in taken])
        if not situation.holds(TaskNode.REVIEW):
            # What follows a node of a process is drawn.
            when = self.fields["timing"]
            assert isinstance(when, forms.ChoiceField)
            when.choices = [each for each in Countersign.Timing.choices if each[0] == Countersign.Timing.BEFORE]
            when.initial = Countersign.Timing.BEFORE

    @property
    def people(self) -> list[Appointment]:
        field = self.fields["signers"]
        assert isinstance(field, AppointmentChoices)
        return [field.people[key] for key in self.cleaned_data["signers"]]


class CountersignForm(ActForm):
    agrees = forms.ChoiceField(
        label=_("意见"), widget=forms.RadioSelect, choices=[("yes", _("同意")), ("no", _("不同意"))]
    )
    opinion = Reasons(_("说明"), max_length=1000, required=False, help_text=_("不同意的写明理由"))

    @property
    def agreed(self) -> bool:
        return YES_NO[self.cleaned_data["agrees"]]


class DropCountersignForm(ActForm):
    countersign = forms.ChoiceField(label=_("撤回哪一条"), widget=forms.RadioSelect)

    def __init__(self, situation: Situation, *args: Any, **options: Any) -> None:
        super().__init__(situation, *args, **options)
        field = self.fields["countersign"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [
            (str(each.pk), f"{each.signer.staff.name}：{each.question}")
            for each in list_waiting(situation.case)
            if each.asked_by_id == situation.actor.appointment
        ]
