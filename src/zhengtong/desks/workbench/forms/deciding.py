"""The review's end: recommended, extended, granted, refused, or sent back to be done again."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.translation import gettext_lazy as _

from zhengtong.capabilities.cases.public import (
    ActForm,
    Situation,
    list_answers,
)
from zhengtong.desks.workbench.forms.fields import YES_NO, Reasons


class RecommendForm(ActForm):
    outcome = forms.ChoiceField(
        label=_("审查结论"), widget=forms.RadioSelect, choices=[("grant", _("拟准予许可")), ("refuse", _("拟不予许可"))]
    )
    opinion = Reasons(_("审查意见"))
    phrases = {
        "opinion": (
            "申请材料齐全、符合法定形式",
            "经现场核查，符合许可条件，建议准予",
            "不符合许可条件，建议不予许可",
        )
    }


class ExtensionForm(ActForm):
    days = forms.IntegerField(label=_("延长工作日"), min_value=1, error_messages={"invalid": _("请填写整数")})
    reason = Reasons(_("理由"), max_length=500, help_text=_("批准后会告知申请人"))
    phrases = {"reason": ("需要进一步核实申请材料的实质内容", "申请集中，现场核查人员不足", "需要征求其他部门意见")}


class ExtensionDecisionForm(ActForm):
    is_approved = forms.ChoiceField(
        label=_("决定"), widget=forms.RadioSelect, choices=[("yes", _("同意延期")), ("no", _("不同意延期"))]
    )
    opinion = Reasons(_("意见"), max_length=500, required=False)

    @property
    def approved(self) -> bool:
        return YES_NO[self.cleaned_data["is_approved"]]


class GrantForm(ActForm):
    reasons = Reasons(_("决定理由"))
    phrases = {
        "reasons": (
            "申请材料齐全、符合法定形式，经审查符合许可条件，准予许可",
            "经现场核查符合食品安全要求，准予许可",
        )
    }


class RefusalForm(ActForm):
    reasons = Reasons(_("不予许可的理由"), help_text=_("写明事实：哪一项条件、哪一处不符合"))
    legal_basis = forms.CharField(
        label=_("依据的条款"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("写明法律名称和条款号"),
    )

    def __init__(self, situation: Situation, *args: Any, **options: Any) -> None:
        super().__init__(situation, *args, **options)
        laws = situation.definition.text.get("legal_basis", ())
        self.offer("legal_basis", [f"《{law['title']}》{law['article']}" for law in laws])
        self.offer(
            "reasons",
            (
                "经现场核查，经营场所布局不合理，存在交叉污染风险",
                "设备设施不能满足经营项目的要求",
                "申请材料与实际情况不符",
            ),
        )


@dataclass(frozen=True)
class MarkLine:
    """One answer or material that may be marked: what is there now, and the words beside it."""

    label: str
    shown: str
    words: BoundField


class ReturnForm(ActForm):
    """Why the review is to be done again, and beside any answer or material what is to be looked at."""

    reason = Reasons(_("退回的原因"), max_length=500)
    phrases = {"reason": ("请补充现场核查情况", "请核对经营项目与场所条件是否相适应", "审查意见理由不充分，请补充")}

    def __init__(self, situation: Situation, *args: Any, **options: Any) -> None:
        super().__init__(situation, *args, **options)
        self.shown: dict[str, str] = {}
        for section in list_answers(situation.case):
            for each in section.answers:
                self._offer_mark(f"field:{each.key}", each.label, each.text)
        for material in situation.definition.materials:
            if material.is_asked(situation.case.form):
                self._offer_mark(f"material:{material.key}", material.name, "")

    def _offer_mark(self, target: str, label: str, shown: str) -> None:
        self.shown[target] = shown
        self.fields[f"mark-{target}"] = forms.CharField(
            required=False,
            max_length=200,
            label=label,
            widget=forms.TextInput(attrs={"class": "input", "autocomplete": "off"}),
        )

    def lines(self) -> list[MarkLine]:
        return [
            MarkLine(str(self.fields[f"mark-{target}"].label), shown, self[f"mark-{target}"])
            for target, shown in self.shown.items()
        ]

    def marks(self) -> list[tuple[str, str]]:
        """Return pairs of target and words."""
        found = ((target, (self.cleaned_data.get(f"mark-{target}") or "").strip()) for target in self.shown)
        return [(target, words) for target, words in found if words]
