"""What is typed at the desk of published services."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from zhengtong.capabilities.contracts.public import Contract


class _Contracts(forms.ModelChoiceField):  # type: ignore[type-arg]  # generic in the stubs only
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.number}（{obj.consumer}，{obj.get_state_display()}）"


class TrialForm(forms.Form):
    contract = _Contracts(
        Contract.objects.none(),
        label=_("共享合约"),
        help_text=_("只列出本单位对这个服务的合约；暂停、到期的也能选，看平台怎样答复。"),
    )
    purpose = forms.CharField(label=_("用途"), max_length=200, min_length=2)
    asked = forms.CharField(
        label=_("请求内容（JSON）"),
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false"}),
    )

    def __init__(self, contracts: list[Contract], *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        chosen = Contract.objects.filter(pk__in=[each.pk for each in contracts]).select_related("consumer")
        self.fields["contract"].queryset = chosen.order_by("-id")  # type: ignore[attr-defined]  # a choice of rows


class PurposeForm(forms.Form):
    purpose = forms.CharField(label=_("查看的用途"), max_length=200, min_length=2)
