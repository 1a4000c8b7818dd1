"""Whatever a run ends with, the monitor says in Chinese what happened and what to do; and where its data came from."""

import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from tests.cast import Cast
from tests.conformance.samples import sign_in
from zhengtong.capabilities.contracts.public import Contract
from zhengtong.capabilities.exchange.models import Receipt, RunState
from zhengtong.capabilities.exchange.tests.samples import make_contract, make_run
from zhengtong.core.identity.public import Organisation
from zhengtong.desks.exchange.tests.endings import iterate_endings

pytestmark = pytest.mark.django_db
CHINESE = re.compile(r"[\u4e00-\u9fff].*[\u4e00-\u9fff]")
NEXT = re.compile("请|自动|再试|重新执行|另行|核实以后再")


@pytest.fixture
def contract(cast: Cast) -> Contract:
    names = ("澄波区人民政府", "禾溪县人民政府")
    return make_contract(*(Organisation.objects.get(name=name) for name in names))


@pytest.fixture
def client(contract: Contract) -> Client:
    return sign_in("exchange-reader", contract.provider, "exchange.view")


def open_run(client: Client, pk: int) -> str:
    response = client.get(reverse("exchange_desk:run", args=[pk]))
    assert response.status_code == 200
    return response.content.decode()


def test_every_way_to_end_says_what_happened_and_what_to_do(contract: Contract, client: Client) -> None:
    with translation.override("zh-hans"):
        endings = {(code, said): place for place, code, said in iterate_endings()}
    codes = {code for code, _said in endings}
    assert {
        "unreachable",
        "count-differs",
        "column-wider",
        "column-missing",
        "too-many-deleted",
        "reconcile-differs",
    } <= codes
    assert len(codes) > 60
    run = make_run(contract, state=RunState.FAILED)
    silent = []
    for (code, said), place in endings.items():
        run.code, run.message = code, said
        run.save(update_fields=["code", "message"])
        page = open_run(client, run.pk)
        outcome = re.search(r"<p data-outcome>(.*?)</p>", page, re.DOTALL)
        shown = outcome[1] if outcome else ""
        if not (CHINESE.search(shown) and NEXT.search(shown)):
            silent.append(f"{place} {code}: {said}")
    assert silent == []


def test_a_fault_of_our_own_says_whom_to_tell(contract: Contract, client: Client) -> None:
    run = make_run(contract, state=RunState.FAILED, code="internal", message="平台内部出错，没有完成。")
    assert "请把任务编号和这句话告诉运维人员" in open_run(client, run.pk)


def test_a_run_that_is_done_asks_for_nothing(contract: Contract, client: Client) -> None:
    assert "下一步" not in open_run(client, make_run(contract, code="done", message="已对账一致。").pk)


def test_a_run_shows_where_its_data_came_from_and_where_it_went(contract: Contract, client: Client) -> None:
    sealed = {"expected": 3, "read": 3, "held": 0, "removed": 0, "chain": "c4a1" * 16, "chunks": [], "rows_digest": ""}
    run = make_run(contract, detail={"sealed": sealed})
    Receipt.objects.create(run=run, digest="9d" * 32, archive=b"PK", rows=3, chunks=1)
    page = open_run(client, run.pk)
    assert contract.target is not None
    for said in (
        f"{contract.source.name}：people",
        f"{contract.resource.name}（{contract.resource.code}，v1）",
        contract.digest,
        "id、name、born、story",
        f"{contract.target.name}：people_landed",
        "c4a1" * 16,
        "9d" * 32,
    ):
        assert said in page, said


def test_a_run_without_seal_or_receipt_says_so_in_its_lineage(contract: Contract, client: Client) -> None:
    page = open_run(client, make_run(contract, state=RunState.FAILED).pk)
    words = "".join(re.sub(r"<[^>]*>", " ", page).split())
    for said in ("封存的链值—", "回执摘要—"):
        assert said in words, said
