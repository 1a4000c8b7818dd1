"""A case walks through the process that its item names: it begins at the acceptance, its nodes become tasks."""

from collections.abc import Iterable, Sequence
from datetime import datetime, time, timedelta

from django.utils import timezone

from zhengtong.capabilities.cases.definitions import get_definition
from zhengtong.capabilities.cases.models import Case, CaseProcess, Task, TaskNode, TaskStatus
from zhengtong.capabilities.cases.services import clocks
from zhengtong.capabilities.cases.services.assignment import find_still_able, list_able
from zhengtong.capabilities.cases.services.steps import note_act, open_task
from zhengtong.capabilities.cases.staffing import ORGAN_HEAD, find_organs
from zhengtong.capabilities.cases.walk import describe_context, get_walk
from zhengtong.capabilities.workflow.public import (
    OpenNode,
    StepFailed,
    Subject,
    WorkflowRefused,
    cancel,
    get_process,
    list_open_nodes,
    report_problem,
    start,
)
from zhengtong.kernel.expressions import ExpressionError, parse
from zhengtong.kernel.modules import Permission, registry
from zhengtong.kernel.policy import Actor

Lamp = tuple[str, datetime | None]


def subject_of(case: Case) -> Subject:
    return Subject("cases.case", case.pk, case.number or "")


def start_walk(case: Case, *, actor: Actor, lamp: Lamp) -> bool:
    """Begin the process that the item names, in the version in force; return whether the case is in it now.

    Where it can't begin the case isn't stuck: it is reviewed without it, and the failure is on the compilers' list.
    """
    code = get_definition(case.item_version_id).text.get("process", "")
    if not code:
        return False
    walk = CaseProcess(case=case, code=code)
    try:
        instance = start(actor=actor, process=code, subject=subject_of(case), context=describe_context(case))
    except (StepFailed, WorkflowRefused) as failed:
        walk.save(force_insert=True)
        _report(case, code, failed.sentence, getattr(failed, "node_id", ""), actor=actor)
        return False
    walk.instance = instance
    walk.save(force_insert=True)
    nodes = list_open_nodes(instance)
    if nodes:
        open_nodes(case, nodes, actor=actor, lamp=lamp)
    else:
        # Nothing of it is for this case: straight to the decision would skip the review.
        return False
    return True


def _report(case: Case, code: str, sentence: str, node_id: str, *, actor: Actor) -> None:
    process = get_process(code)
    if process is not None:
        report_problem(actor=actor, process=process, subject=subject_of(case), sentence=sentence, node_id=node_id)
    note_act(case, "process_problem", actor=actor, note=f"流程没有按图进行：{sentence}")


def end_walk(case: Case, *, actor: Actor) -> None:
    """End the process of a case that ended before its time."""
    walk = get_walk(case.pk)
    if walk is not None and walk.instance is not None:
        cancel(actor=actor, instance=walk.instance)


def open_nodes(case: Case, nodes: Iterable[OpenNode], *, actor: Actor, lamp: Lamp) -> None:
    """Open the tasks of nodes: one each, or one for every department of a joint review."""
    for node in nodes:
        permission = node.spec.permission if _is_permission(node.spec.permission) else "cases.review_case"
        offices = _list_departments(case, node, actor) if node.spec.is_joint else [_find_office(case, node, actor)]
        for office in offices:
            open_task(
                case,
                TaskNode.PROCESS,
                organisation_id=office,
                assignee_id=_find_holder(case, node, office, permission),
                lamp=lamp,
                permission=permission,
                node_key=node.key,
                title=node.title[:120],
                due_at=_due_at(case, node),
            )


def _is_permission(code: str) -> bool:
    return any(each.code == code for each in registry.of(Permission))


def _find_office(case: Case, node: OpenNode, actor: Actor) -> int:
    way = node.spec.organisation
    if way == "parent":
        return case.organisation.parent_id or case.organisation_id
    if way.startswith("code:"):
        found = find_organs([way.removeprefix("code:")], case.organisation.region)
        if found:
            return next(iter(found.values()))
        _report_node(case, node, f"环节“{node.title}”要交给的机构（{way[5:]}）已经不存在，由承办机关办理。", actor)
    return case.organisation_id


def _list_departments(case: Case, node: OpenNode, actor: Actor) -> list[int]:
    codes: Sequence[str] = node.spec.departments
    why = ""
    if node.spec.departments_from:
        try:
            answer = parse(node.spec.departments_from).evaluate(describe_context(case))
        except ExpressionError as error:
            answer, why = None, str(error)
        listed = answer if isinstance(answer, list | tuple) else str(answer or "").replace("，", ",").split(",")
        codes = (*codes, *(str(each).strip().removeprefix("code:") for each in listed if str(each).strip()))
    found = find_organs(codes, case.organisation.region)
    if not found:
        _report_node(case, node, f"会签环节“{node.title}”没有算出参加的部门，由承办机关办理。{why}", actor)
        return [case.organisation_id]
    if missing := [code for code in codes if code not in found]:
        _report_node(case, node, f"会签环节“{node.title}”要请的{'、'.join(missing)}找不到，没有请到。", actor)
    return list(dict.fromkeys(found[code] for code in codes if code in found))


def _report_node(case: Case, node: OpenNode, sentence: str, actor: Actor) -> None:
    walk = get_walk(case.pk)
    if walk is not None:
        _report(case, walk.code, sentence, node.node_id, actor=actor)


def _find_holder(case: Case, node: OpenNode, office: int, permission: str) -> int | None:
    """Return whose the task is from the start: who did the other node, the head of the organ, or who had it before."""
    relation = node.spec.relation
    if relation == "head":
        head = list_able(office, permission).filter(post__roles__role=ORGAN_HEAD).order_by("pk")
        return head.values_list("pk", flat=True).first()
    before = relation.removeprefix("same:") if relation.startswith("same:") else node.node_id
    done = Task.objects.filter(
        case=case, organisation=office, node_key__startswith=f"{before}@", status=TaskStatus.DONE
    )
    return find_still_able(done.order_by("-id").values_list("done_by_id", flat=True).first(), office, permission)


def _due_at(case: Case, node: OpenNode) -> datetime | None:
    """Return the end of the node's last working day."""
    if not node.spec.days:
        return None
    calendar = clocks.calendar_of(case)
    last = calendar.add_working_days(calendar.local_date(timezone.now()), node.spec.days)
    return timezone.make_aware(datetime.combine(last + timedelta(days=1), time.min))
