"""Processes, tables and problems as lists, and where cases wait."""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Avg, Count, DurationField, ExpressionWrapper, F, Max, Min, Q, QuerySet
from django.db.models.functions import Coalesce, Now
from django.utils import timezone

from zhengtong.capabilities.workflow.definitions import load_engine, load_tables
from zhengtong.capabilities.workflow.domain.graph import Graph
from zhengtong.capabilities.workflow.models import (
    DecisionTable,
    NodeEvent,
    Process,
    ProcessInstance,
    ProcessProblem,
    ProcessVersion,
)
from zhengtong.kernel.expressions import parse
from zhengtong.kernel.policy import Actor, visible

COMPILE = "workflow.compile_process"


def list_processes(actor: Actor) -> QuerySet[Process]:
    """Return the processes that ``actor`` compiles."""
    return visible(actor, COMPILE, Process.objects.all())


def list_tables(actor: Actor) -> QuerySet[DecisionTable]:
    """Return the decision tables that ``actor`` compiles."""
    return visible(actor, COMPILE, DecisionTable.objects.all())


def list_problems(actor: Actor) -> QuerySet[ProcessProblem]:
    """Return the steps that couldn't be taken and that nobody has settled yet, of processes that ``actor`` compiles."""
    mine = list_processes(actor).values("pk")
    return ProcessProblem.objects.filter(settled_at=None, process__in=mine).select_related("process")


def get_graph(version: ProcessVersion) -> Graph:
    """Return a published version, sub-processes laid open."""
    return load_engine(version).graph


def list_form_fields(version: ProcessVersion) -> set[str]:
    """Return the fields of the application's form that the version's conditions and tables look at."""
    graph, tables = get_graph(version), load_tables(version)
    texts = [flow.condition for flow in graph.flows if flow.condition]
    texts += [node.spec.departments_from for node in graph.nodes.values() if node.spec.departments_from]
    texts += [column.expression for table in tables.values() for column in table.inputs]
    names = {name for text in texts for name in parse(text).names}
    return {name.split(".")[1] for name in names if name.startswith("form.")}


def list_node_events(instance: ProcessInstance) -> list[NodeEvent]:
    """Return the stays of an instance at its nodes, in their order."""
    return list(instance.node_events.all())


@dataclass(frozen=True, slots=True)
class Heat:
    """How long cases stay at a node: those that are there now included."""

    node_id: str
    waiting: int
    passed: int
    average: timedelta
    longest: timedelta
    waiting_since: "str | None" = None


def read_heat(process: Process, days: int = 30) -> dict[str, Heat]:
    """Return by node how cases of ``process`` waited in the last ``days`` days (its entries, and what still waits)."""
    since = timezone.now() - timedelta(days=days)
    stay = ExpressionWrapper(Coalesce(F("left_at"), Now()) - F("entered_at"), output_field=DurationField())
    rows = (
        NodeEvent.objects.filter(Q(entered_at__gte=since) | Q(left_at=None), process=process)
        .order_by()
        .values("node_id")
        .annotate(
            waiting=Count("id", filter=Q(left_at=None)),
            passed=Count("id", filter=Q(left_at__isnull=False)),
            average=Avg(stay),
            longest=Max(stay),
            since=Min("entered_at", filter=Q(left_at=None)),
        )
    )
    return {
        row["node_id"]: Heat(
            row["node_id"],
            row["waiting"],
            row["passed"],
            row["average"],
            row["longest"],
            row["since"].isoformat() if row["since"] else None,
        )
        for row in rows
    }
