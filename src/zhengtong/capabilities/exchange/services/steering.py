"""Steering runs: a person says pause, resume, cancel, again, now. The engine obeys between two chunks."""

from django.utils import timezone
from django.utils.translation import gettext as _

from zhengtong.capabilities.contracts.public import Contract, Mode
from zhengtong.capabilities.exchange.between.target import is_in_line
from zhengtong.capabilities.exchange.domain import BY_HAND
from zhengtong.capabilities.exchange.models import Run, RunState
from zhengtong.capabilities.exchange.permissions import OPERATE
from zhengtong.capabilities.exchange.services.running import enqueue_run, name_of, start_run
from zhengtong.capabilities.exchange.services.scheduling import find_crowd, find_hindrance, hold_turns
from zhengtong.capabilities.exchange.sides import require_side
from zhengtong.core.audit.public import record
from zhengtong.core.identity.public import Refused
from zhengtong.kernel.policy import Actor
from zhengtong.kernel.steps import step

PAUSE, CANCEL = "pause", "cancel"
AGAIN = (RunState.FAILED, RunState.STOPPED, RunState.CANCELLED)


def _hold(actor: Actor, run: Run) -> Run:
    related = ("contract__source", "contract__target", "contract__resource")
    row = Run.objects.select_for_update(of=("self",)).select_related(*related).get(pk=run.pk)
    require_side(actor, OPERATE, row.contract, row)
    return row


def _note(actor: Actor, action: str, run: Run, before: str) -> Run:
    after = {"state": run.state, "wish": run.wish, "contract": run.contract.number, "window": run.window}
    record(actor, f"exchange.{action}", run, before={"state": before}, after=after)
    return run


def _refuse(run: Run) -> Refused:
    said = _("任务现在是“%(state)s”，不能这样办。请看最新情况。") % {"state": run.get_state_display()}
    return Refused("not-now", said)


def _refuse_in_line(run: Run) -> None:
    """Refuse to stop what has left: the message in line is what would have to be stopped."""
    if is_in_line(name_of(run)):
        said = _("批次已经封存并排入发送。要收回，请在节点消息里取消这条消息，任务随后会结束。")
        raise Refused("in-line", said)


@step()
def pause_run(*, actor: Actor, run: Run) -> Run:
    """Stop a run between two chunks; what it has staged stays. One that hasn't begun is paused at once."""
    row = _hold(actor, run)
    before = row.state
    if row.state == RunState.RUNNING and row.wish != CANCEL:
        row.wish = PAUSE
    elif row.state == RunState.WAITING:
        _refuse_in_line(row)
        row.state = RunState.PAUSED
    else:
        raise _refuse(row)
    row.save(update_fields=["state", "wish"])
    return _note(actor, "pause_run", row, before)


@step()
def resume_run(*, actor: Actor, run: Run) -> Run:
    """Go on with a paused run, or take back a pause that the engine hasn't obeyed yet."""
    hold_turns()
    row = _hold(actor, run)
    before = row.state
    if row.state == RunState.RUNNING and row.wish == PAUSE:
        row.wish = ""
    elif row.state == RunState.PAUSED:
        _require_runnable(row.contract, row)
        row.state, row.wish = RunState.WAITING, ""
        enqueue_run(row)
    else:
        raise _refuse(row)
    row.save(update_fields=["state", "wish"])
    return _note(actor, "resume_run", row, before)


@step()
def cancel_run(*, actor: Actor, run: Run) -> Run:
    """End a run before its merge; the target stays as it was. One that is merging already ends by itself."""
    row = _hold(actor, run)
    before = row.state
    if row.state == RunState.RUNNING:
        row.wish = CANCEL
    elif row.state in (RunState.WAITING, RunState.PAUSED):
        _refuse_in_line(row)
        row.state, row.wish = RunState.CANCELLED, ""
        row.code, row.message, row.ended_at = "cancelled", _("人工取消"), timezone.now()
    else:
        raise _refuse(row)
    row.save(update_fields=["state", "wish", "code", "message", "ended_at"])
    return _note(actor, "cancel_run", row, before)


@step()
def repeat_run(*, actor: Actor, run: Run) -> Run:
    """Run the same window again: what an earlier attempt merged isn't merged twice. Raises Refused.

    One that is done isn't repeated. The run keeps its name and its number; only its attempt counts up.
    """
    hold_turns()
    row = _hold(actor, run)
    before = row.state
    if row.state not in AGAIN:
        raise _refuse(row)
    _require_runnable(row.contract, row)
    if busy := find_crowd(row.contract):
        raise Refused("busy", _("现在不能重新执行：%(why)s。") % {"why": busy})
    row.state, row.wish, row.code, row.message, row.ended_at = RunState.WAITING, "", "", "", None
    row.save(update_fields=["state", "wish", "code", "message", "ended_at"])
    enqueue_run(row)
    return _note(actor, "repeat_run", row, before)


@step()
def run_now(*, actor: Actor, contract: Contract) -> Run:
    """Start a run of ``contract`` outside of its turns. Raises Refused when it may not run, or runs already."""
    hold_turns()
    row = Contract.objects.select_related("source", "target", "resource").get(pk=contract.pk)
    require_side(actor, OPERATE, row, Run(contract=row))
    if row.mode == Mode.INTERFACE:
        raise Refused("interface", _("按接口调用的合约没有交换任务。"))
    _require_runnable(row)
    if busy := find_crowd(row):
        raise Refused("busy", _("现在不能启动：%(why)s。") % {"why": busy})
    return start_run(actor=actor, contract=row, trigger=BY_HAND)


def _require_runnable(contract: Contract, run: Run | None = None) -> None:
    if why := find_hindrance(contract, timezone.localdate(), run):
        raise Refused("not-effective", _("不能交换：%(why)s。") % {"why": why.rstrip("。")})
