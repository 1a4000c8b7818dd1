"""What the desks' pages show of a case: answers with personal ones masked, materials, papers, clocks, what happened."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.http import FileResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhengtong.capabilities.cases.answers import files_by_key, list_answers, show_value
from zhengtong.capabilities.cases.definitions import get_definition
from zhengtong.capabilities.cases.domain import Act, LegalState, RuleBroken
from zhengtong.capabilities.cases.item_definition import ItemDefinition
from zhengtong.capabilities.cases.models import COUNTED, Case, Clock, Task, TaskNode
from zhengtong.capabilities.cases.selectors import list_clocks, list_tasks
from zhengtong.capabilities.cases.walk import describe_walk, read_field_labels
from zhengtong.core.files.public import file_response
from zhengtong.core.identity.public import name_agent
from zhengtong.core.papers.public import Paper, ensure_rendered
from zhengtong.core.worklist.public import AlertLevel, WorkItem
from zhengtong.kernel.calendars import get_calendar
from zhengtong.kernel.policy import Actor
from zhengtong.screens.addresses import addresses_of
from zhengtong.screens.formats import cn_datetime, mask_id, mask_phone
from zhengtong.screens.templatetags.look import chip, deadline

STATE_TONES = {
    LegalState.DRAFT: "neutral",
    LegalState.SUBMITTED: "info",
    LegalState.RESUBMITTED: "info",
    LegalState.NEED_MATERIALS: "warning",
    LegalState.ACCEPTED: "info",
    LegalState.REVIEWING: "info",
    LegalState.EXCLUDED_TIME: "paused",
    LegalState.GRANTED: "success",
    LegalState.DELIVERED: "success",
    LegalState.REFUSED: "danger",
}
ACT_TITLES = {
    "delegate_task": gettext_lazy("转办"),
    "recall_task": gettext_lazy("撤回转办"),
    "release_task": gettext_lazy("退回待领办"),
    "reassign_task": gettext_lazy("改派"),
    "hand_over_task": gettext_lazy("离任移交"),
    "succeed_organ": gettext_lazy("机构调整"),
    "recommend": gettext_lazy("提出审查意见"),
    "process_step": gettext_lazy("办理环节"),
    "process_return": gettext_lazy("退回前面的环节"),
    "process_problem": gettext_lazy("流程故障"),
    "start_part": gettext_lazy("后续事项启动"),
    "stop_parts": gettext_lazy("事项不再启动"),
    "accept_bundle": gettext_lazy("全部受理"),
    "propose_joint_visit": gettext_lazy("发起联合核查"),
    "decline_joint_visit": gettext_lazy("不参加联合核查"),
    "move_joint_visit": gettext_lazy("联合核查改期"),
    "ask_opinion": gettext_lazy("征求部门意见"),
    "drop_opinion": gettext_lazy("撤回征求意见"),
    "opinion_late": gettext_lazy("征求意见逾期未答复"),
    "ask_countersign": gettext_lazy("请同事加签"),
    "countersign": gettext_lazy("加签"),
    "drop_countersign": gettext_lazy("撤回加签"),
    "give_opinion": gettext_lazy("答复征求意见"),
    "request_extension": gettext_lazy("申请延期"),
    "refuse_extension": gettext_lazy("不同意延期"),
    "fee_due": gettext_lazy("开具缴款单"),
    "fee_waived": gettext_lazy("免缴费用"),
    "fee_paid": gettext_lazy("缴费"),
    "refund_asked": gettext_lazy("申请退费"),
    "refund_refused": gettext_lazy("不予退费"),
    "refunded": gettext_lazy("退费"),
    "urge_case": gettext_lazy("催办"),
    "answer_urging": gettext_lazy("说明办理情况"),
    "explain_card": gettext_lazy("说明亮牌情况"),
    "appeal_card": gettext_lazy("申诉亮牌"),
    "uphold_card": gettext_lazy("维持亮牌"),
    "cancel_card": gettext_lazy("撤销亮牌"),
}
# Whose outcomes have words of their own.
SAID_HERE = (TaskNode.REVIEW, TaskNode.EXTENSION, TaskNode.COUNTERSIGN, TaskNode.CONSULTATION)
ROW_TONES = {AlertLevel.RED: "danger", AlertLevel.YELLOW: "warning"}


def say(error: RuleBroken, definition: ItemDefinition | None = None) -> str:
    """Return the sentence of ``error`` in the reader's language, targets of corrections by their names."""
    params = dict(error.params)
    if definition is not None and isinstance(params.get("items"), str):
        targets = str(params["items"]).split("、")
        params["items"] = "、".join(definition.label(target) or target for target in targets)
    return _(error.message) % params


def state_chip(case: Case) -> str:
    state = LegalState(case.state)  # the field's own display translates all the choices to find one
    return chip(_(state.label), STATE_TONES.get(state, "neutral"))


# Materials and papers


@dataclass(frozen=True, slots=True)
class MaterialView:
    """One of the item's materials: what was given for it, or which register answered, or that it is missing."""

    key: str
    name: str
    help: str
    is_required: bool
    source: str
    files: tuple[dict[str, Any], ...]
    mark: str = ""

    @property
    def is_missing(self) -> bool:
        return self.is_required and not self.files and not self.source


def list_material_views(case: Case, desk: str) -> list[MaterialView]:
    """Return the materials asked for or given; ``desk`` names the address space whose ``file`` view shows them."""
    given = files_by_key(case, desk)
    reused = dict(case.reused)
    return [
        MaterialView(
            spec.key, spec.name, spec.help, spec.is_required, reused.get(spec.key, ""), tuple(given.get(spec.key, ()))
        )
        for spec in get_definition(case.item_version_id).materials
        if spec.is_asked(case.form) and (spec.is_required or spec.key in given or spec.key in reused)
    ]


def list_paper_files(case: Case, desk: str) -> list[dict[str, Any]]:
    """Return the papers issued in ``case`` as file rows, the newest first."""
    papers = [document.paper for document in case.documents.select_related("paper__template_version").order_by("-id")]
    return [
        {
            "name": paper.title,
            "url": reverse(f"{desk}:paper", args=[case.number, paper.code]),
            "note": " · ".join(filter(None, (paper.number or "", cn_datetime(paper.issued_at), paper.template_words))),
        }
        for paper in papers
    ]


def open_material(actor: Actor, case: Case, material_id: int) -> FileResponse | None:
    """Return the bytes of a file of ``case``, replaced ones included; the caller has authorised."""
    material = case.materials.select_related("file").filter(pk=material_id).first()
    return file_response(material.file, actor=actor, as_attachment=False) if material else None


def open_paper(actor: Actor, case: Case, code: str) -> FileResponse | None:
    """Return the PDF of a paper of ``case``, made now if it isn't there yet; the caller has authorised."""
    paper = Paper.objects.filter(code=code, pk__in=case.documents.values("paper_id")).select_related("file").first()
    if paper is None:
        return None
    rendered = ensure_rendered(paper)
    return file_response(rendered.file, actor=actor, as_attachment=False) if rendered.file else None


# What happened


def list_happenings(case: Case) -> list[dict[str, Any]]:
    """Return the timeline for officials, notes included, the newest first."""
    return [
        {
            "title": ACT_TITLES.get(event.act) or _act_title(event.act),
            "at": event.at,
            "who": " ".join(filter(None, (event.organisation_name, event.actor_name))),
            "text": " ".join(
                filter(None, (event.words, _("备注：%(note)s") % {"note": event.note} if event.note else ""))
            ),
        }
        for event in case.events.order_by("-id")
    ]


def _act_title(act: str) -> str:
    return _(Act(act).label) if act in set(Act) else act


def list_opinions(case: Case) -> list[dict[str, Any]]:
    """Return what was said in the tasks that are done, in their order."""
    outcomes = {
        "grant": _("拟准予"),
        "refuse": _("拟不予"),
        "approved": _("同意延期"),
        "refused": _("不同意延期"),
        "agree": _("同意"),
        "disagree": _("不同意"),
        "answered": _("已答复"),
    }
    return [
        {
            "step": task.step_name,
            "who": _name_doer(task),
            "at": task.done_at,
            "outcome": (task.outcome or _("已办理"))
            if task.node == TaskNode.PROCESS
            else (outcomes.get(task.outcome) if task.node in SAID_HERE else None)
            or _act_title({"grant": Act.DECIDE_GRANT, "refuse": Act.DECIDE_REFUSE}.get(task.outcome, task.outcome)),
            "opinion": "\n".join(
                filter(None, (task.opinion, *(f"{label}：{value}" for label, value in _name_answers(task))))
            ),
        }
        for task in list_tasks(case)
        if task.status == "done"
    ]


def _name_answers(task: Task) -> list[tuple[str, str]]:
    """Return what was filled in at a process's node, by the names of its fields while the process knows them."""
    labels = read_field_labels(task)
    return [(labels.get(key, key), show_value(value)) for key, value in (task.answers or {}).items()]


def _name_doer(task: Task) -> str:
    """Who did a task: under a delegation both, as 何志刚（代高婉清）."""
    if task.done_by is None:
        return ""
    name = task.done_by.staff.name
    return name_agent(task.done_by_agent.staff.name, name) if task.done_by_agent else name


# Everything at once


def describe_case(case: Case, desk: str, *, is_revealed: bool = False) -> dict[str, Any]:
    """Return the context of a case page. Papers and files are opened by ``<desk>:paper`` and ``<desk>:file``."""
    number = case.applicant_number
    return {
        "case": case,
        "state": state_chip(case),
        "is_revealed": is_revealed,
        "summary": [
            (_("事项"), case.item_name),
            (_("申请人"), case.applicant_name),
            *([(_("代为申请"), case.applied_by.citizen.name)] if case.applied_by else []),
            (_("证件号码"), number if is_revealed else mask_id(number)),
            (_("联系电话"), case.applicant_phone if is_revealed else mask_phone(case.applicant_phone)),
            (_("办理机关"), case.organisation.name),
            (
                _("渠道"),
                _("%(channel)s，%(way)s")
                % {
                    "channel": case.get_channel_display(),
                    "way": case.get_delivery_way_display(),
                },
            ),
            (_("收到"), cn_datetime(case.received_at)),
            (_("受理"), _accepted(case)),
        ],
        "sections": list_answers(case, is_revealed=is_revealed, desk=desk),
        "materials": list_material_views(case, desk),
        "papers": list_paper_files(case, desk),
        "clocks": list_clocks(case),
        "happenings": list_happenings(case),
        "opinions": list_opinions(case),
        "walk": describe_walk(case),
        "reveal_url": reverse(f"{desk}:reveal", args=[case.number]),
    }


def _accepted(case: Case) -> str:
    if case.accepted_at is None:
        return _("未受理")
    at = cn_datetime(case.accepted_at)
    return _("%(at)s（逾期未答复，视为受理）") % {"at": at} if case.is_deemed_accepted else at


# Lists


def days_left(due_at: datetime | None, region: str, now: datetime) -> int | None:
    """Return the working days left after today until ``due_at``, at most -1 once it has passed."""
    if due_at is None:
        return None
    calendar = get_calendar(region)
    days = calendar.working_days_between(calendar.local_date(now), calendar.last_date(due_at))
    return min(days, -1) if due_at <= now else max(days, 0)


def work_rows(items: Sequence[WorkItem], now: datetime | None = None) -> list[dict[str, Any]]:
    """Return rows of a worklist for the table; ``items`` come with their organisation's region."""
    moment = now or timezone.now()
    tasks = [item.object_id for item in items if item.kind == "cases.task"]
    paused = set(
        Clock.objects.filter(case__tasks__in=tasks, is_paused=True, finished_at=None).values_list(
            "case__tasks", flat=True
        )
    )
    rows = []
    for item in items:
        left = days_left(item.due_at, item.organisation.region.code, moment)
        is_paused = item.object_id in paused
        tone = "danger" if left is not None and left < 0 else ROW_TONES.get(AlertLevel(item.level), "")
        rows.append(
            {
                "url": item.url,
                "key": item.reference,
                "tone": "" if is_paused else tone,
                "cells": {
                    "reference": item.reference,
                    "title": item.title,
                    "party": item.party,
                    "step": _(item.step),
                    "opened": cn_datetime(item.opened_at),
                    "done": cn_datetime(item.done_at),
                    "due": deadline(left, due=item.due_at, state="paused" if is_paused else "", unit="short"),
                },
            }
        )
    return rows


# What :func:`case_rows` reads of a case, its organ and its place.
ROW_FIELDS = (
    "number",
    "item_name",
    "applicant_name",
    "state",
    "submitted_at",
    "due_at",
    "organisation__short_name",
    "office__region__code",
)


def case_rows(cases: Iterable[Case], desk: str, now: datetime | None = None) -> list[dict[str, Any]]:
    """Return rows of a list of cases for the table; ``cases`` come with office, region and organisation."""
    moment, address = now or timezone.now(), addresses_of(f"{desk}:case")
    rows = []
    for case in cases:
        left = days_left(case.due_at, case.office.region.code, moment)
        is_paused = case.state == LegalState.EXCLUDED_TIME
        rows.append(
            {
                "url": address(case.number),
                "key": case.number,
                "tone": "danger" if left is not None and left < 0 and not is_paused else "",
                "cells": {
                    "number": case.number,
                    "item": case.item_name,
                    "applicant": case.applicant_name,
                    "organisation": case.organisation.short_name,
                    "state": state_chip(case),
                    "submitted": cn_datetime(case.submitted_at),
                    "due": deadline(left, due=case.due_at, state="paused" if is_paused else "", unit="short")
                    if case.due_at
                    else "",
                },
            }
        )
    return rows


def late_clocks(lamp: str, now: datetime) -> QuerySet[Clock]:
    """Return the running clocks that count for supervision and are ``red`` (past due) or ``yellow`` (warned).

    Cards fire on the promised decision clock; acceptance and delivery have only the law's.
    """
    counted = Clock.objects.filter(COUNTED, finished_at=None)
    if lamp == "red":
        return counted.filter(due_at__lte=now)
    return counted.filter(due_at__gt=now, level="yellow")


def filter_late(cases: QuerySet[Case], lamp: str, now: datetime | None = None) -> QuerySet[Case]:
    """Keep the cases that have a clock of :func:`late_clocks`."""
    return cases.filter(Exists(late_clocks(lamp, now or timezone.now()).filter(case=OuterRef("pk"))))
