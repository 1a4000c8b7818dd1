"""Starting runs, and carrying each to one clear end: done, stopped, failed, cancelled, paused, or once more later."""

import logging
from datetime import timedelta
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext as _

from zhengtong.capabilities.contracts.public import Contract, ContractContent, Mode, compile_masks
from zhengtong.capabilities.exchange.between.target import has_arrived, withdraw
from zhengtong.capabilities.exchange.domain import BY_TICKET
from zhengtong.capabilities.exchange.engine.feeds import open_feed
from zhengtong.capabilities.exchange.engine.path import Awaited, Outcome, Path, Stopped
from zhengtong.capabilities.exchange.engine.receipts import make_receipt
from zhengtong.capabilities.exchange.engine.stamps import why_unproven
from zhengtong.capabilities.exchange.engine.terms import read_terms, why_not
from zhengtong.capabilities.exchange.jobs import run_exchange
from zhengtong.capabilities.exchange.models import OPEN, Run, RunState, Stage
from zhengtong.capabilities.exchange.services import leases
from zhengtong.capabilities.exchange.services.booking import PAUSE, ContractOver, RunBook, Wished
from zhengtong.capabilities.exchange.services.pacing import LinkPace
from zhengtong.capabilities.interfaces.public import ChangeKind, announce_change
from zhengtong.capabilities.sources.public import SourceError, SourceKind, TooManyDeleted, open_target
from zhengtong.core.audit.public import record
from zhengtong.core.crypto.public import SignerUnavailable
from zhengtong.kernel.jobs import enqueue, enqueue_later
from zhengtong.kernel.policy import SYSTEM, Actor
from zhengtong.kernel.steps import step

MOST_ATTEMPTS: Final = 6
# Seconds until the next attempt, doubled each time.
FIRST_PAUSE: Final = 30
# Seconds until it is looked again whether a node has confirmed a window.
NEXT_LOOK: Final = 30
logger = logging.getLogger(__name__)


# --- asking for a run -------------------------------------------------------------------------------------------------


@step()
def start_run(*, actor: Actor, contract: Contract, trigger: str, window: str | None = None) -> Run:
    """Create the run of a window and enqueue it; the caller has asked whether ``actor`` may.

    Of an increment the window begins where the last one that is done ended, and its end is looked up when it begins.
    While a run of the same window is open, or for a window that was named before, that run is returned.
    """
    now = timezone.now()
    detail: dict[str, Any] = {}
    if window is None:
        if contract.mode == Mode.INCREMENT:
            detail["after"] = find_after(contract)
            window = f"{detail['after']}.."
        elif contract.mode == Mode.CAPTURE:
            # The log says where it begins; until then one such run of a contract is open at a time.
            window = ""
        else:
            window = now.isoformat(timespec="microseconds")
    elif contract.mode == Mode.INCREMENT and ".." in window:
        detail["after"], _dots, until = window.partition("..")
        detail |= {"until": until} if until else {}
    found = Run.objects.filter(contract=contract, window=window).first()
    if found is not None:
        return found if found.state in OPEN else _again(actor, found)
    run = Run.objects.create(contract=contract, window=window, trigger=trigger, detail=detail)
    record(actor, "exchange.start_run", run, after={"contract": contract.number, "window": window, "trigger": trigger})
    enqueue_run(run)
    return run


def _again(actor: Actor, run: Run) -> Run:
    run.state, run.wish, run.code, run.message, run.ended_at = RunState.WAITING, "", "", "", None
    run.save(update_fields=["state", "wish", "code", "message", "ended_at"])
    record(actor, "exchange.start_run", run, after={"window": run.window, "trigger": run.trigger})
    enqueue_run(run)
    return run


def name_of(run: Run) -> str:
    """Return what the target remembers the run's window by."""
    return f"{run.contract.number}/{run.window}"


def find_after(contract: Contract) -> str:
    """Return up to where the contract's rows have arrived."""
    done = Run.objects.filter(contract=contract, state=RunState.DONE, detail__has_key="until").order_by("-id")
    last = done.values_list("detail__until", flat=True).first()
    return str(last or "")


def find_spent(contract: Contract, run: Run | None = None) -> str:
    """Return why nothing more is given by a contract for once (一次性), "" while it is open. ``run`` asks for itself.

    Rows that were held back then and corrected since belong to what was given: their tickets' runs aren't asked.
    """
    if contract.mode != Mode.ONCE or (run is not None and run.trigger == BY_TICKET):
        return ""
    given = Run.objects.filter(contract=contract, state=RunState.DONE).exclude(trigger=BY_TICKET)
    done = (given if run is None else given.exclude(pk=run.pk)).order_by("id").first()
    if done is None:
        return ""
    on = timezone.localtime(done.ended_at or done.created_at)
    said = _("合约 %(number)s 约定只提供一次，已于 %(day)s 提供。再要数据，请另行申请。")
    return said % {"number": contract.number, "day": on.strftime("%Y-%m-%d")}


def enqueue_run(run: Run) -> None:
    enqueue(run_exchange, run_id=run.pk)


def enqueue_overdue() -> int:
    """Take up runs whose worker died, and those that wait without a job; return how many."""
    dead = Run.objects.filter(state=RunState.RUNNING, lease_until__lt=Now())
    idle = Run.objects.filter(state=RunState.WAITING, created_at__lt=Now() - timedelta(minutes=2))
    numbers = [*dead.values_list("pk", flat=True), *_due(idle)]
    for number in numbers:
        enqueue(run_exchange, run_id=number)
    return len(numbers)


def _due(waiting: Any) -> list[int]:
    now = timezone.now().isoformat()
    return [pk for pk, detail in waiting.values_list("pk", "detail") if detail.get("not_before", "") <= now]


# --- carrying it ------------------------------------------------------------------------------------------------------


def run_window(run_id: int) -> None:
    """Carry a run to its end, if it is to be had. Called twice, also at the same time, it is done once."""
    holder = leases.take(run_id)
    if not holder:
        return
    run = Run.objects.select_related("contract__source", "contract__target").get(pk=run_id)
    with leases.Heartbeat(run_id, holder) as heartbeat:
        book = RunBook(run, holder, heartbeat)
        try:
            _carry(run, book)
        except leases.LeaseLost:
            logger.warning("run lost to another worker", extra={"run": run_id})
            return
        except Wished as wished:
            if wished.wish == PAUSE:
                _end(book, run, RunState.PAUSED, "paused", _("已暂停，没有改动目标；继续后从这个窗口的开头重新读取。"))
            else:
                _end(book, run, RunState.CANCELLED, "cancelled", _("已取消，没有改动目标。"))
        except Awaited as awaited:
            _await(book, run, awaited)
        except ContractOver as stopped:
            _end(book, run, RunState.CANCELLED, stopped.code, stopped.message)
        except Stopped as stopped:
            _end(book, run, RunState.STOPPED, stopped.code, stopped.message)
        except TooManyDeleted as stopped:
            _end(book, run, RunState.STOPPED, stopped.code, stopped.message)
        except SourceError as error:
            _fail(book, run, error)
        except SignerUnavailable:
            said = _("平台的签名服务没有应答，稍后自动重试。")
            _fail(book, run, SourceError("signer-away", said, is_passing=True))
        except Exception:
            logger.exception("run broke", extra={"run": run_id})
            _end(book, run, RunState.FAILED, "internal", _("平台内部出错，没有完成。已记入日志，请联系运维人员。"))
    _call_next(run)


def _carry(run: Run, book: RunBook) -> None:
    content = read_terms(run.contract)
    if run.contract.target is None:
        raise SourceError("no-target", _("合约没有约定接收的位置。"))
    is_there = run.contract.target.kind == SourceKind.NODE and _is_at_node(run)
    if not is_there and (why := why_not(run.contract_id)):
        raise ContractOver("contract-ended", _("%(why)s没有开始。") % {"why": why})
    if not is_there and (why := find_spent(run.contract, run)):
        raise ContractOver("given-once", why)
    plan: dict[str, Any] = run.detail
    plan["window"] = run.window
    with open_feed(run.contract, content, plan) as feed:
        _name_window(run, book, feed.window)
        with open_target(run.contract.target) as target:
            path = Path(content, name_of(run), feed, target, book, compile_masks(content), pace=LinkPace(run))
            if not target.is_merged(path.landing):
                if why := why_unproven():
                    raise SourceError("stamps-missing", _("%(why)s。没有改动目标。") % {"why": why}, is_passing=True)
                book.begin()
            outcome = path.carry()
    _finish(run, book, content, outcome)


def _is_at_node(run: Run) -> bool:
    """Return whether the node that is the target has confirmed the window already; nothing is read again then.

    Raises ContractOver when the contract ended while the window was in line: it is taken out. Raises as has_arrived.
    """
    if (why := why_not(run.contract_id)) and withdraw(name_of(run), why):
        said = _("%(why)s还没有送达的批次已撤回；当时正在传送的，对方可能已经收到。") % {"why": why}
        raise ContractOver("contract-ended", said)
    return has_arrived(name_of(run))


def _name_window(run: Run, book: RunBook, window: str) -> None:
    """Keep under what name the window goes from now on, before anything of it moves."""
    if window == run.window:
        return
    taken = Run.objects.filter(contract_id=run.contract_id, window=window).exclude(pk=run.pk).exists()
    if taken or _is_empty(window):
        # Nothing new since then: the window would have the name of one that is done.
        window = f"{window} #{run.pk}"
    run.window = run.detail["window"] = window
    try:
        with transaction.atomic():
            is_mine = book.name(window, run.detail)
    except IntegrityError as error:
        raise SourceError("window-taken", _("这个窗口正由另一个任务交换。"), is_passing=True) from error
    if not is_mine:
        raise leases.LeaseLost


def _is_empty(window: str) -> bool:
    after, dots, until = window.partition("..")
    return bool(dots) and after == until


@transaction.atomic
def _finish(run: Run, book: RunBook, content: ContractContent, outcome: Outcome) -> None:
    merged, sealed = outcome.merged, run.detail["sealed"]
    run.inserted, run.updated, run.deleted, run.unchanged = (
        merged.inserted,
        merged.updated,
        merged.deleted,
        merged.unchanged,
    )
    said = _(
        "来源 %(read)d 行 = 落地 %(landed)d 行 + 隔离 %(held)d 行；"
        "新增 %(a)d、更新 %(b)d、删除 %(c)d、未变 %(d)d，已对账一致。"
    ) % {
        "read": sealed["read"],
        "landed": sealed["read"] - sealed["held"],
        "held": sealed["held"],
        "a": merged.inserted,
        "b": merged.updated,
        "c": merged.deleted,
        "d": merged.unchanged,
    }
    if not book.end(
        RunState.DONE,
        "done",
        said,
        stage=Stage.RECONCILE,
        inserted=run.inserted,
        updated=run.updated,
        deleted=run.deleted,
        unchanged=run.unchanged,
        rows_expected=sealed["expected"],
        rows_read=sealed["read"],
        rows_held=sealed["held"],
        rows_staged=sealed["read"] - sealed["held"],
    ):
        raise leases.LeaseLost
    make_receipt(run, content, run.contract.digest)
    _announce(run, content)
    record(
        SYSTEM,
        "exchange.finish_run",
        run,
        after={"contract": content.number, "window": run.window, "code": "done", "rows": sealed["read"]},
    )


def _announce(run: Run, content: ContractContent) -> None:
    """Let subscribers of the resource hear of rows that changed: in the transaction that ends the run, so once."""
    if not run.inserted + run.updated + run.deleted:
        return
    announce_change(
        resource=run.contract.resource_id,
        kind=ChangeKind.DATA_ARRIVED,
        content={
            "resource": content.resource,
            "version": content.version,
            "contract": content.number,
            "window": run.window,
            "inserted": run.inserted,
            "updated": run.updated,
            "deleted": run.deleted,
        },
    )


@transaction.atomic
def _end(book: RunBook, run: Run, state: RunState, code: str, message: str, **more: Any) -> None:
    if book.end(state, code, message, **more):
        after = {"contract": run.contract.number, "window": run.window, "code": code}
        record(SYSTEM, "exchange.finish_run", run, after=after)


def _await(book: RunBook, run: Run, awaited: Awaited) -> None:
    """Look again later. That isn't an attempt in vain, so it isn't counted, nor put in the journal each time."""
    due = timezone.now() + timedelta(seconds=NEXT_LOOK)
    run.detail["not_before"] = due.isoformat()
    if book.end(
        RunState.WAITING, awaited.code, awaited.message, stage=Stage.MERGE, attempt=run.attempt - 1, detail=run.detail
    ):
        enqueue_later(run_exchange, due, run_id=run.pk)


def _fail(book: RunBook, run: Run, error: SourceError) -> None:
    """Try again later what passes by itself, with longer pauses; end what doesn't."""
    if not error.is_passing or run.attempt >= MOST_ATTEMPTS:
        said = error.message
        if error.is_passing:
            said += _("已经试了 %(n)d 次，不再自动重试；排除原因以后请重新执行。") % {"n": run.attempt}
        _end(book, run, RunState.FAILED, error.code, said)
        return
    seconds = FIRST_PAUSE * 2 ** (run.attempt - 1)
    due = timezone.now() + timedelta(seconds=seconds)
    said = _("%(message)s第 %(attempt)d 次没有成功，%(time)s 再试。") % {
        "message": error.message,
        "attempt": run.attempt,
        "time": timezone.localtime(due).strftime("%H:%M:%S"),
    }
    run.detail["not_before"] = due.isoformat()
    _end(book, run, RunState.WAITING, error.code, said, detail=run.detail)
    enqueue_later(run_exchange, due, run_id=run.pk)


def _call_next(run: Run) -> None:
    """Let the next run of the contract begin, which waited for this one."""
    waiting = Run.objects.filter(contract_id=run.contract_id, state=RunState.WAITING, pk__gt=run.pk).order_by("id")
    following = waiting.first()
    if following is not None and not Run.objects.filter(pk=run.pk, state__in=("waiting", "running")).exists():
        enqueue_run(following)
