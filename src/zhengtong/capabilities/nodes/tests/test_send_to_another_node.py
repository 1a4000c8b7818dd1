"""A message goes to another node: over real TLS behind a real nginx, once, in order, whatever is interrupted."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from zhengtong.capabilities.nodes.declarations import MessageKind, NotNow, Received, Unacceptable
from zhengtong.capabilities.nodes.envelope import Envelope, make_envelope, write_envelope
from zhengtong.capabilities.nodes.models import (
    CertificateUse,
    IncomingMessage,
    IncomingPart,
    LinkDay,
    Notice,
    OutgoingMessage,
    OutgoingPart,
    OwnNode,
    Priority,
)
from zhengtong.capabilities.nodes.notices import NOTICE, send_notice
from zhengtong.capabilities.nodes.receipts import read_receipt
from zhengtong.capabilities.nodes.selectors import get_roots
from zhengtong.capabilities.nodes.services.delivering import deliver_due, deliver_to
from zhengtong.capabilities.nodes.services.links import check_links, connect_node
from zhengtong.capabilities.nodes.services.sending import retry_message, send_message
from zhengtong.capabilities.nodes.tests.conftest import Loop
from zhengtong.capabilities.nodes.transport import LinkTrouble, MessageRefused, open_link
from zhengtong.core.audit.public import AuditRecord
from zhengtong.core.identity.public import Refused
from zhengtong.core.worklist.public import WorkItem
from zhengtong.kernel.modules import registry
from zhengtong_verify.canonical import sm3

pytestmark = pytest.mark.django_db(transaction=True)


def send(loop: Loop, title: str = "今晚升级", **options: Any) -> OutgoingMessage:
    return send_notice(actor=loop.operator, node=loop.node, title=title, text="22点到23点暂停交换。", **options)


def hand_in(loop: Loop, body: bytes = b"{}", given: bytes | None = None, **changes: object) -> dict[str, object]:
    """Hand an envelope to the other side as a program of its own would."""
    values = {
        "id": str(uuid4()),
        "sender": "county",
        "receiver": "county",
        "kind": "nodes.notice",
        "title": "通知",
        "mark": 10,
        "number": 1,
        "size": len(body),
        "digest": sm3(body),
    }
    shifted, alter = changes.pop("issued_at", None), changes.pop("alter", None)
    envelope = make_envelope(**{**values, **changes})
    if shifted:
        envelope = Envelope(**{**envelope.__dict__, "issued_at": shifted})
    with open_link(loop.node) as link:
        written = write_envelope(envelope, body=body if given is None else given)
        if isinstance(alter, tuple):
            assert alter[0].encode() in written
            written = written.replace(alter[0].encode(), alter[1].encode(), 1)
        return link.ask("POST", "messages", written, kind="application/json")


NOTE = '{"text": "内容", "who": "张三"}'.encode()


def test_a_notice_arrives_and_its_receipt_verifies(loop: Loop) -> None:
    connect_node(actor=loop.operator, node=loop.node)
    sent = send(loop)

    assert deliver_to(loop.node.pk) == 1

    sent.refresh_from_db()
    assert (sent.state, sent.effect) == ("delivered", {"shown": True})
    assert Notice.objects.get(is_incoming=True).content["title"] == "今晚升级"
    stated = read_receipt(bytes(sent.receipt or b""), get_roots(loop.node))
    assert (stated["message"], stated["digest"]) == (str(sent.message_id), sent.digest)
    assert not OutgoingPart.objects.exists()
    flipped = bytearray(sent.receipt or b"")
    flipped[len(flipped) // 2] ^= 1
    with pytest.raises(ValueError, match=r".+"):
        read_receipt(bytes(flipped), get_roots(loop.node))
    day = LinkDay.objects.get()
    assert (day.sent, day.received, day.checks, day.answered) == (1, 1, 1, 1)
    assert AuditRecord.objects.filter(action="nodes.receive").count() == 1


def test_what_waits_while_the_node_is_away_arrives_in_order_when_it_is_back(loop: Loop) -> None:
    connect_node(actor=loop.operator, node=loop.node)
    OwnNode.objects.update(alarm_minutes=0)
    loop.proxy.__exit__()
    first, second = send(loop, "第一条"), send(loop, "第二条")
    urgent = send(loop, "紧急的", is_urgent=True)

    assert deliver_to(loop.node.pk) == 0
    assert check_links() == 0

    loop.node.refresh_from_db()
    urgent.refresh_from_db()
    assert (loop.node.is_up, loop.node.trouble[:5]) == (False, "连不上对方")
    assert (urgent.state, urgent.attempts, urgent.trouble_code) == ("waiting", 1, "away")
    assert urgent.next_at > timezone.now()
    assert WorkItem.objects.get(kind="nodes.link").state == "open"
    # The line keeps its order: nothing overtakes what waits for its next try.
    assert deliver_due() == 0

    with loop.proxy:
        assert check_links() == 1
        assert deliver_due() == 3
    came = list(IncomingMessage.objects.order_by("id").values_list("title", flat=True))
    assert came == ["紧急的", "第一条", "第二条"]
    assert WorkItem.objects.get(kind="nodes.link").state != "open"
    assert {first.state, second.state} == {"waiting"}  # as they were when they were sent
    assert set(OutgoingMessage.objects.values_list("state", flat=True)) == {"delivered"}


def test_a_large_body_goes_on_where_it_was_cut_off(loop: Loop) -> None:
    body = NOTE[:-2] + b" " * (3 << 20) + NOTE[-2:]
    # A notice of three megabytes is refused for what it says, so the kind is another's here.
    connect_node(actor=loop.operator, node=loop.node)
    taken: list[bytes] = []

    def take(received: Received) -> dict[str, object]:
        taken.append(received.body)
        return {"bytes": len(received.body)}

    kind = MessageKind("test.large", "大", take)
    module = registry.modules["nodes"]
    module.by_key[(MessageKind, kind.key)] = kind
    try:
        sent = send_message(actor=loop.operator, node=loop.node, kind=kind.code, body=body, title="大文件")
        with open_link(loop.node) as link:
            envelope = make_envelope(
                id=str(sent.message_id),
                sender="county",
                receiver="county",
                kind=kind.code,
                title=sent.title,
                mark=sent.mark,
                number=sent.number,
                size=sent.size,
                digest=sent.digest,
            )
            offered = link.ask("POST", "messages", write_envelope(envelope), kind="application/json")
            assert offered == {"state": "receiving", "held": 0}
            path = f"messages/{sent.message_id}/body?from="
            octets = "application/octet-stream"
            assert link.ask("PUT", f"{path}0", body[:700_000], kind=octets)["held"] == 700_000
            # The same piece again, as after a lost answer: it is told where to go on.
            assert link.ask("PUT", f"{path}0", body[:700_000], kind=octets)["held"] == 700_000
            with pytest.raises(MessageRefused) as refused:
                link.ask("PUT", f"{path}700000", b"x" * (1 << 20) + b"y", kind=octets)
            assert refused.value.code == "too-large"
        assert deliver_to(loop.node.pk) == 1
    finally:
        del module.by_key[(MessageKind, kind.key)]
    sent.refresh_from_db()
    assert (sent.state, sent.effect) == ("delivered", {"bytes": len(body)})
    assert taken == [body]
    assert not IncomingPart.objects.exists()


def test_a_replayed_message_is_answered_with_the_first_receipt(loop: Loop) -> None:
    same = str(uuid4())
    first, second = hand_in(loop, NOTE, id=same), hand_in(loop, NOTE, id=same)
    assert first == second
    assert Notice.objects.count() == 1
    assert IncomingMessage.objects.get().times == 2
    other = '{"text": "别的", "who": "张三"}'.encode()
    with pytest.raises(MessageRefused) as refused:
        hand_in(loop, other, id=same)
    assert refused.value.code == "id-reused"


def test_what_was_altered_is_refused(loop: Loop) -> None:
    with pytest.raises(MessageRefused) as refused:
        hand_in(loop, NOTE, given=NOTE.replace(b"3", b"4") + b" ")
    assert refused.value.code == "altered"
    with pytest.raises(MessageRefused) as refused:
        hand_in(loop, NOTE, alter=('"title": "通知"', '"title": "通报"'))
    assert refused.value.code == "bad-signature"
    with pytest.raises(MessageRefused) as refused:
        hand_in(loop, NOTE, alter=('{"envelope"', '["envelope"'))
    assert refused.value.code == "bad-envelope"
    assert not IncomingMessage.objects.exists()


def test_a_clock_that_is_off_is_told_both_times(loop: Loop) -> None:
    late = (datetime.now(UTC) - timedelta(minutes=6)).isoformat()
    with pytest.raises(LinkTrouble) as trouble:
        hand_in(loop, NOTE, issued_at=late)
    assert trouble.value.code == "clock-skew"
    assert late in trouble.value.message
    assert "校准" in trouble.value.message


def test_what_is_too_large_is_refused_on_both_sides(loop: Loop) -> None:
    loop.node.largest_mb = 0
    loop.node.save()
    with pytest.raises(Refused) as refused:
        send(loop)
    assert refused.value.code == "too-large"
    with pytest.raises(MessageRefused) as answered:
        hand_in(loop, NOTE, size=65 << 20)
    assert answered.value.code == "too-large"


def test_a_node_that_isnt_known_or_was_suspended_is_turned_away_and_told_why(loop: Loop) -> None:
    for state, code in (("suspended", "suspended"), ("revoked", "revoked"), ("assessed", "not-approved")):
        loop.node.state = state
        loop.node.save()
        with pytest.raises(LinkTrouble) as trouble:
            hand_in(loop, NOTE)
        assert trouble.value.code == code
    loop.node.state = "connected"
    loop.node.save()
    loop.node.certificates.filter(use=CertificateUse.CLIENT).update(trusted_until=timezone.now())
    with pytest.raises(LinkTrouble) as trouble:
        hand_in(loop, NOTE)
    assert trouble.value.code == "certificate-ended"
    loop.node.certificates.filter(use=CertificateUse.CLIENT).delete()
    with pytest.raises(LinkTrouble) as trouble:
        hand_in(loop, NOTE)
    assert trouble.value.code == "unknown-node"


def test_a_server_that_shows_another_certificate_is_not_talked_to(loop: Loop) -> None:
    loop.node.certificates.filter(use=CertificateUse.SERVER).update(
        der=bytes(loop.node.certificates.get(use=CertificateUse.CLIENT).der)
    )
    with pytest.raises(Refused) as refused:
        connect_node(actor=loop.operator, node=loop.node)
    assert refused.value.code == "server-certificate"


def test_what_the_receiver_never_takes_stands_aside_until_people_have_talked(loop: Loop) -> None:
    bad = send_message(actor=loop.operator, node=loop.node, kind=NOTICE.code, body=b"{}", title="看不懂的")
    good = send(loop)

    assert deliver_to(loop.node.pk) == 2

    bad.refresh_from_db()
    good.refresh_from_db()
    assert (bad.state, bad.trouble_code, good.state) == ("failed", "unreadable", "delivered")
    assert IncomingMessage.objects.get(title="看不懂的").state == "refused"
    retry_message(actor=loop.operator, message=bad)
    deliver_to(loop.node.pk)
    bad.refresh_from_db()
    assert (bad.state, bad.attempts) == ("failed", 2)
    assert IncomingMessage.objects.get(title="看不懂的").times == 2


def test_an_effect_that_fails_half_way_is_taken_back_and_done_once_later(loop: Loop) -> None:
    turns: list[str] = []

    def receive(received: Received) -> dict[str, object]:
        Notice.objects.create(
            node=received.node,
            message_id=received.message_id,
            is_incoming=True,
            content={"title": "", "text": ""},
            who="",
        )
        turns.append(received.run)
        if len(turns) == 1:
            raise NotNow("target-away", "目标库没有应答。")
        if len(turns) == 2:
            raise RuntimeError("killed")
        if len(turns) > 3:
            raise Unacceptable("twice", "")
        return {}

    kind = MessageKind("test.fails", "失败", receive)
    module = registry.modules["nodes"]
    module.by_key[(MessageKind, kind.key)] = kind
    try:
        sent = send_message(
            actor=loop.operator, node=loop.node, kind=kind.code, body=b"x", title="试验", priority=Priority.BULK
        )
        for code in ("target-away", "server-error"):
            assert deliver_to(loop.node.pk) == 0
            sent.refresh_from_db()
            assert sent.trouble_code == code
            OutgoingMessage.objects.update(next_at=timezone.now())
        assert not Notice.objects.exists()
        assert deliver_to(loop.node.pk) == 1
    finally:
        del module.by_key[(MessageKind, kind.key)]
    assert Notice.objects.count() == 1
    assert len(set(turns)) == 1
