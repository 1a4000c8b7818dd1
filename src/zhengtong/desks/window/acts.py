"""The counter's acts, in the order in which the page offers them: the first that is possible is the main one."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from zhengtong.capabilities.cases import public as cases
from zhengtong.capabilities.cases.public import ActForm, CaseAct, Situation, TaskNode
from zhengtong.capabilities.payments import public as payments
from zhengtong.desks.window import forms
from zhengtong.desks.window.marking import PartMarksForm, mark_parts
from zhengtong.desks.window.receiving import list_to_accept

ACCEPT, DELIVER, VIEW = "cases.accept_case", "cases.deliver_case", "cases.view_case"
NODES = (TaskNode.ACCEPTANCE, TaskNode.DELIVERY)


def _common(situation: Situation, form: ActForm) -> dict[str, Any]:
    """The arguments that every service of a case takes."""
    return {
        "actor": situation.actor,
        "case_id": situation.case.pk,
        "version": form.cleaned_data["version"],
    }


def _waits(situation: Situation) -> bool:
    return situation.has(TaskNode.ACCEPTANCE)


def accept(situation: Situation, form: ActForm) -> None:
    cases.accept_case(**_common(situation, form), opinion=form.cleaned_data["opinion"])


def correct(situation: Situation, form: forms.SpotCorrectionForm) -> None:
    cases.correct_on_spot(**_common(situation, form), answers=form.answers(), consent=form.cleaned_data["consent"])


def request_corrections(situation: Situation, form: forms.CorrectionsForm) -> None:
    cases.request_corrections(**_common(situation, form), marks=form.marks())


def declare_not_competent(situation: Situation, form: ActForm) -> None:
    given = form.cleaned_data
    cases.declare_not_competent(
        **_common(situation, form),
        reasons=given["reasons"],
        competent=given["competent"],
        address=given["address"],
        phone=given["phone"],
    )


def declare_not_required(situation: Situation, form: ActForm) -> None:
    cases.declare_not_required(**_common(situation, form), reasons=form.cleaned_data["reasons"])


def deliver(situation: Situation, form: ActForm) -> None:
    cases.deliver_case(**_common(situation, form), recipient=form.cleaned_data["recipient"])


def owes(situation: Situation) -> bool:
    """Whether the case has a fee that is due; one whose item has no fees costs no look at the database."""
    return payments.describe_fees(situation.case).first_due is not None


def collect(situation: Situation, form: forms.CollectForm) -> None:
    order = form.order
    if order is None:
        raise payments.PaymentRefused(gettext("这个办件没有要缴的费用，请刷新页面。"))
    given = form.cleaned_data
    payments.collect_fee(
        actor=situation.actor, order_id=order.pk, way=given["way"], receipt_number=given["receipt_number"]
    )


def claim(situation: Situation, _form: ActForm) -> None:
    task = situation.free(NODES) or next((t for t in situation.tasks if t.node in NODES), None)
    if task is None:
        raise cases.NoTask
    cases.claim_task(actor=situation.actor, task_id=task.pk)


def release(situation: Situation, _form: ActForm) -> None:
    task = next((t for t in situation.tasks if situation.holds(t.node)), None)
    if task is None:
        raise cases.NoTask
    cases.release_task(actor=situation.actor, task_id=task.pk)


def list_remedies(_situation: Situation) -> list[str]:
    """Return what the applicant will be told that she may do against being turned away."""
    return [rule.text for rule in cases.get_rulebook().remedies_on(timezone.localdate())]


ACTS = (
    CaseAct(
        "collect",
        _("窗口收费"),
        _("已收费，缴款凭证已制作"),
        payments.COLLECT,
        owes,
        collect,
        form=forms.CollectForm,
        confirms=True,
        icon="check",
        lead=_("收到现金或者刷卡成功以后登记。金额按缴款单，不能改。"),
    ),
    CaseAct(
        "accept",
        pgettext_lazy("act", "受理"),
        _("已受理 %(number)s，受理通知书已制作"),
        ACCEPT,
        _waits,
        accept,
        form=forms.AcceptForm,
        style="dialog",
        lead=_("材料齐全、符合法定形式。受理后开始计算办理期限，并向申请人出具受理通知书。"),
    ),
    CaseAct(
        "deliver",
        _("窗口送达"),
        _("已送达 %(number)s，送达回证已制作"),
        DELIVER,
        lambda s: s.has(TaskNode.DELIVERY),
        deliver,
        form=forms.DeliveryForm,
        lead=_("把决定书和证照交给领取人，请领取人在送达回证上签名。"),
    ),
    CaseAct(
        "corrections",
        _("一次性补正"),
        _("已发出补正通知书"),
        ACCEPT,
        _waits,
        request_corrections,
        form=forms.CorrectionsForm,
        confirms=True,
        icon="edit",
        template="window/corrections.html",
        lead=_("一次告知需要补正的全部内容（《行政许可法》第三十二条）。"),
    ),
    CaseAct(
        "mark-parts",
        _("几个事项一并补正"),
        _("已发出补正通知书"),
        ACCEPT,
        lambda s: bool(list_to_accept(s.case)),
        mark_parts,
        form=PartMarksForm,
        confirms=True,
        icon="edit",
        template="window/mark_parts.html",
        lead=_("共用的内容标注一次，用到它的每个事项都会告知；每个事项各发一份补正通知书。"),
    ),
    CaseAct(
        "correct",
        _("当场更正"),
        _("已当场更正"),
        ACCEPT,
        _waits,
        correct,
        form=forms.SpotCorrectionForm,
        icon="check",
        template="window/correct.html",
        lead=_("可以当场更正的错误，经申请人同意当场更正（《行政许可法》第三十二条）。"),
    ),
    CaseAct(
        "not-competent",
        _("不予受理（不属于本机关职权）"),
        _("已作出不予受理决定"),
        ACCEPT,
        _waits,
        declare_not_competent,
        form=forms.NotCompetentForm,
        confirms=True,
        is_grave=True,
        icon="close",
        told=list_remedies,
        lead=_("即时作出不予受理的决定，并告知申请人向有关行政机关申请。"),
    ),
    CaseAct(
        "not-required",
        _("不需要取得许可"),
        _("已告知申请人不需要取得许可"),
        ACCEPT,
        _waits,
        declare_not_required,
        form=forms.NotRequiredForm,
        confirms=True,
        is_grave=True,
        icon="info",
        told=list_remedies,
        lead=_("依法不需要取得行政许可的，即时告知申请人不受理。"),
    ),
    CaseAct(
        "claim",
        _("领办"),
        _("已领办 %(number)s"),
        VIEW,
        lambda s: s.free(NODES) is not None,
        claim,
        style="button",
        icon="user",
    ),
    CaseAct(
        "release",
        _("退回待领"),
        _("已退回待领办"),
        VIEW,
        lambda s: any(s.holds(node) for node in NODES),
        release,
        style="button",
        icon="upload",
    ),
)
BY_CODE = {act.code: act for act in ACTS}
