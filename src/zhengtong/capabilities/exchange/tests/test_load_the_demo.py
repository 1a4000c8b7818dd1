"""In the demo city somebody is at both ends of what is exchanged: who reads its runs, and who corrects its rows."""

from datetime import date
from typing import Any

import pytest

from zhengtong.capabilities.contracts.public import Contract
from zhengtong.capabilities.exchange.models import CorrectionTicket, Run
from zhengtong.capabilities.exchange.permissions import CORRECT, VIEW
from zhengtong.capabilities.exchange.sides import is_on_side
from zhengtong.core.identity.public import Account, get_account_actor
from zhengtong.kernel.demo import DEFAULT_SEED, DemoContext, demo_parts, load_part
from zhengtong.kernel.policy import Actor, can


def actor_of(username: str) -> Actor:
    return get_account_actor(Account.objects.get(username=username))


@pytest.mark.django_db
def test_the_provider_answers_a_ticket_and_the_consumer_reads_the_run(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.DEMO = True
    monkeypatch.setattr("zhengtong.capabilities.nodes.demo.COUNTY_ADDRESS", "https://127.0.0.1:9")
    for part in demo_parts():
        load_part(part, DemoContext(today=date(2026, 11, 20), seed=DEFAULT_SEED))
        if part.label == "exchange":
            break
    contract = Contract.objects.get(pk=Run.objects.get().contract_id)
    ticket = CorrectionTicket(contract=contract, provider=contract.provider)
    assert can(actor_of("share_provider"), CORRECT, ticket)
    assert not can(actor_of("share_applicant"), CORRECT, ticket)
    for username in ("share_provider", "share_applicant", "data_operator"):
        assert is_on_side(actor_of(username), VIEW, contract)
    assert not is_on_side(actor_of("share_coordinator"), VIEW, contract)
