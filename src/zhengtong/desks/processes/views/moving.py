"""Running cases are moved to another version: looked at first, then done, and the way back is the same."""

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from zhengtong.capabilities.workflow.public import (
    InstanceStatus,
    MigrationReport,
    Process,
    ProcessVersion,
    VersionStatus,
    WorkflowRefused,
    get_graph,
    migrate_instances,
)
from zhengtong.desks.processes.cases import name_subjects
from zhengtong.desks.processes.finding import find_process, may_migrate
from zhengtong.desks.processes.permissions import COMPILE
from zhengtong.kernel.policy import Denied
from zhengtong.screens.access import actor_of, for_staff

MOST_ROWS = 200


@require_http_methods(["GET", "POST"])
@for_staff(COMPILE)
def migrate(request: HttpRequest, code: str) -> HttpResponse:
    actor = actor_of(request)
    process = find_process(request, code)
    if not may_migrate(actor, process):
        raise Denied(COMPILE)
    versions = list_versions(process)
    given = request.POST if request.method == "POST" else request.GET
    one, other = (_pick(versions, given.get(name, "")) for name in ("from", "to"))
    context: dict[str, object] = {
        "process": process,
        "versions": versions,
        "old": one,
        "new": other,
        "choices": [(each.number, _choice(each)) for each in versions],
    }
    if one is None or other is None:
        return render(request, "processes/migrate.html", context)
    mapping = {
        name.removeprefix("to-"): value
        for name, value in given.items()
        if name.startswith("to-") and isinstance(value, str) and value
    }
    is_real = request.method == "POST" and given.get("act") == "move"
    try:
        report = migrate_instances(
            actor=actor, from_version=one, to_version=other, mapping=mapping, dry_run=not is_real
        )
    except WorkflowRefused as error:
        return render(request, "processes/migrate.html", context | {"problem": error.sentence}, status=422)
    if is_real:
        said = _("已把%(moved)d件迁到第%(number)d版，%(kept)d件留在原来的版本。") % {
            "moved": report.moved,
            "number": other.number,
            "kept": report.kept,
        }
        messages.success(request, said)
        return redirect(f"{request.path}?from={other.number}&to={one.number}&moved={report.moved}")
    return render(request, "processes/migrate.html", context | _describe(report, one, other))


def list_versions(process: Process) -> list[ProcessVersion]:
    """Return the versions that were published, with how many cases run in each."""
    running = Count("instances", filter=Q(instances__status=InstanceStatus.RUNNING))
    found = process.versions.exclude(status=VersionStatus.DRAFT).annotate(running=running)
    return list(found.select_related("process").order_by("-number"))


def _choice(version: ProcessVersion) -> str:
    count = getattr(version, "running", 0)
    return _("第%(number)d版（%(state)s，在办%(count)d件）") % {
        "number": version.number,
        "state": version.get_status_display(),
        "count": count,
    }


def _pick(versions: list[ProcessVersion], number: str) -> ProcessVersion | None:
    return next((each for each in versions if str(each.number) == number), None)


def _describe(report: MigrationReport, one: ProcessVersion, other: ProcessVersion) -> dict[str, object]:
    """Return what would happen, node by node and case by case, with what a person may decide."""
    old, new = get_graph(one), get_graph(other)
    names = name_subjects([(row.subject_label, row.subject_id) for row in report.rows[:MOST_ROWS]])
    rows = [
        {
            "name": names.get((row.subject_label, row.subject_id), f"{row.subject_label} {row.subject_id}"),
            "moves": [f"{old.nodes[a].title} → {new.nodes[b].title}" for a, b in row.moves],
            "problem": row.problem,
        }
        for row in sorted(report.rows, key=lambda each: not each.problem)[:MOST_ROWS]
    ]
    kinds = ("task", "event", "choice")
    targets = [(node.id, node.title) for node in new.nodes.values() if str(node.kind) in kinds]
    nodes = [
        {"id": node.id, "title": node.title, "target": report.mapping.get(node.id, "")}
        for node in old.nodes.values()
        if str(node.kind) in kinds
    ]
    return {
        "report": report,
        "rows": rows,
        "is_cut": len(report.rows) > MOST_ROWS,
        "nodes": nodes,
        "targets": targets,
        "total": len(report.rows),
    }
