"""A legal representative lets somebody act for the enterprise, and takes it back."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.cast import CREDIT_CODE, Cast
from zhengtong.core.audit.public import AuditRecord
from zhengtong.core.identity import services
from zhengtong.core.identity.errors import Refused
from zhengtong.core.identity.events import AccountNotice, AccountNoticeRequested
from zhengtong.core.identity.models import Citizen, Mandate
from zhengtong.core.identity.selectors import list_live_mandates
from zhengtong.core.identity.tests.conftest import Browser, told
from zhengtong.kernel.policy import Denied

Words = Callable[[Any], str]
Notices = list[AccountNoticeRequested]
LI = {"name": "李秋", "contact": "13900005678"}


def own_mandate(cast: Cast) -> Mandate:
    return Mandate.objects.select_related("legal_entity", "citizen").get(citizen__account=cast.accounts["owner"])


def granted(cast: Cast, **changes: Any) -> Mandate:
    return services.grant_mandate(actor=cast.owner, mandate=own_mandate(cast), **(LI | changes))


def refusal(cast: Cast, **changes: Any) -> str:
    with pytest.raises(Refused) as refused:
        granted(cast, **changes)
    return str(refused.value.message)


def test_the_agent_may_act_at_once_and_is_told(cast: Cast, notices: Notices) -> None:
    mandate = granted(cast)
    assert mandate.verified_at is not None
    assert mandate.granted_by == own_mandate(cast).citizen
    assert list(list_live_mandates(cast.accounts["citizen"])) == [mandate]
    assert told(notices, AccountNotice.MANDATE_GRANTED) == {cast.accounts["citizen"].pk}
    assert notices[-1].context == {"principal": "王晓岚", "entity": "澜水面馆", "end": "长期有效"}
    assert AuditRecord.objects.filter(action="identity.mandate_granted").count() == 1


def test_by_number_as_well(cast: Cast) -> None:
    number = cast.accounts["citizen"].citizen.id_number
    assert granted(cast, contact=number).citizen.account == cast.accounts["citizen"]


def test_nobody_is_found_by_half(cast: Cast) -> None:
    for wrong in ({"name": "李秋水"}, {"contact": "13900005679"}):
        assert "没有找到这个人" in refusal(cast, **wrong)
    Citizen.objects.filter(account=cast.accounts["citizen"]).update(verified_at=None)
    assert "没有找到这个人" in refusal(cast)


def test_what_is_refused(cast: Cast) -> None:
    assert "早于今天" in refusal(cast, end_date=timezone.localdate() - timedelta(days=1))
    granted(cast)
    assert "已经可以代表" in refusal(cast)
    Mandate.objects.filter(citizen__account=cast.accounts["owner"]).update(verified_at=None)
    assert "经核验的法定代表人" in refusal(cast)
    agent = Mandate.objects.get(citizen__account=cast.accounts["citizen"])
    with pytest.raises(Denied):
        services.grant_mandate(actor=cast.citizen, mandate=own_mandate(cast), name="李秋", contact="13900005678")
    with pytest.raises(Refused):  # an agent isn't a representative
        services.grant_mandate(actor=cast.citizen, mandate=agent, name="王晓岚", contact="13900001234")


def test_what_she_declared_herself_becomes_the_mandate(cast: Cast) -> None:
    citizen = cast.accounts["citizen"].citizen
    declared = services.declare_mandate(
        actor=cast.citizen, citizen=citizen, credit_code=CREDIT_CODE, name="澜水面馆", kind="agent"
    )
    assert declared.verified_at is None
    assert granted(cast).pk == declared.pk


def test_it_ends_by_its_date_and_can_be_given_again(cast: Cast) -> None:
    today = timezone.localdate()
    mandate = granted(cast, end_date=today)
    assert list_live_mandates(cast.accounts["citizen"]).exists()
    Mandate.objects.filter(pk=mandate.pk).update(end_date=today - timedelta(days=1))
    assert not list_live_mandates(cast.accounts["citizen"]).exists()
    assert granted(cast).pk != mandate.pk


def test_she_takes_it_back(cast: Cast, notices: Notices) -> None:
    services.revoke_mandate(actor=cast.owner, mandate=granted(cast))
    assert not list_live_mandates(cast.accounts["citizen"]).exists()
    assert told(notices, AccountNotice.MANDATE_REVOKED) == {cast.accounts["citizen"].pk}


def test_an_agent_does_not_dismiss_the_representative(cast: Cast) -> None:
    granted(cast)
    with pytest.raises(Denied):
        services.revoke_mandate(actor=cast.citizen, mandate=own_mandate(cast))


def test_the_pages(cast: Cast, client: Browser, words: Words) -> None:
    client.force_login(cast.accounts["owner"])
    page = reverse("identity:enterprise_agents", args=[own_mandate(cast).pk])
    assert "除了您，现在没有别人" in words(client.get(page))
    assert "没有找到这个人" in words(client.post(page, LI | {"name": "李冬"}))
    assert client.post(page, LI).status_code == 302
    assert "李秋" in words(client.get(page))
    agent = Browser()
    agent.force_login(cast.accounts["citizen"])
    assert "由王晓岚授权" in words(agent.get(reverse("identity:enterprises")))
    mandate = Mandate.objects.get(citizen__account=cast.accounts["citizen"])
    theirs = reverse("identity:enterprise_agents", args=[mandate.pk])
    assert agent.get(theirs).status_code == 404
    remove = reverse("identity:remove_agent", args=[own_mandate(cast).pk, mandate.pk])
    assert agent.post(remove).status_code == 404
    assert client.post(remove).status_code == 302
    mandate.refresh_from_db()
    assert mandate.revoked_at is not None
