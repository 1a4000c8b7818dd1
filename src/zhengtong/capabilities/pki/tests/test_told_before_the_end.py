"""Holders and officers are told before a certificate ends, in working days; services have their next one in time."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from tests.cast import Cast
from zhengtong.capabilities.pki.models import Certificate
from zhengtong.capabilities.pki.public import (
    Subject,
    ensure_service_certificate,
    hold_certificate,
    issue_for_key,
    prepare_trust,
    revoke_certificate,
)
from zhengtong.capabilities.pki.services.collecting import make_key
from zhengtong.capabilities.pki.services.expiring import renew_services, warn_of_expiry
from zhengtong.core.crypto.public import Algorithm
from zhengtong.core.messages.public import Message
from zhengtong.kernel.calendars import get_calendar
from zhengtong.kernel.demo import as_of
from zhengtong.kernel.policy import SYSTEM


def _certify(cast: Cast, end: datetime, renews: Certificate | None = None) -> Certificate:
    _private, spki = make_key(Algorithm.P256)
    subject = Subject({"country_name": "CN", "common_name": "林国栋"})
    holder = cast.accounts["reviewer"]
    return issue_for_key(
        actor=SYSTEM, profile="person", subject=subject, spki=spki, holder=holder, not_after=end, renews=renews
    )


def test_told_once_a_step_and_not_after_renewal(cast: Cast) -> None:
    now, calendar = timezone.now(), get_calendar()
    last = calendar.add_working_days(timezone.localdate(), 12)
    end = calendar.end_of_day(last) - timedelta(hours=1)
    certificate = _certify(cast, end)
    assert warn_of_expiry() == 1
    assert warn_of_expiry() == 0
    told = Message.objects.filter(template="pki.expiring")
    assert {message.recipient for message in told} == {cast.accounts["reviewer"], cast.accounts["ca_officer"]}
    assert "还有 12 个工作日" in told[0].body
    with as_of(calendar.end_of_day(calendar.subtract_working_days(last, 2)) - timedelta(hours=10)):
        assert warn_of_expiry() == 1
        assert "还有 2 个工作日" in Message.objects.filter(template="pki.expiring").latest("pk").body
    other = _certify(cast, end)
    _certify(cast, now + timedelta(days=400), renews=other)
    with as_of(end + timedelta(seconds=1)):
        assert warn_of_expiry() == 0
        assert not certificate.is_usable
    assert warn_of_expiry() == 0


def test_told_of_a_revocation_by_another(cast: Cast) -> None:
    certificate = _certify(cast, timezone.now() + timedelta(days=300))
    hold_certificate(actor=cast.ca_officer, certificate=certificate)
    held_since = Certificate.objects.get(pk=certificate.pk).revoked_at
    revoke_certificate(actor=cast.ca_officer, certificate=certificate, reason="affiliation_changed")
    assert "单位或者姓名变更" in Message.objects.get(template="pki.revoked").body
    # What was on hold is revoked from the moment that it was put there.
    assert Certificate.objects.get(pk=certificate.pk).revoked_at == held_since


@pytest.mark.django_db
def test_services_go_on_with_a_new_key_before_the_old_one_ends() -> None:
    old = ensure_service_certificate("journal", Algorithm.SM2)
    assert renew_services() == 0
    with as_of(old.not_after - timedelta(days=29)):
        assert renew_services() > 0
        new = ensure_service_certificate("journal", Algorithm.SM2)
        assert new != old
        assert new.key_name != old.key_name
        assert old.is_usable
        assert renew_services() == 0
    assert prepare_trust() == []
