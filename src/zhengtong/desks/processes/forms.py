"""What is typed when a process or a decision table is begun."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from zhengtong.core.identity.public import Organisation
from zhengtong.desks.processes.permissions import COMPILE
from zhengtong.kernel.policy import Actor

_CODE = _("小写字母、数字和短横线，例如 food-review。定了以后不能改，事项按它选用流程。")


class _BeginForm(forms.Form):
    name = forms.CharField(label=_("名称"), max_length=100)
    code = forms.RegexField(
        r"^[a-z][a-z0-9-]*$",
        label=_("代码"),
        max_length=60,
        help_text=_CODE,
        error_messages={"invalid": _("代码用小写字母开头，只能有小写字母、数字和短横线。")},
    )
    organisation = forms.ModelChoiceField(
        Organisation.objects.none(), label=_("编制单位"), help_text=_("这个单位的流程管理员可以修改。")
    )

    def __init__(self, actor: Actor, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        reach = Organisation.objects.filter(pk__in=list(actor.reach(COMPILE)), is_active=True)
        field = self.fields["organisation"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = reach.order_by("region__code", "name")
        field.initial = actor.organisation


class ProcessForm(_BeginForm):
    description = forms.CharField(
        label=_("说明"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    base = forms.ChoiceField(label=_("从哪里开始画"), required=False)

    def __init__(self, actor: Actor, bases: list[tuple[str, str]], *args: Any, **options: Any) -> None:
        super().__init__(actor, *args, **options)
        field = self.fields["base"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("开始 → 审查 → 复核 → 结束")), *bases]


class TableForm(_BeginForm):
    """A decision table's name, code and organisation."""
