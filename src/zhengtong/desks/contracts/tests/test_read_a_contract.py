"""A contract is read by people: its name, and how often, in words; odd schedules stay as they are."""

from dataclasses import replace

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from tests.cast import Cast
from tests.conformance.samples import sign_in
from zhengtong.capabilities.contracts.public import Contract, ContractContent, Frequency, Timing
from zhengtong.capabilities.exchange.tests.samples import make_contract
from zhengtong.core.identity.public import Organisation
from zhengtong.desks.contracts.wording import say_schedule

pytestmark = pytest.mark.django_db


@pytest.fixture
def contract(cast: Cast) -> Contract:
    names = ("澄波区人民政府", "禾溪县人民政府")
    return make_contract(*(Organisation.objects.get(name=name) for name in names), schedule="20 3 * * *")


@pytest.fixture
def reader(contract: Contract) -> Client:
    return sign_in("contract-reader", contract.consumer, "contracts.view")


@pytest.mark.parametrize("page", ["contract", "print"])
def test_page_and_paper_name_the_resource_and_say_how_often(contract: Contract, reader: Client, page: str) -> None:
    text = reader.get(reverse(f"contracts_desk:{page}", args=[contract.number])).content.decode()
    body = text.partition("<dl")[2]
    assert contract.version.name in body
    assert "每天 03:20（时间表 20 3 * * *）" in body


@pytest.mark.parametrize(
    ("schedule", "said"),
    [
        (Timing(Frequency.HOURLY, "00:07").schedule(), "每小时（时间表 7 * * * *）"),
        (Timing(Frequency.WEEKLY, "02:30", weekday=7).schedule(), "每周星期日 02:30（时间表 30 2 * * 0）"),
        (Timing(Frequency.MONTHLY, "02:30", day=28).schedule(), "每月28日 02:30（时间表 30 2 28 * *）"),
        ("0,30 8-18 * * 1-5", "时间表 0,30 8-18 * * 1-5（分 时 日 月 周）"),
        ("0 2 31 * *", "时间表 0 2 31 * *（分 时 日 月 周）"),
        ("0 2 1 * 1", "时间表 0 2 1 * 1（分 时 日 月 周）"),
        ("0 2 * 6 *", "时间表 0 2 * 6 *（分 时 日 月 周）"),
        ("*/30 2 * * *", "时间表 */30 2 * * *（分 时 日 月 周）"),
    ],
)
def test_only_what_a_usual_frequency_gave_is_said_by_its_words(contract: Contract, schedule: str, said: str) -> None:
    content = replace(ContractContent.from_json(contract.content), schedule=schedule, working_days_only=False)
    with translation.override("zh-hans"):
        assert say_schedule(content) == said
