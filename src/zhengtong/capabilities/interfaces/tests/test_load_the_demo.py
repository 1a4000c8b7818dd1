"""The demo city's service is really called: what the log has was asked and answered, and the bench can try it."""

import json
from collections import Counter
from datetime import date
from typing import Any

import pytest

from zhengtong.capabilities.interfaces import demo
from zhengtong.capabilities.interfaces.models import Call, Change, HourTally, Member, Service, Subscription
from zhengtong.capabilities.interfaces.public import list_trial_contracts, try_service
from zhengtong.capabilities.interfaces.sealing import check_call
from zhengtong.core.identity.public import Account, get_account_actor
from zhengtong.core.worklist.public import WorkItem
from zhengtong.kernel.demo import DEFAULT_SEED, DemoContext, demo_parts, load_part
from zhengtong_client.keys import PrivateKey


@pytest.fixture
def city(db: None, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.DEMO = True
    monkeypatch.setattr("zhengtong.capabilities.nodes.demo.COUNTY_ADDRESS", "https://127.0.0.1:9")
    context = DemoContext(today=date(2026, 11, 20), seed=DEFAULT_SEED)
    for part in demo_parts():
        load_part(part, context)
        if part.label == "exchange":
            return


def test_the_demos_service_was_called_sealed_and_is_tried(city: None, settings: Any) -> None:
    if not Service.objects.exists():
        pytest.fail("the database's user may not make the departments' database")
    calls = list(Call.objects.order_by("id"))
    # Beside the look-ups: the list that they are taken from, one in vain, one that was sent twice, two for changes.
    assert Counter(each.code for each in calls) == {
        "": demo.LOOK_UPS + 5,
        "purpose-missing": 1,
        "contract-unknown": 1,
        "column-unknown": 1,
        "replayed": 1,
    }
    assert all(check_call(each).is_stamped and check_call(each).is_unaltered for each in calls)
    assert sum(each.calls + each.refused for each in HourTally.objects.all()) == len(calls)
    member = Member.objects.get(code=demo.MEMBER)
    key = PrivateKey.read((settings.DATA_DIR / "demo" / f"{demo.MEMBER}.pem").read_bytes())
    assert member.keys.get().key_id == key.key_id

    states = {each.way: each for each in Subscription.objects.all()}
    assert (states["pull"].arrived, states["push"].state) == (1, "halted")
    dead = Change.objects.get(state="dead")
    assert dead.attempts == 12
    assert "连不上推送地址 127.0.0.1:9" in dead.trouble
    assert WorkItem.objects.get(kind="interfaces.undelivered").object_id == states["push"].pk

    for username in ("share_applicant", "data_operator"):
        actor = get_account_actor(Account.objects.get(username=username))
        service = Service.objects.get()
        (contract,) = list_trial_contracts(actor, service)
        asked = json.dumps({"limit": 1})
        trial = try_service(
            actor=actor, service=service, contract=contract, purpose="核对资格", asked=asked, address="127.0.0.1"
        )
        assert trial.status == 200, trial.answered
        row = trial.answered["rows"][0]
        assert "*" in json.dumps(row), row
