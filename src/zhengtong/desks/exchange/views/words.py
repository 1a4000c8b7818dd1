"""Words and colours that several pages share."""

from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from zhengtong.capabilities.exchange.public import Run, RunState
from zhengtong.screens.formats import cn_datetime, cn_size
from zhengtong.screens.templatetags.look import chip

TONES = {
    RunState.WAITING: "neutral",
    RunState.RUNNING: "info",
    RunState.PAUSED: "paused",
    RunState.DONE: "success",
    RunState.STOPPED: "danger",
    RunState.FAILED: "danger",
    RunState.CANCELLED: "neutral",
}


def say_trigger(code: str) -> str:
    """Return who or what started a run."""
    match code:
        case "hand":
            return _("人工启动")
        case "schedule":
            return _("按排程")
        case "ticket":
            return _("更正后重新交换")
    return code


def say_state(run: Run) -> str:
    """Return the state, and what was asked of a run that hasn't obeyed yet."""
    if run.wish == "pause":
        return _("正在暂停")
    if run.wish == "cancel":
        return _("正在取消")
    return str(run.get_state_display())


def say_duration(begin: datetime | None, end: datetime | None) -> str:
    """Return how long something took, or has taken so far."""
    if begin is None:
        return "—"
    seconds = max(0, int(((end or timezone.now()) - begin) / timedelta(seconds=1)))
    if seconds < 60:
        return _("%(n)s 秒") % {"n": seconds}
    if seconds < 3600:
        return _("%(m)s 分 %(s)s 秒") % {"m": seconds // 60, "s": seconds % 60}
    return _("%(h)s 小时 %(m)s 分") % {"h": seconds // 3600, "m": seconds % 3600 // 60}


def say_window(run: Run) -> str:
    """Return a snapshot's moment as people write it; what is between two watermarks stays as it is exactly."""
    try:
        return cn_datetime(datetime.fromisoformat(run.window))
    except ValueError:
        return run.window or "—"


def say_rows(run: Run) -> str:
    if run.rows_expected is None:
        return f"{run.rows_read:,}"
    return f"{run.rows_read:,} / {run.rows_expected:,}"


def describe_row(run: Run) -> dict[str, Any]:
    """Return a line of the monitor."""
    return {
        "url": reverse("exchange_desk:run", args=[run.pk]),
        "label": run.contract.resource.name,
        "cells": {
            "resource": run.contract.resource.name,
            "way": f"{run.contract.provider.name} → {run.contract.consumer.name}",
            "contract": run.contract.number,
            "state": chip(say_state(run), tone=TONES[RunState(run.state)]),
            "stage": run.get_stage_display() if run.state == RunState.RUNNING else "",
            "rows": say_rows(run),
            "size": cn_size(run.bytes_moved),
            "held": f"{run.rows_held:,}" if run.rows_held else "",
            "begun": cn_datetime(run.started_at or run.created_at),
            "took": say_duration(run.started_at, run.ended_at),
            "message": run.message,
        },
    }
