"""A contract whose target is an interface: nothing can be read back there, so its own counts are compared."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from zhengtong.capabilities.contracts.public import Contract
from zhengtong.capabilities.exchange.models import Receipt, RunState
from zhengtong.capabilities.exchange.tests.conftest import Exchange
from zhengtong.capabilities.sources.tests.test_read_and_write_http import Answer, Interface


@pytest.fixture
def interface(settings: Settings) -> Iterator[Interface]:
    settings.DEMO = True  # the receiver is on this machine
    made = Interface()
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture
def agreed(exchange: Exchange, interface: Interface) -> Contract:
    exchange.taker.kind, exchange.taker.secrets = "http", {}
    exchange.taker.settings = interface.settings
    exchange.taker.save()
    return exchange.agree()


@pytest.mark.parametrize(
    ("told", "state", "code"),
    [
        ({}, RunState.DONE, "done"),
        ({"inserted": 28, "updated": 2}, RunState.DONE, "done"),
        ({"inserted": 29}, RunState.FAILED, "reconcile-differs"),
    ],
)
def test_what_an_interface_says_it_took_is_compared(
    exchange: Exchange, interface: Interface, agreed: Contract, told: dict[str, Any], state: str, code: str
) -> None:
    exchange.give(1, 30)
    taken: list[Any] = []

    def take(_asked: dict[str, str], body: bytes, _headers: dict[str, str]) -> Answer:
        given = json.loads(body)
        taken.extend(given.get("rows", ()))
        return 200, {}, json.dumps(told if given.get("is_complete") else {}).encode()

    interface.answer = take
    run = exchange.run(agreed)
    assert (run.state, run.code) == (state, code), run.message
    assert sorted(int(row["id"]) for row in taken) == list(range(1, 31))
    assert Receipt.objects.exists() == (state == RunState.DONE)
