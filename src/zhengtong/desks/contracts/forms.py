"""What is typed about requests and contracts."""

import re
from collections.abc import Sequence
from datetime import date, time
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from zhengtong.capabilities.catalogue.public import Field, MaskKind
from zhengtong.capabilities.contracts.public import (
    Askable,
    ChosenMask,
    DataRequest,
    Frequency,
    Mode,
    Terms,
    Timing,
    fitting_masks,
    list_modes,
    list_refusal_reasons,
    list_targets,
)
from zhengtong.capabilities.sources.public import Condition, Operator, Source
from zhengtong.core.identity.public import Appointment
from zhengtong.desks.contracts.wording import FREQUENCIES, OPERATORS, WEEKDAYS, say_kind

LEAST_ROWS, MOST_ROWS = 3, 20
_SPLIT = re.compile(r"[,，、;；\n]+")


def _long(label: Any, *, required: bool = True, help_text: Any = "", most: int = 1000) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": 3})
    return forms.CharField(label=label, max_length=most, required=required, help_text=help_text, widget=widget)


class ColumnsForm(forms.Form):
    """Which columns, why the personal ones, and which rows: as many lines of conditions as are filled, and two more."""

    columns = forms.MultipleChoiceField(label=_("要用的信息项"), widget=forms.CheckboxSelectMultiple)

    def __init__(self, askable: Sequence[Askable], terms: Terms, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.askable = [each for each in askable if not each.why_not]
        self.withheld = [each for each in askable if each.why_not]
        columns = self.fields["columns"]
        assert isinstance(columns, forms.MultipleChoiceField)
        columns.choices = [(each.field.code, _describe(each.field)) for each in self.askable]
        columns.initial = list(terms.columns)
        self.reason_names, self.condition_names = [], []
        for each in self.askable:
            if each.needs_reason:
                name = f"reason_{each.field.code}"
                label = gettext("为什么需要“%(field)s”") % {"field": each.field.name}
                self.fields[name] = forms.CharField(
                    label=label,
                    max_length=300,
                    required=False,
                    initial=terms.reasons.get(each.field.code, ""),
                    help_text=_("个人信息，选了就要写明必要性"),
                )
                self.reason_names.append(name)
        named = [("", "—"), *((each.field.code, each.field.name) for each in self.askable)]
        lines = min(MOST_ROWS, max(LEAST_ROWS, len(terms.conditions) + 2))
        for at in range(lines):
            known = terms.conditions[at] if at < len(terms.conditions) else None
            self.fields[f"column_{at}"] = forms.ChoiceField(
                label=_("信息项"), choices=named, required=False, initial=known.column if known else ""
            )
            self.fields[f"operator_{at}"] = forms.ChoiceField(
                label=_("关系"),
                choices=[(each.value, title) for each, title in OPERATORS.items()],
                required=False,
                initial=known.operator.value if known else Operator.EQUAL.value,
            )
            self.fields[f"values_{at}"] = forms.CharField(
                label=_("值"), max_length=4000, required=False, initial="、".join(known.values) if known else ""
            )
            self.condition_names.append((f"column_{at}", f"operator_{at}", f"values_{at}"))

    @property
    def reasons(self) -> list[forms.BoundField]:
        return [self[name] for name in self.reason_names]

    @property
    def lines(self) -> list[list[forms.BoundField]]:
        return [[self[name] for name in names] for names in self.condition_names]

    def read(self) -> Terms:
        given = self.cleaned_data
        conditions = []
        for column, operator, values in self.condition_names:
            if not given.get(column):
                continue
            chosen, text = Operator(given[operator]), given[values].strip()
            if chosen in (Operator.IS_EMPTY, Operator.IS_FILLED):
                read: tuple[str, ...] = ()
            elif chosen is Operator.ONE_OF:
                read = tuple(each.strip() for each in _SPLIT.split(text) if each.strip())
            else:
                read = (text,) if text else ()
            conditions.append(Condition(given[column], chosen, read))
        reasons = {name.removeprefix("reason_"): given[name] for name in self.reason_names if given.get(name)}
        columns = tuple(given["columns"])
        return Terms(columns, {code: said for code, said in reasons.items() if code in columns}, tuple(conditions))


def _describe(field: Field) -> str:
    notes = [say_kind(field)]
    if field.is_key:
        notes.append(gettext("主键"))
    if field.personal != "none":
        notes.append(field.get_personal_display())
    if field.mask != MaskKind.NONE:
        notes.append(str(MaskKind(field.mask).label))
    return f"{field.name}（{'，'.join(notes)}）"


class PurposeForm(forms.Form):
    purpose = _long(_("用途"), help_text=_("办什么事、由哪个岗位使用、怎样使用"), most=500)
    matter = forms.CharField(
        label=_("应用场景（事项）"), max_length=200, required=False, help_text=_("政务服务事项或者工作事项的名称")
    )
    legal_basis = _long(_("依据"), help_text=_("法律、法规、规章或者三定规定的名称和条款"), most=500)


class _Sources(forms.ModelChoiceField):  # type: ignore[type-arg]  # generic in the stubs only
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.name}（{obj.get_kind_display()}）"


class DeliveryForm(forms.Form):
    mode = forms.ChoiceField(label=_("方式"), widget=forms.RadioSelect)
    frequency = forms.ChoiceField(
        label=_("频率"),
        choices=[(each.value, title) for each, title in FREQUENCIES.items()],
        help_text=_("全量、增量、变更捕获要选；一次性和接口调用不看这一项"),
    )
    at = forms.TimeField(
        label=_("时间"), required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    weekday = forms.TypedChoiceField(
        label=_("星期几（每周）"),
        choices=[(number, title) for number, title in enumerate(WEEKDAYS, 1)],
        coerce=int,
        required=False,
    )
    day = forms.IntegerField(label=_("几号（每月）"), min_value=1, max_value=28, required=False)
    cron = forms.CharField(
        label=_("时间表（自定义）"),
        max_length=100,
        required=False,
        help_text=_("五段：分 时 日 月 周，如 30 2 * * 1-5"),
    )
    working_days_only = forms.BooleanField(label=_("只在工作日"), required=False)
    target = _Sources(
        Source.objects.none(),
        label=_("送到"),
        required=False,
        empty_label=_("请选择"),
        help_text=_("本单位登记为可以写入的数据源"),
    )
    target_table = forms.CharField(label=_("表名或者文件名"), max_length=120, required=False)
    calls_a_day = forms.IntegerField(label=_("每日调用次数（接口）"), min_value=1, max_value=10_000_000, required=False)
    rows_a_call = forms.IntegerField(label=_("每次条数（接口）"), min_value=1, max_value=10_000, required=False)
    valid_until = forms.DateField(label=_("使用到"), widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, row: DataRequest, *args: Any, **options: Any) -> None:
        terms = Terms.from_json(row.terms)
        options["initial"] = {
            "mode": row.mode,
            "frequency": terms.timing.frequency.value,
            "at": time.fromisoformat(terms.timing.at),
            "weekday": terms.timing.weekday,
            "day": terms.timing.day,
            "cron": terms.timing.cron,
            "working_days_only": terms.timing.working_days_only,
            "target": row.target_id,
            "target_table": row.target_table,
            "calls_a_day": terms.calls_a_day,
            "rows_a_call": terms.rows_a_call,
            "valid_until": row.valid_until,
        }
        super().__init__(*args, **options)
        offered = list_modes(row.resource)
        self.fields["mode"].choices = [  # type: ignore[attr-defined]  # a choice
            (mode.value, mode.label) for mode in offered
        ]
        self.has_modes = bool(offered)
        targets = list_targets(row.organisation_id)
        self.fields["target"].queryset = targets  # type: ignore[attr-defined]  # a choice of rows
        self.has_targets = targets.exists()

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        frequency, mode = given.get("frequency"), given.get("mode")
        if frequency == Frequency.CUSTOM and not given.get("cron"):
            self.add_error("cron", gettext("请写时间表。"))
        if mode and mode != Mode.INTERFACE:
            if not given.get("target"):
                self.add_error("target", gettext("请选择数据送到哪里。"))
            if not given.get("target_table"):
                self.add_error("target_table", gettext("请写接收的表名或者文件名。"))
        return given

    def read(self) -> dict[str, Any]:
        given = self.cleaned_data
        at: time | None = given["at"]
        timing = Timing(
            Frequency(given["frequency"]),
            at=f"{at:%H:%M}" if at else "02:30",
            weekday=given["weekday"] or 1,
            day=given["day"] or 1,
            cron=given["cron"],
            working_days_only=given["working_days_only"],
        )
        until: date = given["valid_until"]
        return {
            "mode": given["mode"],
            "terms": Terms(
                timing=timing, calls_a_day=given["calls_a_day"] or 1000, rows_a_call=given["rows_a_call"] or 100
            ),
            "target": given["target"],
            "target_table": given["target_table"],
            "valid_until": until,
        }


class PaperForm(forms.Form):
    title = forms.CharField(label=_("材料名称"), max_length=60)
    file = forms.FileField(label=_("文件"))


class ConfirmForm(forms.Form):
    """Nothing to type: the page says what happens."""


class OpinionForm(forms.Form):
    opinion = _long(_("意见"), required=False)


class NeededOpinionForm(forms.Form):
    opinion = _long(_("意见"), help_text=_("对方会看到"))


class GroundsForm(forms.Form):
    grounds = _long(_("提请协调的理由"), help_text=_("写明履行什么职责、为什么必须使用"))


class RefuseForm(forms.Form):
    refusal = forms.ChoiceField(label=_("不予共享的理由"), widget=forms.RadioSelect)
    opinion = _long(_("具体说明"), help_text=_("申请单位会看到，并可以据此提请协调"))

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["refusal"].choices = [  # type: ignore[attr-defined]  # a choice
            (each.code, f"{each.title}（{each.source}{each.article}）") for each in list_refusal_reasons()
        ]


class MasksForm(forms.Form):
    """The mask of each column, the catalogue's own chosen; a reason where it covers less."""

    def __init__(self, row: DataRequest, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        columns = Terms.from_json(row.terms).columns
        self.codes = []
        for field in row.version.fields.all():
            if field.code not in columns:
                continue
            self.codes.append(field.code)
            self.fields[f"mask_{field.code}"] = forms.ChoiceField(
                label=gettext("“%(field)s”的脱敏") % {"field": field.name},
                choices=[(mask.value, mask.label) for mask in fitting_masks(field)],
                initial=field.mask,
                help_text=gettext("目录规定：%(mask)s") % {"mask": MaskKind(field.mask).label},
            )
            if field.mask != MaskKind.NONE or field.personal == "sensitive" or field.grade >= 3:
                self.fields[f"why_{field.code}"] = forms.CharField(
                    label=gettext("“%(field)s”比目录规定宽的理由") % {"field": field.name},
                    max_length=200,
                    required=False,
                )
        # What is said of all comes after what is said of each.
        self.fields["opinion"] = self.make_words()

    def make_words(self) -> forms.Field:
        return _long(_("意见"), required=False)

    def read(self, given: dict[str, Any]) -> dict[str, ChosenMask]:
        return {code: ChosenMask(given[f"mask_{code}"], given.get(f"why_{code}") or "") for code in self.codes}


class DecisionForm(forms.Form):
    is_granted = forms.TypedChoiceField(
        label=_("协调决定"),
        choices=[("yes", _("应当共享，合约按目录规定的脱敏生效")), ("no", _("不予共享"))],
        widget=forms.RadioSelect,
        coerce=lambda value: value == "yes",
    )
    decision = _long(_("决定的理由"), help_text=_("双方都会看到；协调决定双方应当执行"))


class _People(forms.ModelChoiceField):  # type: ignore[type-arg]  # generic in the stubs only
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.staff.name}（{obj.post.title}）"


class CoordinatorForm(forms.Form):
    coordinator = _People(Appointment.objects.none(), label=_("协调人"))

    def __init__(self, people: Sequence[Appointment], *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        found = Appointment.objects.filter(pk__in=[each.pk for each in people]).select_related("staff", "post")
        self.fields["coordinator"].queryset = found  # type: ignore[attr-defined]  # a choice of rows


class SteerForm(forms.Form):
    reason = _long(_("原因"), help_text=_("双方都会看到"), most=500)
    basis = forms.CharField(
        label=_("依据"), max_length=200, help_text=_("如：政务数据共享条例第×条；发现超范围使用的检查记录文号")
    )


class ResumeForm(forms.Form):
    reason = _long(_("说明"), most=500)
