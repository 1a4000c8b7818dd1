"""The processes and tables that somebody may open here: her own to change, those that are everybody's to look at."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest

from zhengtong.capabilities.workflow.public import (
    DecisionTable,
    Finding,
    Process,
    ProcessVersion,
    VersionStatus,
    list_processes,
    list_tables,
)
from zhengtong.desks.processes.permissions import COMPILE, MIGRATE_COMMON
from zhengtong.kernel.policy import Actor, can
from zhengtong.screens.access import actor_of


def open_processes(actor: Actor) -> QuerySet[Process]:
    """Return the processes that ``actor`` may look at here."""
    return Process.objects.filter(Q(pk__in=list_processes(actor).values("pk")) | Q(organisation=None))


def open_tables(actor: Actor) -> QuerySet[DecisionTable]:
    return DecisionTable.objects.filter(Q(pk__in=list_tables(actor).values("pk")) | Q(organisation=None))


def find_process(request: HttpRequest, code: str) -> Process:
    """Return the process that this person may look at. Raises Http404."""
    process = open_processes(actor_of(request)).select_related("organisation").filter(code=code).first()
    if process is None:
        raise Http404
    return process


def find_table(request: HttpRequest, code: str) -> DecisionTable:
    table = open_tables(actor_of(request)).select_related("organisation").filter(code=code).first()
    if table is None:
        raise Http404
    return table


def find_version(process: Process, number: int) -> ProcessVersion:
    version = process.versions.filter(number=number).first()
    if version is None:
        raise Http404
    return version


def may_change(actor: Actor, row: Process | DecisionTable) -> bool:
    return can(actor, COMPILE, row)


def may_migrate(actor: Actor, process: Process) -> bool:
    """Whether she may move running cases: of her own processes, or of those that are everybody's."""
    return can(actor, MIGRATE_COMMON) if process.organisation_id is None else can(actor, COMPILE, process)


def draft_of(process: Process) -> ProcessVersion | None:
    return process.versions.filter(status=VersionStatus.DRAFT).first()


def live_of(process: Process) -> ProcessVersion | None:
    return process.versions.filter(status=VersionStatus.PUBLISHED).first()


def newest_of(process: Process) -> ProcessVersion | None:
    """Return what one goes on drawing from: the draft, else the version in force, else the last that was."""
    return draft_of(process) or live_of(process) or process.versions.order_by("-number").first()


def to_lines(findings: Iterable[Finding | Mapping[str, Any]]) -> list[dict[str, str]]:
    """Return findings as pages and scripts read them, errors first."""
    lines = [
        {"element": each["element_id"], "level": each["level"], "sentence": each["sentence"]}
        if isinstance(each, Mapping)
        else {"element": each.element_id, "level": str(each.level), "sentence": each.sentence}
        for each in findings
    ]
    return sorted(lines, key=lambda line: line["level"] != "error")
