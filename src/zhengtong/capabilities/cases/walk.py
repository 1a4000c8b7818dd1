"""What is known of the process that a case walks through: its open node behind a task, where it has been."""

from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from zhengtong.capabilities.cases.definitions import get_definition
from zhengtong.capabilities.cases.models import Case, CaseProcess, Task, TaskNode
from zhengtong.capabilities.workflow.public import (
    Kind,
    OpenNode,
    get_graph,
    list_node_events,
    list_open_nodes,
    list_return_targets,
)


def get_walk(case_id: int) -> CaseProcess | None:
    """Return the case's process, its version without the drawing's text at hand; None: it has none, or never began."""
    walks = CaseProcess.objects.select_related("instance__version").filter(case=case_id, instance__isnull=False)
    heavy = ("bpmn", "pinned", "layout", "findings")
    return walks.defer(*(f"instance__version__{field}" for field in heavy)).first()


def node_id_of(node_key: str) -> str:
    return node_key.rpartition("@")[0]


def get_open_node(task: Task) -> OpenNode | None:
    """Return the process's node that ``task`` is a part of, None when it isn't open any more."""
    walk = get_walk(task.case_id) if task.node == TaskNode.PROCESS else None
    return find_open_node(walk, task.node_key)


def find_open_node(walk: CaseProcess | None, node_key: str) -> OpenNode | None:
    """Return the open node of ``walk`` with this key."""
    if walk is None or walk.instance is None:
        return None
    return next((each for each in list_open_nodes(walk.instance) if each.key == node_key), None)


def read_field_labels(task: Task) -> dict[str, str]:
    """Return the labels of the fields that the process asks for at the task's node."""
    walk = get_walk(task.case_id) if task.answers else None
    if walk is None or walk.instance is None:
        return {}
    node = get_graph(walk.instance.version).nodes.get(node_id_of(task.node_key))
    return {str(each["key"]): str(each.get("label") or each["key"]) for each in node.spec.fields} if node else {}


def list_step_targets(task: Task) -> list[tuple[str, str]]:
    """Return the earlier nodes to which the task's node may be returned, as id and title, the latest first."""
    walk = get_walk(task.case_id)
    return list_return_targets(walk.instance, task.node_key) if walk and walk.instance else []


def describe_context(case: Case) -> dict[str, Any]:
    """Return what the conditions of a process may read of a case, beside what its nodes answered."""
    definition = get_definition(case.item_version_id)
    return {
        "form": dict(case.form),
        "case": {
            "item": definition.code,
            "organisation": case.organisation.short_name,
            "region": case.office.region.code,
            "channel": str(case.channel),
            "is_enterprise": case.legal_entity_id is not None,
            "received_on": timezone.localdate(case.received_at) if case.received_at else None,
            "accepted_on": timezone.localdate(case.accepted_at) if case.accepted_at else None,
        },
    }


@dataclass(frozen=True, slots=True)
class WalkStep:
    """A node of the process on the case's page. ``state``: done, open, returned, waiting (not there yet)."""

    node_id: str
    title: str
    state: str
    detail: str = ""


def describe_walk(case: Case) -> list[WalkStep]:
    """Return where the case has been, where it is, and the nodes that may still come, in the drawing's order."""
    walk = get_walk(case.pk)
    if walk is None or walk.instance is None:
        return []
    graph = get_graph(walk.instance.version)
    steps, seen = [], set()
    open_tasks: dict[str, list[Task]] = {}
    for task in case.tasks.filter(node=TaskNode.PROCESS).select_related("organisation"):
        open_tasks.setdefault(task.node_key, []).append(task)
    for event in list_node_events(walk.instance):
        node = graph.nodes.get(event.node_id)
        seen.add(event.node_id)
        tasks = open_tasks.get(event.key, [])
        done = sum(task.status == "done" for task in tasks)
        detail = "、".join(dict.fromkeys(task.organisation.short_name for task in tasks))
        if len(tasks) > 1:
            detail = f"{detail}（{done}/{len(tasks)}）"
        state = "open" if event.left_at is None else "returned" if event.how == "returned" else "done"
        steps.append(WalkStep(event.node_id, node.title if node else event.node_id, state, detail))
    if walk.instance.status == "running":
        ahead = graph.reach([step.node_id for step in steps if step.state == "open"])
        steps += [
            WalkStep(node.id, node.title, "waiting")
            for node in graph.nodes.values()
            if node.kind is Kind.TASK and node.id in ahead and node.id not in seen
        ]
    return steps
