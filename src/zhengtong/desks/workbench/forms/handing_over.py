"""Who is to have a task, or many, instead."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from zhengtong.capabilities.cases.public import (
    ActForm,
    Situation,
    Task,
    TaskNode,
    list_delegates,
)
from zhengtong.core.identity.public import Appointment
from zhengtong.core.worklist.public import leads
from zhengtong.desks.workbench.forms.fields import AppointmentChoice

NODES = (
    TaskNode.PROCESS,
    TaskNode.REVIEW,
    TaskNode.DECISION,
    TaskNode.EXTENSION,
    TaskNode.COUNTERSIGN,
    TaskNode.CONSULTATION,
)


class NamesColleague(forms.Form):
    """A form that asks in ``to`` for one of the given people."""

    def offer_people(self, people: list[Appointment]) -> None:
        self._to.set_people(people)

    @property
    def colleague(self) -> Appointment:
        return self._to.people[self.cleaned_data["to"]]

    @property
    def _to(self) -> AppointmentChoice:
        field = self.fields["to"]
        assert isinstance(field, AppointmentChoice)
        return field


REASONS_TO_TRANSFER = ("出差、外出", "休假", "工作分工调整", "手头任务较多", "依法应当回避")

REASONS_TO_REASSIGN = ("经办人请假、外出", "工作分工调整", "均衡分派任务", "加快办理，避免超期", "依法应当回避")


def find_led_task(situation: Situation) -> Task | None:
    """Return the open task of an office that she leads and that isn't in her own hands."""
    me = situation.actor.appointment
    found = (situation.task(node) for node in NODES)
    return next((t for t in found if t and t.assignee_id != me and leads(situation.actor, t.organisation_id)), None)


class DelegateForm(NamesColleague, ActForm):
    to = AppointmentChoice(label=_("转办给"), widget=forms.RadioSelect)
    reason = forms.CharField(label=_("原因"), max_length=200)
    keeps_watching = forms.BooleanField(label=_("转办后我继续关注"), required=False)
    phrases = {"reason": REASONS_TO_TRANSFER}

    def __init__(self, situation: Situation, *args: Any, **options: Any) -> None:
        super().__init__(situation, *args, **options)
        task = next((t for t in situation.tasks if situation.holds(t.node)), None)
        people = list_delegates(situation.case, task) if task else []
        self.offer_people([p for p in people if p.pk != situation.actor.appointment])


class ReassignTaskForm(NamesColleague, ActForm):
    """Which of the office's people is to have the task, as its leader decides."""

    to = AppointmentChoice(label=_("改派给"), widget=forms.RadioSelect)
    reason = forms.CharField(label=_("原因"), max_length=200)
    phrases = {"reason": REASONS_TO_REASSIGN}

    def __init__(self, situation: Situation, *args: Any, **options: Any) -> None:
        super().__init__(situation, *args, **options)
        task = find_led_task(situation)
        people = list_delegates(situation.case, task) if task else []
        self.offer_people([person for person in people if task and person.pk != task.assignee_id])


class TransferForm(NamesColleague):
    """To whom the ticked items go; ``people`` are those who may have all of them."""

    to = AppointmentChoice(label=_("转办给"), widget=forms.RadioSelect)
    reason = forms.CharField(
        label=_("原因"), max_length=200, widget=forms.TextInput(attrs={"x-init": "text = $el.value", "x-model": "text"})
    )
    keeps_watching = forms.BooleanField(
        label=_("转办后我继续关注"), required=False, help_text=_("办件会列在“关注”里，可以看到办理进展")
    )

    phrases = REASONS_TO_TRANSFER

    def __init__(self, people: list[Appointment], data: Any = None) -> None:
        super().__init__(data)
        self.offer_people(people)
        self.fields["reason"].phrases = self.phrases  # type: ignore[attr-defined]  # read by the field's template


class ReassignForm(TransferForm):
    """To whom a leader gives the ticked items of her office."""

    keeps_watching = None  # type: ignore[assignment]  # how Django takes an inherited field away
    phrases = REASONS_TO_REASSIGN
