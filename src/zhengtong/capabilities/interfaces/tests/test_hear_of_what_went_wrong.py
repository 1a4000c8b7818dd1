"""Operators hear of changes that don't arrive and of missing time stamps, once, until it is right again."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from zhengtong.capabilities.interfaces import sealing
from zhengtong.capabilities.interfaces.models import CallBlock, Change, Subscription, SubscriptionState
from zhengtong.capabilities.interfaces.services.alerting import UNDELIVERED, UNSTAMPED, watch_interfaces
from zhengtong.capabilities.interfaces.services.delivery import deliver_changes
from zhengtong.capabilities.interfaces.services.subscriptions import (
    announce_change,
    replay_change,
    subscribe,
    unsubscribe,
)
from zhengtong.capabilities.interfaces.tests.office import Office
from zhengtong.capabilities.interfaces.tests.test_subscribe_to_changes import Listener, listener
from zhengtong.core.audit.public import AuditRecord
from zhengtong.core.crypto.public import SignerUnavailable
from zhengtong.core.worklist.public import WorkItem, WorkState
from zhengtong.kernel.policy import SYSTEM

__all__ = ["listener"]
pytestmark = pytest.mark.django_db


def watch() -> tuple[int, int]:
    return watch_interfaces(actor=SYSTEM)


def open_of(kind: str) -> list[WorkItem]:
    return list(WorkItem.objects.filter(kind=kind, state=WorkState.OPEN))


@pytest.fixture
def stuck(office: Office, listener: Listener) -> Subscription:
    """A subscription whose first change was tried as often as the rule allows."""
    address = f"http://127.0.0.1:{listener.server.server_port}/"
    subscription = subscribe(
        actor=SYSTEM, member=office.member, resource=office.service.resource, way="push", address=address
    )
    with transaction.atomic():
        announce_change(resource=office.service.resource, kind="data.arrived", content={})
    listener.status = 500
    Change.objects.update(attempts=11)
    deliver_changes(subscription.pk)
    subscription.refresh_from_db()
    assert subscription.state == SubscriptionState.HALTED
    return subscription


def test_a_dead_letter_is_on_the_list_of_the_system_s_office_once(office: Office, stuck: Subscription) -> None:
    assert watch() == (1, 0)
    assert watch() == (0, 0)
    (item,) = open_of(UNDELIVERED)
    assert (item.organisation_id, item.permission) == (office.member.organisation_id, "interfaces.manage_members")
    assert office.service.resource.name in item.title
    assert item.url.endswith(f"{Change.objects.get().pk}/")
    assert AuditRecord.objects.filter(action="interfaces.halt_subscription").count() == 1


def test_it_is_off_the_list_when_the_change_arrived_and_not_before(stuck: Subscription, listener: Listener) -> None:
    watch()
    replay_change(actor=SYSTEM, change=Change.objects.get())
    assert watch() == (0, 0)  # sent again isn't arrived
    listener.status = 200
    assert deliver_changes(stuck.pk) == 1
    assert watch() == (0, 1)
    assert open_of(UNDELIVERED) == []
    assert AuditRecord.objects.filter(action="interfaces.deliver_again").count() == 1


def test_an_ended_subscription_leaves_nothing_to_do(stuck: Subscription) -> None:
    watch()
    unsubscribe(actor=SYSTEM, subscription=stuck, reason="系统下线")
    assert watch() == (0, 1)
    assert watch() == (0, 0)


def test_missing_stamps_are_on_the_provider_s_list_until_they_are_made_up_for(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_digest: Any) -> bytes:
        raise SignerUnavailable

    office.call()
    with monkeypatch.context() as patch:
        patch.setattr(sealing, "make_token", away)
        sealing.seal_calls()
        assert watch() == (0, 0)  # a moment without one is no alarm
        CallBlock.objects.update(closed_at=timezone.now() - timedelta(minutes=3))
        assert watch() == (1, 0)
        assert watch() == (0, 0)
    (item,) = open_of(UNSTAMPED)
    assert (item.organisation_id, item.permission) == (office.service.provider_id, "interfaces.manage_services")
    assert sealing.stamp_blocks() == 1
    assert watch() == (0, 1)
    assert open_of(UNSTAMPED) == []
