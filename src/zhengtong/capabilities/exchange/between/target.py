"""Another node as the target of a contract: a window goes there as one sealed batch, and is done when the node says so.

Staging seals the batch, the merge puts it in line: store-and-forward delivers it, also when the node is away for days.
Until then the run waits. The node merges the batch in one transaction and compares before the commit what it has with
what was sealed; its signed receipt, which says what was done, is the reconciliation.
"""

from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from typing import Any, Final

import pyarrow as pa
from django.db import connection, transaction
from django.utils.translation import gettext as _

from zhengtong.capabilities.exchange.between.batches import TooLarge, write_data
from zhengtong.capabilities.exchange.between.models import NodeDelivery
from zhengtong.capabilities.exchange.between.services import DATASET
from zhengtong.capabilities.exchange.domain import IN_LINE
from zhengtong.capabilities.exchange.engine.path import Awaited, Stopped
from zhengtong.capabilities.nodes.public import (
    Node,
    NodeState,
    OutgoingMessage,
    OutgoingState,
    Priority,
    cancel_message,
    get_own_node,
    refuse_beyond,
    send_message,
)
from zhengtong.capabilities.sources.public import Landing, Merged, SourceError, SourceKind, register_target
from zhengtong.capabilities.timestamps.public import TimeNotAvailable
from zhengtong.core.audit.public import CANNOT_SEAL
from zhengtong.core.identity.public import Refused
from zhengtong.kernel.marks import Mark
from zhengtong.kernel.policy import SYSTEM

# A node's name for a dataset; the contract calls it the target's table.
_LONGEST: Final = 60
_OPEN: Final = (NodeState.APPROVED, NodeState.CONNECTED, NodeState.SUSPENDED)
# What the receiver calls a threshold that was passed.
_STOPS: Final = frozenset({"too-many-deleted"})
# What is agreed between offices isn't for everybody: it doesn't go from the inner zone to the outer.
_MARK: Final = Mark.INTERNAL


class NodeTarget:
    """Puts windows in line for one node; ``settings`` name it by its code."""

    def __init__(self, settings: Mapping[str, Any], secrets: Mapping[str, Any]) -> None:
        node = Node.objects.filter(code=str(settings.get("node") or "")).first()
        if node is None or node.state not in _OPEN:
            raise SourceError(
                "node-not-connected",
                _("节点“%(name)s”没有登记或者已经撤销，不能向它发送。")
                % {"name": node.name if node else settings.get("node", "")},
            )
        self._node = node
        self._sealed: dict[str, tuple[bytes, int]] = {}

    def prepare(self, landing: Landing) -> None:
        if not landing.key:
            raise SourceError("no-key", _("合约没有主键，不能送往节点。"))
        if len(landing.table) > _LONGEST:
            raise SourceError("dataset", _("合约里的接收表名就是对方登记的数据集代码，最长 %d 个字符。") % _LONGEST)
        try:
            refuse_beyond(actor=SYSTEM, node=self._node, kind=DATASET, title=landing.table, mark=_MARK)
        except Refused as refused:
            raise SourceError(refused.code, str(refused.message)) from refused

    def stage(self, landing: Landing, batches: Iterable[pa.RecordBatch]) -> int:
        own = get_own_node()
        try:
            body, rows = write_data(
                dataset=landing.table,
                title=landing.run,
                made_by=own.name if own else "",
                columns=landing.columns,
                key=landing.key,
                batches=batches,
                is_whole=landing.is_whole,
                most_bytes=self._node.largest_mb << 20,
                removed=landing.removed,
                most_deleted=landing.most_deleted,
            )
        except TooLarge:
            raise SourceError(
                "too-large",
                _(
                    "这个窗口封存后超过节点“%(name)s”接收的上限 %(most)d MB，没有发送。"
                    "请改为增量方式，或者与对方商定更高的上限。"
                )
                % {"name": self._node.name, "most": self._node.largest_mb},
            ) from None
        except (*CANNOT_SEAL, TimeNotAvailable) as error:
            said = _("平台的签名或者时间戳服务没有应答，批次没有封存，稍后自动重试。")
            raise SourceError("cannot-seal", said, is_passing=True) from error
        self._sealed[landing.run] = (body, rows)
        return rows

    def merge(self, landing: Landing) -> Merged:
        """Return what the node did with the window; while it hasn't said so, put it in line once and raise Awaited."""
        if not self.is_merged(landing):
            if not landing.is_whole and not self._sealed[landing.run][1]:
                return Merged()  # nothing new: the node needn't be told
            self._put_in_line(landing)
            raise _on_the_way(self._node)
        delivery = _find(landing.run)
        assert delivery is not None
        effect = delivery.message.effect
        if effect.get("rows") != delivery.rows:
            raise SourceError(
                "reconcile-differs",
                _("封存 %(sent)d 行，对方回执说收到 %(landed)s 行。请与对方节点核对。")
                % {"sent": delivery.rows, "landed": effect.get("rows")},
            )
        inserted, updated, deleted, unchanged = (
            int(effect[each]) for each in ("inserted", "updated", "deleted", "unchanged")
        )
        return Merged(inserted, updated, deleted, unchanged, was_done=True)

    def _put_in_line(self, landing: Landing) -> None:
        body, rows = self._sealed.pop(landing.run)
        try:
            with transaction.atomic():
                _hold_name(landing.run)
                if _find(landing.run) is not None:
                    return  # another worker was quicker
                message = send_message(
                    actor=SYSTEM,
                    node=self._node,
                    kind=DATASET,
                    body=body,
                    title=_("%(title)s（%(rows)d 行）") % {"title": landing.table, "rows": rows},
                    mark=_MARK,
                    about=landing.run,
                    priority=Priority.BULK,
                )
                NodeDelivery.objects.create(name=_short(landing.run), message=message, rows=rows)
        except Refused as refused:
            raise SourceError(refused.code, str(refused.message)) from refused

    def is_merged(self, landing: Landing) -> bool:
        return has_arrived(landing.run)

    def read_landed(self, landing: Landing) -> Iterator[pa.RecordBatch]:
        """Another platform's rows aren't read from here: it compares them itself."""
        yield from ()

    def drop_staging(self, landing: Landing) -> None:
        self._sealed.pop(landing.run, None)

    def close(self) -> None:
        self._sealed.clear()


def has_arrived(run: str) -> bool:
    """Return whether a node has confirmed the window; False when it isn't even in line.

    Raises Awaited while it is in line; Stopped and SourceError when the node sent it back or somebody took it out of
    the line: then the next attempt seals it anew.
    """
    delivery = _find(run)
    if delivery is None:
        return False
    message, node = delivery.message, delivery.message.node
    if message.state == OutgoingState.DELIVERED:
        return True
    if message.state == OutgoingState.WAITING:
        raise _on_the_way(node, message)
    said = message.trouble
    if message.state == OutgoingState.FAILED:
        try:
            with transaction.atomic():
                delivery.delete()
                # Sent by hand once more, it would come after newer windows.
                cancel_message(actor=SYSTEM, message=message, reason=said)
        except Refused:  # that has just been done
            raise _on_the_way(node, message) from None
        text = _("节点“%(name)s”退回了这个批次：%(why)s") % {"name": node.name, "why": said}
        if message.trouble_code in _STOPS:
            raise Stopped(message.trouble_code, text)
        raise SourceError(message.trouble_code or "sent-back", text)
    delivery.delete()
    text = _("发往节点“%(name)s”的批次在节点消息里被取消，没有送达：%(why)s") % {"name": node.name, "why": said}
    raise SourceError("node-cancelled", text)


def is_in_line(run: str) -> bool:
    """Return whether the window has been put in line and not been confirmed."""
    delivery = _find(run)
    return delivery is not None and delivery.message.state == OutgoingState.WAITING


def withdraw(run: str, reason: str) -> bool:
    """Take a window out of the line whose contract doesn't hold any more; return whether it was still there."""
    with transaction.atomic():
        delivery = _find(run)
        if delivery is None or delivery.message.state != OutgoingState.WAITING:
            return False
        try:
            cancel_message(actor=SYSTEM, message=delivery.message, reason=reason)
        except Refused:  # delivered at this moment
            return False
        delivery.delete()
        return True


def _find(run: str) -> NodeDelivery | None:
    return NodeDelivery.objects.select_related("message__node").filter(name=_short(run)).first()


def _hold_name(run: str) -> None:
    """Let nobody else put this window in line until the end of this transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 7))", [run])


def _short(run: str) -> str:
    return run if len(run) <= 260 else "sha256:" + sha256(run.encode()).hexdigest()


def _on_the_way(node: Node, message: OutgoingMessage | None = None) -> Awaited:
    said = _("批次已经封存并排入发送，等待节点“%(name)s”确认。") % {"name": node.name}
    return Awaited(IN_LINE, f"{said}{message.trouble}" if message and message.trouble else said)


register_target(SourceKind.NODE, NodeTarget)
