"""Delivering changes to addresses: one after the other for each subscription, and never past one that failed."""

import ipaddress
import json
import logging
import random
import socket
import ssl
from datetime import timedelta
from typing import Final
from urllib.parse import urlsplit

import urllib3
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from zhengtong.capabilities.interfaces.gateway.answering import answer_keys
from zhengtong.capabilities.interfaces.gateway.pulling import describe_change
from zhengtong.capabilities.interfaces.gateway.rules import get_rule
from zhengtong.capabilities.interfaces.models import (
    Change,
    ChangeState,
    MemberState,
    RuleKey,
    Subscription,
    SubscriptionState,
    Way,
)
from zhengtong.capabilities.interfaces.services.subscriptions import is_own
from zhengtong_client import envelope as envelopes

FIRST_PAUSE_SECONDS: Final = 15
MOST_PAUSE_SECONDS: Final = 6 * 3600
SECONDS: Final = 10.0
_LOCK: Final = 0x7375_62
logger = logging.getLogger(__name__)


class NotDelivered(Exception):
    """The subscriber didn't take it; the text says why."""


def deliver_changes(subscription_id: int) -> int:
    """Deliver what is due, in order, until something isn't taken; return how many arrived.

    One process at a time for each subscription; nothing is locked while the subscriber is waited for that somebody who
    announces a change would have to wait for.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [_LOCK, subscription_id % 2**31])
        if not cursor.fetchone()[0]:
            return 0
        try:
            arrived = 0
            while _deliver_next(subscription_id):
                arrived += 1
            return arrived
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [_LOCK, subscription_id % 2**31])


def list_due() -> list[int]:
    """Return the subscriptions whose next attempt is due."""
    due = Change.objects.filter(
        state=ChangeState.WAITING,
        next_at__lte=timezone.now(),
        subscription__state=SubscriptionState.ACTIVE,
        subscription__way=Way.PUSH,
    )
    return list(due.values_list("subscription_id", flat=True).distinct().order_by("subscription_id")[:1000])


def _deliver_next(subscription_id: int) -> bool:
    subscription = Subscription.objects.select_related("member").get(pk=subscription_id)
    head = (
        Change.objects.filter(subscription=subscription).exclude(state=ChangeState.ARRIVED).order_by("sequence").first()
    )
    if head is None or subscription.state != SubscriptionState.ACTIVE or subscription.way != Way.PUSH:
        return False
    if head.state != ChangeState.WAITING or (head.next_at is not None and head.next_at > timezone.now()):
        return False
    if subscription.member.state != MemberState.ACTIVE:
        return False  # it goes on when the system is let in again
    try:
        _post(subscription, head)
    except NotDelivered as error:
        _note_failure(subscription, head, str(error))
        return False
    _note_arrival(subscription, head)
    return True


@transaction.atomic
def _note_arrival(subscription: Subscription, change: Change) -> None:
    now = timezone.now()
    Change.objects.filter(pk=change.pk).update(
        state=ChangeState.ARRIVED, attempts=change.attempts + 1, arrived_at=now, next_at=None, trouble=""
    )
    Subscription.objects.filter(pk=subscription.pk).update(arrived=change.sequence)


@transaction.atomic
def _note_failure(subscription: Subscription, change: Change, trouble: str) -> None:
    attempts = change.attempts + 1
    is_dead = attempts >= get_rule(RuleKey.ATTEMPTS)
    pause = min(FIRST_PAUSE_SECONDS * 2 ** (attempts - 1), MOST_PAUSE_SECONDS)
    # A tenth more or less: subscribers that failed together aren't asked together again.
    later = timezone.now() + timedelta(seconds=pause * random.uniform(0.9, 1.1))
    Change.objects.filter(pk=change.pk).update(
        state=ChangeState.DEAD if is_dead else ChangeState.WAITING,
        attempts=attempts,
        trouble=trouble[:300],
        next_at=None if is_dead else later,
    )
    if is_dead:
        Subscription.objects.filter(pk=subscription.pk).update(state=SubscriptionState.HALTED)
        logger.error("changes are not delivered", extra={"subscription": subscription.code, "why": trouble})


def _post(subscription: Subscription, change: Change) -> None:
    body = json.dumps(describe_change(subscription.code, change), ensure_ascii=False, separators=(",", ":")).encode()
    key = answer_keys.get()
    envelope = envelopes.build(
        sender=f"subscription:{subscription.code}",
        recipient=subscription.member.code,
        contract="",
        purpose="",
        body=body,
        key=key.key_id,
    )
    headers = envelopes.to_headers(envelope, key.sign(envelope.canonical())) | {"Content-Type": "application/json"}
    parts = urlsplit(subscription.address)
    host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    # The address is resolved here and connected to as it is: a name can't mean something else a moment later.
    found = _resolve(host, port)
    timeout = urllib3.Timeout(total=SECONDS, connect=3.0)
    pool: urllib3.HTTPConnectionPool
    if parts.scheme == "https":
        pool = urllib3.HTTPSConnectionPool(
            found,
            port,
            ssl_context=ssl.create_default_context(),
            server_hostname=host,
            assert_hostname=host,
            timeout=timeout,
            retries=False,
        )
    else:
        pool = urllib3.HTTPConnectionPool(found, port, timeout=timeout, retries=False)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        answer = pool.request("POST", target, body=body, headers={"Host": parts.netloc} | headers, redirect=False)
    except (urllib3.exceptions.HTTPError, OSError) as error:
        raise NotDelivered(_say_trouble(error, f"{host}:{port}")) from error
    finally:
        pool.close()
    if not 200 <= answer.status < 300:
        raise NotDelivered(f"HTTP {answer.status}")


def _say_trouble(error: Exception, place: str) -> str:
    """Return why nothing was taken, for the people who look after the subscriber's system."""
    if isinstance(error, urllib3.exceptions.SSLError):
        return _("推送地址 %(place)s 的证书核验不通过。") % {"place": place}
    if isinstance(error, urllib3.exceptions.NewConnectionError | urllib3.exceptions.ConnectTimeoutError):
        return _("连不上推送地址 %(place)s，可能停机、断网或者地址有误。") % {"place": place}
    if isinstance(error, urllib3.exceptions.TimeoutError):
        return _("推送地址 %(place)s 在规定时间内没有应答。") % {"place": place}
    return f"{type(error).__name__}: {error}"[:300]


def _resolve(host: str, port: int) -> str:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise NotDelivered(_("查不到推送地址的域名 %(host)s。") % {"host": host}) from error
    addresses = [str(each[4][0]).partition("%")[0] for each in found]
    if any(is_own(ipaddress.ip_address(each)) for each in addresses):
        raise NotDelivered(f"{host}: the platform itself")
    return addresses[0]
