"""What several of the forms ask for: reasons, colleagues, a time."""

from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from zhengtong.capabilities.cases.public import (
    ActForm,
)
from zhengtong.core.identity.public import Appointment

YES_NO = {"yes": True, "no": False}


class Reasons(forms.CharField):
    """A text in an official's own words, with a limit that is shown."""

    def __init__(self, label: Any, *, max_length: int = 2000, required: bool = True, help_text: Any = "") -> None:
        super().__init__(
            label=label,
            max_length=max_length,
            required=required,
            help_text=help_text,
            widget=forms.Textarea(attrs={"rows": 4}),
        )


def _person(appointment: Appointment) -> str:
    return f"{appointment.staff.name}（{appointment.post.title}）"


class AppointmentChoice(forms.ChoiceField):
    """One of the given appointees; cleans to the appointment."""

    people: dict[str, Appointment]

    def set_people(self, people: list[Appointment]) -> None:
        self.people = {str(person.pk): person for person in people}
        self.choices = [(key, _person(person)) for key, person in self.people.items()]


class AppointmentChoices(forms.MultipleChoiceField):
    """Several of the given appointees."""

    people: dict[str, Appointment]

    def set_people(self, people: list[Appointment]) -> None:
        self.people = {str(person.pk): person for person in people}
        self.choices = [(key, _person(person)) for key, person in self.people.items()]


class NamesTime(ActForm):
    """A form that asks when and where the site is visited."""

    planned_at = forms.DateTimeField(
        label=_("核查时间"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
        error_messages={"invalid": _("时间不存在，请按 2026-11-21 14:30 的样子填写")},
    )
    place = forms.CharField(label=_("核查地点"), max_length=200)

    def clean_planned_at(self) -> datetime:
        planned_at: datetime = self.cleaned_data["planned_at"]
        if planned_at <= timezone.now():
            raise ValidationError(_("核查时间应晚于现在"))
        return planned_at
