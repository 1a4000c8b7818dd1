"""Putting a message in line: in the caller's transaction, so it is sent if and only if that commits."""

import base64

from django.utils import timezone
from django.utils.translation import gettext as _

from zhengtong.capabilities.nodes.declarations import MessageKind
from zhengtong.capabilities.nodes.domain import NodeState, say_boundary
from zhengtong.capabilities.nodes.models import (
    Node,
    OutgoingMessage,
    OutgoingPart,
    OutgoingState,
    Priority,
)
from zhengtong.capabilities.nodes.permissions import OPERATE
from zhengtong.capabilities.nodes.selectors import get_own_node
from zhengtong.core.audit.public import record
from zhengtong.core.identity.public import Refused
from zhengtong.core.marks.public import MarkedRow, may_leave
from zhengtong.kernel.jobs import enqueue
from zhengtong.kernel.marks import Mark
from zhengtong.kernel.modules import registry
from zhengtong.kernel.policy import Actor, require
from zhengtong.kernel.steps import step
from zhengtong_verify.canonical import sm3

PART = 1 << 20
# In these a message may be put in line: it waits until the node is connected.
_OPEN = frozenset({NodeState.APPROVED, NodeState.CONNECTED, NodeState.SUSPENDED})


def send_message(
    *,
    actor: Actor,
    node: Node,
    kind: str,
    body: bytes,
    title: str,
    mark: int = Mark.INTERNAL,
    rows: tuple[MarkedRow, ...] = (),
    about: str = "",
    priority: int = Priority.ORDINARY,
) -> OutgoingMessage:
    """Put a message in line for ``node``. ``mark`` is what its content is marked with, ``rows`` the marked rows that it
    is made from, whose marks count as well.

    Raises Refused: the node can't be sent to, the message is too large, or what it carries may not leave this zone.
    Raises Denied, LookupError for a kind that nobody declares. Whoever calls it in a transaction of his own calls
    :func:`refuse_beyond` before that, since a record of a refusal would be taken back with it.
    """
    registry.get(MessageKind, kind)
    refuse_beyond(actor=actor, node=node, kind=kind, title=title, mark=mark, rows=rows)
    return _put_in_line(
        actor=actor, node=node, kind=kind, body=body, title=title, mark=mark, about=about, priority=priority
    )


def refuse_beyond(
    *, actor: Actor, node: Node, kind: str, title: str, mark: int, rows: tuple[MarkedRow, ...] = ()
) -> None:
    """Raise Refused, and journal it, when what is marked so may not go to ``node``. Raises Denied."""
    require(actor, OPERATE, node)
    own = get_own_node()
    if own is None:
        raise Refused("not-set-up", _("请先设定本节点。"))
    refused = find_boundary(own.zone, node.zone, mark=mark, rows=rows)
    if refused:
        _record_refusal(actor=actor, node=node, kind=kind, title=title, mark=mark, reason=refused)
        raise Refused("boundary", refused, "mark")


def find_boundary(own: str, theirs: str, *, mark: int, rows: tuple[MarkedRow, ...] = ()) -> str:
    """Return why content may not go from one zone to the other, "" when it may."""
    to_outer = (own, theirs) == ("inner", "outer")
    said = say_boundary(own=own, theirs=theirs, mark=mark, has_circle=False)
    for row in rows:
        if said:
            break
        has_circle = row.mark_circle is not None or row.mark_readers is not None
        said = say_boundary(own=own, theirs=theirs, mark=row.mark, has_circle=has_circle)
        if not said and not may_leave(row, to_outer_zone=to_outer):
            said = _("这项内容的密级标识不允许发往这个节点。")
    return said


@step()
def _record_refusal(*, actor: Actor, node: Node, kind: str, title: str, mark: int, reason: str) -> None:
    record(actor, "nodes.refuse_outgoing", node, after={"kind": kind, "mark": mark, "reason": reason})


@step()
def _put_in_line(
    *, actor: Actor, node: Node, kind: str, body: bytes, title: str, mark: int, about: str, priority: int
) -> OutgoingMessage:
    from zhengtong.capabilities.nodes.tasks import deliver

    locked = Node.objects.select_for_update(of=("self",)).get(pk=node.pk)
    if locked.state not in _OPEN:
        raise Refused("not-connected", _("节点现在是“%s”，不能向它发送。") % locked.get_state_display())
    if len(body) > locked.largest_mb << 20:
        raise Refused(
            "too-large",
            _("内容有 %(size).1f MB，超过对方接收的上限 %(limit)d MB，请分批发送。")
            % {"size": len(body) / (1 << 20), "limit": locked.largest_mb},
        )
    called = " ".join(title.replace("\x00", "").split())[:200]
    if len(called) < 2:
        raise Refused("title", _("请写明标题。"), "title")
    locked.last_number += 1
    locked.save(update_fields=["last_number"])
    message = OutgoingMessage.objects.create(
        node=locked,
        number=locked.last_number,
        kind=kind,
        title=called,
        about=about[:100],
        mark=mark,
        priority=priority,
        size=len(body),
        digest=sm3(body),
        next_at=timezone.now(),
        created_by=actor.name[:100],
    )
    for start in range(0, len(body), PART):
        content = base64.b64encode(body[start : start + PART]).decode()
        OutgoingPart.objects.create(message=message, start=start, content=content)
    record(
        actor,
        "nodes.send",
        message,
        after={"node": locked.code, "kind": kind, "size": len(body), "sm3": message.digest, "mark": mark},
    )
    enqueue(deliver, node_id=locked.pk)
    return message


@step()
def retry_message(*, actor: Actor, message: OutgoingMessage) -> OutgoingMessage:
    """Send again what the other side refused, or try at once what waits. Raises Refused and Denied."""
    from zhengtong.capabilities.nodes.tasks import deliver

    locked = _lock(actor, message)
    if locked.state not in (OutgoingState.FAILED, OutgoingState.WAITING):
        raise Refused("not-now", _("这条消息现在是“%s”，不能重发。") % locked.get_state_display())
    before = locked.state
    locked.state, locked.next_at, locked.trouble_code, locked.trouble = OutgoingState.WAITING, timezone.now(), "", ""
    locked.save(update_fields=["state", "next_at", "trouble_code", "trouble"])
    record(actor, "nodes.retry", locked, before={"state": before}, after={"state": locked.state})
    enqueue(deliver, node_id=locked.node_id)
    return locked


@step()
def cancel_message(*, actor: Actor, message: OutgoingMessage, reason: str) -> OutgoingMessage:
    """Take a message out of the line; its body is deleted. Raises Refused and Denied."""
    locked = _lock(actor, message)
    if locked.state not in (OutgoingState.FAILED, OutgoingState.WAITING):
        raise Refused("not-now", _("这条消息现在是“%s”，不能取消。") % locked.get_state_display())
    before, locked.state = locked.state, OutgoingState.CANCELLED
    locked.trouble = reason[:500]
    locked.save(update_fields=["state", "trouble"])
    locked.parts.all().delete()
    record(actor, "nodes.cancel", locked, before={"state": before}, after={"state": locked.state, "reason": reason})
    return locked


def _lock(actor: Actor, message: OutgoingMessage) -> OutgoingMessage:
    locked = OutgoingMessage.objects.select_for_update(of=("self",)).select_related("node").get(pk=message.pk)
    require(actor, OPERATE, locked)
    return locked
