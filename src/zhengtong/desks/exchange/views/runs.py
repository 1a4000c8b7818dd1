"""The monitor: runs with their progress, one run with its seven steps and where its data came from and went."""

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from zhengtong.capabilities.contracts.public import ContractContent
from zhengtong.capabilities.exchange import public as exchange
from zhengtong.capabilities.exchange.public import OPERATE, VIEW, Receipt, Run, RunState, Stage
from zhengtong.desks.exchange.acting import ActPage, offer, show_act
from zhengtong.desks.exchange.views.words import (
    TONES,
    describe_row,
    say_duration,
    say_rows,
    say_state,
    say_trigger,
    say_window,
)
from zhengtong.kernel.jobs import hears_worker
from zhengtong.kernel.policy import Actor
from zhengtong.screens.access import actor_of, for_staff
from zhengtong.screens.formats import cn_datetime, cn_size
from zhengtong.screens.paging import paginate
from zhengtong_verify.batch import MANIFEST


def _may(actor: Actor, run: Run, *states: str) -> bool:
    return run.state in states and exchange.is_on_side(actor, OPERATE, run.contract)


def _may_pause(actor: Actor, run: Run) -> bool:
    return not run.wish and _may(actor, run, RunState.WAITING, RunState.RUNNING)


def _may_resume(actor: Actor, run: Run) -> bool:
    return _may(actor, run, RunState.PAUSED) or (run.wish == "pause" and _may(actor, run, RunState.RUNNING))


def _may_repeat(actor: Actor, run: Run) -> bool:
    return _may(actor, run, *exchange.AGAIN)


def _may_cancel(actor: Actor, run: Run) -> bool:
    return run.wish != "cancel" and _may(actor, run, RunState.WAITING, RunState.RUNNING, RunState.PAUSED)


# Where time stamps come from, whatever a signature is by.
STAMP_ROOT = "root"

ACTS = (
    ActPage(
        "repeat",
        gettext_lazy("重新执行"),
        exchange.repeat_run,
        "run",
        _may_repeat,
        gettext_lazy("已重新排队"),
        lead=gettext_lazy("重新执行的是同一个窗口：已经合并过的不会再合并一次。"),
    ),
    ActPage("resume", gettext_lazy("继续"), exchange.resume_run, "run", _may_resume, gettext_lazy("已继续")),
    ActPage(
        "pause",
        gettext_lazy("暂停"),
        exchange.pause_run,
        "run",
        _may_pause,
        gettext_lazy("已要求暂停，读完当前一块后停下"),
        lead=gettext_lazy("合并以前才能暂停，目标不受影响。"),
    ),
    ActPage(
        "cancel",
        gettext_lazy("取消"),
        exchange.cancel_run,
        "run",
        _may_cancel,
        gettext_lazy("已要求取消"),
        is_grave=True,
        lead=gettext_lazy("合并以前取消的，目标保持原样；已经在合并的会先完成。"),
    ),
)
GROUPS = (
    ("", gettext_lazy("全部"), ()),
    ("busy", gettext_lazy("进行中"), (RunState.WAITING, RunState.RUNNING, RunState.PAUSED)),
    ("trouble", gettext_lazy("失败和停止"), (RunState.FAILED, RunState.STOPPED)),
    ("done", gettext_lazy("已完成"), (RunState.DONE,)),
)


@require_safe
@for_staff(VIEW)
def list_all(request: HttpRequest) -> HttpResponse:
    actor, chosen = actor_of(request), request.GET.get("state", "")
    states = next((states for code, _title, states in GROUPS if code == chosen), ())
    found, number = exchange.list_runs(actor), request.GET.get("contract", "")[:30]
    if states:
        found = found.filter(state__in=states)
    if number:
        found = found.filter(contract__number=number)
    page = paginate(found, request.GET, order=("-id",))
    counts = exchange.count_states(actor)
    context = {
        "page": page,
        "columns": [
            ("resource", _("信息资源"), "main"),
            ("way", _("提供 → 使用")),
            ("state", _("状态")),
            ("stage", _("步骤")),
            ("rows", _("行数"), "number"),
            ("size", _("数据量"), "number"),
            ("held", _("隔离"), "number"),
            ("begun", _("开始时间"), "nowrap"),
            ("took", _("用时"), "nowrap"),
        ],
        "rows": [describe_row(run) for run in page.rows],
        "here": request.get_full_path(),
        "is_unattended": not hears_worker(),
        "contract": number,
    }
    if request.headers.get("HX-Request") and "part" not in request.GET and request.headers.get("HX-Target") == "live":
        return render(request, "exchange_desk/runs_rows.html", context)
    context["tabs"] = [
        (title, f"?state={code}" if code else "?", code == chosen, sum(counts.get(state, 0) for state in states) or "")
        for code, title, states in GROUPS
    ]
    context["alerts"] = exchange.list_alerts(actor)[:5]
    return render(request, "exchange_desk/runs.html", context)


def find_run(request: HttpRequest, pk: int) -> Run:
    related = ("contract__source", "contract__target", "contract__version")
    return get_object_or_404(exchange.list_runs(actor_of(request)).select_related(*related), pk=pk)


@require_safe
@for_staff(VIEW)
def show(request: HttpRequest, pk: int) -> HttpResponse:
    run, actor = find_run(request, pk), actor_of(request)
    contract, content = run.contract, ContractContent.from_json(run.contract.content)
    receipt = exchange.list_receipts(actor).filter(run=run).first()
    context = {
        **_progress(run),
        "acts": offer(actor, run, ACTS, lambda code: reverse("exchange_desk:run_act", args=[run.pk, code])),
        "summary": [
            (_("合约"), contract.number),
            (_("提供单位"), contract.provider.name),
            (_("使用单位"), contract.consumer.name),
            (_("方式"), contract.get_mode_display()),
            (_("批次窗口"), say_window(run)),
            (_("起因"), say_trigger(run.trigger)),
            (_("第几次执行"), run.attempt),
            (_("建立时间"), cn_datetime(run.created_at)),
        ],
        "lineage": [
            (_("来源"), f"{contract.source.name}：{content.place}"),
            (_("信息资源"), f"{contract.resource.name}（{contract.resource.code}，v{content.version}）"),
            (_("合约内容摘要"), contract.digest),
            (_("列"), "、".join(field.column.name for field in content.fields)),
            (_("去向"), f"{contract.target.name if contract.target else '—'}：{content.target_table}"),
            (_("封存的链值"), (run.detail.get("sealed") or {}).get("chain", "—")),
            (_("回执摘要"), receipt.digest if receipt else "—"),
        ],
        "receipt": receipt,
    }
    return render(request, "exchange_desk/run.html", context)


def _progress(run: Run) -> dict[str, Any]:
    stages = list(Stage.values)
    at = stages.index(run.stage)
    # The first five go on together, chunk by chunk.
    figures = {
        Stage.READ: _("%(n)s 行") % {"n": say_rows(run)},
        Stage.CHECK: _("隔离 %(n)s 行") % {"n": f"{run.rows_held:,}"},
        Stage.MASK: "",
        Stage.SEAL: cn_size(run.bytes_moved),
        Stage.STAGE: _("%(n)s 行") % {"n": f"{run.rows_staged:,}"},
        Stage.MERGE: "",
        Stage.RECONCILE: "",
    }
    is_done = run.state == RunState.DONE
    if is_done:
        figures[Stage.MERGE] = _("新增 %(a)s、更新 %(b)s、删除 %(c)s、未变 %(d)s") % {
            "a": f"{run.inserted:,}",
            "b": f"{run.updated:,}",
            "c": f"{run.deleted:,}",
            "d": f"{run.unchanged:,}",
        }
        figures[Stage.RECONCILE] = _("一致")
    rows = []
    for place, stage in enumerate(Stage):
        is_streaming = place < 5 and at < 5 and run.state == RunState.RUNNING
        word = "now" if is_streaming else "done" if is_done or place < at else "now" if place == at else "later"
        rows.append({"number": place + 1, "title": stage.label, "figure": figures[stage], "state": word})
    return {
        "run": run,
        "tone": TONES[RunState(run.state)],
        "state": say_state(run),
        "stages": rows,
        "is_busy": run.state in exchange.BUSY,
        "is_unattended": run.state in exchange.BUSY and not hears_worker(),
        "most": run.rows_expected or max(run.rows_read, 1),
        "took": say_duration(run.started_at, run.ended_at),
        "next_step": exchange.say_next_step(run.code),
    }


@require_safe
@for_staff(VIEW)
def progress(request: HttpRequest, pk: int) -> HttpResponse:
    return render(request, "exchange_desk/run_progress.html", _progress(find_run(request, pk)))


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(OPERATE, VIEW)
def act_on(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    run = find_run(request, pk)
    back = reverse("exchange_desk:run", args=[run.pk])
    return show_act(request, acts=ACTS, code=act, row=run, back=back, subject=run.contract.resource.name)


# Receipts ------------------------------------------------------------------------------------------------


@require_safe
@for_staff(VIEW)
def list_receipts(request: HttpRequest) -> HttpResponse:
    page = paginate(exchange.list_receipts(actor_of(request)), request.GET, order=("-id",))
    rows = [
        {
            "url": reverse("exchange_desk:run", args=[receipt.run_id]),
            "label": receipt.run.contract.resource.name,
            "cells": {
                "resource": receipt.run.contract.resource.name,
                "contract": receipt.run.contract.number,
                "rows": f"{receipt.rows:,}",
                "chunks": receipt.chunks,
                "digest": f"{receipt.digest[:16]}…",
                "stamp": _("已加盖时间戳") if receipt.is_stamped else _("待补戳"),
                "made": cn_datetime(receipt.made_at),
            },
        }
        for receipt in page.rows
    ]
    columns = [
        ("resource", _("信息资源"), "main"),
        ("contract", _("合约"), "nowrap"),
        ("rows", _("行数"), "number"),
        ("chunks", _("分块"), "number"),
        ("digest", _("清单摘要")),
        ("stamp", _("时间戳")),
        ("made", _("生成时间"), "nowrap"),
    ]
    newest = next((receipt for receipt in page.rows if receipt.is_stamped), None)
    archive = _file_name(newest) if newest else "receipt.zip"
    # Stamps are of the first root. The signature is by the algorithm that the installation chose for its data, and a
    # receipt from before that choice is of the first root too.
    roots = [STAMP_ROOT, "root-sm2"] if settings.DATA_CIPHER == "sm4" else [STAMP_ROOT]
    context = {
        "page": page,
        "columns": columns,
        "rows": rows,
        "archive": archive,
        "manifest": MANIFEST,
        "roots": roots,
        "named": " ".join(f"--root {root}.pem" for root in roots),
        "stamp_root": STAMP_ROOT,
    }
    return render(request, "exchange_desk/receipts.html", context)


def _file_name(receipt: Receipt) -> str:
    kind = "zip" if receipt.is_stamped else "json"
    return f"receipt-{receipt.run.contract.number}-{receipt.run_id}.{kind}"


@require_safe
@for_staff(VIEW)
def download_receipt(request: HttpRequest, pk: int) -> HttpResponse:
    """Hand out the sealed manifest; whoever is on a side of the contract may have it."""
    found = exchange.list_receipts(actor_of(request)).defer(None).filter(run_id=pk).first()
    if found is None:
        raise Http404
    content = bytes(found.archive)
    response = HttpResponse(content, content_type="application/zip" if found.is_stamped else "application/json")
    response["Content-Disposition"] = f'attachment; filename="{_file_name(found)}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response
