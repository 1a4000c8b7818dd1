"""The processes and decision tables that modules bring: published unless their text is in force already."""

import tomllib

from zhengtong.capabilities.workflow.declarations import ProcessFile, TableFile
from zhengtong.capabilities.workflow.definitions import describe_table, digest_of, get_live_version
from zhengtong.capabilities.workflow.domain.compiling import compile_drawing
from zhengtong.capabilities.workflow.models import DecisionTable, DecisionTableVersion, Process, VersionStatus
from zhengtong.capabilities.workflow.services.compiling import (
    create_process,
    create_table,
    publish_process,
    publish_table,
    save_process_draft,
    save_table_draft,
)
from zhengtong.kernel.modules import registry
from zhengtong.kernel.policy import Actor


def load(*, actor: Actor) -> None:
    for table in registry.of(TableFile):
        load_table(table, actor=actor)
    for process in registry.of(ProcessFile):
        load_process(process, actor=actor)


def load_process(file: ProcessFile, *, actor: Actor) -> None:
    """Publish the drawing, unless it is in force or somebody has compiled another since. Raises Unpublishable."""
    bpmn = file.path.read_text("utf-8")
    process = Process.objects.filter(code=file.key).first()
    if process is not None and process.versions.filter(bpmn=bpmn).exclude(status=VersionStatus.DRAFT).exists():
        return
    if process is None:
        graph, _findings = compile_drawing(bpmn)
        name = file.name or (graph.name if graph else "") or file.key
        process = create_process(actor=actor, code=file.key, name=name, organisation=None)
    elif (live := get_live_version(file.key)) is not None and live.published_by_id is not None:
        return
    save_process_draft(actor=actor, process=process, bpmn=bpmn)
    publish_process(actor=actor, process=process)


def load_table(file: TableFile, *, actor: Actor) -> None:
    """Publish the table (TOML) likewise. Raises Unpublishable."""
    text = tomllib.loads(file.path.read_text("utf-8"))
    table = DecisionTable.objects.filter(code=file.key).first()
    if table is None:
        table = create_table(actor=actor, code=file.key, name=text["name"], organisation=None)
    given = DecisionTableVersion(
        table=table,
        hit_policy=text.get("policy", "UNIQUE"),
        aggregation=text.get("aggregation", ""),
        inputs=text["inputs"],
        outputs=text["outputs"],
        rows=text["rows"],
    )
    if table.versions.filter(digest=digest_of("", describe_table(given))).exists():
        return
    save_table_draft(
        actor=actor,
        table=table,
        hit_policy=given.hit_policy,
        inputs=given.inputs,
        outputs=given.outputs,
        rows=given.rows,
        aggregation=given.aggregation,
    )
    publish_table(actor=actor, table=table)
