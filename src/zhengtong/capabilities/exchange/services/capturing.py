"""The position of a contract in its source's log, as we keep it; the slot itself is at the source."""

import re
from dataclasses import asdict, dataclass
from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from zhengtong.capabilities.contracts.public import Contract, ContractContent, ContractState
from zhengtong.capabilities.exchange.capture.collapsing import compare_columns
from zhengtong.capabilities.exchange.capture.pgoutput import RelationColumn, read_position, write_position
from zhengtong.capabilities.exchange.capture.slots import Log, open_log
from zhengtong.capabilities.exchange.models import OPEN, Capture, CaptureState, Run
from zhengtong.capabilities.exchange.permissions import OPERATE
from zhengtong.capabilities.exchange.sides import require_side
from zhengtong.capabilities.sources.public import SourceError
from zhengtong.core.audit.public import record
from zhengtong.core.identity.public import Refused
from zhengtong.kernel.policy import SYSTEM, Actor
from zhengtong.kernel.steps import step

# A slot that keeps more than this of the source's log is a risk to its disk, where the server sets no limit itself.
WORRYING_BYTES = 5 * 1024**3


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a window begins. ``is_whole``: with the whole table, whose name is ``position``."""

    capture: Capture
    is_whole: bool
    position: int
    floor: int
    was: tuple[RelationColumn, ...]


def slot_name(contract: Contract) -> str:
    """Return what slot and publication are called: letters, digits and underscores, 63 at most."""
    return f"zt_{re.sub('[^a-z0-9]+', '_', contract.number.lower())[:40]}_{contract.digest[:8]}"


def enlist_capture(contract: Contract) -> Capture:
    name = slot_name(contract)
    return Capture.objects.get_or_create(contract=contract, defaults={"slot": name, "publication": name})[0]


def stand(contract: Contract, content: ContractContent, log: Log) -> Standing:
    """Return where the next window of ``contract`` begins; make slot and publication on first use.

    Raises SourceError when the slot is gone or somebody else has read on in it: changes would be missing.
    """
    capture = enlist_capture(contract)
    wanted = [*(field.source for field in content.fields), *(each.column for each in content.conditions)]
    if capture.state == CaptureState.ENDED:
        raise SourceError("capture-ended", _("变更捕获已经随合约结束。"))
    if capture.state == CaptureState.NEW:
        position = log.make_slot(capture.slot, capture.publication, content.place)
        now = log.read_columns(content.place)
        compare_columns((), now, wanted)
        capture.columns = [asdict(column) for column in now if column.name in wanted]
        capture.save(update_fields=["columns"])
        _record_start(capture, position)
        return Standing(capture, True, position, 0, ())
    confirmed = read_position(capture.confirmed)
    found = log.find_slot(capture.slot)
    if capture.state == CaptureState.BROKEN or found is None or found.is_lost or found.confirmed > confirmed:
        trouble = _("数据源上的复制槽不在了或者被别人读过，变更不完整。请在链路页面选择“重新全量”。")
        Capture.objects.filter(pk=capture.pk).update(state=CaptureState.BROKEN, trouble=trouble)
        raise SourceError("slot-lost", trouble)
    if found.confirmed < confirmed:  # an attempt that ended between our books and the source's
        log.advance(capture.slot, confirmed)
    was = tuple(RelationColumn(**each) for each in capture.columns)
    return Standing(capture, False, confirmed, read_position(capture.floor) if capture.floor else 0, was)


def _record_start(capture: Capture, position: int) -> None:
    after = {"contract": capture.contract.number, "slot": capture.slot, "position": write_position(position)}
    with transaction.atomic():
        record(SYSTEM, "exchange.start_capture", capture, after=after)


def confirm_whole(capture: Capture, *, position: int, floor: int) -> None:
    """Note that the target has the whole table, read when the log stood at ``floor`` at the latest."""
    Capture.objects.filter(pk=capture.pk).update(
        state=CaptureState.STREAMING, confirmed=write_position(position), floor=write_position(floor), trouble=""
    )


def confirm_changes(capture: Capture, *, until: int) -> None:
    """Note that the target has everything up to ``until``. The slot is advanced after this, never before."""
    with transaction.atomic():
        row = Capture.objects.select_for_update().get(pk=capture.pk)
        if read_position(row.confirmed) >= until:
            return
        row.confirmed, row.trouble = write_position(until), ""
        if row.floor and read_position(row.floor) <= until:
            row.floor = ""
        row.save(update_fields=["confirmed", "floor", "trouble"])


# What is watched over ------------------------------------------------------------------------------------


def measure_captures() -> int:
    """Look at the slots of running captures: how far behind, how much of its log the source keeps for us."""
    captures = Capture.objects.filter(state__in=(CaptureState.STREAMING, CaptureState.NEW)).select_related(
        "contract__source"
    )
    return sum(measure_capture(capture) for capture in captures)


def measure_capture(capture: Capture) -> bool:
    now = timezone.now()
    found = None
    try:
        with open_log(capture.contract.source) as log:
            found = log.find_slot(capture.slot)
        trouble = ""
    except SourceError as error:
        trouble = error.message[:500]
    if found is not None:
        if found.is_lost:
            trouble = _("数据源已经丢弃了需要的日志，请重新全量。")
            capture.state = CaptureState.BROKEN
        elif found.kept_bytes > WORRYING_BYTES or (
            found.left_bytes is not None and found.left_bytes < found.kept_bytes
        ):
            trouble = _("数据源为这份合约保留的日志过多，有占满磁盘或者失效的危险。请尽快让任务跑起来。")
        capture.lag_bytes, capture.kept_bytes, capture.left_bytes = found.lag_bytes, found.kept_bytes, found.left_bytes
    elif not trouble and capture.state == CaptureState.STREAMING:
        trouble = _("数据源上没有找到复制槽，请重新全量。")
        capture.state = CaptureState.BROKEN
    capture.checked_at, capture.trouble = now, trouble
    capture.save(update_fields=["state", "lag_bytes", "kept_bytes", "left_bytes", "checked_at", "trouble"])
    return found is not None


def end_captures(*, actor: Actor) -> int:
    """Drop the slots of contracts that have ended: a slot that nobody reads fills the source's disk."""
    today = timezone.localdate()
    ended = Q(contract__state__in=(ContractState.REVOKED, ContractState.EXPIRED)) | Q(
        contract__valid_until__lt=today - timedelta(days=1)
    )
    found = Capture.objects.filter(ended).exclude(state=CaptureState.ENDED)
    return sum(_end(actor, pk) for pk in found.values_list("pk", flat=True))


@step()
def _end(actor: Actor, pk: int) -> bool:
    related = ("contract__source",)
    capture = Capture.objects.select_for_update(of=("self",)).select_related(*related).get(pk=pk)
    if Run.objects.filter(contract=capture.contract, state="running").exists():
        return False
    try:
        with open_log(capture.contract.source) as log:
            log.drop(capture.slot, capture.publication)
    except SourceError as error:
        said = _("合约已经结束，复制槽还没有删除：%(why)s") % {"why": error.message}
        Capture.objects.filter(pk=pk).update(trouble=said[:500], checked_at=timezone.now())
        return False
    capture.state, capture.ended_at, capture.trouble = CaptureState.ENDED, timezone.now(), ""
    capture.lag_bytes = capture.kept_bytes = capture.left_bytes = None
    capture.save()
    record(actor, "exchange.end_capture", capture, after={"contract": capture.contract.number, "slot": capture.slot})
    return True


@step()
def restart_capture(*, actor: Actor, capture: Capture) -> Capture:
    """Begin anew: drop the slot, and let the next run bring the whole table. Raises Refused while a run is open."""
    related = ("contract__source",)
    row = Capture.objects.select_for_update(of=("self",)).select_related(*related).get(pk=capture.pk)
    require_side(actor, OPERATE, row.contract, row)
    if row.state == CaptureState.ENDED:
        raise Refused("ended", _("变更捕获已经随合约结束。"))
    if Run.objects.filter(contract=row.contract, state__in=OPEN).exists():
        raise Refused("busy", _("任务还没有结束，请先等它结束，或者取消它。"))
    try:
        with open_log(row.contract.source) as log:
            log.drop(row.slot, row.publication)
    except SourceError as error:
        raise Refused(error.code, error.message) from error
    row.state, row.floor, row.confirmed, row.columns, row.trouble = CaptureState.NEW, "", "", [], ""
    row.save()
    record(actor, "exchange.restart_capture", row, after={"contract": row.contract.number, "slot": row.slot})
    return row
