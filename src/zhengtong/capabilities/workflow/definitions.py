"""What a published version says, ready to run: read once a process of the platform, under the digest of its text."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any, Final

from zhengtong.capabilities.workflow.adapter import Engine, get_engine
from zhengtong.capabilities.workflow.domain.compiling import compile_drawing
from zhengtong.capabilities.workflow.domain.graph import Graph
from zhengtong.capabilities.workflow.domain.tables import Table, read_table
from zhengtong.capabilities.workflow.models import DecisionTableVersion, Process, ProcessVersion, VersionStatus
from zhengtong.kernel.expressions import ExpressionError

_TABLES: Final[dict[str, dict[str, Table]]] = {}


def digest_of(bpmn: str, pinned: Mapping[str, Any]) -> str:
    text = json.dumps([bpmn, pinned], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def describe_table(version: DecisionTableVersion) -> dict[str, Any]:
    """Return a table's text as it is pinned to a process."""
    return {
        "code": version.table.code,
        "name": version.table.name,
        "policy": version.hit_policy,
        "aggregation": version.aggregation,
        "inputs": version.inputs,
        "outputs": version.outputs,
        "rows": version.rows,
    }


def read_described(text: Mapping[str, Any]) -> Table:
    """Return the table of :func:`describe_table`. Raises TableError."""
    return read_table(
        text["code"], text["name"], text["policy"], text["inputs"], text["outputs"], text["rows"], text["aggregation"]
    )


def get_live_table(code: str) -> Table | None:
    """Return the published table with ``code``."""
    live = DecisionTableVersion.objects.select_related("table").filter(table__code=code, status=VersionStatus.PUBLISHED)
    version = live.first()
    return read_described(describe_table(version)) if version else None


def get_live_drawing(code: str) -> str | None:
    """Return the published drawing of the process with ``code``."""
    live = ProcessVersion.objects.filter(process__code=code, status=VersionStatus.PUBLISHED)
    return live.values_list("bpmn", flat=True).first()


def get_live_version(code: str) -> ProcessVersion | None:
    """Return the version of a process that new instances get."""
    live = ProcessVersion.objects.filter(process__code=code, status=VersionStatus.PUBLISHED)
    return live.select_related("process").first()


def load_engine(version: ProcessVersion) -> Engine:
    """Return the engine of a version; its text is only read when this process of the platform hasn't met it."""

    def make() -> Graph:
        pinned = version.pinned
        _TABLES[version.digest] = {code: read_described(text) for code, text in pinned.get("tables", {}).items()}
        graph, _findings = compile_drawing(version.bpmn, pinned.get("processes", {}).get)
        assert graph is not None  # it was checked when it was published
        return graph

    return get_engine(version.digest, make)


def decide_by(tables: Mapping[str, Table], code: str, values: Mapping[str, Any]) -> Any:
    """Answer the table with ``code``. Raises ExpressionError."""
    table = tables.get(code)
    if table is None:
        raise ExpressionError(f"没有决策表“{code}”。")
    return table.evaluate(values)


def load_tables(version: ProcessVersion) -> Mapping[str, Table]:
    load_engine(version)
    return _TABLES.get(version.digest, {})


def get_process(code: str) -> Process | None:
    return Process.objects.filter(code=code).first()
