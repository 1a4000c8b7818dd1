"""A node that is linked with itself: both ends of a link are this platform, so both are the real ones."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from tests.cast import Cast, make_cast
from zhengtong.capabilities.nodes.bundle import Bundle
from zhengtong.capabilities.nodes.models import Node, NodeCertificate
from zhengtong.capabilities.nodes.services.own import keys_folder, make_own_bundle
from zhengtong.capabilities.nodes.tests.office import make_actor, make_node, set_up
from zhengtong.capabilities.nodes.tests.proxy import SECRET, NodeProxy, free_port
from zhengtong.core.identity.public import Organisation
from zhengtong.kernel.policy import Actor


@dataclass
class Loop:
    """``node`` is this platform as it sees itself over nginx; ``proxy`` can be stopped and started."""

    operator: Actor
    approver: Actor
    node: Node
    proxy: NodeProxy
    cast: Cast


def trust(node: Node, bundle: Bundle, actor: Actor) -> None:
    """Put the certificates of a card on the trust list."""
    for shown in bundle.certificates:
        parsed = shown.parsed
        NodeCertificate.objects.create(
            node=node,
            use=shown.use,
            der=shown.der,
            fingerprint=shown.fingerprint,
            subject=parsed.subject.rfc4514_string(),
            not_before=parsed.not_valid_before_utc,
            not_after=parsed.not_valid_after_utc,
            entered_by_id=actor.held_appointment,
            trusted_from=timezone.now(),
        )


@pytest.fixture
def people(cast: Cast, settings: Any) -> tuple[Actor, Actor]:
    """The operator and the approver of the county's node."""
    office = Organisation.objects.get(name="澄波区政务服务中心")
    settings.TRUSTED_PROXIES, settings.CLIENT_CERTIFICATE_SECRET = frozenset({"127.0.0.1"}), SECRET
    operator = make_actor("node_operator", "江一帆", office, "node_operator")
    return operator, make_actor("node_approver", "顾长明", office, "node_approver")


@pytest.fixture
def loop(transactional_db: None, live_server: Any, tmp_path: Path, settings: Any) -> Iterator[Loop]:
    cast = make_cast()
    office = Organisation.objects.get(name="澄波区政务服务中心")
    settings.TRUSTED_PROXIES, settings.CLIENT_CERTIFICATE_SECRET = frozenset({"127.0.0.1"}), SECRET
    operator = make_actor("node_operator", "江一帆", office, "node_operator")
    approver = make_actor("node_approver", "顾长明", office, "node_approver")
    port = free_port()
    own = set_up(operator, address=f"https://127.0.0.1:{port}")
    node = make_node(operator, code=own.code, name=own.name, address=own.address)
    trust(node, make_own_bundle(), operator)
    with NodeProxy(tmp_path / "nginx", port, live_server.url, keys_folder() / "server.pem") as proxy:
        yield Loop(operator, approver, node, proxy, cast)
