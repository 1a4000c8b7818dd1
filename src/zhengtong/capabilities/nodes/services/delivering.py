"""Handing over what waits for a node, in order, until there is a receipt; one turn a node at a time.

A turn may die anywhere: the other side knows a message by its id and answers a second one with the first one's
receipt, and a body goes on where the other side says that it holds it up to.
"""

import base64
import binascii
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from zhengtong.capabilities.nodes.domain import NodeState, pause_after
from zhengtong.capabilities.nodes.envelope import make_envelope, write_envelope
from zhengtong.capabilities.nodes.models import Node, OutgoingMessage, OutgoingState
from zhengtong.capabilities.nodes.receipts import read_receipt
from zhengtong.capabilities.nodes.selectors import get_roots
from zhengtong.capabilities.nodes.services.links import add_to_day, note_link
from zhengtong.capabilities.nodes.services.sending import PART
from zhengtong.capabilities.nodes.transport import CANNOT_SIGN, Link, LinkTrouble, MessageRefused, open_link
from zhengtong.core.audit.public import record
from zhengtong.kernel.jobs import enqueue
from zhengtong.kernel.policy import SYSTEM
from zhengtong.kernel.steps import step

# A body up to this size travels inside of its envelope.
INLINE = 256 << 10
# A turn ends after so many messages; the next one goes on.
MOST_IN_TURN = 200
_LOCK = 0x6E6F64
_STUCK = 3


def hurry(node: Node) -> None:
    """Let what waits for ``node`` be tried at once: the link is there again."""
    from zhengtong.capabilities.nodes.tasks import deliver

    node.outgoing.filter(state=OutgoingState.WAITING).update(next_at=timezone.now())
    enqueue(deliver, node_id=node.pk)


def deliver_due() -> int:
    """Hand over what is due for every connected node; return how many were delivered."""
    due = OutgoingMessage.objects.filter(
        state=OutgoingState.WAITING, next_at__lte=timezone.now(), node__state=NodeState.CONNECTED
    )
    return sum(deliver_to(each) for each in due.values_list("node_id", flat=True).distinct().order_by("node_id"))


def deliver_to(node_id: int) -> int:
    """Hand over what waits for a node, in the order of priority and number, until one is to wait; return how many
    were delivered. What another turn has in its hands is left to it."""
    with _alone(node_id) as is_alone:
        if not is_alone:
            return 0
        delivered = 0
        for _turn in range(MOST_IN_TURN):
            node = Node.objects.filter(pk=node_id, state=NodeState.CONNECTED).first()
            message = _find_first(node) if node else None
            if node is None or message is None:
                break
            if not _deliver(node, message):
                break
            delivered += 1
    return delivered


@contextmanager
def _alone(node_id: int) -> Iterator[bool]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [_LOCK, node_id])
        is_alone = bool(cursor.fetchone()[0])
    try:
        yield is_alone
    finally:
        if is_alone:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [_LOCK, node_id])


def _find_first(node: Node) -> OutgoingMessage | None:
    waiting = node.outgoing.filter(state=OutgoingState.WAITING).order_by("priority", "number")
    first = waiting.first()
    return first if first is not None and first.next_at <= timezone.now() else None


def _deliver(node: Node, message: OutgoingMessage) -> bool:
    """Hand over one message; return whether the next one may follow."""
    try:
        with open_link(node) as link:
            answer = _hand_over(link, message)
        receipt, stated = _read_receipt(node, message, answer)
    except MessageRefused as refused:
        _fail(message, refused.code, refused.message)
        return True
    except LinkTrouble as trouble:
        _postpone(node, message, trouble)
        return False
    _finish(message, receipt, stated)
    return True


def _hand_over(link: Link, message: OutgoingMessage) -> dict[str, Any]:
    """Offer the message and its body until the other side has done with it. Raises LinkTrouble and MessageRefused."""
    is_small = message.size <= INLINE
    body = b"".join(base64.b64decode(part.content) for part in message.parts.all()) if is_small else None
    try:
        written = write_envelope(
            make_envelope(
                id=str(message.message_id),
                sender=link.own_code,
                receiver=link.node.code,
                kind=message.kind,
                title=message.title,
                mark=message.mark,
                number=message.number,
                size=message.size,
                digest=message.digest,
            ),
            body=body,
        )
    except CANNOT_SIGN as error:
        raise LinkTrouble("signer", _("本节点的签名服务没有应答。"), is_link=False) from error
    answer = link.ask("POST", "messages", written, kind="application/json")
    stuck = 0
    while answer.get("state") == "receiving":
        held = answer.get("held")
        if type(held) is not int or not 0 <= held < message.size:
            raise LinkTrouble("bad-answer", _("对方节点的答复不合规约。"), is_link=False)
        content = _read_part(message, held)
        path = f"messages/{message.message_id}/body?from={held}"
        answer = link.ask("PUT", path, content, kind="application/octet-stream")
        stuck = stuck + 1 if answer.get("held") == held else 0
        if stuck > _STUCK:
            raise LinkTrouble("bad-answer", _("对方节点的答复不合规约。"), is_link=False)
        if isinstance(answer.get("held"), int):
            OutgoingMessage.objects.filter(pk=message.pk).update(handed_bytes=answer["held"])
    if answer.get("state") != "done":
        raise LinkTrouble("processing", _("对方节点已经收到，还在处理。"), is_link=False)
    return answer


def _read_part(message: OutgoingMessage, start: int) -> bytes:
    """Return the body from ``start`` to the end of the part that it lies in."""
    first = start - start % PART
    part = message.parts.get(start=first)
    return base64.b64decode(part.content)[start - first :]


def _read_receipt(node: Node, message: OutgoingMessage, answer: dict[str, Any]) -> tuple[bytes, dict[str, Any]]:
    try:
        receipt = base64.b64decode(answer["receipt"], validate=True)
        stated = read_receipt(receipt, get_roots(node))
    except (KeyError, TypeError, ValueError, binascii.Error) as error:
        raise LinkTrouble("bad-receipt", _("对方的回执核验不通过，消息保留，稍后再要一次。"), is_link=False) from error
    if (stated["message"], stated["digest"]) != (str(message.message_id), message.digest):
        raise LinkTrouble("bad-receipt", _("对方的回执不是这条消息的，消息保留，稍后再要一次。"), is_link=False)
    return receipt, stated


@step()
def _finish(message: OutgoingMessage, receipt: bytes, stated: dict[str, Any]) -> None:
    locked = OutgoingMessage.objects.select_for_update(of=("self",)).select_related("node").get(pk=message.pk)
    if locked.state == OutgoingState.DELIVERED:
        return
    now = timezone.now()
    locked.state, locked.delivered_at, locked.receipt = OutgoingState.DELIVERED, now, receipt
    locked.effect, locked.handed_bytes = stated["effect"], locked.size
    locked.attempts += 1
    locked.trouble_code = locked.trouble = ""
    locked.save()
    locked.parts.all().delete()
    add_to_day(locked.node, sent=1, sent_bytes=locked.size)
    record(
        SYSTEM,
        "nodes.deliver",
        locked,
        after={
            "node": locked.node.code,
            "attempts": locked.attempts,
            "seconds": int((now - locked.created_at).total_seconds()),
        },
    )


@step()
def _fail(message: OutgoingMessage, code: str, reason: str) -> None:
    locked = OutgoingMessage.objects.select_for_update(of=("self",)).get(pk=message.pk)
    if locked.state != OutgoingState.WAITING:
        return
    locked.state, locked.trouble_code, locked.trouble = OutgoingState.FAILED, code[:40], reason[:500]
    locked.attempts += 1
    locked.save(update_fields=["state", "trouble_code", "trouble", "attempts"])
    record(SYSTEM, "nodes.fail", locked, after={"code": code, "reason": reason[:200]})


def _postpone(node: Node, message: OutgoingMessage, trouble: LinkTrouble) -> None:
    attempts = message.attempts + 1
    OutgoingMessage.objects.filter(pk=message.pk, state=OutgoingState.WAITING).update(
        attempts=attempts,
        next_at=timezone.now() + pause_after(attempts),
        trouble_code=trouble.code[:40],
        trouble=trouble.message[:500],
    )
    if trouble.is_link:
        note_link(node.pk, is_up=False, trouble=trouble.message)
