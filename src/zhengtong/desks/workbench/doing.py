"""When each of the bureau's acts is possible, and which service does it with what its form asked."""

from collections.abc import Callable, Sequence
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from zhengtong.capabilities.bundles import public as bundles
from zhengtong.capabilities.cases import public as cases
from zhengtong.capabilities.cases.public import ActForm, LegalState, Situation, TaskNode
from zhengtong.desks.workbench import forms
from zhengtong.kernel.policy import Denied
from zhengtong.screens.formats import cn_datetime

REVIEW, APPROVE = "cases.review_case", "cases.approve_extension"


def _common(situation: Situation, form: ActForm) -> dict[str, Any]:
    """The arguments that every service of a case takes."""
    return {
        "actor": situation.actor,
        "case_id": situation.case.pk,
        "version": form.cleaned_data["version"],
    }


def reviewing(*states: LegalState) -> Callable[[Situation], bool]:
    return lambda situation: situation.reviews() and situation.case.state in states


def recommending(situation: Situation) -> bool:
    return situation.holds(TaskNode.REVIEW) and situation.case.state == LegalState.REVIEWING


def deciding(situation: Situation) -> bool:
    return situation.has(TaskNode.DECISION) and situation.case.state == LegalState.REVIEWING


def held(situation: Situation) -> bool:
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


def joining(may: Callable[[bundles.JointVisitPart], bool]) -> Callable[[Situation], bool]:
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


def may_ask(situation: Situation) -> bool:
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


def asked_by_her(situation: Situation) -> bool:
    waiting = cases.list_waiting(situation.case) if situation.may(REVIEW) else []
    return any(each.asked_by_id == situation.actor.appointment for each in waiting)


def visited(situation: Situation) -> bool:
    return reviewing(LegalState.EXCLUDED_TIME)(situation) and cases.get_open_procedure(situation.case) is None


def in_procedure(situation: Situation) -> bool:
    return reviewing(LegalState.EXCLUDED_TIME)(situation) and cases.get_open_procedure(situation.case) is not None


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


def walking(situation: Situation) -> bool:
    is_at_work = situation.case.state in (LegalState.ACCEPTED, LegalState.REVIEWING)
    return is_at_work and situation.holds(TaskNode.PROCESS)


def may_step_back(situation: Situation) -> bool:
    task = situation.task(TaskNode.PROCESS)
    return walking(situation) and task is not None and bool(cases.list_step_targets(task))


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
