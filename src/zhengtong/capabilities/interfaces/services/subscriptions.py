"""Subscribing to a resource, and announcing its changes: written for each subscriber in the announcing transaction."""

import ipaddress
import secrets
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from zhengtong.capabilities.catalogue.public import Resource
from zhengtong.capabilities.contracts.public import Contract, ContractState
from zhengtong.capabilities.interfaces.models import (
    Change,
    ChangeKind,
    ChangeState,
    Member,
    Subscription,
    SubscriptionState,
    Way,
)
from zhengtong.capabilities.interfaces.permissions import MEMBERS
from zhengtong.core.audit.public import record
from zhengtong.core.identity.public import Refused
from zhengtong.kernel.jobs import enqueue
from zhengtong.kernel.policy import Actor, require
from zhengtong.kernel.steps import step


@step()
def subscribe(*, actor: Actor, member: Member, resource: Resource, way: str, address: str = "") -> Subscription:
    """Let a system hear of a resource that its organisation has a contract for. Raises Refused and Denied."""
    require(actor, MEMBERS, member)
    held = Contract.objects.filter(consumer_id=member.organisation_id, resource=resource, state=ContractState.EFFECTIVE)
    if not held.filter(valid_until__gte=timezone.localdate()).exists():
        raise Refused("contract", _("这个单位对这项信息资源没有生效的共享合约，不能订阅。"), "resource")
    if way not in Way.values:
        raise Refused("way", _("没有这种方式。"), "way")
    if way == Way.PUSH:
        _check_address(address)
    try:
        with transaction.atomic():
            subscription = Subscription.objects.create(
                code=f"dy{secrets.token_hex(6)}",
                member=member,
                resource=resource,
                way=way,
                address=address if way == Way.PUSH else "",
            )
    except IntegrityError:
        raise Refused("taken", _("这个系统已经订阅了这项信息资源。"), "resource") from None
    record(actor, "interfaces.subscribe", subscription, after={"way": way, "resource": resource.name})
    return subscription


@step()
def unsubscribe(*, actor: Actor, subscription: Subscription, reason: str) -> Subscription:
    """End a subscription; what had not arrived stays in the list, undelivered. Raises Refused and Denied."""
    locked = Subscription.objects.select_for_update(of=("self",)).select_related("member").get(pk=subscription.pk)
    require(actor, MEMBERS, locked)
    if locked.state == SubscriptionState.ENDED:
        raise Refused("ended", _("已经退订。"))
    before = {"state": locked.state}
    locked.state = SubscriptionState.ENDED
    locked.save(update_fields=["state"])
    record(actor, "interfaces.unsubscribe", locked, before=before, after={"state": locked.state, "reason": reason})
    return locked


def announce_change(*, resource: Resource | int, kind: ChangeKind | str, content: Mapping[str, Any]) -> int:
    """Tell a resource's subscribers that something changed; return how many hear of it.

    Called in the transaction that makes the change, which RuntimeError insists on. ``content`` carries no data of the
    resource: its code, the version, the window, counts.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("a change announced outside a transaction")
    key = resource if isinstance(resource, int) else resource.pk
    # Locked in one order: a subscription's numbers have no gap and follow the order of the commits.
    found = Subscription.objects.select_for_update().filter(resource_id=key).exclude(state=SubscriptionState.ENDED)
    told = list(found.order_by("pk"))
    for each in told:
        each.last += 1
        is_pushed = each.way == Way.PUSH
        Change.objects.create(
            subscription=each,
            sequence=each.last,
            kind=ChangeKind(kind),
            content=dict(content),
            next_at=timezone.now() if is_pushed else None,
        )
        if is_pushed and each.state == SubscriptionState.ACTIVE:
            _deliver_soon(each.pk)
    Subscription.objects.bulk_update(told, ["last"])
    return len(told)


@step()
def replay_change(*, actor: Actor, change: Change) -> Change:
    """Try a change again that could not be delivered, and with it all that waits behind it. Raises Refused, Denied."""
    locked = Change.objects.select_for_update(of=("self",)).select_related("subscription__member").get(pk=change.pk)
    require(actor, MEMBERS, locked)
    if locked.state != ChangeState.DEAD:
        raise Refused("state", _("这条变更不在未送达的状态。"))
    subscription = Subscription.objects.select_for_update().get(pk=locked.subscription_id)
    if subscription.state == SubscriptionState.ENDED:
        raise Refused("ended", _("已经退订。"))
    locked.state, locked.attempts, locked.next_at = ChangeState.WAITING, 0, timezone.now()
    locked.save(update_fields=["state", "attempts", "next_at"])
    subscription.state = SubscriptionState.ACTIVE
    subscription.save(update_fields=["state"])
    record(
        actor,
        "interfaces.replay_change",
        subscription,
        before={"state": SubscriptionState.HALTED},
        after={"state": subscription.state, "sequence": locked.sequence},
    )
    _deliver_soon(subscription.pk)
    return locked


def _deliver_soon(subscription: int) -> None:
    from zhengtong.capabilities.interfaces.tasks import deliver

    enqueue(deliver, subscription=subscription)


def _check_address(address: str) -> None:
    parts = urlsplit(address)
    is_plain = parts.scheme == "http" and settings.DEMO
    if not parts.hostname or parts.username or not (parts.scheme == "https" or is_plain):
        raise Refused("address", _("推送地址要以 https:// 开头。"), "address")
    try:
        if is_own(ipaddress.ip_address(parts.hostname)):
            raise Refused("address", _("推送地址不能是平台自己。"), "address")
    except ValueError:
        return  # a name: looked at again when it is resolved for a delivery


def is_own(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    """Return whether an address leads back to this machine; the demo's systems are there."""
    return not settings.DEMO and (
        address.is_loopback or address.is_link_local or address.is_unspecified or address.is_multicast
    )
