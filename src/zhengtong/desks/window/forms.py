"""What the counter's acts ask for: reasons and redirects, corrections on the spot, the one list of what is missing."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from zhengtong.capabilities.cases.public import (
    ActForm,
    Case,
    MaterialView,
    SectionForm,
    Situation,
    list_answers,
    list_material_views,
)
from zhengtong.capabilities.payments import public as payments
from zhengtong.screens.formats import cn_money

MARK, MESSAGE = "mark-", "message-"
Files = tuple[dict[str, Any], ...]


class LookUpForm(forms.Form):
    id_number = forms.CharField(
        label=_("身份证号码"),
        max_length=60,
        help_text=_("照对方出示的证件原件填写；核验监护关系时填监护人的"),
        error_messages={"required": _("请填写证件上的身份证号码")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )


class AcceptForm(ActForm):
    opinion = forms.CharField(label=_("备注（可不填）"), max_length=500, required=False)


class ReasonsForm(ActForm):
    reasons = forms.CharField(label=_("理由"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4}))


class NotRequiredForm(ReasonsForm):
    phrases = {
        "reasons": ("仅销售预包装食品的，依法不需要取得许可，请办理备案", "仅销售食用农产品的，依法不需要取得许可")
    }


class NotCompetentForm(ReasonsForm):
    competent = forms.CharField(label=_("应当向哪个行政机关申请"), max_length=120)
    address = forms.CharField(label=_("该机关的地址"), max_length=200, required=False)
    phone = forms.CharField(label=_("该机关的电话"), max_length=40, required=False)
    phrases = {"reasons": ("经营场所不在本机关管辖区域内", "申请事项依法不属于本机关职权范围")}


class DeliveryForm(ActForm):
    recipient = forms.CharField(
        label=_("领取人姓名"), max_length=80, help_text=_("核对领取人身份证件原件；代领的核对授权委托书")
    )


class CollectForm(ActForm):
    """Money that is taken at the counter: for which order, how, under which number."""

    order_number = forms.ChoiceField(label=_("缴款单"), widget=forms.RadioSelect)
    way = forms.ChoiceField(label=_("收款方式"), choices=payments.COUNTER_WAYS, widget=forms.RadioSelect)
    receipt_number = forms.CharField(
        label=_("收据号或者刷卡凭证号"), max_length=64, help_text=_("一个号码只能用一次，对账时要用")
    )

    def __init__(self, situation: Situation, *args: Any, **options: Any) -> None:
        super().__init__(situation, *args, **options)
        orders = payments.describe_fees(situation.case).orders
        self.due = {order.number: order for order in orders if order.state == payments.OrderState.DUE}
        field = self.fields["order_number"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(number, f"{each.fee_name} {cn_money(each.yuan)}") for number, each in self.due.items()]
        field.initial = next(iter(self.due), "")

    @property
    def order(self) -> payments.PaymentOrder | None:
        return self.due.get(self.cleaned_data.get("order_number", ""))


class SpotCorrectionForm(ActForm):
    """All the answers, to be corrected with the applicant at the counter. Personal ones stay hidden unless retyped."""

    def __init__(self, situation: Situation, *args: Any, **options: Any) -> None:
        case = situation.case
        masked = {a.key: a.text for section in list_answers(case) for a in section.answers if a.is_masked}
        options["initial"] = {key: value for key, value in case.form.items() if key not in masked}
        super().__init__(situation, *args, **options)
        self.groups: list[tuple[str, list[str]]] = []
        self.hidden_keys = set(masked)
        for section in situation.definition.sections:
            fields = SectionForm(section).fields
            for key, field in fields.items():
                if key in masked:
                    field.required = False
                    field.help_text = _("现为 %(text)s，不改请留空") % {"text": masked[key]}
                self.fields[key] = field
            self.groups.append((section.title, list(fields)))
        self.fields["consent"] = forms.BooleanField(
            label=_("申请人在场，同意当场更正"),
            error_messages={"required": _("当场更正须经申请人同意，请确认后勾选。")},
        )

    def sections(self) -> Iterator[tuple[str, list[BoundField]]]:
        for title, keys in self.groups:
            yield title, [self[key] for key in keys]

    def answers(self) -> dict[str, Any]:
        """Return what was typed, without the personal answers that were left as they are."""
        typed = {key: self.cleaned_data.get(key) for _title, keys in self.groups for key in keys}
        return {key: value for key, value in typed.items() if key not in self.hidden_keys or value}


@dataclass(frozen=True)
class MarkRow:
    """One field or material that may be marked: what is there now, the check box and the words."""

    target: str
    label: str
    shown: str
    files: tuple[dict[str, Any], ...]
    is_locked: bool
    mark: BoundField
    message: BoundField


class MarksForm(ActForm):
    """One check box and one line of words beside whatever may be marked."""

    def __init__(self, situation: Situation, *args: Any, **options: Any) -> None:
        super().__init__(situation, *args, **options)
        self.labels: dict[str, str] = {}

    def _ask(self, target: str, label: str) -> None:
        self.labels[target] = label
        phrases = f"phrases-{target.partition(':')[0]}"
        self.fields[MARK + target] = forms.BooleanField(
            required=False, label=label, widget=forms.CheckboxInput(attrs={"class": "check-input"})
        )
        self.fields[MESSAGE + target] = forms.CharField(
            required=False,
            max_length=500,
            label=_("“%(label)s”要怎样补正") % {"label": label},
            widget=forms.TextInput(attrs={"class": "input", "list": phrases, "autocomplete": "off"}),
        )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        marked = 0
        for target, label in self.labels.items():
            message = (given.get(MESSAGE + target) or "").strip()
            is_marked = bool(given.get(MARK + target)) or bool(message)
            marked += is_marked
            if is_marked and not message:
                self.add_error(MESSAGE + target, _("请写明“%(label)s”应当怎样补正。") % {"label": label})
        if not marked:
            self.add_error(None, _("请列明需要补正的全部内容，应当一次性告知。"))
        return given

    def marks(self) -> list[tuple[str, str]]:
        """Return pairs of target and what to do."""
        found = ((target, (self.cleaned_data.get(MESSAGE + target) or "").strip()) for target in self.labels)
        return [(target, message) for target, message in found if message]

    def preview(self) -> list[tuple[str, str]]:
        return [(self.labels[target], message) for target, message in self.marks()]

    def _make_row(self, target: str, label: str, shown: str, files: Files, *, is_locked: bool) -> MarkRow:
        return MarkRow(target, label, shown, files, is_locked, self[MARK + target], self[MESSAGE + target])


class CorrectionsForm(MarksForm):
    """Every answer and every material of a case.

    After a first notice only what it named can be named again (行政许可法 第三十二条: 一次告知全部内容).
    """

    def __init__(self, situation: Situation, *args: Any, **options: Any) -> None:
        super().__init__(situation, *args, **options)
        for spec in situation.definition.fields():
            self._ask(f"field:{spec.key}", spec.label)
        for material in situation.definition.materials:
            self._ask(f"material:{material.key}", material.name)
        self.told = list_told(situation.case)

    def _row(self, target: str, label: str, shown: str = "", files: Files = ()) -> MarkRow:
        is_locked = self.told is not None and target not in self.told
        return self._make_row(target, label, shown, files, is_locked=is_locked)

    def field_rows(self) -> list[tuple[str, list[MarkRow]]]:
        return [
            (section.title, [self._row(f"field:{a.key}", a.label, a.text) for a in section.answers])
            for section in list_answers(self.situation.case)
        ]

    def material_rows(self) -> list[MarkRow]:
        given = {view.key: view for view in list_material_views(self.situation.case, "window")}
        return [
            self._row(f"material:{spec.key}", spec.name, *describe_given(given.get(spec.key)))
            for spec in self.situation.definition.materials
            if spec.is_asked(self.situation.case.form)
        ]


def list_told(case: Case) -> set[str] | None:
    """Return what the first notice named, None when there was none: a second one may name nothing else."""
    first = case.correction_notices.order_by("id").first()
    return set(first.marks.values_list("target", flat=True)) if first else None


def describe_given(view: MaterialView | None) -> tuple[str, Files]:
    """Return what is said of a material beside its mark, and its files."""
    if view is None:
        return gettext("没有提交"), ()
    if view.source:
        return gettext("%(source)s已核验，免交") % {"source": view.source}, view.files
    return "" if view.files else gettext("没有提交"), view.files


class NewCaseForm(forms.Form):
    """Which item, and for which region's organ."""

    office = forms.ChoiceField(label=_("事项和办理机关"), widget=forms.RadioSelect)

    def __init__(self, offices: dict[int, str], *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["office"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(str(pk), title) for pk, title in offices.items()]
