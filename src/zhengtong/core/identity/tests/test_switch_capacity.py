"""In whose name a person acts: herself, an enterprise, or one of her posts."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from zhengtong.core.audit.public import AuditRecord
from zhengtong.core.identity import services
from zhengtong.core.identity.domain import make_credit_code
from zhengtong.core.identity.middleware import APPOINTMENT_KEY, MANDATE_KEY, get_request_actor
from zhengtong.core.identity.models import Account, Appointment, AppointmentKind, Citizen, Mandate, Post
from zhengtong.core.identity.tests.conftest import Browser
from zhengtong.kernel.policy import SYSTEM, Actor

Words = Callable[[Any], str]
CAPACITY = reverse("identity:capacity")


def actor_of(client: Browser, account: Account) -> Actor:
    """Return who the client's next request acts as, as its session says."""
    request = HttpRequest()
    request.META["REMOTE_ADDR"] = "127.0.0.1"
    request.session, request.user = client.session, account
    actor = get_request_actor(request)
    request.session.save()
    return actor


@pytest.fixture
def mandate(citizen: Citizen) -> Mandate:
    profile = {"name": "李秀兰", "id_number": "990101199003070023", "address": "安澜市临江区滨河路8号"}
    services.complete_profile(actor=SYSTEM, citizen=citizen, **profile)
    citizen.refresh_from_db()
    code = make_credit_code("92", "990101", "MA1K2X3Y")
    return services.declare_mandate(actor=SYSTEM, citizen=citizen, credit_code=code, name="秀兰餐饮店", kind="agent")


def test_acts_for_her_enterprise_and_for_herself_again(
    signed_in: Browser, citizen: Citizen, mandate: Mandate, words: Words
) -> None:
    assert signed_in.post(CAPACITY, {"mandate": mandate.pk, "next": "/account/"}).url == "/account/"
    actor = actor_of(signed_in, citizen.account)
    assert (actor.mandate, actor.legal_entity) == (mandate.pk, mandate.legal_entity_id)
    assert "以“秀兰餐饮店”身份办理" in words(signed_in.get("/account/"))
    signed_in.post(CAPACITY, {"mandate": ""})
    assert actor_of(signed_in, citizen.account).legal_entity is None
    assert AuditRecord.objects.filter(action="identity.capacity_switched").count() == 2


def test_a_revoked_mandate_is_dropped_from_the_session(signed_in: Browser, citizen: Citizen, mandate: Mandate) -> None:
    signed_in.post(CAPACITY, {"mandate": mandate.pk})
    services.revoke_mandate(actor=SYSTEM, mandate=mandate)
    assert actor_of(signed_in, citizen.account).legal_entity is None
    assert MANDATE_KEY not in signed_in.session
    assert signed_in.post(CAPACITY, {"mandate": mandate.pk}).status_code == 404


def test_only_her_own(client: Browser, mandate: Mandate, appointment: Appointment) -> None:
    stranger = services.register_citizen(actor=SYSTEM, phone="13900139000", password="an-lan-7-qiao")
    client.force_login(stranger)
    for posted in ({"mandate": mandate.pk}, {"mandate": "x"}, {"mandate": "-1"}, {"post": appointment.pk}, {}):
        assert client.post(CAPACITY, posted).status_code == 404
    assert MANDATE_KEY not in client.session
    assert APPOINTMENT_KEY not in client.session


def test_staff_change_between_their_posts(client: Browser, appointment: Appointment) -> None:
    staff, bureau = appointment.staff, appointment.post.organisation
    post = Post.objects.create(organisation=bureau, title="窗口受理员")
    day = timezone.localdate()
    other = services.appoint(
        actor=SYSTEM, staff=staff, post=post, kind=AppointmentKind.CONCURRENT, start_date=date(2026, 1, 1)
    )
    client.force_login(staff.account)
    assert actor_of(client, staff.account).appointment == appointment.pk
    client.post(CAPACITY, {"post": other.pk})
    assert actor_of(client, staff.account).appointment == other.pk
    services.end_appointment(actor=SYSTEM, appointment=other, end_date=day - timedelta(days=1))
    assert actor_of(client, staff.account).appointment == appointment.pk
    assert client.post(CAPACITY, {"post": other.pk}).status_code == 404
