"""Blocks and their state, and the check of the journal against itself."""

from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from zhengtong.core.audit.public import (
    CHECK,
    AuditRecord,
    CheckRun,
    CheckState,
    JournalBlock,
    JournalLeaf,
    JournalRoot,
    PendingRecord,
    SealingTrouble,
    cancel_check,
    get_seal,
    start_check,
)
from zhengtong.desks.oversight.looking import note_look
from zhengtong.desks.oversight.permissions import EXPORT, VIEW, VIEW_PUBLIC, list_reachable
from zhengtong.desks.oversight.searching import draw_lines
from zhengtong.desks.oversight.trouble import describe_trouble
from zhengtong.screens.access import actor_of, for_staff
from zhengtong.screens.paging import paginate
from zhengtong_verify.chain import name_of, parse_certificate
from zhengtong_verify.sealing import fingerprint

SHOWN_TROUBLES: Final = 20
SHOWN_RUNS: Final = 30
# What a check finds, in words; each names the thing.
FINDINGS: Final = {
    "record-altered": gettext_lazy("第 {record} 号日志被改动过：内容和封存时的摘要不符（现在写着 {at} {who}）"),
    "record-removed": gettext_lazy("第 {record} 号日志被删除了：区块里有它，日志里没有"),
    "record-outside": gettext_lazy("第 {record} 号日志没有进入区块，也不在等待封存：可能是绕过平台写进去的"),
    "records-late": gettext_lazy("有 {count} 条日志等待封存超过十分钟"),
    "leaves-altered": gettext_lazy("第 {block} 个区块里的日志摘要被改动过：算出的树根和块头不符"),
    "block-missing": gettext_lazy("第 {block} 个区块不见了"),
    "header-altered": gettext_lazy("第 {number} 个块头（或者日志根）被改动过"),
    "chain-broken": gettext_lazy("第 {number} 个块头（或者日志根）和前一个接不上"),
    "seal": gettext_lazy("第 {number} 个块头（或者日志根）的签名或时间戳不对：{say}"),
    "root-missing": gettext_lazy("第 {root} 号日志根不见了"),
    "root-altered": gettext_lazy("第 {root} 号日志根和它之下的区块不符"),
}


@require_GET
@for_staff(VIEW, VIEW_PUBLIC)
def show_blocks(request: HttpRequest) -> HttpResponse:
    """The blocks, the newest first; what waits, and what held it up."""
    page = paginate(JournalBlock.objects.defer("header", "token"), request.GET, order=("-number",))
    columns = [
        ("number", _("区块"), "number"),
        ("closed", _("封存时间"), "nowrap"),
        ("count", _("日志"), "number"),
        ("root", _("树根（SM3）"), "main"),
        ("published", _("日志根"), "number"),
    ]
    roots = _find_roots([block.number for block in page.rows])
    rows = [
        {
            "url": f"{block.number}/",
            "key": str(block.number),
            "cells": {
                "number": block.number,
                "closed": f"{block.closed_at.astimezone():%Y-%m-%d %H:%M:%S}",
                "count": block.count,
                "root": f"{block.root[:32]}…",
                "published": roots.get(block.number, "—"),
            },
        }
        for block in page.rows
    ]
    context = {
        "page": page,
        "columns": columns,
        "rows": rows,
        "waiting": PendingRecord.objects.count(),
        "trouble": describe_trouble(),
        "troubles": SealingTrouble.objects.exclude(ended_at=None).order_by("-pk")[:SHOWN_TROUBLES],
    }
    return render(request, "oversight/blocks.html", context)


def _find_roots(numbers: list[int]) -> dict[int, int]:
    if not numbers:
        return {}
    over = JournalRoot.objects.filter(last__gte=min(numbers), first__lte=max(numbers))
    return {
        number: root
        for root, first, last in over.values_list("number", "first", "last")
        for number in numbers
        if first <= number <= last
    }


@require_GET
@for_staff(VIEW, VIEW_PUBLIC)
def show_block(request: HttpRequest, number: int) -> HttpResponse:
    """A block: its header, who signed and stamped it, and those of its records that the auditor may read."""
    actor = actor_of(request)
    block = get_object_or_404(JournalBlock, pk=number)
    note_look(actor, "view_block", ("audit.journalblock", number))
    signer, *issuers = get_seal(block).certificates
    held = JournalLeaf.objects.filter(block=number).values("record")
    page = paginate(
        list_reachable(actor, found=AuditRecord.objects.filter(pk__in=held)), request.GET, order=("-at", "-id")
    )
    facts = [
        (_("封存时间"), f"{block.closed_at.astimezone().isoformat(sep=' ')}"),
        (_("日志"), _("%(n)s 条") % {"n": block.count}),
        (_("树根（SM3）"), block.root),
        (_("块头摘要（SM3）"), block.hash),
        (_("签名"), f"{block.algorithm.upper()} · {name_of(parse_certificate(signer))}"),
        (_("根证书指纹（SHA-256）"), fingerprint(issuers[-1] if issuers else signer)),
    ]
    context = {
        "sealed": block,  # "block" is what a template calls its own blocks
        "facts": facts,
        "page": page,
        "lines": draw_lines(page.rows),
        "may_export": actor.has(EXPORT),
        "about": _("第 %(number)s 个区块里的日志") % {"number": number},
    }
    return render(request, "oversight/block.html", context)


# The check -------------------------------------------------------------------------------------------


@require_GET
@for_staff(CHECK)
def show_checks(request: HttpRequest) -> HttpResponse:
    """The checks so far, and the button that starts one."""
    runs = list(CheckRun.objects.order_by("-pk")[:SHOWN_RUNS])
    running = next((run for run in runs if run.state in (CheckState.WAITING, CheckState.RUNNING)), None)
    return render(request, "oversight/checks.html", {"runs": runs, "running": running})


@require_POST
@for_staff(CHECK)
def begin_check(request: HttpRequest) -> HttpResponse:
    return redirect("oversight_desk:check", start_check(actor=actor_of(request)).pk)


@require_GET
@for_staff(CHECK)
def show_check(request: HttpRequest, pk: int) -> HttpResponse:
    """How far a check is and what it found; asked for by the page itself every second while it runs."""
    run = get_object_or_404(CheckRun, pk=pk)
    is_running = run.state in (CheckState.WAITING, CheckState.RUNNING)
    context = {
        "run": run,
        "is_running": is_running,
        "percent": 100 if not is_running else int(run.checked * 100 / run.total) if run.total else 0,
        "findings": [_describe(each) for each in run.findings],
    }
    is_part = request.headers.get("HX-Request") == "true" and request.headers.get("HX-Boosted") != "true"
    return render(request, "oversight/check_body.html" if is_part else "oversight/check.html", context)


def _describe(finding: dict[str, Any]) -> dict[str, Any]:
    about = {"number": finding.get("block") or finding.get("root"), "at": "", "who": "", "say": "", **finding}
    at = str(about["at"])[:19].replace("T", " ")
    words = FINDINGS.get(finding["code"])
    return {
        "text": str(words).format(**{**about, "at": at}) if words else finding["code"],
        "record": finding.get("record"),
        "block": finding.get("block"),
        "is_readable": finding["code"] == "record-altered",
    }


@require_POST
@for_staff(CHECK)
def stop_check(request: HttpRequest, pk: int) -> HttpResponse:
    try:
        cancel_check(actor=actor_of(request), run_id=pk)
    except CheckRun.DoesNotExist as error:
        raise Http404 from error
    return redirect("oversight_desk:check", pk)
