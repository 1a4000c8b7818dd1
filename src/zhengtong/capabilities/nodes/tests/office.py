"""People who work with nodes, and this platform set up as one."""

from tests.cast import _staff
from zhengtong.capabilities.nodes.models import Node, OwnNode
from zhengtong.capabilities.nodes.services.own import set_up_own_node
from zhengtong.core.identity.public import Account, Organisation, get_account_actor
from zhengtong.kernel.policy import Actor


def make_actor(username: str, name: str, organisation: Organisation, *roles: str) -> Actor:
    return get_account_actor(make_account(username, name, organisation, *roles))


def make_account(username: str, name: str, organisation: Organisation, *roles: str) -> Account:
    return _staff(username, name, organisation, dict.fromkeys(roles, "own"))


def set_up(actor: Actor, *, code: str = "county", zone: str = "outer", address: str = "https://127.0.0.1:1") -> OwnNode:
    return set_up_own_node(
        actor=actor,
        organisation=Organisation.objects.get(pk=actor.organisation or 0),
        code=code,
        name="澄波区政务数据节点",
        level="county",
        zone=zone,
        address=address,
    )


def make_node(actor: Actor, **values: object) -> Node:
    """Return a node that is there already, without a joining."""
    stated = {
        "code": "city",
        "name": "安澜市政务数据节点",
        "operator": "安澜市政务服务数据管理局",
        "organisation_id": actor.organisation,
        "level": "city",
        "relation": "above",
        "zone": "outer",
        "address": "https://127.0.0.1:1",
        "state": "connected",
        "reason": "数据上报",
        "applied_by_id": actor.appointment,
    }
    return Node.objects.create(**{**stated, **values})
