"""Move running instances to another version of their process, and back: looked at first, then done."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from zhengtong.capabilities.workflow.definitions import load_engine
from zhengtong.capabilities.workflow.domain.graph import WAITING, Graph, Kind
from zhengtong.capabilities.workflow.domain.tokens import Arrival, Position, Token, unpack
from zhengtong.capabilities.workflow.errors import WorkflowRefused
from zhengtong.capabilities.workflow.models import (
    InstanceStatus,
    NodeEvent,
    Process,
    ProcessInstance,
    ProcessVersion,
    VersionStatus,
)
from zhengtong.capabilities.workflow.services.compiling import COMPILE
from zhengtong.core.audit.public import record
from zhengtong.kernel.policy import Actor, require
from zhengtong.kernel.steps import step

MIGRATE_COMMON = "workflow.migrate_common"


@dataclass(frozen=True, slots=True)
class MigrationRow:
    """One instance: where it waits and where it will. ``problem`` says why it stays as it is."""

    instance_id: int
    subject_label: str
    subject_id: int
    moves: tuple[tuple[str, str], ...]
    problem: str = ""


@dataclass(frozen=True)
class MigrationReport:
    is_dry_run: bool
    rows: tuple[MigrationRow, ...]
    mapping: Mapping[str, str] = field(default_factory=dict)

    @property
    def moved(self) -> int:
        return sum(not row.problem for row in self.rows)

    @property
    def kept(self) -> int:
        return len(self.rows) - self.moved


def suggest_mapping(from_version: ProcessVersion, to_version: ProcessVersion) -> dict[str, str]:
    """Return for each node of the old version the one of the new with the same id, or else the same name."""
    old, new = load_engine(from_version).graph, load_engine(to_version).graph
    names: dict[tuple[str, Kind], list[str]] = {}
    for node in new.nodes.values():
        names.setdefault((node.name, node.kind), []).append(node.id)
    mapping = {}
    for node in old.nodes.values():
        same = names.get((node.name, node.kind), [])
        if node.id in new.nodes and (node.kind in WAITING) == (new.nodes[node.id].kind in WAITING):
            mapping[node.id] = node.id
        elif node.name and len(same) == 1:
            mapping[node.id] = same[0]
    return mapping


def require_migration(actor: Actor, process: Process) -> None:
    """Let those move running cases who may change the process; of one that belongs to no organ, whoever keeps the
    platform. Raises Denied."""
    if process.organisation_id is None:
        require(actor, MIGRATE_COMMON)
    else:
        require(actor, COMPILE, process)


@step()
def migrate_instances(
    *,
    actor: Actor,
    from_version: ProcessVersion,
    to_version: ProcessVersion,
    mapping: Mapping[str, str] | None = None,
    dry_run: bool = True,
) -> MigrationReport:
    """Let the running instances of one version go on in another of the same process, each where it is.

    ``mapping`` leads from old nodes to new ones, over :func:`suggest_mapping`. What can't be moved stays and is named.
    Open tasks keep their keys, so nobody's work is lost; the way back is the same call with the versions exchanged.
    Raises WorkflowRefused, Denied.
    """
    require_migration(actor, from_version.process)
    if from_version.process_id != to_version.process_id or from_version.pk == to_version.pk:
        raise WorkflowRefused(_("只能在同一个流程的两个版本之间迁移。"))
    if to_version.status == VersionStatus.DRAFT:
        raise WorkflowRefused(_("目标版本还没有发布。"))
    old, new = load_engine(from_version).graph, load_engine(to_version).graph
    full = {**suggest_mapping(from_version, to_version), **(mapping or {})}
    for target in full.values():
        if target not in new.nodes:
            raise WorkflowRefused(_("新版本里没有环节“%(node)s”。") % {"node": target}, "mapping")
    rows = []
    running = ProcessInstance.objects.filter(version=from_version, status=InstanceStatus.RUNNING).order_by("pk")
    if not dry_run:
        running = running.select_for_update()
    for instance in running.iterator(chunk_size=200):
        row, position = _plan(instance, old, new, full)
        rows.append(row)
        if dry_run or row.problem:
            continue
        instance.version, instance.position = to_version, position.pack()
        instance.data = _rename(instance.data, full)
        instance.save(update_fields=["version", "position", "data"])
        for token in position.tokens:
            NodeEvent.objects.filter(instance=instance, key=token.key, left_at=None).update(node_id=token.node)
    if not dry_run:
        record(
            actor,
            "workflow.migrate_instances",
            from_version.process,
            before={"version": from_version.number},
            after={
                "version": to_version.number,
                "moved": sum(not row.problem for row in rows),
                "kept": sum(bool(row.problem) for row in rows),
            },
        )
    return MigrationReport(dry_run, tuple(rows), full)


def _plan(
    instance: ProcessInstance, old: Graph, new: Graph, mapping: Mapping[str, str]
) -> tuple[MigrationRow, Position]:
    before = unpack(instance.position)
    after = Position(count=before.count)
    moves, problem = [], ""

    def follow(trail: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(mapping[node] for node in trail if node in mapping))

    for token in before.tokens:
        target = mapping.get(token.node)
        title = old.nodes[token.node].title
        if target is None:
            problem = _("正在“%(name)s”，新版本里没有对应的环节。") % {"name": title}
        elif new.nodes[target].kind not in WAITING:
            problem = _("正在“%(name)s”，新版本里对应的不是办理环节。") % {"name": title}
        elif new.nodes[target].spec.is_joint != old.nodes[token.node].spec.is_joint:
            problem = _("正在“%(name)s”，会签环节和单人环节之间不能迁移。") % {"name": title}
        else:
            after.tokens.append(Token(token.key, target, follow(token.trail)))
            moves.append((token.node, target))
    for join, arrived in before.arrivals.items():
        target = mapping.get(join)
        if target is None or new.nodes[target].kind is not old.nodes[join].kind:
            problem = problem or _("有分支在汇合“%(name)s”等着，新版本里没有对应的汇合。") % {
                "name": old.nodes[join].title
            }
            continue
        sources = {flow.source for flow in new.incoming[target]}
        for each in arrived:
            source = mapping.get(each.source, "")
            if source not in sources:
                problem = problem or _("有分支在汇合“%(name)s”等着，新版本里它不从那里来。") % {
                    "name": old.nodes[join].title
                }
            after.arrivals.setdefault(target, []).append(Arrival(source, follow(each.trail)))
    row = MigrationRow(instance.pk, instance.subject_label, instance.subject_id, tuple(moves), problem)
    return row, after


def _rename(data: Mapping[str, object], mapping: Mapping[str, str]) -> dict[str, object]:
    """Return what was answered under the new nodes' ids; an answer of a node that is gone is kept under its own."""
    renamed = dict(data)
    for group in ("outcome", "outcomes", "values"):
        given = renamed.get(group)
        if isinstance(given, dict):
            renamed[group] = {mapping.get(node, node): answer for node, answer in given.items()}
    return renamed
