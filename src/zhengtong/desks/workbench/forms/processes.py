"""A node of a drawn process: what it asks for, and where it may go back to."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from zhengtong.capabilities.cases.public import (
    ActForm,
    Situation,
    TaskNode,
    get_open_node,
    list_step_targets,
    make_field,
    plain,
    read_field_specs,
)
from zhengtong.desks.workbench.forms.fields import Reasons


class ProcessStepForm(ActForm):
    """What a node of the case's process asks for: its outcomes, its fields, an opinion."""

    task = forms.IntegerField(widget=forms.HiddenInput)
    opinion = Reasons(_("意见"), required=False)
    phrases = {"opinion": ("材料齐全，符合要求", "同意", "不符合要求，理由：")}

    def __init__(self, situation: Situation, *args: Any, **options: Any) -> None:
        task = situation.task(TaskNode.PROCESS)
        options["initial"] = {"task": task.pk if task else None}
        super().__init__(situation, *args, **options)
        self.node = get_open_node(task) if task else None
        if self.node is None:
            return
        spec = self.node.spec
        choices = [(each, each) for each in spec.outcomes] + list(spec.events)
        names = []
        if spec.outcomes:
            self.fields["outcome"] = forms.ChoiceField(label=_("办理结果"), choices=choices, widget=forms.RadioSelect)
            names = ["outcome"]
        elif spec.events:
            self.fields["outcome"] = forms.ChoiceField(
                label=_("办理结果"), choices=[("", _("办理完成")), *choices], widget=forms.RadioSelect, required=False
            )
            names = ["outcome"]
        for each in read_field_specs(spec.fields):
            self.fields[f"field-{each.key}"] = field = make_field(each)
            # The service asks again; where an event is chosen nothing has to be filled in.
            field.required = field.required and not spec.events
            names.append(f"field-{each.key}")
        self.order_fields([*names, "opinion"])

    def values(self) -> dict[str, Any]:
        given = ((name.removeprefix("field-"), value) for name, value in self.cleaned_data.items() if "field-" in name)
        return {key: plain(value) for key, value in given}


class ProcessReturnForm(ActForm):
    """To which earlier node, and why."""

    task = forms.IntegerField(widget=forms.HiddenInput)
    node_id = forms.ChoiceField(label=_("退回到"), widget=forms.RadioSelect)
    reason = Reasons(_("退回的原因"), max_length=500)
    phrases = {"reason": ("请补充核实情况", "意见不明确，请重新办理", "请核对申请材料")}

    def __init__(self, situation: Situation, *args: Any, **options: Any) -> None:
        task = situation.task(TaskNode.PROCESS)
        options["initial"] = {"task": task.pk if task else None}
        super().__init__(situation, *args, **options)
        field = self.fields["node_id"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = list_step_targets(task) if task else []
