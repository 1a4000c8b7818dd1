"""The acts of asking another office for its opinion, answering, and taking the question back; what they ask for."""

from collections.abc import Sequence

from django import forms
from django.utils.translation import gettext_lazy as _

from zhengtong.capabilities.cases import public as cases
from zhengtong.capabilities.cases.public import ActForm, CaseAct, Situation, TaskNode
from zhengtong.desks.workbench.forms import Reasons
from zhengtong.screens.formats import cn_date

REVIEW, VIEW = "cases.review_case", "cases.view_case"


class ConsultForm(ActForm):
    organisation = forms.ChoiceField(label=_("征求哪个单位的意见"))
    officer = forms.CharField(
        label=_("指定答复人"), max_length=40, required=False, help_text=_("知道由谁答复的写姓名；不写的由该单位领办。")
    )
    question = Reasons(_("要征求的意见"), max_length=500)
    days = forms.IntegerField(
        label=_("答复期限（工作日）"),
        min_value=1,
        max_value=30,
        initial=3,
        help_text=_("不停止计算本件的期限，所以不能晚于本件的办理期限。"),
    )

    def __init__(self, situation: Situation, *args: object, **options: object) -> None:
        super().__init__(situation, *args, **options)
        field = self.fields["organisation"]
        assert isinstance(field, forms.ChoiceField)
        offices = cases.list_offices_to_consult(situation.case)
        field.choices = [("", _("请选择")), *((str(each.pk), each.name) for each in offices)]


class AnswerForm(ActForm):
    answer = Reasons(_("意见"), max_length=2000)
    phrases = {"answer": ("无意见", "符合本单位的要求", "不符合本单位的要求，理由：")}


class DropConsultationForm(ActForm):
    consultation = forms.ChoiceField(label=_("撤回哪一条"), widget=forms.RadioSelect)

    def __init__(self, situation: Situation, *args: object, **options: object) -> None:
        waiting = list_unanswered(situation)
        options["initial"] = {"consultation": str(waiting[0].pk) if waiting else ""}
        super().__init__(situation, *args, **options)
        field = self.fields["consultation"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(str(each.pk), f"{each.organisation.name}：{each.question}") for each in waiting]


def list_unanswered(situation: Situation) -> list[cases.Consultation]:
    """Return whom the case's organ has asked and hasn't heard from."""
    asked = cases.list_consultations(situation.case)
    return [each for each in asked if each.answered_at is None and each.task.status == "open"]


def warn_unanswered(situation: Situation) -> Sequence[str]:
    """Return who hasn't answered yet: handing the review on, nobody waits for it any more."""
    words = _("%(name)s还没有答复征求的意见；现在提出审查意见的，不再等它答复。")
    return [str(words) % {"name": each.organisation.name} for each in list_unanswered(situation)]


def describe_question(situation: Situation) -> Sequence[str]:
    """Return what is asked, by whom and until when."""
    task = situation.task(TaskNode.CONSULTATION)
    if task is None:
        return ()
    asked = cases.get_question(task)
    words = _("%(organ)s %(name)s问：%(question)s（答复期限至 %(until)s）")
    until = cn_date(asked.last_day)
    organ, name = asked.case.organisation.short_name, asked.asked_by.staff.name
    return [str(words) % {"organ": organ, "name": name, "question": asked.question, "until": until}]


def consult(situation: Situation, form: ActForm) -> None:
    given = form.cleaned_data
    cases.consult_office(
        actor=situation.actor,
        case_id=situation.case.pk,
        version=given["version"],
        organisation_id=int(given["organisation"]),
        officer=given["officer"],
        question=given["question"],
        days=given["days"],
    )


def answer(situation: Situation, form: ActForm) -> None:
    task = situation.task(TaskNode.CONSULTATION)
    if task is None:
        raise cases.NoTask
    cases.answer_consultation(
        actor=situation.actor, case_id=situation.case.pk, task_id=task.pk, answer=form.cleaned_data["answer"]
    )


def drop(situation: Situation, form: ActForm) -> None:
    given = form.cleaned_data
    cases.drop_consultation(
        actor=situation.actor,
        case_id=situation.case.pk,
        version=given["version"],
        consultation_id=int(given["consultation"]),
    )


def _may_consult(situation: Situation) -> bool:
    at_work = (cases.LegalState.ACCEPTED, cases.LegalState.REVIEWING, cases.LegalState.EXCLUDED_TIME)
    return situation.reviews() and situation.case.state in at_work


ANSWER = CaseAct(
    "answer-consultation",
    _("答复征求意见"),
    _("已答复"),
    VIEW,
    lambda s: s.holds(TaskNode.CONSULTATION),
    answer,
    form=AnswerForm,
    icon="edit",
    told=describe_question,
    lead=_("承办人和作出决定的人都看得到；答复只能提交一次。"),
)
CONSULT = CaseAct(
    "consult",
    _("征求意见"),
    _("已发出征求意见函"),
    REVIEW,
    _may_consult,
    consult,
    form=ConsultForm,
    icon="users",
    lead=_("请其他单位就这个办件提出意见，同时制作征求意见函；不停止计算期限，到期没有答复的会提醒双方。"),
)
DROP = CaseAct(
    "drop-consultation",
    _("撤回征求意见"),
    _("已撤回"),
    REVIEW,
    lambda s: s.reviews() and bool(list_unanswered(s)),
    drop,
    form=DropConsultationForm,
    icon="close",
)
