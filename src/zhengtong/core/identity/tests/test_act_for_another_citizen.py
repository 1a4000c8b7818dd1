"""Guardians act for their wards, agents for those who appointed them: from being verified to the day it ends."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from tests.cast import Cast
from zhengtong.core.crypto.public import digest
from zhengtong.core.identity import services
from zhengtong.core.identity.domain import age_on, make_citizen_number
from zhengtong.core.identity.errors import Refused
from zhengtong.core.identity.events import AccountNotice, AccountNoticeRequested
from zhengtong.core.identity.middleware import REPRESENTATION_KEY
from zhengtong.core.identity.models import Account, Citizen, Representation
from zhengtong.core.identity.representations import (
    get_representing_actor,
    last_day_of_guardianship,
    list_live_representations,
)
from zhengtong.core.identity.tests.conftest import Browser, told
from zhengtong.core.identity.tests.test_switch_capacity import actor_of
from zhengtong.kernel.policy import SYSTEM, Denied

Words = Callable[[Any], str]
Notices = list[AccountNoticeRequested]
PAGE = reverse("identity:representations")
CAPACITY = reverse("identity:capacity")


def child_number(years: int = 7, sequence: int = 31) -> str:
    today = timezone.localdate()
    return make_citizen_number("990102", date(today.year - years, 1, 1), sequence)


def registered(cast: Cast, who: str = "citizen", **changes: Any) -> Representation:
    actor, guardian = getattr(cast, who), cast.accounts[who].citizen
    values = {"name": "李小满", "id_number": child_number(), **changes}
    return services.register_ward(actor=actor, guardian=guardian, **values)


def verified(cast: Cast, **changes: Any) -> Representation:
    made = registered(cast, **changes)
    services.mark_representation_verified(actor=cast.counter, representation=made)
    made.refresh_from_db()
    return made


def test_nothing_in_the_wards_name_before_it_is_verified(cast: Cast, client: Browser, notices: Notices) -> None:
    made = registered(cast)
    client.force_login(cast.accounts["citizen"])
    assert client.post(CAPACITY, {"capacity": f"representation-{made.pk}"}).status_code == 404
    assert made.principal.id_digest is None  # the number is not taken from anybody
    services.mark_representation_verified(actor=cast.counter, representation=made)
    client.post(CAPACITY, {"capacity": f"representation-{made.pk}"})
    actor = actor_of(client, cast.accounts["citizen"])
    assert actor.name == "李秋（代李小满）"
    assert (actor.account, actor.principal_id) == (cast.citizen.account, made.principal.account_id)
    assert actor.owner_id == made.principal.account_id
    assert told(notices, AccountNotice.REPRESENTATION_VERIFIED) == {cast.accounts["citizen"].pk}


def test_a_ward_has_no_sign_in_and_is_not_forgotten(cast: Cast) -> None:
    ward = verified(cast).principal
    assert not ward.account.has_usable_password()
    Account.objects.filter(pk=ward.account_id).update(date_joined=timezone.now() - timedelta(days=9))
    services.forget_unverified_registrations(actor=SYSTEM)
    assert Citizen.objects.filter(pk=ward.pk).exists()


def test_both_parents_act_for_one_child(cast: Cast) -> None:
    first = verified(cast)
    second = registered(cast, "owner")
    assert second.principal_id != first.principal_id
    services.mark_representation_verified(actor=cast.counter, representation=second)
    second.refresh_from_db()
    assert second.principal_id == first.principal_id
    assert Citizen.objects.filter(id_digest=digest(child_number())).count() == 1


def test_another_name_for_a_verified_number_is_not_verified(cast: Cast) -> None:
    verified(cast)
    other = registered(cast, "owner", name="王小满")
    with pytest.raises(Refused, match="claimed"):
        services.mark_representation_verified(actor=cast.counter, representation=other)


def test_what_is_refused(cast: Cast) -> None:
    citizen = cast.accounts["citizen"].citizen
    with pytest.raises(Refused, match="oneself"):
        registered(cast, id_number=citizen.id_number)
    registered(cast)
    with pytest.raises(Refused, match="twice"):
        registered(cast)
    with pytest.raises(Denied):
        services.register_ward(actor=cast.owner, guardian=citizen, name="李小满", id_number=child_number())
    with pytest.raises(Denied):
        services.mark_representation_verified(actor=cast.citizen, representation=Representation.objects.get())
    Citizen.objects.filter(pk=citizen.pk).update(verified_at=None)
    with pytest.raises(Refused, match="profile"):
        services.register_ward(
            actor=cast.citizen, guardian=Citizen.objects.get(pk=citizen.pk), name="李小寒", id_number=child_number(3)
        )


def test_guardianship_ends_on_the_eighteenth_birthday(cast: Cast, notices: Notices) -> None:
    made = verified(cast)
    birthday = date(timezone.localdate().year - 7 + 18, 1, 1)
    account = cast.accounts["citizen"]
    assert list_live_representations(account, on=birthday - timedelta(days=1)).exists()
    assert not list_live_representations(account, on=birthday).exists()
    yesterday = timezone.localdate() - timedelta(days=1)
    Representation.objects.filter(pk=made.pk).update(end_date=yesterday, start_date=yesterday)
    assert get_representing_actor(account, made.pk) is None
    assert services.end_guardianships_of_adults(actor=SYSTEM) == 1
    assert services.end_guardianships_of_adults(actor=SYSTEM) == 0
    assert told(notices, AccountNotice.WARD_OF_AGE) == {account.pk}
    assert notices[-1].context["principal"] == "李小满"


@given(st.dates(date(1990, 1, 1), date(2026, 12, 31)))
def test_the_last_day_is_the_last_at_seventeen(born: date) -> None:
    last = last_day_of_guardianship(born)
    assert age_on(born, last) == 17
    assert age_on(born, last + timedelta(days=1)) == 18


def test_an_adults_guardian_stays_it(cast: Cast) -> None:
    assert verified(cast, id_number=child_number(80)).end_date is None


def test_an_agent_is_appointed_for_a_time(cast: Cast, client: Browser, notices: Notices) -> None:
    today = timezone.localdate()

    def appoint(contact: str = "13900005678") -> Representation:
        principal = cast.accounts["owner"].citizen
        return services.appoint_agent(
            actor=cast.owner, principal=principal, name="李秋", contact=contact, end_date=today
        )

    made = appoint()
    account = cast.accounts["citizen"]
    actor = get_representing_actor(account, made.pk)
    assert actor is not None
    assert actor.owner_id == cast.accounts["owner"].pk
    with pytest.raises(Refused, match="twice"):
        appoint()
    with pytest.raises(Refused, match="nobody"):
        appoint("13900005679")
    assert get_representing_actor(account, made.pk) is not None
    client.force_login(account)
    client.post(CAPACITY, {"capacity": f"representation-{made.pk}"})
    assert client.session[REPRESENTATION_KEY] == made.pk
    services.revoke_representation(actor=cast.owner, representation=made)
    assert actor_of(client, account).owner_id == account.pk
    assert REPRESENTATION_KEY not in client.session
    assert told(notices, AccountNotice.REPRESENTATION_REVOKED) == {account.pk}


def test_whoever_acts_for_another_does_not_speak_of_her_in_her_account(cast: Cast, client: Browser) -> None:
    """Pages of the account are always about oneself, in whatever capacity the rest is done."""
    made = verified(cast)
    client.force_login(cast.accounts["citizen"])
    client.post(CAPACITY, {"capacity": f"representation-{made.pk}"})
    client.post(reverse("identity:profile"), {"name": "李秋", "id_number": "", "address": "澄波区书院街3号"})
    assert Citizen.objects.get(account=cast.accounts["citizen"]).address == "澄波区书院街3号"
    assert Citizen.objects.get(pk=made.principal_id).address == ""
    actor = actor_of(client, cast.accounts["citizen"])
    with pytest.raises(Denied):
        services.revoke_representation(actor=actor, representation=made)


def test_the_pages(cast: Cast, client: Browser, words: Words) -> None:
    client.force_login(cast.accounts["citizen"])
    assert "登记被监护人" in words(client.get(PAGE))
    ward = {"act": "ward", "ward-name": "李小满", "ward-id_number": child_number()[:17]}
    refused = client.post(PAGE, ward)
    assert refused.status_code == 422
    assert "现在是17位" in words(refused)
    assert client.post(PAGE, ward | {"ward-id_number": child_number()}).status_code == 302
    assert "监护关系未核验" in words(client.get(PAGE))
    agent = {"act": "agent", "agent-name": "王晓岚", "agent-contact": "13900001234"}
    assert "请填写委托的最后一天" in words(client.post(PAGE, agent))
    assert client.post(PAGE, agent | {"agent-end_date": timezone.localdate()}).status_code == 302
    assert "王晓岚" in words(client.get(PAGE))
    made = Representation.objects.get(agent=cast.accounts["owner"].citizen)
    revoke = reverse("identity:revoke_representation", args=[made.pk])
    stranger = Browser()
    stranger.force_login(services.register_citizen(actor=SYSTEM, phone="13900139000", password="an-lan-7-qiao"))
    assert stranger.post(revoke).status_code == 404
    assert client.post(revoke).status_code == 302
    made.refresh_from_db()
    assert made.revoked_at is not None
