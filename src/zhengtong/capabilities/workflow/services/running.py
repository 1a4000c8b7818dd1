"""Start an instance, take a step, return, cancel. Every service locks the instance's row first."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from zhengtong.capabilities.workflow.definitions import decide_by, get_live_version, load_engine, load_tables
from zhengtong.capabilities.workflow.domain.graph import Graph, NodeSpec
from zhengtong.capabilities.workflow.domain.tokens import Position, Token, can_return, move_back, reopen, unpack
from zhengtong.capabilities.workflow.errors import NodeGone, StepFailed, WorkflowRefused
from zhengtong.capabilities.workflow.models import InstanceStatus, NodeEvent, ProcessInstance, ProcessVersion
from zhengtong.core.audit.public import record
from zhengtong.kernel.policy import Actor
from zhengtong.kernel.steps import step


@dataclass(frozen=True, slots=True)
class Subject:
    """What a process runs for: a model's label, a row's id, and how people call it."""

    label: str
    id: int
    name: str = ""


@dataclass(frozen=True, slots=True)
class OpenNode:
    """A node that waits for people. ``key`` is unique in its instance: a node entered again has another."""

    key: str
    node_id: str
    title: str
    kind: str
    spec: NodeSpec


@dataclass(frozen=True, slots=True)
class Moved:
    """What a step did: nodes that opened, keys of nodes that closed, whether the process has ended."""

    opened: tuple[OpenNode, ...]
    closed: tuple[str, ...]
    has_ended: bool


def to_open_node(graph: Graph, token: Token) -> OpenNode:
    node = graph.nodes[token.node]
    spec = node.spec
    if node.kind == "choice":
        spec = replace(spec, outcomes=tuple(graph.label(flow) for flow in graph.outgoing[node.id]))
    return OpenNode(token.key, token.node, node.title, str(node.kind), spec)


def lock_instance(instance_id: int) -> ProcessInstance:
    """Return the instance, locked, its version at hand without the drawing's text."""
    rows = ProcessInstance.objects.select_for_update(of=("self",)).select_related("version")
    return rows.defer("version__bpmn", "version__pinned", "version__layout", "version__findings").get(pk=instance_id)


def list_open_nodes(instance: ProcessInstance) -> list[OpenNode]:
    """Return where the instance waits for people."""
    graph = load_engine(instance.version).graph
    return [to_open_node(graph, token) for token in unpack(instance.position).tokens]


def list_return_targets(instance: ProcessInstance, key: str | None = None) -> list[tuple[str, str]]:
    """Return the earlier nodes that one may return to, as pairs of id and title, the latest first."""
    graph = load_engine(instance.version).graph
    found = can_return(graph, unpack(instance.position), key)
    return [(node, graph.nodes[node].title) for node in found]


@step()
def start(
    *,
    actor: Actor,
    process: str | ProcessVersion,
    subject: Subject,
    data: Mapping[str, Any] | None = None,
    context: Mapping[str, Any] | None = None,
) -> ProcessInstance:
    """Begin a process for ``subject``: by its code (the version in force) or with a version.

    ``data`` is kept with the instance; ``context`` is only read by this step's conditions. Raises WorkflowRefused,
    StepFailed.
    """
    version = process if isinstance(process, ProcessVersion) else get_live_version(process)
    if version is None:
        raise WorkflowRefused(_("流程“%(code)s”不存在或者没有发布。") % {"code": process})
    kept = dict(data or {})
    values = {**kept, **(context or {})}
    tables = load_tables(version)
    position = load_engine(version).start(values, lambda code, given: decide_by(tables, code, given))
    if "table" in values:
        kept["table"] = values["table"]
    now = timezone.now()
    instance = ProcessInstance(version=version, subject_label=subject.label, subject_id=subject.id, data=kept)
    instance.position = position.pack()
    if position.is_ended:
        instance.status, instance.ended_at = InstanceStatus.ENDED, now
    instance.save(force_insert=True)
    _note_stays(instance, (), position.tokens, now, "")
    record(
        actor,
        "workflow.start",
        instance,
        after={"process": version.process_id, "version": version.number, "subject": f"{subject.label} {subject.id}"},
    )
    return instance


@step()
def complete_node(
    *,
    actor: Actor,
    instance: ProcessInstance,
    node_key: str,
    outcome: str = "",
    values: Mapping[str, Any] | None = None,
    outcomes: tuple[str, ...] = (),
    context: Mapping[str, Any] | None = None,
) -> Moved:
    """Finish the work at an open node and go on to the next. Raises NodeGone, StepFailed; then nothing has changed.

    ``outcomes`` are what each department of a joint review answered. Conditions read ``outcome.<node>``,
    ``outcomes.<node>``, ``values.<node>.<field>``, ``table.<code>.<output>`` and whatever ``context`` brings.
    """
    instance = lock_instance(instance.pk)
    position = unpack(instance.position)
    token = position.find(node_key)
    if instance.status != InstanceStatus.RUNNING or token is None:
        raise NodeGone(_("这个环节已经办完或者退回了，请刷新页面。"))
    engine = load_engine(instance.version)
    node = engine.graph.nodes[token.node]
    open_node = to_open_node(engine.graph, token)
    is_event = outcome in [event for event, _title in node.spec.events]
    if open_node.spec.outcomes and not is_event and outcome not in open_node.spec.outcomes:
        raise WorkflowRefused(_("请为“%(name)s”选择一个办理结果。") % {"name": node.title}, "outcome")
    kept = dict(instance.data)
    for group, answer in (("outcome", outcome), ("values", dict(values or {})), ("outcomes", list(outcomes))):
        if answer or group == "outcome":
            kept[group] = {**kept.get(group, {}), token.node: answer}
    given = {**kept, **(context or {})}
    tables = load_tables(instance.version)
    after = engine.complete(position, token, outcome, given, lambda code, asked: decide_by(tables, code, asked))
    if "table" in given:
        kept["table"] = given["table"]
    instance.data = kept
    moved = _move(instance, position, after, outcome or "done")
    record(
        actor,
        "workflow.complete_node",
        instance,
        after={"node": token.node, "outcome": outcome, "opened": [each.node_id for each in moved.opened]},
    )
    return moved


@step()
def return_to(*, actor: Actor, instance: ProcessInstance, node_id: str, key: str | None = None) -> Moved:
    """Put the instance back to an earlier node, from the open node ``key`` (or from all that came from there).

    Nodes that run beside and don't come from there stay open. Raises NodeGone.
    """
    instance = lock_instance(instance.pk)
    before = unpack(instance.position)
    after = before.copy()
    graph = load_engine(instance.version).graph
    try:
        if instance.status != InstanceStatus.RUNNING:
            raise LookupError(node_id)
        move_back(graph, after, node_id, key)
    except LookupError:
        raise NodeGone(_("不能退回到这个环节：它不在已经走过的环节里。")) from None
    moved = _move(instance, before, after, "returned")
    record(actor, "workflow.return_to", instance, after={"node": node_id, "closed": list(moved.closed)})
    return moved


@step()
def reopen_at(*, actor: Actor, instance: ProcessInstance, node_id: str) -> Moved:
    """Open an ended instance again at a node that it had: the decision was sent back. Raises NodeGone."""
    instance = lock_instance(instance.pk)
    graph = load_engine(instance.version).graph
    if instance.status != InstanceStatus.ENDED or node_id not in graph.nodes:
        raise NodeGone(_("不能退回到这个环节。"))
    position = unpack(instance.position)
    before = position.copy()
    try:
        reopen(graph, position, node_id)
    except LookupError:
        raise NodeGone(_("不能退回到这个环节：它不在已经走过的环节里。")) from None
    instance.status, instance.ended_at = InstanceStatus.RUNNING, None
    moved = _move(instance, before, position, "returned")
    record(actor, "workflow.reopen_at", instance, after={"node": node_id})
    return moved


@step()
def cancel(*, actor: Actor, instance: ProcessInstance) -> None:
    """End an instance before its time: its subject was withdrawn. Twice is once."""
    instance = lock_instance(instance.pk)
    if instance.status != InstanceStatus.RUNNING:
        return
    now = timezone.now()
    instance.node_events.filter(left_at=None).update(left_at=now, how="cancelled")
    instance.status, instance.ended_at = InstanceStatus.CANCELLED, now
    instance.save(update_fields=["status", "ended_at"])
    record(actor, "workflow.cancel", instance)


def _move(instance: ProcessInstance, before: Position, after: Position, how: str) -> Moved:
    """Write the instance's new position and the stays at its nodes."""
    now = timezone.now()
    old, new = {token.key for token in before.tokens}, {token.key for token in after.tokens}
    closed = tuple(token.key for token in before.tokens if token.key not in new)
    opened = [token for token in after.tokens if token.key not in old]
    instance.position = after.pack()
    if after.is_ended:
        instance.status, instance.ended_at = InstanceStatus.ENDED, now
    instance.save(update_fields=["position", "data", "status", "ended_at"])
    _note_stays(instance, closed, opened, now, how)
    graph = load_engine(instance.version).graph
    return Moved(tuple(to_open_node(graph, token) for token in opened), closed, after.is_ended)


def _note_stays(
    instance: ProcessInstance, closed: tuple[str, ...], opened: list[Token], now: datetime, how: str
) -> None:
    if closed:
        instance.node_events.filter(key__in=closed, left_at=None).update(left_at=now, how=how[:60])
    NodeEvent.objects.bulk_create(
        NodeEvent(
            instance=instance,
            process_id=instance.version.process_id,
            node_id=token.node,
            key=token.key,
            entered_at=now,
        )
        for token in opened
    )


__all__ = ["StepFailed"]
