"""The demo city is a node, and its neighbour joined by the services; nothing is claimed of a link that isn't there."""

from datetime import date
from typing import Any

import pytest

from zhengtong.capabilities.nodes import demo
from zhengtong.capabilities.nodes.models import LinkCheck, LinkDay, Node, OutgoingMessage, OwnCertificate, OwnNode
from zhengtong.capabilities.pki.public import prepare_trust
from zhengtong.core.audit.public import AuditRecord
from zhengtong.core.identity import demo as identity_demo
from zhengtong.core.identity.public import Account
from zhengtong.kernel.demo import DEFAULT_SEED, DemoContext


@pytest.mark.django_db
def test_the_demo_has_a_neighbour_that_is_not_reached(monkeypatch: pytest.MonkeyPatch) -> None:
    # A port of this machine that nobody listens at: the network of whoever runs the test has no say in it.
    monkeypatch.setattr(demo, "COUNTY_ADDRESS", "https://127.0.0.1:9")
    prepare_trust()
    context = DemoContext(today=date(2026, 11, 20), seed=DEFAULT_SEED)
    identity_demo.load(context)
    demo.load(context)

    assert OwnNode.objects.get().code == "anlan"
    assert set(OwnCertificate.objects.values_list("use", flat=True)) == {"client", "server"}
    node: Any = Node.objects.get()
    assert (node.state, node.is_up, node.milliseconds, node.connected_at) == ("approved", False, None, None)
    assert "连不上对方节点" in node.trouble
    assert node.applied_by.staff.name != node.approved_by.staff.name
    assert all(each.is_trusted for each in node.certificates.all())
    # One attempt was made, and it is all that the figures know.
    assert [each.is_up for each in LinkCheck.objects.all()] == [False]
    assert [(each.checks, each.answered) for each in LinkDay.objects.all()] == [(1, 0)]
    assert [each.state for each in OutgoingMessage.objects.all()] == ["waiting", "waiting"]
    refused = AuditRecord.objects.get(action="nodes.refuse_outgoing")
    assert refused.after is not None
    assert "国家秘密" in refused.after["reason"]
    assert {each.username for each in demo.ACCOUNTS} <= set(Account.objects.values_list("username", flat=True))
