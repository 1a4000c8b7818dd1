"""The bureau's acts, in the order in which the case page offers them: the first that is possible is the main one."""

from collections.abc import Callable, Sequence
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from zhengtong.capabilities.bundles import public as bundles
from zhengtong.capabilities.cases import public as cases
from zhengtong.capabilities.cases.public import ActForm, CaseAct, LegalState, Situation, TaskNode
from zhengtong.desks.workbench import consulting, forms
from zhengtong.kernel.policy import Denied
from zhengtong.screens.formats import cn_datetime

REVIEW, DECIDE, APPROVE = "cases.review_case", "cases.decide_case", "cases.approve_extension"
VIEW, ARCHIVE = "cases.view_case", "cases.archive_case"
ENDED = (
    LegalState.DELIVERED,
    LegalState.WITHDRAWN,
    LegalState.NOT_REQUIRED,
    LegalState.NOT_COMPETENT,
)


def _common(situation: Situation, form: ActForm) -> dict[str, Any]:
    """The arguments that every service of a case takes."""
    return {
        "actor": situation.actor,
        "case_id": situation.case.pk,
        "version": form.cleaned_data["version"],
    }


def _reviewing(*states: LegalState) -> Callable[[Situation], bool]:
    return lambda situation: situation.reviews() and situation.case.state in states


def _recommending(situation: Situation) -> bool:
    return situation.holds(TaskNode.REVIEW) and situation.case.state == LegalState.REVIEWING


def _deciding(situation: Situation) -> bool:
    return situation.has(TaskNode.DECISION) and situation.case.state == LegalState.REVIEWING


def _held(situation: Situation) -> bool:
    return any(situation.holds(node) for node in forms.NODES)


def claim(situation: Situation, _form: ActForm) -> None:
    task = situation.free(forms.NODES)
    if task is None:
        # Asked for by someone whose page is old: the service says who has it.
        task = next((t for t in situation.tasks if t.node in forms.NODES), None)
    if task is None:
        raise cases.NoTask
    cases.claim_task(actor=situation.actor, task_id=task.pk)


def _own_task(situation: Situation) -> int:
    for node in forms.NODES:
        task = situation.task(node)
        if task is not None and situation.holds(node):
            return task.pk
    raise cases.NoTask


def release(situation: Situation, _form: ActForm) -> None:
    cases.release_task(actor=situation.actor, task_id=_own_task(situation))


def delegate(situation: Situation, form: forms.DelegateForm) -> None:
    cases.delegate_task(
        actor=situation.actor,
        task_id=_own_task(situation),
        to=form.colleague,
        reason=form.cleaned_data["reason"],
        keeps_watching=form.cleaned_data["keeps_watching"],
    )


def reassign(situation: Situation, form: forms.ReassignTaskForm) -> None:
    task = forms.find_led_task(situation)
    if task is None:
        raise cases.NoTask
    cases.reassign_task(actor=situation.actor, task_id=task.pk, to=form.colleague, reason=form.cleaned_data["reason"])


def arrange_visit(situation: Situation, form: forms.VisitForm) -> None:
    given = {name: form.cleaned_data[name] for name in ("planned_at", "place", "allowed_days")}
    given |= _common(situation, form) | {"officers": form.people}
    if form.invited_cases:
        bundles.propose_joint_visit(**given, invited=form.invited_cases)
    else:
        cases.arrange_site_visit(**given)


def confirm_visit(situation: Situation, form: forms.JoinVisitForm) -> None:
    bundles.confirm_joint_visit(**_common(situation, form), officers=form.people)


def decline_visit(situation: Situation, form: ActForm) -> None:
    bundles.decline_joint_visit(**_common(situation, form), reason=form.cleaned_data["reason"])


def move_visit(situation: Situation, form: forms.MoveVisitForm) -> None:
    given = form.cleaned_data
    bundles.move_joint_visit(**_common(situation, form), planned_at=given["planned_at"], place=given["place"])


def describe_joint_visit(situation: Situation) -> Sequence[str]:
    """Return when and where the organs go, for whoever is asked along."""
    joining = bundles.get_joining(situation.case)
    if joining is None:
        return ()
    joint = joining.joint
    words = _("%(at)s，%(place)s，所需 %(days)d 个工作日不计入办理期限")
    return [str(words) % {"at": cn_datetime(joint.planned_at), "place": joint.place, "days": joint.allowed_days}]


def _joining(may: Callable[[bundles.JointVisitPart], bool]) -> Callable[[Situation], bool]:
    def can(situation: Situation) -> bool:
        if situation.case.parent_id is None or not situation.has(TaskNode.REVIEW):
            return False
        joining = bundles.get_joining(situation.case)
        return joining is not None and may(joining)

    return can


def ask_opinion(situation: Situation, form: ActForm) -> None:
    given = form.cleaned_data
    bundles.ask_opinion(**_common(situation, form), asked_id=int(given["asked"]), question=given["question"])


def give_opinion(situation: Situation, form: ActForm) -> None:
    given = form.cleaned_data
    bundles.give_opinion(
        actor=situation.actor,
        opinion_id=int(given["opinion"]),
        answer=given["answer"],
        version=given["version"],
    )


def _may_ask(situation: Situation) -> bool:
    return (
        situation.case.parent_id is not None
        and situation.holds(TaskNode.REVIEW)
        and bool(bundles.list_askable(situation.case))
    )


def record_visit(situation: Situation, form: forms.VisitResultForm) -> None:
    cases.record_site_visit(**_common(situation, form), is_passed=form.passed, findings=form.cleaned_data["findings"])


def start_procedure(situation: Situation, form: forms.ProcedureForm) -> None:
    names = ("rule", "reason", "allowed_days", "conducted_by", "planned_at", "place")
    given = {name: form.cleaned_data[name] for name in names}
    cases.start_procedure(**_common(situation, form), **given, chair=form.chairing)


def finish_procedure(situation: Situation, form: forms.ProcedureResultForm) -> None:
    cases.finish_procedure(**_common(situation, form), is_passed=form.passed, record=form.cleaned_data["record"])


def ask_countersign(situation: Situation, form: forms.AskCountersignForm) -> None:
    given = form.cleaned_data
    cases.ask_countersign(
        **_common(situation, form), signers=form.people, timing=given["timing"], question=given["question"]
    )


def countersign(situation: Situation, form: forms.CountersignForm) -> None:
    cases.give_countersign(**_common(situation, form), agrees=form.agreed, opinion=form.cleaned_data["opinion"])


def drop_countersign(situation: Situation, form: ActForm) -> None:
    cases.drop_countersign(**_common(situation, form), countersign_id=int(form.cleaned_data["countersign"]))


def describe_countersign(situation: Situation) -> Sequence[str]:
    """Return who asks her to sign, and what she is to look at."""
    asked = (each for each in cases.list_waiting(situation.case) if each.signer_id == situation.actor.appointment)
    return [f"{each.asked_by.staff.name}：{each.question}" for each in asked]


def _asked_by_her(situation: Situation) -> bool:
    waiting = cases.list_waiting(situation.case) if situation.may(REVIEW) else []
    return any(each.asked_by_id == situation.actor.appointment for each in waiting)


def _visited(situation: Situation) -> bool:
    return _reviewing(LegalState.EXCLUDED_TIME)(situation) and cases.get_open_procedure(situation.case) is None


def _in_procedure(situation: Situation) -> bool:
    return _reviewing(LegalState.EXCLUDED_TIME)(situation) and cases.get_open_procedure(situation.case) is not None


def recommend(situation: Situation, form: ActForm) -> None:
    given = form.cleaned_data
    cases.recommend(**_common(situation, form), outcome=given["outcome"], opinion=given["opinion"])


def take_process_step(situation: Situation, form: forms.ProcessStepForm) -> None:
    given = form.cleaned_data
    cases.complete_process_task(
        actor=situation.actor,
        case_id=situation.case.pk,
        task_id=given["task"],
        outcome=given.get("outcome", ""),
        opinion=given["opinion"],
        values=form.values(),
    )


def return_process_step(situation: Situation, form: forms.ProcessReturnForm) -> None:
    given = form.cleaned_data
    cases.return_process_task(
        actor=situation.actor,
        case_id=situation.case.pk,
        task_id=given["task"],
        node_id=given["node_id"],
        reason=given["reason"],
    )


def _walking(situation: Situation) -> bool:
    is_at_work = situation.case.state in (LegalState.ACCEPTED, LegalState.REVIEWING)
    return is_at_work and situation.holds(TaskNode.PROCESS)


def _may_step_back(situation: Situation) -> bool:
    task = situation.task(TaskNode.PROCESS)
    return _walking(situation) and task is not None and bool(cases.list_step_targets(task))


def request_extension(situation: Situation, form: ActForm) -> None:
    given = form.cleaned_data
    cases.request_extension(**_common(situation, form), days=given["days"], reason=given["reason"])


def decide_extension(situation: Situation, form: forms.ExtensionDecisionForm) -> None:
    if not situation.may(APPROVE):
        raise Denied(APPROVE)
    cases.decide_extension(**_common(situation, form), is_approved=form.approved, opinion=form.cleaned_data["opinion"])


def grant(situation: Situation, form: ActForm) -> None:
    cases.grant_case(**_common(situation, form), reasons=form.cleaned_data["reasons"])


def refuse(situation: Situation, form: ActForm) -> None:
    given = form.cleaned_data
    cases.refuse_case(**_common(situation, form), reasons=given["reasons"], legal_basis=given["legal_basis"])


def return_to_review(situation: Situation, form: forms.ReturnForm) -> None:
    cases.return_to_review(**_common(situation, form), reason=form.cleaned_data["reason"], marks=form.marks())


def archive(situation: Situation, form: ActForm) -> None:
    cases.archive_case(**_common(situation, form))


def list_remedies(_situation: Situation) -> Sequence[str]:
    """Return what the applicant will be told that she may do against a refusal (行政许可法 第三十八条)."""
    return [rule.text for rule in cases.get_rulebook().remedies_on(timezone.localdate())]


def describe_request(situation: Situation) -> Sequence[str]:
    """Return who asks for more time, how much and why."""
    request = situation.case.extension_requests.filter(decided_at=None).select_related("requested_by__staff").first()
    if request is None:
        return ()
    return [
        str(_("%(name)s申请延长 %(days)d 个工作日：%(reason)s"))
        % {"name": request.requested_by.staff.name, "days": request.days, "reason": request.reason}
    ]


ACTS = (
    CaseAct(
        "confirm-visit",
        _("确认联合核查"),
        _("已确认参加联合核查，通知书已制作"),
        REVIEW,
        _joining(bundles.may_confirm),
        confirm_visit,
        form=forms.JoinVisitForm,
        icon="check",
        told=describe_joint_visit,
        lead=_("确认后本部门的办理期限停止计算，核查结论由各部门分别记录。"),
    ),
    CaseAct(
        "process-step",
        _("办理本环节"),
        _("本环节已办理"),
        VIEW,
        _walking,
        take_process_step,
        form=forms.ProcessStepForm,
        template="workbench/process_step.html",
    ),
    CaseAct(
        "recommend",
        _("提出审查意见"),
        _("已提交审查意见，等待作出决定"),
        REVIEW,
        _recommending,
        recommend,
        form=forms.RecommendForm,
        told=consulting.warn_unanswered,
    ),
    CaseAct(
        "record-visit",
        _("记录核查结果"),
        _("已记录核查结果，时限恢复计算"),
        REVIEW,
        _visited,
        record_visit,
        form=forms.VisitResultForm,
    ),
    CaseAct(
        "finish-procedure",
        _("记录特别程序结果"),
        _("已记录，时限恢复计算"),
        REVIEW,
        _in_procedure,
        finish_procedure,
        form=forms.ProcedureResultForm,
    ),
    CaseAct(
        "countersign",
        _("加签"),
        _("已加签"),
        VIEW,
        lambda s: s.holds(TaskNode.COUNTERSIGN),
        countersign,
        form=forms.CountersignForm,
        icon="edit",
        told=describe_countersign,
        lead=_("加签的意见，承办人和作出决定的人都看得到；加签不代替决定。"),
    ),
    CaseAct(
        "grant",
        _("准予许可"),
        _("已准予许可，决定书和证照正在制作"),
        DECIDE,
        _deciding,
        grant,
        form=forms.GrantForm,
        confirms=True,
        lead=_("决定作出后公开，决定书和电子证照随即送达申请人。"),
    ),
    CaseAct(
        "refuse",
        _("不予许可"),
        _("已作出不予许可的决定"),
        DECIDE,
        _deciding,
        refuse,
        form=forms.RefusalForm,
        confirms=True,
        is_grave=True,
        icon="close",
        told=list_remedies,
        lead=_("应当说明理由，并告知申请行政复议、提起行政诉讼的权利（《行政许可法》第三十八条）。"),
    ),
    CaseAct(
        "return",
        _("退回审查"),
        _("已退回审查人员"),
        DECIDE,
        _deciding,
        return_to_review,
        form=forms.ReturnForm,
        icon="arrow",
        template="workbench/return.html",
    ),
    CaseAct(
        "process-return",
        _("退回前面的环节"),
        _("已退回"),
        VIEW,
        _may_step_back,
        return_process_step,
        form=forms.ProcessReturnForm,
        icon="arrow",
        lead=_("同时在办的其他环节不受影响；退回的环节办完后再走到这里。"),
    ),
    CaseAct(
        "decide-extension",
        _("审批延期"),
        _("已作出延期审批"),
        APPROVE,
        lambda s: s.has(TaskNode.EXTENSION),
        decide_extension,
        form=forms.ExtensionDecisionForm,
        icon="clock",
        told=describe_request,
        lead=_("延长期限一次为限，批准后告知申请人理由和新的期限（《行政许可法》第四十二条）。"),
    ),
    consulting.ANSWER,
    CaseAct(
        "give-opinion",
        _("答复征求意见"),
        _("已答复"),
        REVIEW,
        lambda s: bool(bundles.list_open_questions(s.case)),
        give_opinion,
        form=forms.GiveOpinionForm,
        icon="edit",
        lead=_("同一件事的其他部门征求本部门的意见，答复双方都能看到。"),
    ),
    CaseAct(
        "claim",
        _("领办"),
        _("已领办 %(number)s"),
        VIEW,
        lambda s: s.free(forms.NODES) is not None,
        claim,
        style="button",
    ),
    CaseAct(
        "arrange-visit",
        _("安排现场核查"),
        _("已安排现场核查，通知书已制作"),
        REVIEW,
        _reviewing(LegalState.REVIEWING),
        arrange_visit,
        form=forms.VisitForm,
        icon="map",
        lead=_("核查所需时间不计入办理期限，通知书会告知申请人。"),
    ),
    CaseAct(
        "decline-visit",
        _("不参加联合核查"),
        _("已告知发起部门"),
        REVIEW,
        _joining(bundles.may_decline),
        decline_visit,
        form=forms.DeclineVisitForm,
        icon="close",
        lead=_("已经确认过的，本部门的核查照原定时间自行进行。"),
    ),
    CaseAct(
        "move-visit",
        _("联合核查改期"),
        _("已改期，其他部门会重新确认"),
        REVIEW,
        _joining(bundles.may_move),
        move_visit,
        form=forms.MoveVisitForm,
        icon="clock",
        lead=_("新的时间应在已告知申请人的期间之内；申请人会收到新的通知书。"),
    ),
    CaseAct(
        "ask-opinion",
        _("征求部门意见"),
        _("已发给对方部门"),
        REVIEW,
        _may_ask,
        ask_opinion,
        form=forms.AskOpinionForm,
        icon="users",
        lead=_("征求同一件事中其他部门的意见，不停止计算期限。"),
    ),
    consulting.CONSULT,
    consulting.DROP,
    CaseAct(
        "start-procedure",
        _("启动特别程序"),
        _("已启动，告知书已制作，时限停止计算"),
        REVIEW,
        _reviewing(LegalState.REVIEWING),
        start_procedure,
        form=forms.ProcedureForm,
        icon="clock",
        lead=_(
            "听证、专家评审、检验、检测、检疫、鉴定等所需时间不计入办理期限，应当书面告知申请人（《行政许可法》第四十五条）。"
        ),
    ),
    CaseAct(
        "ask-countersign",
        _("请同事加签"),
        _("已请同事加签"),
        REVIEW,
        lambda s: s.reviews() and s.case.state == LegalState.REVIEWING,
        ask_countersign,
        form=forms.AskCountersignForm,
        icon="users",
        lead=_("前加签的意见齐了才能办结本环节；后加签的在提出审查意见以后签，签完才到决定环节。期限照常计算。"),
    ),
    CaseAct(
        "drop-countersign",
        _("撤回加签"),
        _("已撤回"),
        VIEW,
        _asked_by_her,
        drop_countersign,
        form=forms.DropCountersignForm,
        icon="close",
    ),
    CaseAct(
        "request-extension",
        _("申请延期"),
        _("已提交延期申请"),
        REVIEW,
        _reviewing(LegalState.REVIEWING, LegalState.EXCLUDED_TIME),
        request_extension,
        form=forms.ExtensionForm,
        icon="clock",
        lead=_("延长期限须经本行政机关负责人批准，以一次为限。"),
    ),
    CaseAct(
        "delegate",
        _("转办"),
        _("已转办；对方打开之前可以在“交接”中撤回"),
        VIEW,
        _held,
        delegate,
        form=forms.DelegateForm,
        icon="users",
    ),
    CaseAct(
        "reassign",
        _("改派"),
        _("已改派，原经办人和接手人都会收到消息"),
        VIEW,
        lambda s: forms.find_led_task(s) is not None,
        reassign,
        form=forms.ReassignTaskForm,
        icon="users",
        lead=_("作为单位负责人，把这个办件的任务交给本单位另一位有同样权限的同事。"),
    ),
    CaseAct("release", _("退回待领"), _("已退回待领办"), VIEW, _held, release, style="button", icon="upload"),
    CaseAct(
        "archive",
        _("归档"),
        _("%(number)s 已归档"),
        ARCHIVE,
        lambda s: s.case.state in ENDED,
        archive,
        style="dialog",
        icon="check",
        lead=_("归档后办件不再变动。"),
    ),
)
BY_CODE = {act.code: act for act in ACTS}
