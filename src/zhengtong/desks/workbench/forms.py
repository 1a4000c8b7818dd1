"""What the bureau's acts ask for, and the phrases that officials use again and again."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from zhengtong.capabilities.bundles.public import (
    get_bundle_of,
    get_joining,
    list_askable,
    list_open_questions,
    why_not_invited,
)
from zhengtong.capabilities.cases.public import (
    HEARING,
    ActForm,
    Countersign,
    Situation,
    Task,
    TaskNode,
    get_open_node,
    get_open_procedure,
    get_rulebook,
    list_answers,
    list_delegates,
    list_procedures,
    list_step_targets,
    list_waiting,
    make_field,
    plain,
    read_field_specs,
)
from zhengtong.core.identity.public import Appointment, list_colleagues
from zhengtong.core.worklist.public import leads

REVIEWER_ROLES = ("reviewer", "approver")
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


REASONS_TO_REASSIGN = ("经办人请假、外出", "工作分工调整", "均衡分派任务", "加快办理，避免超期", "依法应当回避")


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


def find_led_task(situation: Situation) -> Task | None:
    """Return the open task of an office that she leads and that isn't in her own hands."""
    me = situation.actor.appointment
    found = (situation.task(node) for node in NODES)
    return next((t for t in found if t and t.assignee_id != me and leads(situation.actor, t.organisation_id)), None)


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


class NamesOfficers(ActForm):
    """A form that asks who of the organ goes to the site."""

    officers = AppointmentChoices(
        label=_("核查人员"), widget=forms.CheckboxSelectMultiple, help_text=_("至少两名，依据《行政许可法》第三十四条")
    )

    def __init__(self, situation: Situation, *args: Any, **options: Any) -> None:
        super().__init__(situation, *args, **options)
        found = list_colleagues(situation.case.organisation_id).filter(post__roles__role__in=REVIEWER_ROLES)
        people: dict[int, Appointment] = {}
        for person in found:
            people.setdefault(person.staff_id, person)
        self._officers.set_people(list(people.values()))

    @property
    def people(self) -> list[Appointment]:
        return [self._officers.people[key] for key in self.cleaned_data["officers"]]

    @property
    def _officers(self) -> AppointmentChoices:
        field = self.fields["officers"]
        assert isinstance(field, AppointmentChoices)
        return field


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


class VisitForm(NamesOfficers, NamesTime):
    allowed_days = forms.IntegerField(
        label=_("所需工作日"),
        min_value=1,
        max_value=60,
        help_text=_("从今天算起，这些天不计入办理期限，会书面告知申请人"),
        error_messages={"invalid": _("请填写整数")},
    )
    invited = forms.MultipleChoiceField(
        label=_("邀请同一件事的其他部门一同核查"), widget=forms.CheckboxSelectMultiple, required=False
    )
    field_order = ("officers", "planned_at", "place", "allowed_days", "invited")

    def __init__(self, situation: Situation, *args: Any, **options: Any) -> None:
        options["initial"] = {"place": _premises(situation), "allowed_days": _visit_days(situation)}
        super().__init__(situation, *args, **options)
        self._offer_organs(situation)

    def _offer_organs(self, situation: Situation) -> None:
        """Offer the organs of the other parts that can come, and say of the rest why not."""
        found = get_bundle_of(situation.case)
        offered, others = [], []
        for part in found[1] if found else ():
            if part.case_id == situation.case.pk:
                continue
            name = f"{part.office.organisation.name}（{part.item.name}）"
            if why := why_not_invited(part):
                others.append(f"{name}{gettext(why)}")
            else:
                offered.append((str(part.case_id), name))
        if not offered and not others:
            del self.fields["invited"]
            return
        field = self.fields["invited"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = offered
        if others:
            field.help_text = gettext("不能邀请的：%(others)s") % {"others": "；".join(others)}

    @property
    def invited_cases(self) -> list[int]:
        return [int(each) for each in self.cleaned_data.get("invited", ())]


class JoinVisitForm(NamesOfficers):
    """Who of her organ comes along; when and where is settled."""


class MoveVisitForm(NamesTime):
    def __init__(self, situation: Situation, *args: Any, **options: Any) -> None:
        joining = get_joining(situation.case)
        if joining is not None:
            options["initial"] = {"planned_at": joining.joint.planned_at, "place": joining.joint.place}
        super().__init__(situation, *args, **options)


class DeclineVisitForm(ActForm):
    reason = forms.CharField(label=_("不参加的原因"), max_length=200, help_text=_("会告知发起部门"))
    phrases = {"reason": ("本部门已另行核查", "当天人员不足，另行安排核查", "现场还不具备核查条件")}


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


def _premises(situation: Situation) -> str:
    """Return the address of what is visited, where the item asks for one."""
    keys = [spec.key for spec in situation.definition.fields() if spec.element == "premises_address"]
    return next((str(situation.case.form[key]) for key in (*keys, "premises") if situation.case.form.get(key)), "")


def _visit_days(situation: Situation) -> int | None:
    code = situation.definition.text.get("limits", {}).get("site_visit")
    try:
        return get_rulebook().limit(code, timezone.localdate()).budget if code else None
    except LookupError:
        return None


class VisitResultForm(ActForm):
    is_passed = forms.ChoiceField(
        label=_("核查结论"), widget=forms.RadioSelect, choices=[("yes", _("符合要求")), ("no", _("不符合要求"))]
    )
    findings = Reasons(_("核查情况"))
    phrases = {
        "findings": (
            "场所布局、设备设施与申请材料一致",
            "加工区与就餐区分开，流程合理，无交叉污染",
            "消毒、冷藏设备运转正常",
            "现场与提交的布局图不一致",
            "未设置专用的餐具清洗消毒水池",
        )
    }

    @property
    def passed(self) -> bool:
        return YES_NO[self.cleaned_data["is_passed"]]


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


NODES = (
    TaskNode.PROCESS,
    TaskNode.REVIEW,
    TaskNode.DECISION,
    TaskNode.EXTENSION,
    TaskNode.COUNTERSIGN,
    TaskNode.CONSULTATION,
)
