"""Taking what another node sends: judged, held piece by piece, done once with its receipt in one transaction."""

import base64
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from zhengtong.capabilities.nodes.declarations import MessageKind, NotNow, Received, Unacceptable
from zhengtong.capabilities.nodes.domain import say_boundary
from zhengtong.capabilities.nodes.envelope import HELLO, MOST_SKEW, Envelope, skew_of
from zhengtong.capabilities.nodes.models import IncomingMessage, IncomingPart, IncomingState, Node, OwnNode
from zhengtong.capabilities.nodes.presented import Turned
from zhengtong.capabilities.nodes.receipts import write_receipt
from zhengtong.capabilities.nodes.selectors import get_own_node, get_roots
from zhengtong.capabilities.nodes.services.links import add_to_day
from zhengtong.capabilities.nodes.signing import Signed, is_by
from zhengtong.capabilities.timestamps.public import TimeNotAvailable, say_fault
from zhengtong.core.audit.public import record
from zhengtong.kernel.modules import registry
from zhengtong.kernel.policy import Actor, ActorKind
from zhengtong.kernel.steps import step
from zhengtong_verify.canonical import sm3

LONGEST_PIECE = 1 << 20


@dataclass(frozen=True)
class Answer:
    """What the sender is told: ``status`` of HTTP and the JSON."""

    status: int
    body: dict[str, Any]


def judge_envelope(node: Node, envelope: Envelope, signed: Signed) -> OwnNode:
    """Let through an envelope that this node signed for us just now. Raises Turned.

    A clock that is more than five minutes off is answered with both times.
    """
    own = get_own_node()
    if own is None:
        raise Turned(503, "not-set-up", _("本节点还没有设定，暂时不能接收。"))
    now = timezone.now()
    if envelope.sender != node.code:
        raise Turned(403, "wrong-sender", _("信封上的发件节点和证书不是同一个节点。"))
    if envelope.receiver != own.code:
        raise Turned(403, "wrong-receiver", _("信封不是寄给本节点（%s）的，请核对节点代码。") % own.code)
    if skew_of(envelope, now) > MOST_SKEW:
        raise Turned(
            401,
            "clock-skew",
            _("两个节点的时钟相差超过%(most)d分钟：贵方 %(theirs)s，本节点 %(ours)s。请校准时钟后重发。")
            % {
                "most": MOST_SKEW.total_seconds() // 60,
                "theirs": envelope.issued_at,
                "ours": now.isoformat(timespec="seconds"),
            },
            theirs=envelope.issued_at,
            ours=now.isoformat(),
        )
    if not is_by(envelope.text, signed, get_roots(node)):
        raise Turned(400, "bad-signature", _("信封的签名核验不通过：内容被改动过，或者不是贵节点签的。"))
    return own


def take_hello(node: Node, envelope: Envelope, signed: Signed) -> Answer:
    """Answer a node that asks whether we are there."""
    own = judge_envelope(node, envelope, signed)
    if envelope.kind != HELLO:
        raise Turned(400, "bad-envelope", _("这个地址只回答握手。"))
    body = {"node": own.code, "name": own.name, "now": timezone.now().isoformat(), "state": node.state}
    return Answer(200, body)


def take_offer(node: Node, envelope: Envelope, signed: Signed, body: bytes | None) -> Answer:
    """Take a message or say how much of it is held. Raises Turned."""
    own = judge_envelope(node, envelope, signed)
    refused = say_boundary(own=node.zone, theirs=own.zone, mark=envelope.mark, has_circle=False)
    if refused:
        raise Turned(422, "boundary", refused)
    if envelope.size > own.largest_mb << 20:
        raise Turned(
            413,
            "too-large",
            _("消息有 %(size).1f MB，超过本节点 %(limit)d MB 的上限，请分批发送。")
            % {"size": envelope.size / (1 << 20), "limit": own.largest_mb},
        )
    try:
        registry.get(MessageKind, envelope.kind)
    except LookupError:
        raise Turned(422, "unknown-kind", _("本节点不认识“%s”这种消息，可能需要升级。") % envelope.kind) from None
    if body is not None and (len(body) != envelope.size or sm3(body) != envelope.digest):
        raise Turned(400, "altered", _("内容和信封上的摘要不符：内容被改动过，或者不完整。"))
    _enter(node, envelope)
    return _go_on(node, envelope, body)


def take_piece(node: Node, envelope: Envelope, start: int, content: bytes) -> Answer:
    """Take a piece of a body that was offered. Raises Turned."""
    with transaction.atomic():
        message = _lock(node, envelope)
        if message is None:
            return _busy()
        if message.state == IncomingState.DONE:
            return _done(message)
        if start != message.held_bytes:
            raise Turned(409, "offset", _("请从已收到的位置接着传。"), held=message.held_bytes)
        if start + len(content) > message.size or not content:
            raise Turned(400, "altered", _("内容比信封上说的长，或者是空的。"))
        IncomingPart.objects.create(message=message, start=start, content=base64.b64encode(content).decode())
        message.held_bytes += len(content)
        message.save(update_fields=["held_bytes"])
        if message.held_bytes < message.size:
            return _receiving(message)
    return _go_on(node, envelope, None)


def find_offered(node: Node, message_id: str) -> Envelope:
    """Return the envelope of a message whose pieces arrive, as far as it is still needed. Raises Turned."""
    found = IncomingMessage.objects.filter(node=node, message_id=message_id).first()
    own = get_own_node()
    if found is None or own is None:
        raise Turned(404, "not-offered", _("还没有收到这条消息的信封，请先发信封。"))
    return Envelope(
        id=str(found.message_id),
        sender=node.code,
        receiver=own.code,
        kind=found.kind,
        title=found.title,
        mark=found.mark,
        number=found.number,
        size=found.size,
        digest=found.digest,
        issued_at=found.issued_at.isoformat(),
        nonce="",
    )


def _enter(node: Node, envelope: Envelope) -> None:
    """Write the message's row, or look whether the one that is there is the same. Raises Turned."""
    stated = {
        "kind": envelope.kind,
        "title": envelope.title,
        "mark": envelope.mark,
        "size": envelope.size,
        "digest": envelope.digest,
    }
    row, is_new = IncomingMessage.objects.get_or_create(
        node=node,
        message_id=envelope.id,
        defaults={**stated, "number": envelope.number, "issued_at": envelope.at},
    )
    if is_new:
        return
    if any(getattr(row, name) != value for name, value in stated.items()):
        raise Turned(409, "id-reused", _("这个消息编号已经用在另一条内容上，没有接收。"))
    changes: dict[str, Any] = {"times": row.times + 1, "issued_at": envelope.at}
    if row.state == IncomingState.REFUSED:
        # Sent again after people on both sides have talked about it.
        changes |= {"state": IncomingState.RECEIVING, "held_bytes": 0, "trouble_code": "", "trouble": ""}
    IncomingMessage.objects.filter(pk=row.pk).exclude(state=IncomingState.DONE).update(**changes)
    if row.state == IncomingState.DONE:
        IncomingMessage.objects.filter(pk=row.pk).update(times=row.times + 1)


def _lock(node: Node, envelope: Envelope) -> IncomingMessage | None:
    """Return the message's row, locked; None while another request has it in its hands."""
    rows = IncomingMessage.objects.select_for_update(of=("self",), skip_locked=True)
    return rows.filter(node=node, message_id=envelope.id).first()


def _go_on(node: Node, envelope: Envelope, body: bytes | None) -> Answer:
    """Do the message when it is whole, else say what is held."""
    try:
        return _do(node, envelope, body)
    except Unacceptable as error:
        _refuse(node, envelope, error)
        raise Turned(422, error.code, error.message) from error
    except NotNow as error:
        raise Turned(503, error.code, error.message) from error
    except TimeNotAvailable as error:
        raise Turned(503, "no-time", say_fault(error.fault)) from error


@step()
def _do(node: Node, envelope: Envelope, body: bytes | None) -> Answer:
    message = _lock(node, envelope)
    if message is None:
        return _busy()
    if message.state == IncomingState.DONE:
        return _done(message)
    if body is None:
        if message.held_bytes < message.size:
            return _receiving(message)
        body = b"".join(base64.b64decode(part.content) for part in message.parts.all())
        if len(body) != message.size or sm3(body) != message.digest:
            message.parts.all().delete()
            message.held_bytes = 0
            message.save(update_fields=["held_bytes"])
            problem = _("内容和信封上的摘要不符：内容被改动过，或者不完整。")
            return Answer(400, {"code": "altered", "detail": problem, "status": 400})
    actor = Actor(kind=ActorKind.NODE, name=node.name)
    declared = registry.get(MessageKind, message.kind)
    received = Received(actor, node, message.message_id, message.title, body, message.mark, message.issued_at)
    effect = dict(declared.receive(received))
    now = timezone.now()
    message.state, message.done_at, message.effect = IncomingState.DONE, now, effect
    message.held_bytes = message.size
    message.receipt = write_receipt(envelope, effect)
    message.save()
    message.parts.all().delete()
    add_to_day(node, received=1, received_bytes=message.size)
    record(
        actor,
        "nodes.receive",
        message,
        after={"node": node.code, "kind": message.kind, "size": message.size, "sm3": message.digest, "effect": effect},
    )
    return _done(message)


@step()
def _refuse(node: Node, envelope: Envelope, error: Unacceptable) -> None:
    message = IncomingMessage.objects.select_for_update(of=("self",)).get(node=node, message_id=envelope.id)
    message.state, message.trouble_code, message.trouble = IncomingState.REFUSED, error.code[:40], error.message[:500]
    message.held_bytes = 0
    message.save(update_fields=["state", "trouble_code", "trouble", "held_bytes"])
    message.parts.all().delete()
    actor = Actor(kind=ActorKind.NODE, name=node.name)
    record(actor, "nodes.refuse_incoming", message, after={"node": node.code, "code": error.code})


def _busy() -> Answer:
    return Answer(202, {"state": "processing"})


def _receiving(message: IncomingMessage) -> Answer:
    return Answer(200, {"state": "receiving", "held": message.held_bytes})


def _done(message: IncomingMessage) -> Answer:
    receipt = base64.b64encode(bytes(message.receipt or b"")).decode()
    return Answer(200, {"state": "done", "receipt": receipt})
