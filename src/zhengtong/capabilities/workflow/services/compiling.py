"""Draw, check, publish and retire processes and decision tables."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from zhengtong.capabilities.workflow.definitions import (
    describe_table,
    digest_of,
    get_live_drawing,
    get_live_table,
    read_described,
)
from zhengtong.capabilities.workflow.domain.bpmn import UnreadableDrawing, read_layout
from zhengtong.capabilities.workflow.domain.compiling import compile_drawing
from zhengtong.capabilities.workflow.domain.findings import Finding, Level, has_errors
from zhengtong.capabilities.workflow.domain.graph import Kind
from zhengtong.capabilities.workflow.domain.linting import Forms, Staffing, lint
from zhengtong.capabilities.workflow.domain.overlaps import check_table as find_gaps
from zhengtong.capabilities.workflow.domain.tables import Table, TableError
from zhengtong.capabilities.workflow.errors import Unpublishable, WorkflowRefused
from zhengtong.capabilities.workflow.models import (
    DecisionTable,
    DecisionTableVersion,
    Process,
    ProcessVersion,
    VersionStatus,
)
from zhengtong.core.audit.public import record
from zhengtong.core.identity.public import Organisation
from zhengtong.kernel.policy import Actor, require
from zhengtong.kernel.steps import step

COMPILE: Final = "workflow.compile_process"


# Processes


def check_process(
    bpmn: str,
    tables: Mapping[str, Table] | None = None,
    *,
    staffing: Staffing | None = None,
    forms: Forms | None = None,
) -> list[Finding]:
    """Return everything that is wrong with a drawing, an element and a sentence each; errors stop its publishing.

    ``tables`` are those that it may use, by code; the published ones when not given. ``staffing`` says where nobody
    holds a node's permission; it isn't asked when not given. ``forms`` are the fields of the
    items that use the process.
    """
    graph, findings = compile_drawing(bpmn, get_live_drawing)
    if graph is None:
        return findings
    if tables is None:
        codes = {node.table for node in graph.nodes.values() if node.kind is Kind.RULE and node.table}
        tables = {code: table for code in sorted(codes) if (table := get_live_table(code)) is not None}
    return [*findings, *lint(graph, tables, staffing=staffing, forms=forms)]


@step()
def create_process(
    *, actor: Actor, code: str, name: str, organisation: Organisation | None, description: str = ""
) -> Process:
    """Begin a process; it has no drawing yet. Raises WorkflowRefused."""
    require(actor, COMPILE, organisation)
    process = Process(
        code=code.strip(), name=name.strip(), organisation=organisation, description=description.strip()[:500]
    )
    _clean(process)
    try:
        with transaction.atomic():
            process.save(force_insert=True)
    except IntegrityError:
        raise WorkflowRefused(_("已经有代码是“%(code)s”的流程。") % {"code": code}, "code") from None
    record(actor, "workflow.create_process", process, after={"code": process.code, "name": process.name})
    return process


def _clean(row: Process | DecisionTable) -> None:
    try:
        row.clean_fields(exclude=["organisation"])
    except ValidationError as error:
        field, sentences = next(iter(error.message_dict.items()))
        raise WorkflowRefused(sentences[0], field) from None


@step()
def save_process_draft(*, actor: Actor, process: Process, bpmn: str, note: str = "") -> ProcessVersion:
    """Keep the drawing as the process's draft, with what is wrong in it so far. Raises WorkflowRefused."""
    process = Process.objects.select_for_update().get(pk=process.pk)
    require(actor, COMPILE, process)
    findings = check_process(bpmn)
    try:
        layout = read_layout(bpmn)
    except (UnreadableDrawing, ValueError, SyntaxError):
        raise WorkflowRefused(findings[0].sentence if findings else _("流程图读不懂。"), "bpmn") from None
    draft = process.versions.filter(status=VersionStatus.DRAFT).first()
    if draft is None:
        newest = process.versions.order_by("-number").values_list("number", flat=True).first() or 0
        draft = ProcessVersion(process=process, number=newest + 1)
    draft.bpmn, draft.layout, draft.note = bpmn, layout, note.strip()[:200]
    draft.findings = [asdict(each) for each in findings]
    draft.digest = digest_of(bpmn, {})
    draft.save()
    process.save(update_fields=["updated_at"])
    record(actor, "workflow.save_process_draft", process, after={"number": draft.number, "findings": len(findings)})
    return draft


@step()
def publish_process(
    *,
    actor: Actor,
    process: Process,
    digest: str = "",
    staffing: Staffing | None = None,
    forms: Forms | None = None,
) -> ProcessVersion:
    """Publish the draft as the version that new instances get. Of two who do so at once one wins, the other is told.

    ``digest`` is that of the draft that the person looked at. Raises Unpublishable with the findings, WorkflowRefused.
    """
    process = Process.objects.select_for_update().get(pk=process.pk)
    require(actor, COMPILE, process)
    draft = process.versions.filter(status=VersionStatus.DRAFT).first()
    if draft is None:
        raise WorkflowRefused(_("没有可以发布的草稿：可能刚刚已经由别人发布，请刷新页面。"))
    if digest and digest != draft.digest:
        raise WorkflowRefused(_("草稿刚刚被别人改过，请看过最新的再发布。"))
    findings = check_process(draft.bpmn, staffing=staffing, forms=forms)
    if has_errors(findings):
        errors = sum(each.level is Level.ERROR for each in findings)
        raise Unpublishable(_("流程有 %(count)d 处错误，改好以后才能发布。") % {"count": errors}, findings)
    graph, _nothing = compile_drawing(draft.bpmn, get_live_drawing)
    assert graph is not None
    draft.pinned = {
        "processes": {code: get_live_drawing(code) for code in sorted(graph.called)},
        "tables": {
            node.table: describe_table(
                DecisionTableVersion.objects.select_related("table").get(
                    table__code=node.table, status=VersionStatus.PUBLISHED
                )
            )
            for node in graph.nodes.values()
            if node.kind is Kind.RULE
        },
    }
    draft.findings = [asdict(each) for each in findings]
    draft.digest = digest_of(draft.bpmn, draft.pinned)
    process.versions.filter(status=VersionStatus.PUBLISHED).update(status=VersionStatus.RETIRED)
    draft.status, draft.published_at = VersionStatus.PUBLISHED, timezone.now()
    draft.published_by_id = actor.appointment
    draft.save()
    record(actor, "workflow.publish_process", process, after={"number": draft.number, "digest": draft.digest[:16]})
    return draft


@step()
def retire_process(*, actor: Actor, process: Process) -> None:
    """Let no new instance begin; what runs goes on."""
    process = Process.objects.select_for_update().get(pk=process.pk)
    require(actor, COMPILE, process)
    if not process.versions.filter(status=VersionStatus.PUBLISHED).update(status=VersionStatus.RETIRED):
        raise WorkflowRefused(_("流程没有在用的版本。"))
    record(actor, "workflow.retire_process", process)


# Decision tables


def check_table(text: Mapping[str, Any]) -> list[Finding]:
    """Return what is wrong with a table's text (as ``describe_table`` gives it): unreadable, gaps, overlaps."""
    try:
        table = read_described(text)
    except TableError as error:
        return [Finding(str(text.get("code", "")), str(text.get("name", "")), Level.ERROR, str(error))]
    return find_gaps(table)


@step()
def create_table(*, actor: Actor, code: str, name: str, organisation: Organisation | None) -> DecisionTable:
    """Begin a decision table. Raises WorkflowRefused."""
    require(actor, COMPILE, organisation)
    table = DecisionTable(code=code.strip(), name=name.strip(), organisation=organisation)
    _clean(table)
    try:
        with transaction.atomic():
            table.save(force_insert=True)
    except IntegrityError:
        raise WorkflowRefused(_("已经有代码是“%(code)s”的决策表。") % {"code": code}, "code") from None
    record(actor, "workflow.create_table", table, after={"code": table.code, "name": table.name})
    return table


@step()
def save_table_draft(
    *,
    actor: Actor,
    table: DecisionTable,
    hit_policy: str,
    inputs: Sequence[Mapping[str, Any]],
    outputs: Sequence[Mapping[str, Any]],
    rows: Sequence[Mapping[str, Any]],
    aggregation: str = "",
) -> DecisionTableVersion:
    """Keep the text as the table's draft, with what is wrong in it so far."""
    table = DecisionTable.objects.select_for_update().get(pk=table.pk)
    require(actor, COMPILE, table)
    draft = table.versions.filter(status=VersionStatus.DRAFT).first()
    if draft is None:
        newest = table.versions.order_by("-number").values_list("number", flat=True).first() or 0
        draft = DecisionTableVersion(number=newest + 1)
    draft.table = table
    draft.hit_policy, draft.aggregation = hit_policy[:10], aggregation[:10]
    draft.inputs, draft.outputs, draft.rows = list(inputs), list(outputs), list(rows)
    text = describe_table(draft)
    findings = check_table(text)
    draft.findings, draft.digest = [asdict(each) for each in findings], digest_of("", text)
    draft.save()
    record(actor, "workflow.save_table_draft", table, after={"number": draft.number, "findings": len(findings)})
    return draft


@step()
def publish_table(*, actor: Actor, table: DecisionTable, digest: str = "") -> DecisionTableVersion:
    """Publish the draft; processes published from now on use it. Raises Unpublishable, WorkflowRefused."""
    table = DecisionTable.objects.select_for_update().get(pk=table.pk)
    require(actor, COMPILE, table)
    draft = table.versions.filter(status=VersionStatus.DRAFT).first()
    if draft is None:
        raise WorkflowRefused(_("没有可以发布的草稿：可能刚刚已经由别人发布，请刷新页面。"))
    if digest and digest != draft.digest:
        raise WorkflowRefused(_("草稿刚刚被别人改过，请看过最新的再发布。"))
    draft.table = table
    findings = check_table(describe_table(draft))
    if has_errors(findings):
        raise Unpublishable(_("决策表有错误，改好以后才能发布。"), findings)
    table.versions.filter(status=VersionStatus.PUBLISHED).update(status=VersionStatus.RETIRED)
    draft.status, draft.published_at = VersionStatus.PUBLISHED, timezone.now()
    draft.findings = [asdict(each) for each in findings]
    draft.save()
    record(actor, "workflow.publish_table", table, after={"number": draft.number, "digest": draft.digest[:16]})
    return draft
